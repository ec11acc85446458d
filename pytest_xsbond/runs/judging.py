"""What a run has its claims judged on, and waiting until they all hold."""

import time
from collections.abc import Sequence
from dataclasses import replace

from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.runs.baseline import Baseline
from pytest_xsbond.runs.looking import Looker, Say
from pytest_xsbond.settings import Settings
from pytest_xsbond.spec.shipped import unmet
from xsbond.collect.settle import waited_in_vain, waits_for_count, watch
from xsbond.snapshot.snapshot import Snapshot


def stages_of(settings: Settings, baseline: Baseline | None, now: Snapshot) -> Stages:
    """Return what to judge where nothing was changed."""
    return Stages(
        desired=settings.desired,
        inherit=settings.inherit,
        now=now,
        listened=settings.listen > 0,
        baseline=baseline.snapshot if baseline else None,
        waivers=settings.waivers or (),
        typed=settings.typed,
    )


def wait_until_all_hold(looker: Looker, stages: Stages, say: Say) -> tuple[Stages, str]:
    """Look until every claim holds, or the time is over; return the stages, and how it ended."""
    began, patience = time.monotonic(), looker.settings.wait
    left: Sequence[str] = ()

    def waiting(now: Snapshot) -> Sequence[str]:
        nonlocal left
        left = unmet(replace(stages, now=now, listened=False))
        # What XAPI has not counted yet is not judged, so that nothing fails by it.
        counting = () if left else waits_for_count(now, stages.desired)
        return (*left, *counting) if time.monotonic() - began < patience else ()

    last = watch(looker.connections, stages.now, waiting, say)
    now = waited_in_vain(last, stages.desired, time.monotonic() - began)
    if now is not last:
        left = unmet(replace(stages, now=now, listened=False))
    return replace(stages, now=now), _waited(time.monotonic() - began, left)


def _waited(seconds: float, left: Sequence[str]) -> str:
    if not left:
        return f"everything holds after {seconds:.1f} s of waiting"
    return f"after {seconds:.1f} s of waiting {len(left)} claims still do not hold"
