"""Runs of the product's own against a lab, without pytest around them: what a run has to judge."""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.runs import drill_run
from pytest_xsbond.runs.baseline import Baseline
from pytest_xsbond.runs.run import PoolRun
from pytest_xsbond.settings import Settings
from tests.support.labs import connected, quiet
from xsbond.bondfile import TUTORIAL
from xsbond.errors import PoolError
from xsbond.lab.anylab import AnyLab
from xsbond.model import BondMode, DesiredBond, Inherit
from xsbond.plan.plan import by_name
from xsbond.snapshot.lookup import wanted_on
from xsbond.snapshot.snapshot import Snapshot

VERIFY = Settings(
    pool="lab",
    mode="verify",
    inherit=Inherit.RESTART,
    desired=TUTORIAL,
    bonds_file="",
    wait=60.0,
    until_all_hold=False,
    listen=0.0,
    failover=False,
    replay=None,
    judge_altered=False,
    save=None,
    baseline=None,
    save_baseline=None,
    waivers=None,
    journal=None,
    break_lock=False,
    change="",
    lab_hosts=0,
    lab_profile="",
    lab_faults=(),
    trust=None,
    ssh_config=None,
    identity_file=None,
)
"""What a run without options goes by."""


def tutorial_bond(mode: BondMode) -> tuple[DesiredBond, ...]:
    """Return the tutorial's bond, to run in a mode."""
    return tuple(replace(bond, mode=mode) for bond in TUTORIAL)


@contextmanager
def pool_run(
    lab: AnyLab[Any], *, baseline: Snapshot | None = None, **settings: Any
) -> Iterator[PoolRun]:
    """Open a run against a kept lab; its journal goes with the lab."""
    kept = Baseline(path=Path("baseline.json"), snapshot=baseline) if baseline else None
    given = replace(VERIFY, **{"journal": lab.directory, **settings})
    with connected(lab) as connections:
        yield PoolRun(given, connections, None, kept)


def stages_of(lab: AnyLab[Any], **settings: Any) -> Stages:
    """Return what a run has to judge, once it has changed what it was told to."""
    with pool_run(lab, **settings) as run:
        return run.stages(quiet)


def drilled_stages(lab: AnyLab[Any], **settings: Any) -> Stages:
    """Return what a run has to judge that has taken every leg down, host by host."""
    with pool_run(lab, failover=True, **settings) as run:
        now, desired = run.stages(quiet).now, run.stages(quiet).desired
        for ref in by_name(now):
            for bond in desired:
                for leg in wanted_on(now, ref, bond).nics:
                    # A drill that is refused is judged, too.
                    with contextlib.suppress(PoolError):
                        drill_run.drill_of(run, now.labels[ref], bond, leg, quiet)
        return run.stages(quiet)
