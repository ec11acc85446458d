"""Why a NIC is not bonded."""

from collections.abc import Mapping
from types import MappingProxyType

from xsbond.plan.rules.rule import Rule

_OTHER_NIC = "choose another NIC in the bond file"

NICS: Mapping[str, Rule] = MappingProxyType(
    {
        "nic-missing": Rule(
            what="NIC {nic}",
            why="{found}",
            way_out="correct nics in the bond file, or run xe pif-scan host-uuid={host_uuid}",
            harm="a member without one of the NICs inherits a bond of the others, and says nothing",
        ),
        "nic-gone": Rule(
            what="NIC {nic}",
            why="is not in dom0 of {host}, though XAPI still lists it",
            way_out="look for it in dom0 of {host} by ip -o link; if it is gone for good, choose"
            " another NIC in the bond file and run xe pif-forget uuid={uuid}",
            harm="xapi makes a bond whose other leg carries nothing, either",
        ),
        "nic-management": Rule(
            what="NIC {nic}",
            why="is the management interface",
            way_out="choose another NIC, or write management = true",
            harm="Bond.create moves the management interface, and cuts this very connection",
        ),
        "nic-address": Rule(
            what="NIC {nic}",
            why="has an IP configuration",
            way_out="remove it, or choose another NIC",
            harm="Bond.create moves the address to the bond, where guests are",
        ),
        "nic-bonded": Rule(
            what="NIC {nic}",
            why="is a leg of another bond",
            way_out="destroy that bond, or choose another NIC",
            harm="PIF_ALREADY_BONDED; a member would inherit no bond, and say nothing",
        ),
        "nic-vlans": Rule(
            what="NIC {nic}",
            why="carries VLAN {tags}",
            way_out="move the VLANs to another NIC, or name them under vlans",
            harm="Bond.create moves them under new references and uuids",
        ),
        "nic-tunnels": Rule(
            what="NIC {nic}",
            why="carries a tunnel",
            way_out="move the tunnel to another NIC first",
            harm="Bond.create moves it under new references and uuids",
        ),
        "nic-sriov": Rule(
            what="NIC {nic}",
            why="is shared out by SR-IOV",
            way_out=_OTHER_NIC,
            harm="its virtual functions would bypass the bond",
        ),
        "nic-unmanaged": Rule(
            what="NIC {nic}",
            why="is not managed by XAPI",
            way_out=_OTHER_NIC,
            harm="PIF_UNMANAGED",
        ),
        "nic-fcoe": Rule(
            what="NIC {nic}",
            why="carries storage over FCoE ({known})",
            way_out=_OTHER_NIC,
            harm="PIF_HAS_FCOE_SR_IN_USE; a bond takes the storage away",
        ),
        "nic-no-link": Rule(
            what="NIC {nic}",
            why="has no link, as {source} has it",
            way_out="plug the cable in, or enable the port of the switch",
            harm="the bond would stand on the other leg alone",
        ),
        "nic-guests": Rule(
            what="NIC {nic}",
            why="VM {guests} runs on its network {network}",
            way_out="shut the VMs down, or move them to another network or host",
            harm="Bond.create moves their VIFs to the bond's network and unplugs them meanwhile",
        ),
    }
)
"""Rule -> its words."""
