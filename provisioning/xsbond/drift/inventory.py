"""What a host is set up as, thing by thing: what two looks at a pool are compared by. Pure.

Nothing here changes by itself: refs, counters, start times, links and guests' interfaces are left
out. The bridges of networks that no NIC of the host serves are marked: xapi makes and removes them
as guests come and go (xapi_network.ml, attach_internal).
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from xsbond.drift.bond_items import bonds, partners
from xsbond.drift.dom0_items import addresses, bridges, mtus
from xsbond.drift.item import Item, Items, flag, lost, network_of, pif_name, settings, text
from xsbond.snapshot import lookup, switch
from xsbond.snapshot.snapshot import Snapshot

# --- the pool ---


def hosts(snapshot: Snapshot, host: str) -> Iterator[Item]:
    """Yield the hosts of the pool."""
    del host
    for ref, record in snapshot.hosts.items():
        yield Item(
            name=f"host {snapshot.labels[ref]}",
            uuid=record.uuid,
            facts={"name": text(record.name_label), "uuid": text(record.uuid)},
            rests_on=(("host", ref),),
        )


def networks(snapshot: Snapshot, host: str) -> Iterator[Item]:
    """Yield the networks of the pool."""
    del host
    for ref, record in snapshot.networks.items():
        yield Item(
            name=f"network {record.name_label}",
            uuid=record.uuid,
            facts={
                "name": text(record.name_label),
                "bridge": text(record.bridge),
                "MTU": text(record.MTU),
                **settings(record.other_config),
            },
            rests_on=(("network", ref),),
        )


# --- XAPI's records of one host ---


def nics(snapshot: Snapshot, host: str) -> Iterator[Item]:
    """Yield the NICs of a host: name and MAC as XAPI and as the kernel has them, and the slot."""
    real = _real_macs(snapshot, host)
    for ref, pif in lookup.pifs_of(snapshot, host):
        if not pif.physical:
            continue
        metrics = snapshot.pif_metrics.get(pif.metrics)
        yield Item(
            name=f"NIC {pif.device}",
            uuid=pif.uuid,
            facts={
                "device": text(pif.device),
                "MAC": text(pif.MAC.lower()),
                "MAC in dom0": text(real.get(pif.device, "no such interface")),
                "PCI slot": text(metrics.pci_bus_path or "N/A") if metrics else lost("PIF_metrics"),
            },
            rests_on=(("PIF", ref), ("PIF_metrics", pif.metrics)),
        )


def _real_macs(snapshot: Snapshot, host: str) -> Mapping[str, str]:
    """Return interface -> MAC of the NIC itself; slaves of the kernel's bonds go by another one."""
    macs = {name: nic.address.lower() for name, nic in snapshot.nics(host).items()}
    if switch.is_kernel(snapshot, host):
        for bond in switch.kernel_bonds(snapshot, host):
            macs |= {member.name: member.mac for member in bond.members}
    return macs


def pifs(snapshot: Snapshot, host: str) -> Iterator[Item]:
    """Yield the PIFs of a host."""
    for ref, pif in lookup.pifs_of(snapshot, host):
        yield Item(
            name=pif_name(pif),
            uuid=pif.uuid,
            facts={
                "device": text(pif.device),
                "network": network_of(snapshot, pif),
                "attached": flag(pif.currently_attached),
                "management": flag(pif.management),
                **settings(pif.other_config),
            },
            rests_on=(("PIF", ref), ("network", pif.network)),
        )


def vlans(snapshot: Snapshot, host: str) -> Iterator[Item]:
    """Yield the VLANs of a host."""
    for ref, vlan in snapshot.vlans.items():
        below, own = (snapshot.pifs.get(pif) for pif in (vlan.tagged_PIF, vlan.untagged_PIF))
        if host not in {pif.host for pif in (below, own) if pif}:
            continue
        network = network_of(snapshot, own) if own else lost("PIF")
        yield Item(
            name=f"VLAN of network {network.text}",
            uuid=vlan.uuid,
            facts={
                "tag": text(vlan.tag),
                "on": text(below.device) if below else lost("PIF"),
                "network": network,
            },
            rests_on=(
                *(("VLAN", ref), ("PIF", vlan.tagged_PIF), ("PIF", vlan.untagged_PIF)),
                *((("network", own.network),) if own else ()),
            ),
        )


_VERSIONS = (
    *("product_brand", "product_version", "build_number", "platform_name", "platform_version"),
    *("xapi", "xapi_build", "xen", "linux"),
)
"""Keys of host.software_version; the others name the machine, the day, or XenCenter's releases."""


def versions(snapshot: Snapshot, host: str) -> Iterator[Item]:
    """Yield what a host runs."""
    software = snapshot.hosts[host].software_version
    told = {key: text(software[key]) for key in _VERSIONS if software.get(key)}
    yield Item(
        name="software",
        facts=told or {"product_version": lost("software_version")},
        rests_on=(("host", host),),
    )


AREAS: Mapping[str, Items] = MappingProxyType(
    {
        "hosts": hosts,
        "networks": networks,
        "nics": nics,
        "pifs": pifs,
        "vlans": vlans,
        "bonds": bonds,
        "mtus": mtus,
        "addresses": addresses,
        "bridges": bridges,
        "versions": versions,
        "partners": partners,
    }
)
"""Area -> what reads it; the first two are about the pool, whichever host is asked."""
POOL_WIDE = frozenset({"hosts", "networks"})
