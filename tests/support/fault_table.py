"""What each fault of the lab must fail; the causes that must be told are in `fault_causes`.

The faults strike xs-2, a member of a pool of three hosts with the tutorial's guest bond.
"""

from collections.abc import Mapping
from types import MappingProxyType

from xsbond.model import BondMode

FAIL, ERROR, WARN, UNJUDGED = "FAIL", "ERROR", "warn", "n/j"

Verdicts = Mapping[str, str]
"""Outcome -> what comes of it; every other outcome passes."""


def _failing(*outcomes: str) -> dict[str, str]:
    return dict.fromkeys(outcomes, FAIL)


def _erring(*outcomes: str) -> dict[str, str]:
    return dict.fromkeys(outcomes, ERROR)


_NO_BRIDGE_TO_SEE = {"H-bridge": FAIL, "H-flows": WARN}
_NO_BOND = {
    **_failing("PM-3", "PM-4.4.2", "M-3.2", "M-3.3.1", "M-3.3.2", "M-3.3.3", "M-3.4"),
    **_failing("M-3.5.1", "M-3.5.2", "H-both-views", "H-legs-up", "H-same-nics", "H-mac"),
    **_failing("H-mtu", "H-speed", "H-vlans", "H-vlans-run", "H-leg-clean", "H-slb-not-lacp"),
    "H-alerts": WARN,
    "H-naming": WARN,
    **_NO_BRIDGE_TO_SEE,
}
_NO_DOM0 = {
    **_erring("PM-4.4.1", "PM-4.4.2", "M-3.4", "M-3.5.1", "M-3.5.2", "H-nics", "H-vlans-run"),
    **_erring("H-both-views", "H-legs-up", "H-mac", "H-mtu", "H-leg-clean", "H-backend"),
    **_erring("H-slb-not-lacp", "H-hosts", "H-bridge", "H-flows", "H-addresses", "H-modes"),
}
_NO_SWITCH = _erring("M-3.5.2", "H-both-views", "H-legs-up", "H-slb-not-lacp", "H-modes")
_NO_BRIDGE = {
    **_failing("PM-4.4.2", "M-3.4", "M-3.5.1", "M-3.5.2"),
    **_failing("H-both-views", "H-legs-up", "H-mtu", "H-slb-not-lacp"),
    **_NO_BRIDGE_TO_SEE,
}
_LEG_OUT = {**_failing("H-legs-up", "H-lacp", "H-lacp-legs"), "H-alerts": WARN}
_NO_NIC = {
    **_failing("M-3.5.2", "H-both-views", "H-legs-up", "H-mac", "H-mtu", "H-leg-clean"),
    **_failing("H-slb-not-lacp", "H-nics"),
}

_NO_FAILOVER = _erring("F-carries-on", "F-counted", "F-returns")

