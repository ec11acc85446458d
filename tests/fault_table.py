"""What each fault of the lab must fail, and the cause that it must be told by.

The faults strike xs-2, a member of a pool of three hosts with the tutorial's guest bond.
"""

from collections.abc import Mapping
from types import MappingProxyType

FAIL, ERROR, WARN, UNJUDGED = "FAIL", "ERROR", "warn", "n/j"

Verdicts = Mapping[str, str]
"""Outcome -> what comes of it; every other outcome passes."""


def _failing(*outcomes: str) -> dict[str, str]:
    return dict.fromkeys(outcomes, FAIL)


def _erring(*outcomes: str) -> dict[str, str]:
    return dict.fromkeys(outcomes, ERROR)


_NO_BOND = {
    **_failing("PM-3", "PM-4.4.2", "M-3.2", "M-3.3.1", "M-3.3.2", "M-3.3.3", "M-3.4"),
    **_failing("M-3.5.1", "M-3.5.2", "H-both-views", "H-legs-up", "H-same-nics", "H-mac"),
    **_failing("H-mtu", "H-speed", "H-vlans", "H-leg-clean", "H-slb-not-lacp"),
    "H-alerts": WARN,
    "H-naming": WARN,
}
_NO_DOM0 = {
    **_erring("PM-4.4.1", "PM-4.4.2", "M-3.4", "M-3.5.1", "M-3.5.2"),
    **_erring("H-both-views", "H-legs-up", "H-mac", "H-mtu", "H-leg-clean", "H-backend"),
    **_erring("H-slb-not-lacp", "H-hosts"),
}
_NO_SWITCH = _erring("M-3.5.2", "H-both-views", "H-legs-up", "H-slb-not-lacp")
_NO_BRIDGE = {
    **_failing("PM-4.4.2", "M-3.4", "M-3.5.1", "M-3.5.2"),
    **_failing("H-both-views", "H-legs-up", "H-mtu", "H-slb-not-lacp"),
}
_NO_NIC = {
    **_failing("M-3.5.2", "H-both-views", "H-legs-up", "H-mac", "H-mtu", "H-leg-clean"),
    **_failing("H-slb-not-lacp"),
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
        "bond-numbered-otherwise": {"H-naming": WARN},
        "mode-in-record": _failing("M-3.3.2", "H-both-views"),
        "leg-lost-in-record": _failing("PM-3", "H-both-views", "H-same-nics"),
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
        "rebalance-in-switch": _failing("H-slb-not-lacp"),
        "lacp-fallen-back": {**_failing("H-legs-up", "H-lacp"), "H-alerts": WARN},
        "leftover-bridge": _failing("M-3.5.1"),
        "bridge-gone": _NO_BRIDGE,
        "bridge-mac": _failing("M-3.4"),
        "bridge-mtu": _failing("H-mtu"),
        "bridge-down": _failing("PM-4.4.2"),
        "address-on-bridge": _failing("PM-4.4.1", "PM-4.4.2"),
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
        "dom0-unreachable": _NO_DOM0,
        "xapi-stopped": _failing("H-hosts"),
        "xapi-starting": _failing("H-hosts"),
        "clock-off": _failing("H-hosts"),
        "bridge-backend": {
            **_failing("M-3.5.1", "M-3.5.2", "H-both-views", "H-legs-up", "H-backend"),
            "H-slb-not-lacp": UNJUDGED,
        },
        "other-version": _failing("H-backend"),
        "old-wording": {},
        "login-banner": {},
        "unknown-wording": _erring("M-3.5.2", "H-both-views"),
        "answer-cut-short": _NO_DOM0,
        "line-cut-short": _NO_SWITCH,
        "noise-in-answer": _erring("M-3.5.1", "H-both-views", "H-slb-not-lacp"),
        "not-utf-8": _erring("PM-4.4.1", "PM-4.4.2", "M-3.4", "H-leg-clean"),
        "command-missing": _NO_SWITCH,
        "switch-daemon-dead": _NO_SWITCH,
    }
)
"""Fault -> verdicts on the host it strikes."""

HARMLESS = frozenset({"old-wording", "login-banner"})
"""What looks odd and is no fault: nothing may fail."""

