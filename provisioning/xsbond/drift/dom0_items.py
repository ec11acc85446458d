"""MTUs, addresses and bridges of a host, in XAPI and in its dom0, to be compared. Pure."""

from collections.abc import Collection, Iterator, Mapping

from xsbond.drift.item import Item, lost, pif_name, text
from xsbond.model import Ipv6, OvsBridge, Pif
from xsbond.snapshot import lookup, switch
from xsbond.snapshot.addressing import ipv6_of, written
from xsbond.snapshot.dom0_addresses import addresses_of
from xsbond.snapshot.snapshot import Snapshot


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


def wanted_ipv6(pif: Pif, wanted: Ipv6) -> Mapping[tuple[str, str], str]:
    """Return (item, fact) -> value of a PIF's IPv6, where it is what the bond file asks for."""
    if not wanted or ipv6_of(pif) != written(wanted):
        return {}
    return {(f"address of {pif_name(pif)}", k): value for k, value in _ipv6_facts(pif).items()}


def _ipv6_facts(pif: Pif) -> Mapping[str, str]:
    return {
        "IPv6 mode": pif.ipv6_configuration_mode,
        "IPv6": ", ".join(sorted(filter(None, pif.IPv6))) or "none",
        "IPv6 gateway": pif.ipv6_gateway or "none",
        "primary address type": pif.primary_address_type,
    }


def addresses(snapshot: Snapshot, host: str) -> Iterator[Item]:
    """Yield the IP configurations of a host's PIFs, and the addresses that its dom0 has."""
    for ref, pif in lookup.pifs_of(snapshot, host):
        ipv4 = pif.ip_configuration_mode != "None" or pif.IP
        ipv6 = pif.ipv6_configuration_mode != "None" or any(pif.IPv6)
        if not (ipv4 or ipv6):
            continue
        yield Item(
            name=f"address of {pif_name(pif)}",
            uuid=pif.uuid,
            facts={
                "mode": text(pif.ip_configuration_mode),
                "IP": text(pif.IP or "none"),
                "netmask": text(pif.netmask or "none"),
                "gateway": text(pif.gateway or "none"),
                **{fact: text(value) for fact, value in _ipv6_facts(pif).items()},
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
    yield from _further_addresses(snapshot, host, internal)


FURTHER = "further addresses of interface"


def _further_addresses(snapshot: Snapshot, host: str, internal: Collection[str]) -> Iterator[Item]:
    """Yield what ifconfig does not show of addresses: the second of an interface, and IPv6."""
    shown = {
        (name.partition(":")[0], address)
        for name, interface in snapshot.interfaces(host).items()
        for address in interface.addresses
    }
    found: dict[str, list[str]] = {}
    for device, address in sorted(addresses_of(snapshot, host) - shown, key=str):
        found.setdefault(device, []).append(str(address))
    for device, own in found.items():
        yield Item(
            name=f"{FURTHER} {device}",
            facts={"IP": text(", ".join(own))},
            needs="ip-addr",
            is_transient=device in internal,
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
    fail_modes = switch.ovs_bridges(snapshot, host)
    for name in sorted(switch.bridges(snapshot, host)):
        seen = interfaces.get(name)
        yield Item(
            name=f"bridge {name}",
            facts={
                "MAC": text(seen.mac) if seen else lost("interface"),
                "state": text("up" if seen.up else "down") if seen else lost("interface"),
                **({"fail mode": text(_fail_mode(fail_modes[name]))} if name in fail_modes else {}),
            },
            is_transient=name in internal,
        )


def _fail_mode(bridge: OvsBridge) -> str:
    """Return what the bridge does without a controller; standalone is the default."""
    return bridge.fail_mode or "standalone"
