"""Addresses that a host should not have: gained by hand, lost, or another host's, too."""

import contextlib
import ipaddress
from collections.abc import Iterable, Iterator

from pytest_xsbond.claims import described
from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.dom0.addresses import Held, held, own_devices, with_those_above
from pytest_xsbond.claims.host_in_pool import HostInPool
from pytest_xsbond.claims.seen import Evidence, Sentences
from xsbond.errors import XsbondError
from xsbond.snapshot import lookup
from xsbond.snapshot.dom0_addresses import Address

__tracebackhide__ = True
"""pytest leaves these frames out, as those of `this_host`."""


def address_changes(host: HostInPool, before: HostInPool | None) -> Sentences:
    """Return which addresses a host has gained that nobody has asked for, or has lost.

    Without a look from before, what is not on a wanted bond, its VLANs or its legs was there.
    """
    seen, bonds = held(host.evidence), tuple(_bonds(host))
    own = _own(host, bonds)
    there = held(before.evidence) if before else frozenset(p for p in seen if p[0] not in own)
    right = there | _wanted(bonds)
    in_ipv6 = _with_ipv6(bonds)
    left = {bridge for each in bonds for bridge in each.leg_bridges}
    gained = {
        (device, address)
        for device, address in seen - right
        if not (_is_ipv6(address) and device in in_ipv6)
    }
    lost = {pair for pair in there - seen if pair[0] not in left}
    return Sentences(
        [
            f"{device} has {address}, which the bond file does not give it"
            for device, address in _sorted(gained)
        ]
        + [f"{device} has lost {address}" for device, address in _sorted(lost)]
    )


def on_bridge(here: BondOnHost) -> tuple[Address, ...]:
    """Return the addresses of the network's bridge; of IPv6 only what the bond file has none of."""
    bridge, ipv6 = here.network.bridge, here.wanted.ipv6_on(here.name)
    found = (address for device, address in held(here.evidence) if device == bridge)
    return tuple(sorted((each for each in found if not (ipv6 and _is_ipv6(each))), key=str))


def _is_ipv6(address: Address) -> bool:
    return isinstance(address, ipaddress.IPv6Interface)


def _sorted(pairs: Iterable[tuple[str, Address]]) -> list[tuple[str, Address]]:
    return sorted(pairs, key=str)


def _bonds(host: HostInPool) -> Iterator[BondOnHost]:
    for wanted in host.desired:
        yield BondOnHost(
            snapshot=host.snapshot,
            host=host.host,
            wanted=wanted,
            desired=host.desired,
            rests_on=host.evidence.texts,
        )


def _own(host: HostInPool, bonds: tuple[BondOnHost, ...]) -> frozenset[str]:
    """Return the wanted bonds' bridges, their VLANs', their legs, and all devices on these."""
    networks = [each for bond in bonds for each in bond.wanted.networks]
    bridges = {
        found.bridge for each in networks for _, found in lookup.networks_of(host.snapshot, each)
    }
    legs = {nic for bond in bonds for nic in bond.wanted.nics}
    ports = {bond.pif.device for bond in bonds if bond.networks and bond.pif_refs}
    return with_those_above(host.evidence, bridges | legs | ports)


def _wanted(bonds: tuple[BondOnHost, ...]) -> Held:
    """Return what the bond file gives the host, on the bridges that are there."""
    own: Held = frozenset(
        (each.network.bridge, each.address) for each in bonds if each.networks and each.address
    )
    return own | described.vlan_addresses(bonds[0]) if bonds else own


def _with_ipv6(bonds: tuple[BondOnHost, ...]) -> frozenset[str]:
    """Return the bridges to which the bond file gives IPv6; which addresses, H-ipv6 judges."""
    return frozenset(
        network.bridge
        for bond in bonds
        for wanted in bond.wanted.networks
        if wanted.ipv6_on(bond.name)
        for _, network in lookup.networks_of(bond.snapshot, wanted)
    )


def shared_addresses(host: HostInPool) -> Sentences:
    """Return which addresses of a host another one has, too; hosts out of reach are left out.

    What is on no device of XAPI's, as the bridge of a container engine, may be the same everywhere.
    """
    own = _of_own_devices(host.evidence)
    others = {}
    for ref, name in host.snapshot.labels.items():
        if ref != host.host:
            with contextlib.suppress(XsbondError):
                beside = Evidence(snapshot=host.snapshot, host=ref, keeps=False)
                others[name] = _of_own_devices(beside)
    host.evidence.comparison(
        {name: ", ".join(f"{d} {a}" for d, a in _sorted(found)) for name, found in others.items()}
    )
    return Sentences(
        f"{device} has {address.ip}, and so has {other_device} of {name}"
        for device, address in _sorted(own)
        for name, found in others.items()
        for other_device, other in _sorted(found)
        if other.ip == address.ip
    )


def _of_own_devices(evidence: Evidence) -> Held:
    mine = own_devices(evidence)
    return frozenset(pair for pair in held(evidence) if pair[0] in mine)
