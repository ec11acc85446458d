"""What a host has otherwise than the bond file that was made of its pool's master. Pure."""

from collections.abc import Iterator

from xsbond.model import DesiredBond
from xsbond.plan.plan import by_name
from xsbond.plan.reported import bond_differences, vlan_addresses
from xsbond.plan.vlans import is_wanted, vlan_refusals
from xsbond.snapshot.lookup import bond_on, bonds_of, legs_of, own_pif, wanted_on
from xsbond.snapshot.snapshot import Snapshot


def remarks(snapshot: Snapshot, bond: DesiredBond) -> Iterator[str]:
    """Yield a line for each difference of each host, the host's name first."""
    for host in by_name(snapshot):
        label = snapshot.labels[host]
        if bond_on(snapshot, host, bond) is None:
            yield f"{label} has no bond on {bond.network}"
            continue
        own = wanted_on(snapshot, host, bond)
        for refusal in (
            *bond_differences(own, snapshot, host),
            *vlan_refusals(snapshot, host, own),
            *vlan_addresses(own, snapshot, host),
        ):
            # What follows says what to do about it, which the run will say.
            yield str(refusal).partition("; ")[0]
        yield from _vlans(snapshot, host, own)
        yield from _mtus(snapshot, host, own)
        yield from _without_address(label, own)


def strangers(snapshot: Snapshot) -> Iterator[str]:
    """Yield the bonds of members on networks where the pool master has none."""
    master = snapshot.pool.master
    known = {snapshot.pifs[bond.master].network for _, bond in bonds_of(snapshot, master)}
    for host in by_name(snapshot):
        for _, bond in bonds_of(snapshot, host):
            network = snapshot.networks.get(snapshot.pifs[bond.master].network)
            if network and snapshot.pifs[bond.master].network not in known:
                where = f"{network.name_label} ({'+'.join(sorted(legs_of(snapshot, bond)))})"
                yield f"{snapshot.labels[host]} has a bond on {where}, the pool master has none"


def _vlans(snapshot: Snapshot, host: str, bond: DesiredBond) -> Iterator[str]:
    """Yield VLANs that a host lacks, and VLANs of its own."""
    label, found = snapshot.labels[host], bond_on(snapshot, host, bond)
    for vlan in bond.vlans:
        if own_pif(snapshot, host, vlan) is None:
            yield f"{label} has no VLAN {vlan.tag} on {bond.network}, network {vlan.network}"
    for there in snapshot.vlans.values():
        if found and there.tagged_PIF == found[1].master and not is_wanted(snapshot, bond, there):
            yield f"{label} has a VLAN {there.tag} of its own on {bond.network}"


def _mtus(snapshot: Snapshot, host: str, bond: DesiredBond) -> Iterator[str]:
    for network in (bond, *bond.vlans):
        pif, wanted = own_pif(snapshot, host, network), network.mtu or 0
        if pif and wanted and wanted != pif.MTU:
            yield f"{snapshot.labels[host]} has an MTU of {pif.MTU} on {network.network}"


def _without_address(host: str, bond: DesiredBond) -> Iterator[str]:
    for network in (bond, *bond.vlans):
        if network.addresses and network.ipv4_on(host) is None:
            yield f"{host} has no address on {network.network}, other hosts have one"