EXPECTED: Mapping[str, Verdicts] = MappingProxyType(
    {
        "bond-deleted": _NO_BOND,
        "bond-on-master-only": _NO_BOND,
        "wrong-nic": _failing("PM-3", "M-3.5.1", "M-3.5.2", "H-same-nics"),
        "swapped-legs": _failing("M-3.4"),
        "wrong-mode": _failing("M-3.3.2", "M-3.5.2"),
        "mode-overridden": _failing("M-3.5.2", "H-both-views", "H-slb-not-lacp"),
        "updelay-overridden": _failing("H-slb-not-lacp"),
        "one-legged-bond": {
            **_failing("PM-2", "PM-3", "M-3.5.2", "H-both-views", "H-legs-up", "H-same-nics"),
            **_failing("H-slb-not-lacp"),
        },
        "bond-pif-unplugged": {**_NO_BRIDGE, **_failing("M-3.2")},
        "address-on-bond-pif": _failing("PM-4.4.1", "PM-4.4.2", "M-3.2"),
        "vlan-missing": _failing("H-vlans"),
        "vlan-tag-differs": _failing("H-vlans"),
        "vlan-on-leg": _failing("H-vlans", "H-leg-clean"),
        "bond-numbered-otherwise": {"H-naming": WARN},
        "mode-in-record": _failing("M-3.3.2", "H-both-views"),
        "leg-lost-in-record": _failing("PM-3", "H-both-views", "H-same-nics"),
        "leg-of-lost-bond": _failing("PM-3", "H-both-views", "H-same-nics"),
        "detached-in-record": _failing("M-3.2"),
        "other-primary": _failing("M-3.4"),
        "stale-links-up": _failing("H-legs-up"),
        "stale-carrier": _failing("H-legs-up"),
        "stale-mac": _failing("H-mac"),
        "nic-renamed-in-record": {
            **_failing("PM-2", "PM-3", "H-both-views", "H-legs-up", "H-same-nics", "H-mac"),
            **_failing("H-mtu", "H-leg-clean"),
        },
        "second-management-pif": _failing("H-one-management"),
        "mtu-of-network": _failing("H-mtu"),
        "network-name-twice": _failing("PM-1"),
        "other-bond-disturbed": {},
        "mode-in-switch": _failing("M-3.5.2", "H-both-views"),
        "one-leg-in-switch": _failing("M-3.5.2", "H-both-views", "H-legs-up", "H-slb-not-lacp"),
        "foreign-leg-in-switch": _failing("M-3.5.2", "H-both-views"),
        "lacp-on-slb": _failing("H-slb-not-lacp"),
        "updelay-in-switch": _failing("H-slb-not-lacp"),
        "downdelay-in-switch": _failing("H-slb-not-lacp"),
        "detection-in-switch": _failing("H-slb-not-lacp"),
        "rebalance-in-switch": _failing("H-slb-not-lacp"),
        "lacp-with-fallback": _failing("H-settings"),
        "lacp-fallen-back": {**_failing("H-lacp", "H-lacp-legs"), "H-lacp-partner": UNJUDGED},
        "lacp-port-out": _LEG_OUT,
        "lacp-two-lags": {**_LEG_OUT, **_failing("H-lacp-partner")},
        "lacp-two-switches": {**_LEG_OUT, **_failing("H-lacp-partner")},
        "lacp-leg-refused": _LEG_OUT,
        "lacp-other-switch": {},
        "leftover-bridge": _failing("M-3.5.1"),
        "bridge-gone": _NO_BRIDGE,
        "bridge-mac": _failing("M-3.4"),
        "bridge-mtu": _failing("H-mtu"),
        "bridge-down": _failing("PM-4.4.2"),
        "address-on-bridge": _failing("PM-4.4.1", "PM-4.4.2"),
        "port-on-other-bridge": _failing("M-3.5.2"),
        "port-tagged": _failing("M-3.5.2"),
        "port-trunks": _failing("M-3.5.2"),
        "bridge-secure": _failing("H-bridge"),
        "flow-drops": {"H-flows": WARN},
        "leg-policed": _failing("H-leg-clean"),
        "leg-disabled": {},
        "ipv6-on-bridge": _failing("PM-4.4.1", "PM-4.4.2"),
        "ipv6-on-leg": _failing("PM-4.4.1", "H-leg-clean"),
        "second-storage-address": {},
        "alias-on-bridge": _failing("PM-4.4.1", "PM-4.4.2"),
        "address-on-vlan-device": _failing("PM-4.4.1"),
        "device-on-leg": _failing("H-leg-clean"),
        "address-of-another-host": _failing("H-addresses"),
        "leg-down": {**_failing("H-legs-up"), "H-alerts": WARN},
        "all-legs-down": {**_failing("H-legs-up"), "H-speed": UNJUDGED, "H-alerts": WARN},
        "leg-set-down": {**_failing("H-legs-up"), "H-alerts": WARN},
        "leg-deaf": _failing("H-leg-hears"),
        "leg-half-duplex": _failing("H-speed"),
        "leg-slow": _failing("H-speed"),
        "leg-mtu": _failing("H-mtu"),
        "leg-gone": _NO_NIC,
        "nic-renamed": _NO_NIC,
        "nics-swapped": _failing("M-3.4", "H-mac"),
        "board-swapped": _failing("H-mac"),
        "mac-twice": _failing("H-mac"),
        "leg-in-other-slot": _failing("H-same-nics"),
        "legs-tied": {**_failing("F-carries-on"), "F-counted": UNJUDGED},
        "link-lost-for-good": _failing("F-returns"),
        "leg-stays-down": _failing("F-returns"),
        "monitor-stopped": _failing("F-counted"),
        "leg-set-to-dhcp": _failing("H-leg-clean"),
        "alert-left": {"H-alerts": WARN},
        "address-on-leg": _failing("PM-4.4.1", "H-leg-clean"),
        "host-disabled": _failing("H-hosts"),
        "host-dead": _NO_DOM0,
        "power-lost": _NO_DOM0,
        "networkd-stopped": _failing("H-legs-up"),
        "dom0-unreachable": _NO_DOM0,
        "xapi-stopped": _failing("H-hosts"),
        "xapi-starting": _failing("H-hosts"),
        "clock-off": _failing("H-hosts"),
        "bridge-backend": {
            **_failing("M-3.5.1", "M-3.5.2", "H-both-views", "H-legs-up", "H-backend"),
            **dict.fromkeys(("H-slb-not-lacp", "H-bridge", "H-flows"), UNJUDGED),
        },
        "other-version": _failing("H-backend"),
        "old-wording": {},
        "login-banner": {},
        "unknown-wording": _erring("M-3.5.2", "H-both-views", "H-modes"),
        "answer-cut-short": _NO_DOM0,
        "line-cut-short": _NO_SWITCH,
        "noise-in-answer": {
            **_erring("M-3.5.1", "M-3.5.2", "H-both-views", "H-slb-not-lacp", "H-leg-clean"),
            **_erring("H-bridge", "H-flows", "H-vlans-run"),
        },
        "not-utf-8": _erring("PM-4.4.1", "PM-4.4.2", "M-3.4", "H-leg-clean", "H-addresses"),
        "command-missing": _NO_SWITCH,
        "switch-daemon-dead": {**_NO_SWITCH, **_erring("H-bridge", "H-flows")},
        "lacp-time-differs": _failing("H-properties", "H-lacp-legs"),
        "hashing-differs": _failing("M-3.5.2", "H-lacp", "H-properties"),
        "fallback-differs": _failing("H-properties"),
        "lacp-time-in-switch": _failing("H-properties", "H-lacp-legs"),
        "vlan-unplugged": _failing("H-vlans", "H-vlans-run"),
        "vlan-on-one-host": _failing("H-vlans"),
        "vlan-tag-in-switch": _failing("H-vlans-run"),
        "carrier-of-bond-stale": _failing("H-legs-up"),
        "ipv6-on-bond-pif": _failing("M-3.2", "PM-4.4.1", "PM-4.4.2"),
    }
)
"""Fault -> verdicts on the host it strikes."""

