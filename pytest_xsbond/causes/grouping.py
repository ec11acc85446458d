"""Failures that have one cause, told together: `xs-2: bond not inherited: 9 claims`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pytest_xsbond.advice import Advice, advice
from pytest_xsbond.causes.cause import Cause, is_at_work
from pytest_xsbond.causes.table import CAUSES
from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.results import BAD, Result
from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.claims.view import view_of

_FEW = 2
"""A single failure is told as itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Failed claims about one bond on one host that one cause explains."""

    host: str
    network: str
    cause: Cause
    results: tuple[Result, ...]
    next: tuple[Advice, ...]
    """What to type, in this order."""

    def title(self, *, several: bool = False) -> str:
        """Return the group in one line; with `several` bonds wanted it names the network."""
        about = f" {self.network}" if several and self.network else ""
        return f"{self.host}{about}: {self.cause.name}: {len(self.results)} claims"


def grouped(
    stages: Stages, results: Sequence[Result]
) -> tuple[tuple[Group, ...], tuple[Result, ...]]:
    """Return the groups, and the failures that none of the causes at work explains.

    A failure belongs to the first cause that explains it; a cause with one failure makes no group.
    """
    groups: list[Group] = []
    alone: list[Result] = []
    for (host, network), failures in _by_subject(results).items():
        left = failures
        for _, cause, view in at_work(stages, host, network):
            explained = [each for each in left if set(each.outcomes) & cause.explained(view)]
            if sum(each.verdict in BAD for each in explained) < _FEW:
                continue
            left = [each for each in left if each not in explained]
            groups.append(
                Group(
                    host=host,
                    network=network,
                    cause=cause,
                    results=tuple(explained),
                    next=advice(cause.commands(view), stages.typed),
                )
            )
        alone += left
    return tuple(groups), tuple(alone)


def _by_subject(results: Sequence[Result]) -> Mapping[tuple[str, str], list[Result]]:
    found: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        if result.verdict in BAD or result.verdict == "warn":
            found.setdefault((result.host, result.network), []).append(result)
    return found


def at_work(stages: Stages, host: str, network: str) -> Iterator[tuple[int, Cause, BondOnHost]]:
    """Yield what explains failures of a bond on a host, and where it stands in the table.

    A cause is looked for when the ones before it have been taken: whoever needs no more stops.
    """
    view = view_of(stages, host, network)
    for place, cause in enumerate(CAUSES):
        if is_at_work(cause, view):
            yield place, cause, view
