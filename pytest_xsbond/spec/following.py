"""Which claim tells first that something is not there: all others that need it follow from it.

The claims themselves say so: the first one, in the order of the catalogue, that looked the thing
up, did not find it, and does not hold. There is no list of roots beside the look-ups.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.outcomes import CATALOGUE, applies, outcomes_for
from pytest_xsbond.claims.seen import Absence, Missing
from pytest_xsbond.claims.stages import Stages, named_snapshots
from pytest_xsbond.spec.shipped import Claim, all_claims, arguments
from xsbond.errors import XsbondError

Judged = tuple[str, str, str]
"""(name of the test, host name, network label) of a claim that a run judges."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """The claim that tells of an absence."""

    test: str
    """Name of the test."""
    id: str
    """The outcome it judges on its host."""
    host: str
    network: str


@dataclass(frozen=True, kw_only=True)
class Roots:
    """The roots of what a run does not find; each is looked for once."""

    stages: Stages
    judged: frozenset[Judged]
    """What the run judges: a claim that was not selected tells nobody of anything."""
    _found: dict[Absence, Root | None] = field(default_factory=dict)

    def of(self, absence: Absence | None) -> Root | None:
        """Return the claim that tells of an absence; None if no claim of this run does."""
        if absence is None:
            return None
        if absence not in self._found:
            # Whoever asks for the same again meanwhile gets no answer, instead of going round.
            self._found[absence] = None
            self._found[absence] = next(self._telling(absence), None)
        return self._found[absence]

    def _telling(self, absence: Absence) -> Iterator[Root]:
        host = _name(self.stages, absence)
        for claim in _in_order():
            name = claim.judge.__name__
            if (name, host, absence.network) not in self.judged:
                continue
            if (error := self._told(claim, absence)) is None:
                continue
            own = Root(test=name, id=self._id(claim, absence), host=host, network=absence.network)
            lacks = error.of if isinstance(error, Missing) else None
            # A claim that lacks something else itself only passes on what another one tells.
            yield (self.of(lacks) if lacks != absence else None) or own

    def _told(self, claim: Claim, absence: Absence) -> AssertionError | None:
        """Return how a claim fails that has looked the thing up and not found it."""
        given = arguments(claim, self.stages, absence.host, absence.network)
        try:
            claim.judge(**given)
        except AssertionError as error:
            views = [view for view in given.values() if isinstance(view, BondOnHost)]
            return error if any(absence in view.absent for view in views) else None
        except (XsbondError, pytest.skip.Exception):
            return None
        return None

    def _id(self, claim: Claim, absence: Absence) -> str:
        is_master = absence.host == self.stages.now.pool.master
        own = outcomes_for(claim.outcomes, is_master=is_master)
        fits = [each for each in own if self._applies(each.id, absence)]
        return (fits or list(own))[0].id

    def _applies(self, outcome: str, absence: Absence) -> bool:
        return applies(CATALOGUE[outcome], self.stages, absence.host, absence.network)


def _in_order() -> list[Claim]:
    """Return the claims about bonds that fail a run, in the order of the catalogue."""
    order = list(CATALOGUE)
    claims = [claim for claim in all_claims() if not (claim.is_about_host or claim.needs_a_drill)]
    claims = [c for c in claims if not all(CATALOGUE[id_].warns for id_ in c.outcomes)]
    return sorted(claims, key=lambda claim: min(map(order.index, claim.outcomes)))


def _name(stages: Stages, absence: Absence) -> str:
    """Return the name of the host in the look that lacks the thing."""
    looks = named_snapshots(stages).values()
    labels = next((s.labels for s in looks if s.raw.stage == absence.stage), stages.now.labels)
    return labels.get(absence.host, "")
