"""What each fault of the lab must change since the baseline that was taken before it struck.

As in `fault_table`, faults strike xs-2; what no row names is as it was.
"""

from collections.abc import Mapping
from types import MappingProxyType

from tests.support.fault_table import ERROR, FAIL, WARN, Verdicts

_BOND_GONE = dict.fromkeys(("D-pifs", "D-bonds", "D-mtus", "D-bridges"), FAIL)
_VLAN_MADE = dict.fromkeys(("D-pifs", "D-vlans", "D-bridges"), FAIL)
_NIC_GONE = dict.fromkeys(("D-nics", "D-bonds", "D-mtus"), FAIL)
_NO_DOM0 = dict.fromkeys(("D-nics", "D-bonds", "D-mtus", "D-addresses", "D-bridges"), ERROR)

DRIFT: Mapping[str, Verdicts] = MappingProxyType(
    {
        "bond-deleted": _BOND_GONE,
        "bond-on-master-only": _BOND_GONE,
        "wrong-nic": _BOND_GONE,
        "swapped-legs": {"D-bonds": FAIL, "D-bridges": FAIL},
        "wrong-mode": {"D-bonds": FAIL},
        "mode-overridden": {"D-pifs": FAIL, "D-bonds": FAIL},
        "updelay-overridden": {"D-pifs": FAIL, "D-bonds": FAIL},
        "one-legged-bond": {**_NIC_GONE, "D-pifs": FAIL},
        "bond-pif-unplugged": _BOND_GONE,
        "address-on-bond-pif": {"D-addresses": FAIL},
        "leg-set-to-dhcp": {"D-addresses": FAIL},
        "vlan-tag-differs": _VLAN_MADE,
        "vlan-on-leg": _VLAN_MADE,
        "bond-numbered-otherwise": {"D-pifs": FAIL, "D-bonds": FAIL, "D-mtus": FAIL},
        "mode-in-record": {"D-bonds": FAIL},
        "leg-lost-in-record": {"D-bonds": FAIL},
        "leg-of-lost-bond": {"D-bonds": FAIL},
        "detached-in-record": {"D-pifs": FAIL},
        "other-primary": {"D-bonds": FAIL},
        "stale-mac": {"D-nics": FAIL},
        "nic-renamed-in-record": {**_NIC_GONE, "D-pifs": FAIL},
        "second-management-pif": {"D-pifs": FAIL},
        "other-bond-disturbed": {"D-addresses": FAIL},
        "lacp-time-differs": {"D-bonds": FAIL},
        "hashing-differs": {"D-bonds": FAIL},
        "fallback-differs": {"D-bonds": FAIL},
        "vlan-unplugged": {"D-pifs": FAIL, "D-vlans": FAIL},
        "vlan-on-one-host": _VLAN_MADE,
        "vlan-tag-in-switch": _VLAN_MADE,
        "ipv6-on-bond-pif": {"D-addresses": FAIL},
        "mode-in-switch": {"D-bonds": FAIL},
        "one-leg-in-switch": {"D-bonds": FAIL},
        "foreign-leg-in-switch": {"D-bonds": FAIL, "D-mtus": FAIL, "D-bridges": FAIL},
        "lacp-fallen-back": {"D-partners": WARN},
        "lacp-port-out": {"D-partners": WARN},
        "lacp-two-lags": {"D-partners": WARN},
        "lacp-two-switches": {"D-partners": WARN},
        "lacp-other-switch": {"D-partners": WARN},
        "lacp-on-slb": {"D-bonds": FAIL},
        "lacp-with-fallback": {"D-bonds": FAIL},
        "updelay-in-switch": {"D-bonds": FAIL},
        "downdelay-in-switch": {"D-bonds": FAIL},
        "detection-in-switch": {"D-bonds": FAIL},
        "rebalance-in-switch": {"D-bonds": FAIL},
        "port-on-other-bridge": {"D-bonds": FAIL},
        "port-tagged": {"D-bonds": FAIL},
        "port-trunks": {"D-bonds": FAIL},
        "bridge-secure": {"D-bridges": FAIL},
        "ipv6-on-bridge": {"D-addresses": FAIL},
        "ipv6-on-leg": {"D-addresses": FAIL},
        "second-storage-address": {"D-addresses": FAIL},
        "alias-on-bridge": {"D-addresses": FAIL},
        "address-on-vlan-device": {"D-addresses": FAIL},
        "address-of-another-host": {"D-addresses": FAIL},
        "leftover-bridge": {"D-bridges": FAIL},
        "bridge-gone": {"D-bonds": FAIL, "D-mtus": FAIL, "D-bridges": FAIL},
        "bridge-mac": {"D-bridges": FAIL},
        "bridge-mtu": {"D-mtus": FAIL},
        "bridge-down": {"D-bridges": FAIL},
        "address-on-bridge": {"D-addresses": FAIL},
        "leg-mtu": {"D-mtus": FAIL},
        "leg-gone": _NIC_GONE,
        "nic-renamed": _NIC_GONE,
        "nics-swapped": {"D-nics": FAIL},
        "board-swapped": {"D-nics": FAIL},
        "mac-twice": {"D-nics": FAIL},
        "leg-in-other-slot": {"D-nics": FAIL},
        "address-on-leg": {"D-addresses": FAIL},
        "host-dead": _NO_DOM0,
        "power-lost": _NO_DOM0,
        "dom0-unreachable": _NO_DOM0,
        "bridge-backend": {"D-bonds": FAIL, "D-bridges": FAIL},
        "other-version": {"D-versions": WARN},
        "unknown-wording": {"D-bonds": ERROR},
        "answer-cut-short": _NO_DOM0,
        "line-cut-short": {"D-bonds": ERROR},
        "noise-in-answer": {"D-bonds": ERROR, "D-bridges": ERROR},
        "not-utf-8": {"D-addresses": ERROR, "D-bridges": ERROR},
        "command-missing": {"D-bonds": ERROR},
        "switch-daemon-dead": {"D-bonds": ERROR},
    }
)
"""Fault -> verdicts on the host it strikes."""

ELSEWHERE: Mapping[str, Mapping[str, Verdicts]] = MappingProxyType(
    {
        "bond-on-master-only": {"xs-3": _BOND_GONE},
        "vlan-missing": {"xs-1": {**_VLAN_MADE, "D-networks": FAIL}, "xs-3": _VLAN_MADE},
        "vlan-unplugged": {"xs-1": {**_VLAN_MADE, "D-networks": FAIL}, "xs-3": _VLAN_MADE},
        "vlan-on-one-host": {"xs-1": {"D-networks": FAIL}},
        "vlan-tag-in-switch": {"xs-1": {**_VLAN_MADE, "D-networks": FAIL}, "xs-3": _VLAN_MADE},
        "vlan-tag-differs": {"xs-1": {**_VLAN_MADE, "D-networks": FAIL}, "xs-3": _VLAN_MADE},
        "vlan-on-leg": {"xs-1": {**_VLAN_MADE, "D-networks": FAIL}, "xs-3": _VLAN_MADE},
        "mtu-of-network": {"xs-1": {"D-networks": FAIL}},
        "network-name-twice": {"xs-1": {"D-networks": FAIL}},
        "leg-in-other-slot": {"xs-1": {"D-nics": FAIL}, "xs-3": {"D-nics": FAIL}},
    }
)
"""Fault -> host -> verdicts on another host; what is about the pool is told on its master."""

BY_CHANGE = frozenset({"D-hosts"})
"""What no fault can do to a host: proven by changed snapshots."""
