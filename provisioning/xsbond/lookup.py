"""Finding things in a snapshot the way XAPI links them: network -> this host's PIF -> Bond -> legs.

Numbering of bonds is per host (xapi_bond.ml, choose_bond_device_name), so nothing here asks for
`bond1`. Functions return what is there, as tuples; what ought to be there is the caller's business.
"""

from collections.abc import Mapping
from types import MappingProxyType

from xsbond.model import Bond, BondMode, DesiredBond, Network, OvsBond, Pif
from xsbond.snapshot import Snapshot

UNTAGGED = -1
"""PIF.VLAN of an interface that carries no tag."""

OVS_MODES = MappingProxyType(
    {
        BondMode.BALANCE_SLB: "balance-slb",
        BondMode.ACTIVE_BACKUP: "active-backup",
        BondMode.LACP: "balance-tcp",
    }
)
"""Bond.mode -> what `ovs-appctl bond/list` calls it (network_utils.ml, make_bond_properties)."""


def ovs_mode(bond: DesiredBond | Bond) -> str:
    """Return Open vSwitch's word for a bond's mode; lacp may hash by source MAC.

    A mode that XAPI has never had is returned as it stands.
    """
    if bond.mode == BondMode.LACP and bond.properties.get("hashing_algorithm") == "src_mac":
        return OVS_MODES[BondMode.BALANCE_SLB]
    known = {mode.value: word for mode, word in OVS_MODES.items()}
    return known.get(str(bond.mode), str(bond.mode))


def networks_called(snapshot: Snapshot, label: str) -> tuple[tuple[str, Network], ...]:
    """Return (ref, record) of every network with this name_label; names are not unique in XAPI."""
    return tuple(item for item in snapshot.networks.items() if item[1].name_label == label)


def pifs_of(snapshot: Snapshot, host: str) -> tuple[tuple[str, Pif], ...]:
    """Return (ref, record) of every PIF of a host."""
    return snapshot.pifs_by_host.get(host, ())


def pifs_on(snapshot: Snapshot, host: str, network: str) -> tuple[tuple[str, Pif], ...]:
    """Return (ref, record) of a host's PIFs on a network; XAPI allows one."""
    return tuple(item for item in pifs_of(snapshot, host) if item[1].network == network)


def nic_pifs(snapshot: Snapshot, host: str, device: str) -> tuple[tuple[str, Pif], ...]:
    """Return (ref, record) of the physical PIFs a host has for a NIC; there should be one."""
    return tuple(
        item
        for item in pifs_of(snapshot, host)
        if item[1].device == device and item[1].physical and item[1].VLAN == UNTAGGED
    )


def bonds_of(snapshot: Snapshot, host: str) -> tuple[tuple[str, Bond], ...]:
    """Return (ref, record) of the bonds whose master PIF is on this host."""
    return tuple(
        item
        for item in snapshot.bonds.items()
        if (master := snapshot.pifs.get(item[1].master)) and master.host == host
    )


def bond_on(snapshot: Snapshot, host: str, label: str) -> tuple[str, Bond] | None:
    """Return the (ref, record) of the host's bond on the network with this label, if it has one."""
    for network, _ in networks_called(snapshot, label):
        for pif_ref, _ in pifs_on(snapshot, host, network):
            for item in snapshot.bonds.items():
                if item[1].master == pif_ref:
                    return item
    return None


def legs_of(snapshot: Snapshot, bond: Bond) -> frozenset[str]:
    """Return the devices of a bond's slaves; a ref that leads nowhere counts as itself."""
    return frozenset(
        snapshot.pifs[ref].device if ref in snapshot.pifs else ref for ref in bond.slaves
    )


def leg_pifs(snapshot: Snapshot, bond: Bond) -> Mapping[str, Pif]:
    """Return device -> PIF of a bond's slaves, without refs that lead nowhere."""
    pifs = (snapshot.pifs[ref] for ref in bond.slaves if ref in snapshot.pifs)
    return {pif.device: pif for pif in sorted(pifs, key=lambda pif: pif.device)}


def vlans_on(snapshot: Snapshot, host: str, pif_ref: str) -> tuple[tuple[str, Pif], ...]:
    """Return (network ref, VLAN's own PIF) of the VLANs that run on a PIF."""
    return tuple(
        (own.network, own)
        for vlan in snapshot.vlans.values()
        if vlan.tagged_PIF == pif_ref
        and (own := snapshot.pifs.get(vlan.untagged_PIF))
        and own.host == host
    )


def own_bridges(snapshot: Snapshot, host: str, devices: tuple[str, ...]) -> frozenset[str]:
    """Return the bridges of the NICs' own default networks (`xenbrN`), which a bond replaces."""
    return frozenset(
        bridge
        for device in devices
        for _, pif in nic_pifs(snapshot, host, device)
        if (network := snapshot.networks.get(pif.network)) and (bridge := network.bridge)
    )


def ovs_bonds_touching(bonds: tuple[OvsBond, ...], devices: tuple[str, ...]) -> tuple[OvsBond, ...]:
    """Return the bonds of Open vSwitch that hold any of these NICs."""
    return tuple(bond for bond in bonds if bond.members & set(devices))
