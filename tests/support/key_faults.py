"""For every key of the bond file a fault that deviates from it, and the claims that then fail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from tests.support import deviations
from xsbond.lab.anylab import AnyLab

Strike = Callable[[AnyLab[Any]], None]


@dataclass(frozen=True, slots=True)
class KeyFault:
    """One deviation."""

    heading: str
    """Of the bond file in the docs."""
    strike: Strike
    outcomes: frozenset[str]
    """What fails on xs-2, at least."""

    @property
    def says(self) -> str:
        """Return the fault in a sentence."""
        return (self.strike.__doc__ or "").strip().splitlines()[0]


_MGMT = "Management on a bond"
_MGMT_VLAN = "Management on a VLAN of the bond"
_GUESTS = "Guest bonds and storage bonds"
_TWINS = "Networks that share a name"


def _fault(heading: str, strike: Strike, *outcomes: str) -> KeyFault:
    return KeyFault(heading, strike, frozenset(outcomes))


KEY_FAULTS: Mapping[str, tuple[KeyFault, ...]] = MappingProxyType(
    {
        "network": (_fault(_GUESTS, deviations.renamed_network, "PM-1"),),
        "nics": (_fault(_GUESTS, deviations.other_legs, "PM-3", "M-3.5.2"),),
        "network_uuid": (_fault(_TWINS, deviations.renamed_network, "PM-1"),),
        "mode": (_fault("LACP", deviations.other_mode, "M-3.3.2"),),
        "mtu": (_fault(_GUESTS, deviations.other_mtu, "H-mtu"),),
        "properties": (
            _fault("LACP", deviations.other_hash, "M-3.5.2", "H-properties"),
            _fault("LACP", deviations.other_lacp_time, "H-properties"),
            _fault("LACP", deviations.other_aggregation_key, "H-properties"),
            _fault("LACP", deviations.other_fallback, "H-properties"),
            _fault("LACP", deviations.lacp_time_of_switch, "H-properties"),
        ),
        "other_config": (
            _fault("Overrides", deviations.no_override, "H-overrides"),
            _fault("Overrides", deviations.override_not_run, "H-overrides"),
        ),
        "device": (_fault("Names that differ between hosts", deviations.other_device, "H-device"),),
        "mac": (_fault("A MAC of its own", deviations.other_mac, "M-3.4"),),
        "management": (_fault(_MGMT, deviations.management_elsewhere, "H-management"),),
        "addresses": (
            _fault(_GUESTS, deviations.other_address, "M-3.2"),
            _fault(_GUESTS, deviations.other_netmask, "M-3.2"),
            _fault("Host names with dots", deviations.second_address, "M-3.2"),
            _fault("Management by DHCP", deviations.static_for_dhcp, "M-3.2", "H-management"),
            _fault("Management by DHCP", deviations.no_lease, "M-3.2", "H-management"),
        ),
        "gateway": (_fault(_MGMT, deviations.other_gateway, "H-management"),),
        "dns": (_fault(_MGMT, deviations.other_dns, "H-management"),),
        "ipv6": (
            _fault("IPv6", deviations.other_ipv6, "H-ipv6"),
            _fault("IPv6", deviations.no_ipv6, "H-ipv6"),
        ),
        "ipv6_gateway": (
            _fault("IPv6 on the management interface", deviations.other_ipv6_gateway, "H-ipv6"),
        ),
        "vlans": (
            _fault("VLAN networks", deviations.no_vlan, "H-wanted-vlans"),
            _fault("VLAN networks", deviations.vlan_unplugged, "H-wanted-vlans"),
            _fault("VLAN networks", deviations.vlan_on_another_nic, "H-wanted-vlans"),
        ),
        "vlans.network": (
            _fault("VLAN networks", deviations.vlan_network_renamed, "H-wanted-vlans"),
        ),
        "vlans.tag": (_fault("VLAN networks", deviations.other_tag, "H-wanted-vlans"),),
        "vlans.network_uuid": (_fault(_TWINS, deviations.vlan_on_twin, "H-wanted-vlans"),),
        "vlans.mtu": (_fault("VLAN networks", deviations.other_mtu_of_vlan, "H-wanted-vlans"),),
        "vlans.management": (
            _fault(_MGMT_VLAN, deviations.vlan_management_elsewhere, "H-management"),
        ),
        "vlans.addresses": (
            _fault("VLAN networks", deviations.other_address_of_vlan, "H-wanted-vlans"),
        ),
        "vlans.gateway": (_fault(_MGMT_VLAN, deviations.other_gateway_of_vlan, "H-management"),),
        "vlans.dns": (_fault(_MGMT_VLAN, deviations.other_dns_of_vlan, "H-management"),),
        "vlans.ipv6": (_fault("IPv6", deviations.no_ipv6_of_vlan, "H-wanted-vlans"),),
        "vlans.ipv6_gateway": (
            _fault(_MGMT_VLAN, deviations.other_ipv6_gateway_of_vlan, "H-wanted-vlans"),
        ),
    }
)
"""Key -> its faults."""


def key_table() -> str:
    """Return the table of docs/bond-file.md: key, fault, claim."""
    rows = [
        f"| `{key}` | {fault.says} | {' '.join(sorted(fault.outcomes))} |"
        for key, faults in KEY_FAULTS.items()
        for fault in faults
    ]
    return "\n".join(["| key | fault | fails, on a member |", "|---|---|---|", *rows]) + "\n"
