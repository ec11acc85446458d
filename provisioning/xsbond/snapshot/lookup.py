"""Finding things in a snapshot the way XAPI links them: network -> this host's PIF -> Bond -> legs.

Numbering of bonds is per host (xapi_bond.ml, choose_bond_device_name), so nothing here asks for
`bond1`. Functions return what is there, as tuples; what ought to be there is the caller's business.
"""

from collections.abc import Mapping
from types import MappingProxyType

from xsbond.model import (
    Bond,
    BondMode,
    DesiredBond,
    DesiredNetwork,
    Network,
    OvsBond,
    Pif,
    is_selector,
)
from xsbond.snapshot.snapshot import Snapshot

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


def master_name(snapshot: Snapshot) -> str:
    """Return the name of the pool master."""
    return snapshot.labels[snapshot.pool.master]


def networks_called(snapshot: Snapshot, label: str) -> tuple[tuple[str, Network], ...]:
    """Return (ref, record) of every network with this name_label; names are not unique in XAPI."""
    return tuple(item for item in snapshot.networks.items() if item[1].name_label == label)


def networks_of(
    snapshot: Snapshot, wanted: DesiredNetwork | str
) -> tuple[tuple[str, Network], ...]:
    """Return (ref, record) of the networks that are meant: by uuid if one is given, or by name."""
    if isinstance(wanted, str):
        return networks_called(snapshot, wanted)
    if wanted.network_uuid:
        uuid = wanted.network_uuid
        return tuple(item for item in snapshot.networks.items() if item[1].uuid == uuid)
    return networks_called(snapshot, wanted.network)


def wanted_on(snapshot: Snapshot, host: str, bond: DesiredBond) -> DesiredBond:
    """Return a bond of the bond file as a host ref is to have it: its legs by device.

    A MAC or a PCI position that no NIC of the host has stays as it is written, and is a NIC that is
    missing. Names of hosts are those of `Snapshot.labels`.
    """
    written = bond.written_nics(snapshot.labels[host])
    return bond.for_host(tuple(_device(snapshot, host, nic) for nic in written))


def _device(snapshot: Snapshot, host: str, written: str) -> str:
    if not is_selector(written):
        return written
    found = [pif.device for _, pif in nics_of(snapshot, host) if written in _marks(snapshot, pif)]
    return found[0] if len(found) == 1 else written


def _marks(snapshot: Snapshot, pif: Pif) -> frozenset[str]:
    """Return what tells a NIC apart whatever it is called: PIF.MAC, PIF_metrics.pci_bus_path."""
    metrics = snapshot.pif_metrics.get(pif.metrics)
    return frozenset({pif.MAC.lower(), metrics.pci_bus_path.lower() if metrics else ""})


def nics_of(snapshot: Snapshot, host: str) -> tuple[tuple[str, Pif], ...]:
    """Return (ref, record) of a host's physical PIFs."""
    return tuple(
        item for item in pifs_of(snapshot, host) if item[1].physical and item[1].VLAN == UNTAGGED
    )


def pifs_of(snapshot: Snapshot, host: str) -> tuple[tuple[str, Pif], ...]:
    """Return (ref, record) of every PIF of a host."""
    return snapshot.pifs_by_host.get(host, ())


def pifs_on(snapshot: Snapshot, host: str, network: str) -> tuple[tuple[str, Pif], ...]:
    """Return (ref, record) of a host's PIFs on a network; XAPI allows one."""
    return tuple(item for item in pifs_of(snapshot, host) if item[1].network == network)


def nic_pifs(snapshot: Snapshot, host: str, device: str) -> tuple[tuple[str, Pif], ...]:
    """Return (ref, record) of the physical PIFs a host has for a NIC; there should be one."""
    return tuple(item for item in nics_of(snapshot, host) if item[1].device == device)


def bonds_of(snapshot: Snapshot, host: str) -> tuple[tuple[str, Bond], ...]:
    """Return (ref, record) of the bonds whose master PIF is on this host."""
    return tuple(
        item
        for item in snapshot.bonds.items()
        if (master := snapshot.pifs.get(item[1].master)) and master.host == host
    )


def bond_on(snapshot: Snapshot, host: str, wanted: DesiredNetwork | str) -> tuple[str, Bond] | None:
    """Return the (ref, record) of the host's bond on a network, wanted or named, if it has one."""
    for network, _ in networks_of(snapshot, wanted):
        for pif_ref, _ in pifs_on(snapshot, host, network):
            for item in snapshot.bonds.items():
                if item[1].master == pif_ref:
                    return item
    return None


def own_pif(snapshot: Snapshot, host: str, network: DesiredNetwork) -> Pif | None:
    """Return the PIF that connects a host to a wanted network; of a bond, that of the bond."""
    if isinstance(network, DesiredBond):
        found = bond_on(snapshot, host, network)
        return snapshot.pifs[found[1].master] if found else None
    refs = [ref for ref, _ in networks_of(snapshot, network)]
    return next((pif for ref in refs for _, pif in pifs_on(snapshot, host, ref)), None)


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


def own_ovs_bonds(
    snapshot: Snapshot, host: str, wanted: DesiredBond, running: tuple[OvsBond, ...]
) -> tuple[OvsBond, ...]:
    """Return the bonds of Open vSwitch that hold any wanted NIC, and are not another bond's port.

    Where XAPI, too, has the NIC in another bond, what runs there is that one.
    """
    own = bond_on(snapshot, host, wanted)
    others = {
        (snapshot.pifs[bond.master].device, leg)
        for ref, bond in bonds_of(snapshot, host)
        if own is None or ref != own[0]
        for leg in legs_of(snapshot, bond)
    }
    return tuple(
        bond
        for bond in ovs_bonds_touching(running, wanted.nics)
        if not all((bond.name, nic) in others for nic in bond.members & set(wanted.nics))
    )


def is_off(snapshot: Snapshot, host: str) -> bool:
    """Tell whether nobody was to ask a host's dom0, so that XAPI alone tells of it."""
    dom0 = snapshot.raw.dom0.get(snapshot.hosts[host].uuid)
    return dom0 is not None and dom0.off


def was_asked(snapshot: Snapshot, host: str, name: str) -> bool:
    """Tell whether a probe is one that this look has asked; older releases had fewer."""
    dom0 = snapshot.raw.dom0.get(snapshot.hosts[host].uuid)
    return dom0 is None or bool(dom0.unreachable) or name in dom0.outputs
