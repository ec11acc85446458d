"""Questions about a bond one of whose legs was taken down; what is wrong comes as sentences."""

from collections.abc import Iterator
from dataclasses import dataclass

from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.health import not_judged
from pytest_xsbond.claims.seen import Sentences
from xsbond.failover.leg_facts import LONGEST_DOWN, RETURNING, LegDrill, Look, Restored
from xsbond.failover.legwork import enabled, status_of
from xsbond.model import OvsBondStatus
from xsbond.snapshot import switch

__tracebackhide__ = True
"""pytest leaves these frames out, as those of `here`."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LegOnHost:
    """One leg of a wanted bond on one host, and what became of taking it down."""

    here: BondOnHost
    drill: LegDrill

    def __repr__(self) -> str:
        return f"<{self.drill.leg} of {self.drill.network} on {self.drill.host}>"

    def __post_init__(self) -> None:
        for title, looks in (("set down", self.drill.down), ("set up", self.drill.up)):
            for look in looks:
                text = f"XAPI's Bond.links_up: {look.links_up}\n{look.switch}"
                moment = f"{look.after:g} s after {self.drill.leg} was {title}"
                self.here.rests_on[f"{self.drill.host}, {moment}"] = text
        if loss := self.drill.loss:
            about = f"{self.drill.host}, guests while {self.drill.leg} went down and came back"
            self.here.rests_on[about] = f"{loss.lost} of {loss.sent} packets were lost"

    @property
    def where(self) -> str:
        """What a sentence calls the switch."""
        return switch.name(self.here.snapshot, self.here.host)

    def status(self, look: Look) -> OvsBondStatus:
        """Return how the bond was at a moment."""
        return status_of(look.switch, self.here.wanted, is_kernel=self.drill.is_kernel)


def lost_legs(failover: LegOnHost) -> Sentences:
    """Return how the other legs failed to carry on while one was down."""
    return Sentences(
        (*also_disabled(failover), *_ended_by_dom0(failover.drill), *not_failed_over(failover))
    )


def _ended_by_dom0(drill: LegDrill) -> Iterator[str]:
    if drill.restored is Restored.BY_DOM0:
        yield (
            f"dom0 set {drill.leg} up by itself after {drill.seconds_down:g} s: the other legs had"
            f" lost their carrier, or {LONGEST_DOWN} s were over"
        )


def also_disabled(failover: LegOnHost) -> Sentences:
    """Return which other legs were disabled at any moment while one was down."""
    drill = failover.drill
    others = set(failover.here.wanted.nics) - {drill.leg}
    lost = {each for look in drill.down for each in others - enabled(failover.status(look))}
    return Sentences(
        f"{each} was disabled, too, while {drill.leg} was down" for each in sorted(lost)
    )


def not_failed_over(failover: LegOnHost) -> Sentences:
    """Return what the switch had not done when the leg was set up again."""
    if not failover.drill.down or failover.drill.restored is Restored.BY_DOM0:
        return Sentences()
    look = failover.drill.down[-1]
    status, leg = failover.status(look), failover.drill.leg
    active = [member.name for member in status.members if member.active]
    late = f"{look.after:g} s after {leg} was set down"
    if leg in enabled(status):
        return Sentences([f"{failover.where} still had {leg} enabled {late}"])
    if leg in active:
        return Sentences([f"{failover.where} still had {leg} as its active leg {late}"])
    return Sentences()


def miscounts(failover: LegOnHost) -> Sentences:
    """Return where Bond.links_up did not follow the switch, while a leg was down and afterwards."""
    drill = failover.drill
    if drill.restored is Restored.BY_DOM0 or also_disabled(failover):
        not_judged("the leg was set up at once, before XAPI could count")
    looks = [("down", drill.down[-1:]), ("up again", drill.up[-1:])]
    return Sentences(
        f"Bond.links_up was {look.links_up} {look.after:g} s after {drill.leg} was {state}, while"
        f" {failover.where} had {count} legs enabled"
        for state, last in looks
        for look in last
        if (count := len(enabled(failover.status(look)))) != look.links_up
    )


def not_returned(failover: LegOnHost) -> Sentences:
    """Return why the leg is not what it was before."""
    drill = failover.drill
    if drill.restored is Restored.REFUSED:
        return Sentences([f"{drill.leg} could not be set up again: {drill.complaint}"])
    if drill.restored is Restored.UNSEEN or not drill.up:
        return Sentences([f"{drill.leg} was not seen up again: {drill.complaint}"])
    last = drill.up[-1]
    if drill.leg in enabled(failover.status(last)):
        return Sentences()
    late = (
        f"{drill.leg} was set up, but {failover.where} had not enabled it {last.after:g} s later;"
        f" its updelay is {drill.updelay:g} s, its link may take {RETURNING:g} s more"
    )
    return Sentences([late])
