"""The failover drill of a run: what must hold before it, and how it is told afterwards."""

from collections.abc import Sequence

from pytest_xsbond.claims import unmet_about
from pytest_xsbond.stages import Stages
from xsbond.drill import LegDrill, Restored
from xsbond.errors import PoolError
from xsbond.failover import FailoverDrill, Say
from xsbond.model import DesiredBond
from xsbond.plan import by_name

FIT = (
    *("PM-2", "PM-3", "PM-4.2.3", "M-3.2", "PM-4.3.2", "M-3.3.2"),
    *("PM-4.5.1", "PM-4.5.2", "M-3.5.2", "H-both-views", "H-legs-up", "H-leg-hears"),
    *("H-leg-clean", "H-lacp"),
)
"""What must hold for a bond before any leg of it is taken down."""


def take_leg(
    drills: FailoverDrill, stages: Stages, host: str, wanted: DesiredBond, *, leg: str, say: Say
) -> LegDrill:
    """Take one leg of a bond on a host, by name, down and up again."""
    ref = stages.now.host_ref(host)
    unfit = unmet_about(stages, ref, wanted, FIT)
    return drills.take_leg(stages.now, ref, wanted, leg, unfit=unfit, say=say)


def take_all(drills: FailoverDrill, stages: Stages, say: Say) -> None:
    """Take every leg of every wanted bond of every host down, one after the other."""
    for ref in by_name(stages.now):
        for wanted in stages.desired:
            for leg in wanted.nics:
                take_leg(drills, stages, stages.now.labels[ref], wanted, leg=leg, say=say)


def find(drills: Sequence[LegDrill], host: str, network: str, leg: str) -> LegDrill | None:
    """Return the drill of one leg, by the host's name; None if there was none."""
    about = host, network, leg
    return next((each for each in drills if (each.host, each.network, each.leg) == about), None)


def finished(drill: LegDrill | None, host: str, leg: str) -> LegDrill:
    """Return a drill that went to its end; PoolError says why there is none."""
    if drill is None:
        raise PoolError(host, "failover", f"{leg} was not taken down in this run")
    if drill.trouble:
        raise PoolError(host, f"failover of {leg}", drill.trouble)
    return drill


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
        left = f", {drill.loss.lost} of {drill.loss.sent} packets of a guest were lost{left}"
    what = f"{drill.leg} of {drill.host} ({drill.network})"
    return _ENDS[drill.restored].format(what=what, drill=drill, left=left)


def way_out(drill: LegDrill) -> str:
    """Return what to type where a leg may be down still."""
    return f"  next: {drill.host}# ip link set {drill.leg} up"
