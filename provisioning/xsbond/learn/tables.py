"""The tables of a bond file that describe the bonds of a pool's master. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from xsbond.bondfile.shape import BondTable
from xsbond.model import DEFAULT, DEFAULT_MTU, NO_ADDRESS, Bond, Network, Pif
from xsbond.plan.plan import by_name, natural
from xsbond.snapshot.addressing import ipv4_of, ipv6_of
from xsbond.snapshot.lookup import UNTAGGED, bonds_of, networks_called, pifs_on, vlans_on
from xsbond.snapshot.snapshot import Snapshot

_AUTOMATIC = frozenset({"dhcp", "autoconf"})


def bonds_of_master(snapshot: Snapshot) -> Sequence[tuple[Bond, Pif]]:
    """Return the master's bonds and their PIFs, in the order of their networks' names."""
    found = [
        (bond, snapshot.pifs[bond.master]) for _, bond in bonds_of(snapshot, snapshot.pool.master)
    ]
    return sorted(
        (
            (bond, pif)
            for bond, pif in found
            if pif.VLAN == UNTAGGED and pif.network in snapshot.networks
        ),
        key=lambda item: (natural(snapshot.networks[item[1].network].name_label), item[0].uuid),
    )


def bond_table(snapshot: Snapshot, bond: Bond, pif: Pif) -> BondTable:
    """Return the table of a bond of the master; ValueError or ValidationError if none says it."""
    table = {
        **_network(snapshot, pif),
        "nics": _nics(snapshot, bond, pif.network),
        "mode": bond.mode,
        "properties": dict(bond.properties) if bond.mode == "lacp" else {},
        "other_config": {k: v for k, v in pif.other_config.items() if k.startswith("bond-")},
        "mac": _explicit_macs(snapshot, pif.network),
        "vlans": [
            {**_network(snapshot, own), "tag": own.VLAN}
            for own in _vlans(snapshot, snapshot.pool.master, bond.master)
        ],
    }
    return msgspec.convert({key: value for key, value in table.items() if value}, BondTable)


def _explicit_macs(snapshot: Snapshot, network: str) -> Mapping[str, str]:
    """Return host -> MAC of the bonds on a network that were created with one."""
    return {
        snapshot.labels[host]: snapshot.pifs[bond.master].MAC.lower()
        for host in by_name(snapshot)
        for _, bond in bonds_of(snapshot, host)
        if snapshot.pifs[bond.master].network == network and not bond.auto_update_mac
    }


def _vlans(snapshot: Snapshot, host: str, pif_ref: str) -> Sequence[Pif]:
    own = (pif for ref, pif in vlans_on(snapshot, host, pif_ref) if ref in snapshot.networks)
    return sorted(own, key=lambda pif: pif.VLAN)


def _network(snapshot: Snapshot, pif: Pif) -> dict[str, Any]:
    """Return the keys that bonds and VLANs have in common."""
    network: Network = snapshot.networks[pif.network]
    found: dict[str, Any] = {"network": network.name_label}
    if len(networks_called(snapshot, network.name_label)) > 1:
        found["network_uuid"] = network.uuid
    if network.MTU != DEFAULT_MTU:
        found["mtu"] = network.MTU
    found["addresses"] = _by_host(snapshot, pif.network, ipv4_of)
    found["ipv6"] = _by_host(snapshot, pif.network, ipv6_of)
    if pif.management:
        found["management"] = True
        found |= _of_management(pif)
    return {key: value for key, value in found.items() if value}


def _of_management(pif: Pif) -> Iterator[tuple[str, Any]]:
    """Yield gateways and name servers, where they are not automatic."""
    if ipv4_of(pif) not in {NO_ADDRESS, *_AUTOMATIC}:
        yield "gateway", pif.gateway
        yield "dns", [server.strip() for server in pif.DNS.split(",") if server.strip()]
    if ipv6_of(pif) not in {NO_ADDRESS, *_AUTOMATIC}:
        yield "ipv6_gateway", pif.ipv6_gateway


def _by_host(snapshot: Snapshot, network: str, of: Callable[[Pif], str]) -> Mapping[str, str]:
    """Return host -> address on a network; one entry where all hosts get theirs alike."""
    pifs = {
        snapshot.labels[host]: pif
        for host in by_name(snapshot)
        for _, pif in pifs_on(snapshot, host, network)
    }
    found = {host: of(pif) for host, pif in pifs.items()}
    words = set(found.values())
    if len(words) == 1 and words <= _AUTOMATIC and len(found) == len(snapshot.hosts):
        return {DEFAULT: words.pop()}
    return {host: word for host, word in found.items() if word != NO_ADDRESS}


def _nics(snapshot: Snapshot, bond: Bond, network: str) -> list[str] | dict[str, list[str]]:
    """Return the master's legs, and those of hosts that have as many others."""
    usual = _legs(snapshot, bond)
    found = {DEFAULT: usual}
    for host in by_name(snapshot):
        for other in (each for _, each in bonds_of(snapshot, host)):
            if snapshot.pifs[other.master].network == network:
                legs = _legs(snapshot, other)
                if legs != usual and len(legs) == len(usual):
                    found[snapshot.labels[host]] = legs
    return found if len(found) > 1 else usual


def _legs(snapshot: Snapshot, bond: Bond) -> list[str]:
    """Return a bond's legs, the primary one first."""
    pifs = {ref: snapshot.pifs[ref] for ref in bond.slaves if ref in snapshot.pifs}
    first = [pifs[bond.primary_slave].device] if bond.primary_slave in pifs else []
    others = {pif.device for pif in pifs.values()} - {*first}
    return [*first, *sorted(others, key=natural)]
