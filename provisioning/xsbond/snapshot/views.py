"""One bond as XAPI, the switch and the kernel see it: where they differ, and who is wrong. Pure.

Two views of three outvote the third; between XAPI and the switch alone the bond file decides.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType


class Plugged(enum.Enum):
    """How the switch holds a NIC."""

    BONDED = "a leg of the running bond"
    BROKEN = "in the bond's port, but no bond runs on it"
    ALONE = "an ordinary port of the bond's bridge"
    ABSENT = "not on the bond's bridge"


@dataclass(frozen=True, slots=True, kw_only=True)
class LegViews:
    """One NIC in the three views."""

    device: str
    joined: bool
    """XAPI: its PIF is one of Bond.slaves."""
    plugged: Plugged
    exists: bool
    """Kernel: it is in /sys/class/net."""
    error: str = ""
    """The switch: why it cannot use the interface."""


_GONE = "the kernel has no {leg}, so the NIC is gone; XAPI's record and {switch} are stale"
_VERDICTS = MappingProxyType(
    {
        (True, Plugged.BONDED, True): "",
        (True, Plugged.BONDED, False): _GONE,
        (True, Plugged.BROKEN, True): "{switch} is wrong: {leg} is in its port, but no bond runs",
        (True, Plugged.BROKEN, False): _GONE,
        # With one leg left networkd plugs an ordinary port named after it (nm.ml, create_bond).
        (True, Plugged.ALONE, True): "{switch} is wrong: {leg} is an ordinary port, no bond runs",
        (True, Plugged.ALONE, False): _GONE,
        (True, Plugged.ABSENT, True): "{switch} is wrong: it lacks {leg}, which XAPI joins and the"
        " kernel has",
        (True, Plugged.ABSENT, False): "XAPI's record is stale: it joins {leg}, which neither"
        " {switch} nor the kernel has",
        (False, Plugged.BONDED, True): "XAPI's record is wrong: it lacks {leg}, which {switch} runs"
        " and the kernel has",
        (False, Plugged.BONDED, False): "{switch} is wrong: it runs {leg}, which neither XAPI nor"
        " the kernel knows",
        (False, Plugged.BROKEN, True): "{switch} is wrong: {leg} is in its port, which XAPI does"
        " not join",
        (False, Plugged.BROKEN, False): "{switch} is wrong: {leg} is in its port, which neither"
        " XAPI nor the kernel knows",
        (False, Plugged.ALONE, True): "XAPI's record is wrong: it lacks {leg}, which is an ordinary"
        " port of the bond's bridge",
        (False, Plugged.ALONE, False): "{switch} is wrong: it holds {leg}, which neither XAPI nor"
        " the kernel knows",
        (False, Plugged.ABSENT, True): "",
        (False, Plugged.ABSENT, False): "",
    }
)
"""(XAPI joins it, how the switch holds it, the kernel has it) -> who is wrong; empty: nobody."""


def judge_legs(legs: Sequence[LegViews], switch: str) -> tuple[str, ...]:
    """Return a sentence for each NIC on which the views differ; `switch` is what it is called."""
    return tuple(sentence for leg in legs if (sentence := _judge(leg, switch)))


def _judge(leg: LegViews, switch: str) -> str:
    sentence = _VERDICTS[leg.joined, leg.plugged, leg.exists].format(leg=leg.device, switch=switch)
    if not leg.error:
        return sentence
    sentence = sentence or f"{switch} cannot use {leg.device}"
    return f"{sentence} ({switch} says: {leg.error})"


def judge_mode(xapi: str, running: str, wanted: str, switch: str) -> tuple[str, ...]:
    """Return a sentence if XAPI and the switch differ on the mode, all three in OVS's words."""
    if xapi == running:
        return ()
    seen = f"XAPI means {xapi}, {switch} runs {running}"
    if wanted not in (xapi, running):
        return (f"both views of the mode are wrong: {seen}, the bond file wants {wanted}",)
    culprit = switch if wanted == xapi else "XAPI's record"
    return (f"{culprit} is wrong about the mode: {seen}, the bond file wants {wanted}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkViews:
    """The link of one leg in the three views."""

    device: str
    carrier: bool
    """Kernel: the carrier of /sys/class/net; False, too, where the interface is down or gone."""
    enabled: bool
    """The switch lets it carry traffic."""
    known: bool
    """XAPI: PIF_metrics.carrier."""
    waits: bool = False
    """The switch waits for its updelay before it enables it."""
    why: str = ""
    """What LACP says of it, where that keeps it out."""


_LINKS = MappingProxyType(
    {
        (True, True, True): "",
        (True, True, False): "XAPI's PIF_metrics.carrier of {leg} is stale: the kernel and {switch}"
        " have its link",
        (True, False, True): "{switch} keeps {leg} disabled, though it has a carrier",
        (True, False, False): "{switch} keeps {leg} disabled; XAPI knows no carrier, the kernel"
        " says there is one",
        (False, True, True): "the kernel alone sees no carrier on {leg}; {switch} has it enabled"
        " and XAPI knows a carrier",
        (False, True, False): "{switch} is wrong: it has {leg} enabled, which has no carrier",
        (False, False, True): "{leg} has no carrier; XAPI's PIF_metrics.carrier is stale",
        (False, False, False): "{leg} has no carrier: look at its cable and its switch port",
    }
)
"""(kernel, switch, XAPI) -> what is wrong with the link; empty: nothing."""


def judge_links(
    links: Sequence[LinkViews], links_up: int, enabled: int, switch: str
) -> tuple[str, ...]:
    """Return a sentence for each leg that is not up, and one if Bond.links_up does not agree.

    `enabled` counts all NICs that the switch has enabled in the bond, legs in XAPI or not.
    """
    found = [sentence for link in links if (sentence := _judge_link(link, switch))]
    if links_up != enabled:
        found.append(
            f"XAPI's Bond.links_up is {links_up}, but {switch} has {enabled}"
            f" leg{'' if enabled == 1 else 's'} enabled"
        )
    return tuple(found)


def _judge_link(link: LinkViews, switch: str) -> str:
    key = link.carrier, link.enabled, link.known
    sentence = _LINKS[key].format(leg=link.device, switch=switch)
    if link.enabled or not link.carrier:
        return sentence
    reason = "its updelay runs" if link.waits else link.why
    return f"{sentence}: {reason}" if reason else sentence
