"""MTUs, addresses and bridges of a host, in XAPI and in its dom0, to be compared. Pure."""

from collections.abc import Iterator

from xsbond import lookup, switch
from xsbond.item import Item, lost, pif_name, text
from xsbond.snapshot import Snapshot


def mtus(snapshot: Snapshot, host: str) -> Iterator[Item]:
    """Yield the MTUs of a host's PIFs, and of its NICs and bridges in dom0."""
    kernel = snapshot.nics(host)
    for ref, pif in lookup.pifs_of(snapshot, host):
        yield Item(
            name=f"MTU of {pif_name(pif)}",
            uuid=pif.uuid,
            facts={"MTU": text(pif.MTU)},
            rests_on=(("PIF", ref),),
        )
    for name in sorted(_own_interfaces(snapshot, host) & set(kernel)):
        yield Item(name=f"MTU of interface {name}", facts={"MTU": text(kernel[name].mtu)})


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
                "mode": text(pif.ip_configuration_mode),
                "IP": text(pif.IP or "none"),
                "netmask": text(pif.netmask or "none"),
                "gateway": text(pif.gateway or "none"),
            },
            rests_on=(("PIF", ref),),
        )
    internal = _internal_bridges(snapshot, host)
    for interface in snapshot.interfaces(host).values():
        if interface.addresses:
            yield Item(
                name=f"address of interface {interface.name}",
                facts={"IP": text(", ".join(sorted(map(str, interface.addresses))))},
                is_transient=interface.name in internal,
            )


def bridges(snapshot: Snapshot, host: str) -> Iterator[Item]:
    """Yield the bridges of a host, and what makes them."""
    software = snapshot.hosts[host].software_version
    backend = software.get("network_backend")
    yield Item(
        name="network backend",
        facts={"backend": text(backend) if backend else lost("network_backend")},
        rests_on=(("host", host),),
    )
    interfaces, internal = snapshot.interfaces(host), _internal_bridges(snapshot, host)
    for name in sorted(switch.bridges(snapshot, host)):
        seen = interfaces.get(name)
        yield Item(
            name=f"bridge {name}",
            facts={
                "MAC": text(seen.mac) if seen else lost("interface"),
                "state": text("up" if seen.up else "down") if seen else lost("interface"),
            },
            is_transient=name in internal,
        )
