"""Failures that have one cause, told together: `xs-2: bond not inherited: 9 claims`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pytest_xsbond.causes import Cause, is_at_work
from pytest_xsbond.here import BondOnHost
from pytest_xsbond.known_causes import CAUSES
from pytest_xsbond.results import BAD, Result
from pytest_xsbond.stages import Stages

_FEW = 2
"""A single failure is told as itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Failed claims about one bond on one host that one cause explains."""

    host: str
    network: str
    cause: Cause
    results: tuple[Result, ...]
    next: tuple[str, ...]
    """Commands, `HOST# command`."""

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
        for cause, view in _at_work(stages, host, network):
            explained = [each for each in left if set(each.outcomes) & set(cause.explains)]
            if sum(each.verdict in BAD for each in explained) < _FEW:
                continue
            left = [each for each in left if each not in explained]
            groups.append(
                Group(
                    host=host,
                    network=network,
                    cause=cause,
                    results=tuple(explained),
                    next=cause.commands(view),
                )
            )
        alone += left
    return tuple(groups), tuple(alone)


def view_of(stages: Stages, host: str, network: str | None) -> BondOnHost:
    """Return what causes are looked for in: one bond on one host, any bond if none is named."""
    bonds = [bond for bond in stages.desired if bond.network == network]
    return BondOnHost(
        snapshot=stages.now,
        host=stages.now.host_ref(host),
        wanted=(*bonds, *stages.desired)[0],
        desired=stages.desired,
        baseline=stages.baseline,
    )


def _by_subject(results: Sequence[Result]) -> Mapping[tuple[str, str], list[Result]]:
    found: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        if result.verdict in BAD or result.verdict == "warn":
            found.setdefault((result.host, result.network), []).append(result)
    return found


def _at_work(stages: Stages, host: str, network: str) -> list[tuple[Cause, BondOnHost]]:
    view = view_of(stages, host, network)
    return [(cause, view) for cause in CAUSES if is_at_work(cause, view)]
