"""Hosts by outcomes: what every claim says of every host, in the order of the catalogue. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pytest_xsbond.claims.outcomes import place
from pytest_xsbond.claims.results import Mark, Result, Verdict

_WORST: tuple[Verdict, ...] = ("ERROR", "FAIL", "waived", "warn", "n/j", "pass")
_WORST_MARKS: tuple[Mark, ...] = ("ERR", "FAIL", "·", "waived", "warn", "n/j", "pass")


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """One claim."""

    ids: str
    """All outcomes it has judged, the master's before the members'."""
    claim: str
    verdicts: tuple[Verdict | None, ...]
    """Host by host; None where it was not judged."""
    worst: Verdict
    """Of all hosts, those left out included."""
    marks: tuple[Mark | None, ...] = ()
    """The verdicts as a matrix shows them, with what only follows told apart."""

    @property
    def worst_mark(self) -> Mark:
        """Return the mark that counts most."""
        return next((mark for mark in _WORST_MARKS if mark in self.marks), "pass")


def matrix_rows(hosts: Sequence[str], results: Sequence[Result]) -> Iterator[MatrixRow]:
    """Yield the rows for these hosts, in the order of the tutorial."""
    rows: dict[str, list[Result]] = {}
    for result in results:
        rows.setdefault(result.test, []).append(result)
    for of_test in sorted(rows.values(), key=_order):
        by_host: dict[str, list[Result]] = {}
        for result in of_test:
            by_host.setdefault(result.host, []).append(result)
        worst = worst_of(of_test)
        assert worst is not None
        yield MatrixRow(
            ids=_ids(of_test),
            claim=of_test[0].claim,
            verdicts=tuple(worst_of(by_host.get(host, [])) for host in hosts),
            worst=worst,
            marks=tuple(_worst_mark(by_host.get(host, [])) for host in hosts),
        )


def worst_of(results: Sequence[Result]) -> Verdict | None:
    """Return the verdict that counts most; None without any."""
    verdicts = {result.verdict for result in results}
    return next((verdict for verdict in _WORST if verdict in verdicts), None)


def _worst_mark(results: Sequence[Result]) -> Mark | None:
    marks = {result.mark for result in results}
    return next((mark for mark in _WORST_MARKS if mark in marks), None)


def in_order(ids: Sequence[str]) -> tuple[str, ...]:
    """Return outcomes once each, in the order of the catalogue."""
    return tuple(sorted(set(ids), key=place))


def _ids(results: Sequence[Result]) -> str:
    return " ".join(in_order([id_ for result in results for id_ in result.outcomes]))


def _order(results: Sequence[Result]) -> tuple[int, str]:
    return min(place(id_) for result in results for id_ in result.outcomes)
