"""The VLANs that are wanted on a bond: the steps that bring them, or the reasons against it."""

from collections.abc import Iterator

from xsbond.model import DesiredBond, DesiredVlan, Pif, Vlan
from xsbond.plan.refusals import Refusal, refuse
from xsbond.plan.vlan_steps import CreateVlan, PlugVlan
from xsbond.snapshot.lookup import UNTAGGED, bond_on, networks_of, pifs_on, vlans_on
from xsbond.snapshot.snapshot import Snapshot


def vlan_steps(snapshot: Snapshot, host: str, bond: DesiredBond) -> Iterator[CreateVlan | PlugVlan]:
    """Yield the steps that connect a host to the VLANs of a bond, which it has or will have."""
    label, uuid = snapshot.labels[host], snapshot.hosts[host].uuid
    for vlan in bond.vlans:
        pif = _own_pif(snapshot, host, vlan)
        if pif is None:
            yield CreateVlan(
                host=label,
                host_uuid=uuid,
                network=vlan.network,
                below=bond.network,
                tag=vlan.tag,
                network_uuid=vlan.network_uuid,
                below_uuid=bond.network_uuid,
            )
        elif not pif.currently_attached:
            yield PlugVlan(host=label, host_uuid=uuid, network=vlan.network, pif=pif.uuid)


def is_wanted(snapshot: Snapshot, bond: DesiredBond, there: Vlan) -> bool:
    """Tell whether the bond file wants a VLAN of this tag and network on a bond."""
    own = snapshot.pifs.get(there.untagged_PIF)
    return own is not None and any(
        vlan.tag == there.tag and own.network in {ref for ref, _ in networks_of(snapshot, vlan)}
        for vlan in bond.vlans
    )


def vlan_refusals(snapshot: Snapshot, host: str, bond: DesiredBond) -> Iterator[Refusal]:
    """Yield what a host has in the place of a wanted VLAN."""
    label = snapshot.labels[host]
    found = bond_on(snapshot, host, bond)
    on_bond = vlans_on(snapshot, host, found[1].master) if found else ()
    names = {ref: network.name_label for ref, network in snapshot.networks.items()}
    for vlan in bond.vlans:
        pif = _own_pif(snapshot, host, vlan)
        if pif is not None:
            yield from _other_pif(snapshot, host, bond, vlan, pif)
            continue
        for ref, own in on_bond:
            if vlan.tag == own.VLAN:
                other = names.get(ref, ref)
                words = {"network": vlan.network, "tag": str(vlan.tag), "other": other}
                yield refuse("vlan-tag-taken", label, **words)


def _other_pif(
    snapshot: Snapshot, host: str, bond: DesiredBond, vlan: DesiredVlan, pif: Pif
) -> Iterator[Refusal]:
    """Yield how a host's PIF on a VLAN's network is another one than is wanted."""
    label, found = snapshot.labels[host], bond_on(snapshot, host, bond)
    if pif.VLAN == UNTAGGED:
        words = {"network": vlan.network, "device": pif.device}
        yield refuse("vlan-network-occupied", label, **words)
        return
    # What is on a leg now, Bond.create moves to the bond.
    devices = {snapshot.pifs[found[1].master].device} if found else set(bond.nics)
    if vlan.tag != pif.VLAN or pif.device not in devices:
        own = (v.uuid for v in snapshot.vlans.values() if snapshot.pifs.get(v.untagged_PIF) == pif)
        uuid = next(own, "")
        words = {"network": vlan.network, "seen": str(pif.VLAN), "device": pif.device}
        yield refuse("vlan-differs", label, **words, wanted=vlan.tag, uuid=uuid)


def _own_pif(snapshot: Snapshot, host: str, vlan: DesiredVlan) -> Pif | None:
    """Return the host's PIF on a VLAN's network."""
    refs = [ref for ref, _ in networks_of(snapshot, vlan)]
    return next((pif for ref in refs for _, pif in pifs_on(snapshot, host, ref)), None)
