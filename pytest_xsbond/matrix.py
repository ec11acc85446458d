"""Hosts by outcomes: what every claim says of every host, in the order of the catalogue. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pytest_xsbond.outcomes import CATALOGUE
from pytest_xsbond.results import Result, Verdict

_WORST: tuple[Verdict, ...] = ("ERROR", "FAIL", "waived", "warn", "n/j", "pass")


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


def matrix_rows(hosts: Sequence[str], results: Sequence[Result]) -> Iterator[MatrixRow]:
    """Yield the rows for these hosts, in the order of the tutorial."""
    rows: dict[str, list[Result]] = {}
    for result in results:
        rows.setdefault(result.test, []).append(result)
    for of_test in sorted(rows.values(), key=_order):
        worst = worst_of(of_test)
        assert worst is not None
        yield MatrixRow(
            ids=_ids(of_test),
            claim=of_test[0].claim,
            verdicts=tuple(worst_of([r for r in of_test if r.host == host]) for host in hosts),
            worst=worst,
        )


def worst_of(results: Sequence[Result]) -> Verdict | None:
    """Return the verdict that counts most; None without any."""
    verdicts = {result.verdict for result in results}
    return next((verdict for verdict in _WORST if verdict in verdicts), None)


def place(id_: str) -> int:
    """Return where an outcome stands in the catalogue."""
    return list(CATALOGUE).index(id_)


def _ids(results: Sequence[Result]) -> str:
    seen = {id_ for result in results for id_ in result.outcomes}
    return " ".join(id_ for id_ in CATALOGUE if id_ in seen)


def _order(results: Sequence[Result]) -> int:
    return min(place(id_) for result in results for id_ in result.outcomes)
