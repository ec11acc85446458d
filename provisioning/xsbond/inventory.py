"""What a host is set up as, thing by thing: what two looks at a pool are compared by. Pure.

Nothing here changes by itself: refs, counters, start times, links and guests' interfaces are left
out, and so are the bridges of networks that no NIC of the host serves, which xapi makes and
removes as guests come and go (xapi_network.ml, attach_internal).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from xsbond import lookup, switch
from xsbond.model import Bond, OvsBond, OvsPortSettings, Pif
from xsbond.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One value, as text; what was looked for and is not there equals nothing, not even itself."""

    text: str
    key: str = ""
    """What is compared in place of the text, such as the uuid of a network that has a name."""
    known: bool = True
    is_detail: bool = False
    """Whether it is left out where the whole thing is told."""

    def equals(self, other: "Fact | None") -> bool:
        """Tell whether both are known and the same."""
        if other is None or not (self.known and other.known):
            return False
        return (self.key or self.text) == (other.key or other.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing, such as a NIC."""

    name: str
    """What people call it; not always unique."""
    facts: Mapping[str, Fact]
    uuid: str = ""
    """XAPI's, which lasts longer than a name; empty for what only dom0 knows."""
    rests_on: tuple[tuple[str, str], ...] = ()
    """(XAPI class, ref) of the records read."""


Items = Callable[[Snapshot, str], Iterable[Item]]
"""Reads the things of a host ref; raises XsbondError if its dom0 could not be asked."""


def _text(value: object) -> Fact:
    return Fact(text=str(value))


def _flag(value: bool) -> Fact:
    return Fact(text="yes" if value else "no")


def _lost(what: str) -> Fact:
    return Fact(text=f"({what} is missing)", known=False)


def _joined(devices: Iterable[str]) -> Fact:
    return Fact(text="+".join(sorted(devices)) or "none")


def _settings(other_config: Mapping[str, str]) -> Mapping[str, Fact]:
    return {f"other_config:{key}": _text(value) for key, value in other_config.items()}


# --- the pool ---


def hosts(snapshot: Snapshot, host: str) -> Iterator[Item]:
    """Yield the hosts of the pool."""
    del host
    for ref, record in snapshot.hosts.items():
        yield Item(
            name=f"host {snapshot.labels[ref]}",
            uuid=record.uuid,
            facts={"name": _text(record.name_label), "uuid": _text(record.uuid)},
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
                "name": _text(record.name_label),
                "bridge": _text(record.bridge),
                "MTU": _text(record.MTU),
                **_settings(record.other_config),
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
                "device": _text(pif.device),
                "MAC": _text(pif.MAC.lower()),
                "MAC in dom0": _text(real.get(pif.device, "no such interface")),
                "PCI slot": _text(metrics.pci_bus_path or "N/A")
                if metrics
                else _lost("PIF_metrics"),
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


def pif_name(pif: Pif) -> str:
    """Return what a PIF is called."""
    return f"PIF {pif.device}" if pif.VLAN == lookup.UNTAGGED else f"PIF {pif.device}.{pif.VLAN}"


def pifs(snapshot: Snapshot, host: str) -> Iterator[Item]:
    """Yield the PIFs of a host."""
    for ref, pif in lookup.pifs_of(snapshot, host):
        yield Item(
            name=pif_name(pif),
            uuid=pif.uuid,
            facts={
                "device": _text(pif.device),
                "network": _network(snapshot, pif),
                "attached": _flag(pif.currently_attached),
                "management": _flag(pif.management),
                **_settings(pif.other_config),
            },
            rests_on=(("PIF", ref), ("network", pif.network)),
        )


def _network(snapshot: Snapshot, pif: Pif) -> Fact:
    record = snapshot.networks.get(pif.network)
    if record is None:
        return _lost("network")
    return Fact(text=f"{record.name_label} ({record.bridge})", key=record.uuid)


def vlans(snapshot: Snapshot, host: str) -> Iterator[Item]:
    """Yield the VLANs of a host."""
    for ref, vlan in snapshot.vlans.items():
        below, own = (snapshot.pifs.get(pif) for pif in (vlan.tagged_PIF, vlan.untagged_PIF))
        if host not in {pif.host for pif in (below, own) if pif}:
            continue
        network = _network(snapshot, own) if own else _lost("PIF")
        yield Item(
            name=f"VLAN of network {network.text}",
            uuid=vlan.uuid,
            facts={
                "tag": _text(vlan.tag),
                "on": _text(below.device) if below else _lost("PIF"),
                "network": network,
            },
            rests_on=(
                *(("VLAN", ref), ("PIF", vlan.tagged_PIF), ("PIF", vlan.untagged_PIF)),
                *((("network", own.network),) if own else ()),
            ),
        )


def bond_name(label: str) -> str:
    """Return what the bond of a network is called: `bond1` is another one on every host."""
    return f"bond of network {label}"


def bonds(snapshot: Snapshot, host: str) -> Iterator[Item]:
    """Yield the bonds of a host, as XAPI and as the switch has them."""
    running = {bond.name: bond for bond in switch.bonds(snapshot, host)}
    ports = switch.all_port_settings(snapshot, host)
    for ref, bond in lookup.bonds_of(snapshot, host):
        pif = snapshot.pifs[bond.master]
        network = snapshot.networks.get(pif.network)
        facts = {"network": _network(snapshot, pif), **_recorded(snapshot, bond, pif)}
        facts[IN_SWITCH] = _text(_running(running.get(pif.device)))
        facts[PORT_SETTINGS] = Fact(text=_port(ports.get(pif.device)), is_detail=True)
        yield Item(
            name=bond_name(network.name_label if network else pif.network),
            uuid=bond.uuid,
            facts=facts,
            rests_on=(
                *(("Bond", ref), ("PIF", bond.master), ("network", pif.network)),
                *(("PIF", leg) for leg in bond.slaves),
            ),
        )


IN_SWITCH, PORT_SETTINGS = "in the switch", "settings in the switch"
"""Facts of a bond."""


def running_bond(mode: str, legs: Iterable[str]) -> str:
    """Return how a bond that runs is told, its mode in Open vSwitch's words."""
    return f"{mode} of {'+'.join(sorted(legs))}"


def _running(bond: OvsBond | None) -> str:
    return running_bond(bond.type, bond.members) if bond else "no such bond"


def _port(port: OvsPortSettings | None) -> str:
    if port is None:
        return "no such port"
    interval = port.other_config.get("bond-rebalance-interval", "not set")
    return f"lacp {port.lacp or 'off'}, updelay {port.updelay}, rebalance interval {interval}"


def _recorded(snapshot: Snapshot, bond: Bond, pif: Pif) -> Mapping[str, Fact]:
    primary = snapshot.pifs.get(bond.primary_slave)
    whole = all(ref in snapshot.pifs for ref in bond.slaves)
    return {
        "device": _text(pif.device),
        "mode": _text(bond.mode),
        "legs": _joined(lookup.legs_of(snapshot, bond)) if whole else _lost("PIF of a leg"),
        "primary leg": _text(primary.device) if primary else _lost("PIF of the primary leg"),
        **{f"properties:{key}": _text(value) for key, value in bond.properties.items()},
    }


# --- records and dom0, side by side ---


def mtus(snapshot: Snapshot, host: str) -> Iterator[Item]:
    """Yield the MTUs of a host's PIFs, and of its NICs and bridges in dom0."""
    kernel = snapshot.nics(host)
    for ref, pif in lookup.pifs_of(snapshot, host):
        yield Item(
            name=f"MTU of {pif_name(pif)}",
            uuid=pif.uuid,
            facts={"MTU": _text(pif.MTU)},
            rests_on=(("PIF", ref),),
        )
    for name in sorted(_own_interfaces(snapshot, host) & set(kernel)):
        yield Item(name=f"MTU of interface {name}", facts={"MTU": _text(kernel[name].mtu)})


def _own_interfaces(snapshot: Snapshot, host: str) -> frozenset[str]:
    """Return the NICs, bonds and bridges that XAPI's PIFs of this host stand for."""
    own = [pif for _, pif in lookup.pifs_of(snapshot, host)]
    return frozenset(pif.device for pif in own) | served_bridges(snapshot, host)


def served_bridges(snapshot: Snapshot, host: str) -> frozenset[str]:
    """Return the bridges of the networks that the host has a PIF on."""
    own = (snapshot.networks.get(pif.network) for _, pif in lookup.pifs_of(snapshot, host))
    return frozenset(network.bridge for network in own if network)


def _internal_bridges(snapshot: Snapshot, host: str) -> frozenset[str]:
    """Return the bridges that come and go with the guests on them."""
    every = frozenset(network.bridge for network in snapshot.networks.values())
    return every - served_bridges(snapshot, host)


def addresses(snapshot: Snapshot, host: str) -> Iterator[Item]:
    """Yield the IP configurations of a host's PIFs, and the addresses that its dom0 has."""
    for ref, pif in lookup.pifs_of(snapshot, host):
        if pif.ip_configuration_mode == "None" and not pif.IP:
            continue
        yield Item(
            name=f"address of {pif_name(pif)}",
            uuid=pif.uuid,
            facts={
                "mode": _text(pif.ip_configuration_mode),
                "IP": _text(pif.IP or "none"),
                "netmask": _text(pif.netmask or "none"),
                "gateway": _text(pif.gateway or "none"),
            },
            rests_on=(("PIF", ref),),
        )
    internal = _internal_bridges(snapshot, host)
    for interface in snapshot.interfaces(host).values():
        if interface.addresses and interface.name not in internal:
            shown = ", ".join(sorted(map(str, interface.addresses)))
            yield Item(name=f"address of interface {interface.name}", facts={"IP": _text(shown)})


def bridges(snapshot: Snapshot, host: str) -> Iterator[Item]:
    """Yield the bridges of a host, and what makes them."""
    software = snapshot.hosts[host].software_version
    backend = software.get("network_backend")
    yield Item(
        name="network backend",
        facts={"backend": _text(backend) if backend else _lost("network_backend")},
        rests_on=(("host", host),),
    )
    interfaces, internal = snapshot.interfaces(host), _internal_bridges(snapshot, host)
    for name in sorted(switch.bridges(snapshot, host) - internal):
        seen = interfaces.get(name)
        yield Item(
            name=f"bridge {name}",
            facts={
                "MAC": _text(seen.mac) if seen else _lost("interface"),
                "state": _text("up" if seen.up else "down") if seen else _lost("interface"),
            },
        )


_VERSIONS = (
    *("product_brand", "product_version", "build_number", "platform_name", "platform_version"),
    *("xapi", "xapi_build", "xen", "linux"),
)
"""Keys of host.software_version; the others name the machine, the day, or XenCenter's releases."""


def versions(snapshot: Snapshot, host: str) -> Iterator[Item]:
    """Yield what a host runs."""
    software = snapshot.hosts[host].software_version
    told = {key: _text(software[key]) for key in _VERSIONS if software.get(key)}
    yield Item(
        name="software",
        facts=told or {"product_version": _lost("software_version")},
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
    }
)
"""Area -> what reads it; the first two are about the pool, whichever host is asked."""
POOL_WIDE = frozenset({"hosts", "networks"})