HARMLESS = frozenset({"old-wording", "login-banner", "leg-disabled"})
"""What looks odd and is no fault, or no longer one once a run has waited: nothing may fail."""

OF_NOTHING_WANTED = frozenset({"lacp-other-switch", "second-storage-address"})
"""What nobody has asked for: only who knows what was there before finds it."""

ELSEWHERE: Mapping[str, Mapping[str, Verdicts]] = MappingProxyType(
    {
        "bond-on-master-only": {"xs-3": _NO_BOND},
        "mtu-of-network": {"xs-1": _failing("H-mtu"), "xs-3": _failing("H-mtu")},
        "network-name-twice": {"xs-1": _failing("PM-1"), "xs-3": _failing("PM-1")},
        # Nobody can tell which of the two NICs has a MAC that is not its own.
        "mac-twice": {"xs-1": _failing("H-mac")},
        "address-of-another-host": {"xs-1": _failing("H-addresses")},
        # A leg that is not back keeps the other hosts from being drilled.
        "link-lost-for-good": {"xs-3": _NO_FAILOVER},
        "leg-stays-down": {"xs-3": _NO_FAILOVER},
    }
)
"""Fault -> host -> verdicts on another host than the one it was aimed at."""

ARGUMENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "leg-deaf": ("--xsbond-listen=1",),
        "legs-tied": ("--xsbond-failover",),
        "link-lost-for-good": ("--xsbond-failover",),
        "leg-stays-down": ("--xsbond-failover",),
        "monitor-stopped": ("--xsbond-failover",),
    }
)
"""Fault -> what the run that is to find it must be asked for."""

LISTENED_FOR = frozenset(
    fault for fault, words in ARGUMENTS.items() if any("--xsbond-listen=" in w for w in words)
)
"""Faults that only a run which listens can find."""

DRILLED = frozenset(fault for fault, words in ARGUMENTS.items() if "--xsbond-failover" in words)
"""Faults that nothing shows until a leg goes down."""

UNCOUNTED = frozenset(
    {"carrier-of-bond-stale", "stale-links-up", "stale-carrier", "networkd-stopped"}
)
"""Faults by which XAPI's view of the links stays wrong, however long one waits."""

LACP_ONLY = frozenset(
    {
        *("lacp-fallen-back", "lacp-time-differs", "hashing-differs"),
        *("fallback-differs", "lacp-time-in-switch", "lacp-port-out", "lacp-two-lags"),
        *("lacp-two-switches", "lacp-leg-refused", "lacp-other-switch"),
    }
)
"""Faults of lacp bonds."""

ACTIVE_BACKUP_ONLY = frozenset({"lacp-with-fallback"})
"""Faults of active-backup bonds."""


def mode_of(fault: str) -> BondMode:
    """Return the mode of the bond that a fault is to strike."""
    if fault in LACP_ONLY:
        return BondMode.LACP
    return BondMode.ACTIVE_BACKUP if fault in ACTIVE_BACKUP_ONLY else BondMode.BALANCE_SLB


WHILE_CHANGING: Mapping[str, Verdicts] = MappingProxyType(
    {"other-bond-disturbed": _failing("PM-4.2.2", "PM-4.4.1")}
)
"""Fault -> verdicts of a run that provisions while it strikes: only that run knows what was."""
