"""The proof loop: a fault strikes, what is advised is typed literally, and all is judged anew.

`python -m tests.support.proof > docs/advice.md` types it all once more, and prints the page of it.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from types import MappingProxyType

from pytest_xsbond.advice import mark_of
from pytest_xsbond.claims.results import BAD
from tests.support.judging import Judgement
from tests.support.kept_labs import KeptLabs
from tests.support.typed_advice import Typed, typed

HOSTS = 3

MENDED = (
    *("bond-deleted", "bond-on-master-only", "wrong-mode", "mode-in-record", "mode-overridden"),
    *("one-legged-bond", "leg-lost-in-record", "leg-of-lost-bond", "network-name-twice"),
    *("bond-pif-unplugged", "detached-in-record", "bridge-gone", "bridge-down", "bridge-mac"),
    *("address-on-bond-pif", "mtu-of-network", "bridge-mtu", "leg-mtu", "leg-set-down"),
    *("mode-in-switch", "one-leg-in-switch", "foreign-leg-in-switch", "leftover-bridge"),
    *("lacp-on-slb", "updelay-in-switch", "rebalance-in-switch", "stale-mac", "board-swapped"),
    *("downdelay-in-switch", "detection-in-switch", "lacp-with-fallback"),
    *("port-tagged", "port-trunks", "bridge-secure", "device-on-leg"),
    *("ipv6-on-bridge", "ipv6-on-leg", "alias-on-bridge", "address-on-vlan-device"),
    *("stale-links-up", "stale-carrier", "xapi-stopped", "host-disabled"),
    *("lacp-time-differs", "hashing-differs", "fallback-differs"),
    *("lacp-time-in-switch", "vlan-unplugged", "vlan-tag-in-switch", "carrier-of-bond-stale"),
    *("ipv6-on-bond-pif",),
    *("vlan-missing", "vlan-tag-differs", "vlan-on-leg", "updelay-overridden"),
    *("address-on-bridge", "address-on-leg", "leg-set-to-dhcp"),
)
"""Faults after which nothing fails once the lines were typed, in one round."""
REPLACED = ("wrong-nic", "swapped-legs", "other-primary")
"""The same, but that a bond has to be destroyed, and is copied from the master's anew."""

_CABLE = "somebody has to look at the NIC, the cable or the switch"
_DOM0 = "somebody has to look at the host, its SSH or its Open vSwitch"
_SWITCH = "the line changes Open vSwitch, which the simulated lab's ovs-vsctl does not"
_READER = "what to type is left to the reader: the pool does not show what is right"
UNMENDED: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("leg-down", "all-legs-down", "leg-deaf", "leg-slow"), _CABLE),
        **dict.fromkeys(("leg-half-duplex", "leg-gone", "nic-renamed", "mac-twice"), _CABLE),
        **dict.fromkeys(("leg-in-other-slot", "nics-swapped", "lacp-fallen-back"), _CABLE),
        **dict.fromkeys(("lacp-port-out", "lacp-two-lags", "lacp-two-switches"), _CABLE),
        "lacp-leg-refused": _CABLE,
        **dict.fromkeys(("host-dead", "power-lost", "dom0-unreachable", "clock-off"), _DOM0),
        **dict.fromkeys(("other-version", "bridge-backend", "switch-daemon-dead"), _DOM0),
        **dict.fromkeys(("unknown-wording", "answer-cut-short", "line-cut-short"), _DOM0),
        **dict.fromkeys(("noise-in-answer", "not-utf-8", "command-missing"), _DOM0),
        **dict.fromkeys(("networkd-stopped", "xapi-starting"), _DOM0),
        **dict.fromkeys(("vlan-on-one-host", "address-of-another-host"), _READER),
        **dict.fromkeys(("port-on-other-bridge", "leg-policed"), _SWITCH),
        **dict.fromkeys(("second-management-pif", "nic-renamed-in-record"), _READER),
    }
)
"""Fault -> why no line for a dom0 mends it."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=unused-)[0-9a-f]{8}")
_HEAD = """\
# Advice, typed

What a run advises is typed literally, in the dom0 that each line names, and all is judged anew.
This is done for every fault of the simulated lab that a claim finds, those of the failover drill
apart, by `tests/causes/test_advice.py`.
Lines marked `look:` change nothing, and are not shown here.

{mended} faults are mended by what is typed, {replaced} of them by destroying a bond of other NICs.
{unmended} cannot be mended by typing, and the row says why.

| fault | lines typed | afterwards | rounds |
|---|---|---|---|
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What became of one fault."""

    fault: str
    advised: tuple[str, ...]
    """All lines, those that only look included."""
    typed: tuple[Typed, ...]
    before: AbstractSet[tuple[str, str]]
    """(host, outcome) of what was wrong."""
    after: AbstractSet[tuple[str, str]]

    @property
    def is_mended(self) -> bool:
        """Whether something was wrong, and nothing is."""
        return bool(self.before) and not self.after

    def row(self) -> str:
        """Return the row of the page."""
        lines = [_UUID.sub("…", each.line) for each in self.typed if mark_of(each.line) == "do"]
        left = ", ".join(sorted({outcome for _, outcome in self.after}))
        cells = "<br>".join(f"`{line}`" for line in lines)
        return f"| `{self.fault}` | {cells} | {left or 'everything holds'} | 1 |"


def proved(labs: KeptLabs, fault: str) -> Proof:
    """Strike a lab, type what is advised, and judge it anew."""
    with labs.struck_by(fault) as kept:
        advised = kept.judged_after(fault)
        done = typed(kept.lab, advised.advice)
        kept.lab.pass_time(60)
        after = kept.judged()
    return Proof(
        fault=fault,
        advised=advised.advice,
        typed=done,
        before=wrong(advised),
        after=wrong(after),
    )


def wrong(judgement: Judgement) -> AbstractSet[tuple[str, str]]:
    """Return (host, outcome) of all that failed or could not be judged."""
    bad = (result for result in judgement.results if result.verdict in BAD)
    return {(result.host, outcome) for result in bad for outcome in result.outcomes}


def head() -> str:
    """Return what the page says before its rows."""
    found = {"mended": len(MENDED) + len(REPLACED), "replaced": len(REPLACED)}
    return _HEAD.format(**found, unmended=len(UNMENDED))


def unmended_rows() -> Iterator[str]:
    """Yield the rows of what cannot be mended by typing."""
    for fault, why in UNMENDED.items():
        yield f"| `{fault}` | - | {why} | - |"


def page() -> str:
    """Type all that is advised, and return the page of it."""
    with KeptLabs(HOSTS) as labs:
        rows = [proved(labs, fault).row() for fault in (*MENDED, *REPLACED)]
    return head() + "\n".join([*rows, *unmended_rows()]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
