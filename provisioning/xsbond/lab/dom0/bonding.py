"""How Open vSwitch judges the legs of a bond: up and down delays, the active leg. Pure.

All times are lab seconds. Between two calls of `advance` nothing may have changed but the time,
so whoever changes a link calls it before and after.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from xsbond.lab.contracts import BondSettings

SWITCH = "02:00:00:00:00:01"
"""The system id of the one switch that all NICs are plugged into."""
LACP_NEGOTIATION = 1.0
"""Seconds two LACP partners need to agree; both send once a second while they do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One member of a bond."""

    enabled: bool = False
    expires: float | None = None
    """When the leg changes over, if its link stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BondState:
    """A bond at work; the order of `legs` is the one bond/list prints."""

    legs: Mapping[str, Leg]
    active: str = ""
    created: float = 0.0
    recirculation: int = 0
    negotiated: bool = False
    """A LACP partner answers on a leg that is enabled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LagPort:
    """What the switch says by LACP on one of its ports."""

    system: str = SWITCH
    key: int = 1
    """Of the LAG that the port is in."""
    takes_part: bool = True
    """False where the switch keeps the port out of its LAG: it is not synchronized."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """Seconds a link must stay up or down before its leg follows."""

    up: float
    down: float
    first_at_once: bool = field(default=True)
    """bond_updelay counts only while another leg is enabled (ovs-vswitchd.conf.db(5))."""


def delays_of(settings: BondSettings) -> Delays:
    """Return the delays in force; LACP decides for itself (ofproto/bond.c, lacp_status)."""
    if settings.lacp != "off":
        return Delays(up=LACP_NEGOTIATION, down=0.0, first_at_once=False)
    return Delays(up=settings.updelay / 1000, down=settings.downdelay / 1000)


def falls_back(settings: BondSettings) -> bool:
    """Tell whether a bond without a LACP partner works as active-backup (ovs-vswitchd.conf.db)."""
    return settings.other_config.get("lacp-fallback-ab") == "true"


def attached(heard: Mapping[str, LagPort]) -> frozenset[str]:
    """Return the legs that are in one LAG: that of the first one which the switch lets take part.

    All others are detached, whatever is heard there (lib/lacp.c, lacp_update_attached).
    """
    leads = [port for port in heard.values() if port.takes_part] or list(heard.values())
    return frozenset(
        device
        for device, port in heard.items()
        if (port.system, port.key) == (leads[0].system, leads[0].key)
    )


def usable(
    links: Mapping[str, bool], heard: Mapping[str, LagPort], settings: BondSettings
) -> dict[str, bool]:
    """Return which legs may carry traffic: those with a link, and with LACP in the one LAG.

    Where nobody answers on any leg, a bond that falls back uses all legs with a link; where
    somebody answers on one, the others stay out (lib/lacp.c, lacp_update_attached).
    """
    if settings.lacp == "off":
        return dict(links)
    answers = {device: heard[device] for device, up in links.items() if up and device in heard}
    if not answers and falls_back(settings):
        return dict(links)
    lag = attached(answers)
    return {device: device in lag and answers[device].takes_part for device in links}


def advance(state: BondState, links: Mapping[str, bool], delays: Delays, now: float) -> BondState:
    """Return the bond at time `now`, its links being as in `links` since the last call."""
    legs = {device: _timed(leg, links[device], delays, now) for device, leg in state.legs.items()}
    while due := _next_change(legs, delays, now):
        legs[due] = Leg(enabled=not legs[due].enabled)
    return replace(state, legs=legs, active=_active(state.active, legs))


def _timed(leg: Leg, up: bool, delays: Delays, now: float) -> Leg:
    """Start the timer of a leg whose link changed, stop it if the link changed back."""
    if up == leg.enabled:
        return replace(leg, expires=None)
    if leg.expires is None:
        return replace(leg, expires=now + (delays.up if up else delays.down))
    return leg


def _next_change(legs: Mapping[str, Leg], delays: Delays, now: float) -> str | None:
    """Return the leg whose turn has come: one that need not wait, else the earliest."""
    waiting = {device: leg.expires for device, leg in legs.items() if leg.expires is not None}
    jumping = [device for device in waiting if _jumps(legs, device, delays)]
    due = min(jumping or waiting, key=waiting.__getitem__, default=None)
    if due is None or (waiting[due] > now and not jumping):
        return None
    return due


def _jumps(legs: Mapping[str, Leg], device: str, delays: Delays) -> bool:
    """Tell whether the leg is enabled at once because no other one is."""
    return (
        delays.first_at_once
        and not legs[device].enabled
        and not any(leg.enabled for leg in legs.values())
    )


def _active(active: str, legs: Mapping[str, Leg]) -> str:
    """Keep the active leg while it is enabled, else take the first that is."""
    if active in legs and legs[active].enabled:
        return active
    return next((device for device, leg in legs.items() if leg.enabled), "")
