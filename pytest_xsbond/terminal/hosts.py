"""A line for each host as soon as all of its claims are judged, instead of a dot for each claim."""

from collections import Counter
from collections.abc import Iterable, Sequence

from pytest_xsbond.claims.results import Result
from pytest_xsbond.verdict.matrix import in_order


class HostLines:
    """Counts what comes of each host's claims."""

    def __init__(self, expected: Iterable[str] = ()) -> None:
        self._left = Counter(expected)
        self._results: dict[str, list[Result]] = {}
        self.size = max(map(len, self._left), default=0)
        """Columns of the longest name."""

    def take(self, result: Result) -> str:
        """Keep a result; return the host's line if it was its last."""
        self._results.setdefault(result.host, []).append(result)
        self._left[result.host] -= 1
        if self._left[result.host] != 0:
            return ""
        return host_line(result.host, self._results.pop(result.host), self.size)

    def rest(self, hosts: Sequence[str]) -> list[str]:
        """Return the lines of hosts whose claims were not all judged, or not counted before."""
        size = max(map(len, self._results), default=0)
        found = [each for each in hosts if each in self._results]
        return [host_line(host, self._results.pop(host), size) for host in found]


def host_line(host: str, results: Sequence[Result], size: int) -> str:
    """Return `xs-2  27 pass, 1 fails (PM-3), 20 follow`."""
    counts = Counter(result.mark for result in results)
    told = [f"{counts['pass']} pass"]
    for mark, word in (("FAIL", "FAIL"), ("ERR", "ERR"), ("warn", "warn"), ("waived", "waived")):
        if counts[mark]:  # type: ignore[index]
            ids = [id_ for r in results if r.mark == mark for id_ in r.outcomes]
            told.append(f"{counts[mark]} {word} ({_few(in_order(ids))})")  # type: ignore[index]
    told += [f"{counts['·']} follow"] if counts["·"] else []
    told += [f"{counts['n/j']} n/j"] if counts["n/j"] else []
    return f"{host:<{size}}  {', '.join(told)}"


_FEW = 3


def _few(ids: Sequence[str]) -> str:
    return ", ".join(ids[:_FEW]) + (" …" if len(ids) > _FEW else "")
