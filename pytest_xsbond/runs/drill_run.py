"""The failover drill of a run: what must hold before it, and how it is told afterwards."""

from collections.abc import Iterator, Sequence

from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.runs.looking import Say
from pytest_xsbond.runs.run import PoolRun, Run
from pytest_xsbond.spec.shipped import unmet_about
from xsbond.errors import PoolError
from xsbond.failover.leg_facts import LegDrill, Restored
from xsbond.model import DesiredBond

FIT = (
    *("PM-2", "PM-3", "PM-4.2.3", "M-3.2", "PM-4.3.2", "M-3.3.2"),
    *("PM-4.5.1", "PM-4.5.2", "M-3.5.2", "H-both-views", "H-legs-up", "H-leg-hears"),
    *("H-leg-clean", "H-lacp"),
)
"""What must hold for a bond before any leg of it is taken down."""


def drill_of(run: Run, host: str, wanted: DesiredBond, leg: str, say: Say) -> LegDrill:
    """Return what became of taking one leg of a host, by name, down; it is done when first asked.

    Raises PoolError where it may not be done, or did not go to its end.
    """
    stages = run.stages(say)
    found = find(stages.failover, host, wanted.network, leg)
    if found is None and isinstance(run, PoolRun) and run.settings.failover:
        found = _take_leg(run, stages, host, wanted, leg, say)
    if found is None:
        raise PoolError(host, "failover", f"{leg} was not taken down in this run")
    if found.trouble:
        raise PoolError(host, f"failover of {leg}", found.trouble)
    return found


def _take_leg(  # noqa: PLR0917 - one leg of one bond of one host
    run: PoolRun, stages: Stages, host: str, wanted: DesiredBond, leg: str, say: Say
) -> LegDrill:
    ref = stages.now.host_ref(host)
    unfit = unmet_about(stages, ref, wanted, FIT)
    return run.drills.take_leg(stages.now, ref, wanted, leg, unfit=unfit, say=say)


def find(drills: Sequence[LegDrill], host: str, network: str, leg: str) -> LegDrill | None:
    """Return the drill of one leg, by the host's name; None if there was none."""
    about = host, network, leg
    return next((each for each in drills if (each.host, each.network, each.leg) == about), None)


LOUD = frozenset({Restored.REFUSED, Restored.UNSEEN})
"""The leg may be down still."""
_ENDS = {
    Restored.UNTOUCHED: "untouched: {what}",
    Restored.BY_RUN: "disturbed: {what} was down for {drill.seconds_down:g} s{left}",
    Restored.BY_DOM0: "disturbed: {what} was down for {drill.seconds_down:g} s, until dom0 set it"
    " up by itself{left}",
    Restored.REFUSED: "LEFT DOWN: {what} could not be set up after {drill.seconds_down:g} s:"
    " {drill.complaint}",
    Restored.UNSEEN: "PERHAPS LEFT DOWN: {what} was not seen up again: {drill.complaint}",
}
"""Who set the leg up -> how that is told."""


def disturbance(drill: LegDrill) -> str:
    """Return what was done to a leg, in a line."""
    left = f"; the drill did not go to its end: {drill.trouble}" if drill.trouble else ""
    if drill.loss:
        left = f", {drill.loss.lost} of {drill.loss.sent} packets of guests were lost{left}"
    what = f"{drill.leg} of {drill.host} ({drill.network})"
    return _ENDS[drill.restored].format(what=what, drill=drill, left=left)


def lines(run: PoolRun) -> Iterator[tuple[str, dict[str, bool]]]:
    """Yield, with its style, what was disturbed; what may be down still comes last, and loud."""
    drills = run.drills.disturbed()
    for each in drills:
        if each.restored not in LOUD:
            yield disturbance(each), {"yellow": True}
    for each in drills:
        if each.restored in LOUD:
            yield disturbance(each), {"red": True, "bold": True}
            yield f"  next: {each.host}# ip link set {each.leg} up", {"bold": True}
