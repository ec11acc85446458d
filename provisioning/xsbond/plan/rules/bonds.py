"""Why a network or a bond is left as it is."""

from collections.abc import Mapping
from types import MappingProxyType

from xsbond.plan.rules.rule import Rule

BONDS: Mapping[str, Rule] = MappingProxyType(
    {
        "network-twice": Rule(
            what="network {network}",
            why="{count} networks have this name ({uuids})",
            way_out="rename or destroy all but one of them",
            harm="which of them is meant cannot be told",
        ),
        "network-occupied": Rule(
            what="network {network}",
            why="PIF {device} already connects this host to it",
            way_out="choose another network name in the bond file",
            harm="NETWORK_ALREADY_CONNECTED; a member would inherit no bond, and say nothing",
        ),
        "host-unknown": Rule(
            what="network {network}",
            why="the bond file names {hosts}, not in this pool",
            way_out="correct the host names",
            harm="a host would go without what is wanted for it",
        ),
        "network-unknown": Rule(
            what="network {network}",
            why="no network has the uuid {uuid}",
            way_out="correct network_uuid, or leave it out to have the network created",
            harm="XAPI chooses the uuid of a network it creates",
        ),
        "host-without-nics": Rule(
            what="network {network}",
            why="the bond file names no NICs for this host",
            way_out="add nics.{host}, or nics.default for all other hosts",
            harm="a host would go without the bond",
        ),
        "inherits-otherwise": Rule(
            what="network {network}",
            why="xapi would bond {inherited} at its next start, as on the pool master,"
            " and not {wanted}",
            way_out="choose NICs that xapi takes for those of the pool master, or none of them",
            harm="a start of xapi destroys a bond of other NICs and makes its own"
            " (copy_bonds_from_master)",
        ),
        "device-not-free": Rule(
            what="network {network}",
            why="XAPI would call the bond {seen}, wanted is {wanted}",
            way_out="correct device in the bond file",
            harm="XAPI takes the first free name (choose_bond_device_name)",
        ),
        "device-open": Rule(
            what="network {network}",
            why="which bond becomes {wanted} is not certain: xapi copies {count} bonds in an order"
            " of its own",
            way_out="use --xsbond-inherit=create",
            harm="the bonds of this host might change their names",
        ),
        "mtu-differs": Rule(
            what="network {network}",
            why="its MTU is {seen}, wanted {wanted}",
            way_out="correct mtu in the bond file, or run xe network-param-set uuid={uuid}"
            " MTU={wanted}, then xe pif-plug with the uuid of each PIF on it ({pifs})",
            harm="frames of the wanted size do not pass; guests may rely on the MTU there is",
        ),
        "property-differs": Rule(
            what="bond {device} on network {network}",
            why="{name} is {seen}, wanted {wanted}",
            way_out="correct properties in the bond file, or run xe bond-param-set uuid={uuid}"
            " properties:{name}={value}",
            harm="XAPI plugs the bond anew, and the switch negotiates with its partner again",
        ),
        "address-differs": Rule(
            what="bond {device} on network {network}",
            why="address: {seen}, wanted {wanted}",
            way_out="correct addresses in the bond file, or run {command}",
            harm="somebody may have wanted it so, and be connected to this address",
        ),
        "management-undeclared": Rule(
            what="bond {device} on network {network}",
            why="is the management interface, with the address {seen}, and the bond file does not"
            " say so",
            way_out="write management = true and this address for network {network} into the bond"
            " file, or move the management interface by xe host-management-reconfigure with the"
            " uuid of another PIF of {host}",
            harm="XAPI takes no address away from a management interface",
        ),
        "mode-differs": Rule(
            what="bond {device} on network {network}",
            why="mode: {seen}, wanted {wanted}",
            way_out="correct mode in the bond file, or run xe bond-set-mode uuid={uuid}"
            " mode={wanted}",
            harm="somebody may have wanted it so: what is there is reported, never repaired",
        ),
        "bond-differs": Rule(
            what="bond {device} on network {network}",
            why="{name}: {seen}, wanted {wanted}",
            way_out="correct the bond file, or run xe bond-destroy uuid={uuid}",
            harm="somebody may have wanted it so: what is there is reported, never repaired",
        ),
    }
)
"""Rule -> its words."""
