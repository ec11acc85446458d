"""The shipped claims as values, for whoever needs them outside a test run."""

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import pytest

from pytest_xsbond import spec
from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.host_in_pool import HostInPool
from pytest_xsbond.claims.outcomes import applies, outcomes_for
from pytest_xsbond.claims.seen import Evidence
from pytest_xsbond.claims.since_baseline import since_baseline
from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.claims.view import view_of
from xsbond.errors import NotAsked, XsbondError
from xsbond.model import DesiredBond
from xsbond.plan.plan import by_name
from xsbond.snapshot.lookup import master_name
from xsbond.snapshot.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One test of the spec."""

    judge: Callable[..., object]
    """Raises AssertionError if it does not hold; its arguments are views."""
    outcomes: tuple[str, ...]
    """The ids it carries."""

    @property
    def says(self) -> str:
        """Return the claim in words."""
        return (self.judge.__doc__ or "").strip().splitlines()[0]

    @property
    def parameters(self) -> Sequence[str]:
        """Return the names of the views it wants."""
        return _parameters(self.judge)

    @property
    def is_about_host(self) -> bool:
        """Tell whether it is about a host, whatever bonds are wanted."""
        return bool({"this_host", "since_baseline"} & set(self.parameters))

    @property
    def needs_a_drill(self) -> bool:
        """Return whether it judges what became of a leg, which no look at a pool shows."""
        return "failover" in self.parameters


@functools.cache
def _parameters(judge: Callable[..., object]) -> tuple[str, ...]:
    return tuple(inspect.signature(judge).parameters)


@functools.cache
def all_claims() -> tuple[Claim, ...]:
    """Return every claim of the spec, module by module."""
    return tuple(
        Claim(judge=test, outcomes=ids)
        for module in pkgutil.iter_modules(spec.__path__)
        if module.name.startswith("test_")
        for test in vars(importlib.import_module(f"{spec.__name__}.{module.name}")).values()
        if isinstance(test, FunctionType) and (ids := _ids(test))
    )


def _ids(test: FunctionType) -> tuple[str, ...]:
    marks = getattr(test, "pytestmark", [])
    return tuple(id_ for mark in marks if mark.name == "outcome" for id_ in mark.args)


def unmet(stages: Stages) -> tuple[str, ...]:
    """Return `xs-2: Bond.mode is the wanted mode.` for every claim that does not hold, once.

    What nobody could look at does not hold; what only warns, is waived, or cannot be judged is left
    out.
    """
    return tuple(
        dict.fromkeys(
            f"{stages.now.labels[host]}: {claim.says}"
            for host in by_name(stages.now)
            for claim in all_claims()
            for wanted in ([None] if claim.is_about_host else stages.desired)
            if _is_judged(claim, stages, host, wanted)
            and not _is_waived(claim, stages, host, wanted)
            and not _holds(claim, stages, host, wanted)
        )
    )


def _is_waived(claim: Claim, stages: Stages, host: str, wanted: DesiredBond | None) -> bool:
    network = wanted.network if wanted else ""
    return stages.waiver_for(claim.outcomes, stages.now.labels[host], network) is not None


def unmet_about(
    stages: Stages, host: str, wanted: DesiredBond, ids: Collection[str]
) -> tuple[str, ...]:
    """Return `Bond.mode is the wanted mode.` for every claim about a bond that does not hold.

    Only claims that carry any of the ids are judged.
    """
    return tuple(
        claim.says
        for claim in all_claims()
        if set(claim.outcomes) & set(ids)
        and _is_judged(claim, stages, host, wanted)
        and not _holds(claim, stages, host, wanted)
    )


def _is_judged(claim: Claim, stages: Stages, host: str, wanted: DesiredBond | None) -> bool:
    if claim.needs_a_drill:
        return False
    own = outcomes_for(claim.outcomes, is_master=host == stages.now.pool.master)
    network = wanted.network if wanted else None
    return any(applies(each, stages, host, network) and not each.warns for each in own)


def _holds(claim: Claim, stages: Stages, host: str, wanted: DesiredBond | None) -> bool:
    network = wanted.network if wanted else None
    try:
        claim.judge(**arguments(claim, stages, host, network))
    except (pytest.skip.Exception, NotAsked):
        return True
    except (AssertionError, XsbondError):
        return False
    return True


def arguments(claim: Claim, stages: Stages, host: str, network: str | None) -> dict[str, Any]:
    """Return what the fixtures give a claim about a host ref and one of its bonds.

    A claim that needs a drill gets its argument from that drill only.
    """
    views = _views(stages, host, network)
    return {name: views[name]() for name in claim.parameters}


def _views(stages: Stages, host: str, network: str | None) -> Mapping[str, Callable[[], Any]]:
    """Return what the fixtures of the same names give a claim."""
    name = stages.now.labels[host]

    def view(snapshot: Snapshot | None, at: str) -> BondOnHost | None:
        if snapshot is None:
            return None
        return view_of(Stages(desired=stages.desired, now=snapshot), at, network)

    def master(snapshot: Snapshot | None) -> BondOnHost | None:
        return view(snapshot, master_name(snapshot)) if snapshot else None

    evidence = Evidence(snapshot=stages.now, host=host)
    return {
        "here": lambda: view(stages.now, name),
        "before": lambda: view(stages.before, name),
        "created": lambda: view(stages.created, name),
        "at_master": lambda: master(stages.now),
        "created_at_master": lambda: master(stages.created),
        "this_host": lambda: HostInPool(evidence=evidence, desired=stages.desired),
        "host_before": lambda: _host_before(stages, name),
        "since_baseline": lambda: since_baseline(stages, host),
    }


def _host_before(stages: Stages, name: str) -> HostInPool | None:
    if stages.before is None:
        return None
    evidence = Evidence(snapshot=stages.before, host=stages.before.host_ref(name))
    return HostInPool(evidence=evidence, desired=stages.desired)