ELSEWHERE: Mapping[str, Mapping[str, Verdicts]] = MappingProxyType(
    {
        "bond-on-master-only": {"xs-3": _NO_BOND},
        "mtu-of-network": {"xs-1": _failing("H-mtu"), "xs-3": _failing("H-mtu")},
        "network-name-twice": {"xs-1": _failing("PM-1"), "xs-3": _failing("PM-1")},
        # Nobody can tell which of the two NICs has a MAC that is not its own.
        "mac-twice": {"xs-1": _failing("H-mac")},
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

LACP_ONLY = frozenset({"lacp-fallen-back"})
"""Faults of lacp bonds."""

WHILE_CHANGING: Mapping[str, Verdicts] = MappingProxyType(
    {"other-bond-disturbed": _failing("PM-4.2.2", "PM-4.4.1")}
)
"""Fault -> verdicts of a run that provisions while it strikes: only that run knows what was."""

CAUSES: Mapping[str, str] = MappingProxyType(
    {
        "bond-deleted": "bond not inherited",
        "bond-on-master-only": "bond not inherited",
        "wrong-nic": "other NICs are bonded",
        "swapped-legs": "first NIC is not the primary one",
        "wrong-mode": "mode differs",
        "mode-overridden": "mode is overridden",
        "one-legged-bond": "NIC is missing",
        "bond-pif-unplugged": "bond is not plugged",
        "address-on-bond-pif": "bond PIF has another address",
        "vlan-missing": "VLAN is not as elsewhere",
        "mode-in-record": "mode differs",
        "leg-lost-in-record": "bond lacks a leg",
        "detached-in-record": "bond is recorded as not plugged",
        "stale-links-up": "XAPI miscounts the links",
        "stale-mac": "board was replaced",
        "second-management-pif": "management interface is in doubt",
        "mtu-of-network": "MTU was not applied",
        "network-name-twice": "network name is not unique",
        "mode-in-switch": "dom0 was changed by hand",
        "one-leg-in-switch": "dom0 was changed by hand",
        "lacp-on-slb": "port is not set up as balance-slb",
        "leftover-bridge": "own bridge of a leg is left over",
        "bridge-gone": "bond is not plugged",
        "bridge-down": "bridge is down",
        "address-on-bridge": "address was set by hand",
        "leg-down": "no carrier",
        "leg-slow": "legs negotiated differently",
        "leg-gone": "NIC is gone from the kernel",
        "mac-twice": "MAC is not unique",
        "legs-tied": "legs fail together",
        "link-lost-for-good": "link does not come back",
        "leg-stays-down": "leg could not be set up",
        "monitor-stopped": "XAPI counts no links",
        "leg-in-other-slot": "NICs are counted otherwise",
        "leg-set-to-dhcp": "leg is used for something else",
        "address-on-leg": "address was set by hand",
        "host-disabled": "host is in maintenance",
        "host-dead": "host is down",
        "dom0-unreachable": "dom0 was not reached",
        "clock-off": "clock is off",
        "other-version": "host was left out of an update",
        "switch-daemon-dead": "switch daemon does not answer",
        "updelay-overridden": "mode is overridden",
        "vlan-tag-differs": "VLAN is not as elsewhere",
        "other-primary": "first NIC is not the primary one",
        "stale-carrier": "XAPI misreads a carrier",
        "nic-renamed-in-record": "NIC is missing",
        "foreign-leg-in-switch": "dom0 was changed by hand",
        "updelay-in-switch": "port is not set up as balance-slb",
        "rebalance-in-switch": "port is not set up as balance-slb",
        "lacp-fallen-back": "switch forms no LAG",
        "bridge-mac": "bridge has another MAC",
        "bridge-mtu": "MTU was not applied",
        "all-legs-down": "no carrier",
        "leg-set-down": "leg was set down",
        "leg-deaf": "switch port is off its VLAN",
        "leg-half-duplex": "legs negotiated differently",
        "leg-mtu": "MTU was not applied",
        "nic-renamed": "NIC is gone from the kernel",
        "nics-swapped": "NICs changed places",
        "board-swapped": "board was replaced",
        "xapi-stopped": "host is down",
        "xapi-starting": "host is down",
        "bridge-backend": "host was left out of an update",
        "unknown-wording": "answer was not understood",
        "answer-cut-short": "dom0 was not reached",
        "line-cut-short": "answer was not understood",
        "noise-in-answer": "answer was not understood",
        "not-utf-8": "answer was not understood",
        "command-missing": "switch daemon does not answer",
    }
)
"""Fault -> a cause that a failed claim names; what only warns names none."""
