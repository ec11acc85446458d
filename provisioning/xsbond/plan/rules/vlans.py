"""Why a VLAN is not made."""

from collections.abc import Mapping
from types import MappingProxyType

from xsbond.plan.rules.rule import Rule

VLANS: Mapping[str, Rule] = MappingProxyType(
    {
        "vlan-network-occupied": Rule(
            what="network {network}",
            why="PIF {device} already connects this host to it",
            way_out="choose another network name in the bond file",
            harm="NETWORK_ALREADY_CONNECTED",
        ),
        "vlan-differs": Rule(
            what="network {network}",
            why="is VLAN {seen} of {device} on this host, wanted is VLAN {wanted} of the bond",
            way_out="correct the bond file, or run xe vlan-destroy uuid={uuid}",
            harm="somebody may have wanted it so: what is there is reported, never repaired",
        ),
        "vlan-tag-taken": Rule(
            what="network {network}",
            why="VLAN {tag} of the bond is on network {other} already",
            way_out="correct tag or network in the bond file",
            harm="PIF_VLAN_EXISTS",
        ),
        "vlan-address-differs": Rule(
            what="network {network}",
            why="{name} of PIF {device} ({uuid}): {seen}, wanted {wanted}",
            way_out="correct the bond file, or change the address of this PIF",
            harm="somebody may have wanted it so: what is there is reported, never repaired",
        ),
    }
)
"""Rule -> its words."""
