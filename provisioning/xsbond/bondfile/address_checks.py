"""What a bond file may not say about the addresses on one network."""

import ipaddress
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from xsbond.bondfile.mistakes import Mistake
from xsbond.model import DEFAULT, NO_ADDRESS, Automatic, DesiredNetwork


@dataclass(frozen=True, slots=True, kw_only=True)
class _Version:
    """How addresses of one version of IP are written."""

    key: str
    gateway: str
    """Key of the gateway."""
    read: Callable[[str], Any]
    read_gateway: Callable[[str], Any]
    automatic: tuple[str, ...]
    example: str


_V4 = _Version(
    key="addresses",
    gateway="gateway",
    read=ipaddress.IPv4Interface,
    read_gateway=ipaddress.IPv4Address,
    automatic=(Automatic.DHCP,),
    example="172.16.0.35/28",
)
_V6 = _Version(
    key="ipv6",
    gateway="ipv6_gateway",
    read=ipaddress.IPv6Interface,
    read_gateway=ipaddress.IPv6Address,
    automatic=(Automatic.AUTOCONF, Automatic.DHCP),
    example="2001:db8::35/64",
)
_POINT_TO_POINT = 2
"""Addresses in a network in which all of them are hosts' (RFC 3021, RFC 6164)."""


def address_faults(network: DesiredNetwork) -> Iterator[Mistake]:
    """Yield what is wrong with the addresses, gateways and name servers of one network."""
    yield from _management_faults(network)
    for version, values, gateway in (
        (_V4, network.addresses, network.gateway),
        (_V6, network.ipv6, network.ipv6_gateway),
    ):
        static = dict[str, Any]()
        for host, text in values.items():
            try:
                static |= _static(version, host, text)
            except ValueError as error:
                yield f"{version.key}.{host}", f"{text!r} {error}"
        yield from _shared(version, static)
        if gateway:
            yield from _gateway_faults(version, gateway, static)


def _static(version: _Version, host: str, text: str) -> Mapping[str, Any]:
    """Return host -> address, if it is a static one; ValueError says what is wrong with it."""
    words = (*version.automatic, NO_ADDRESS)
    if text in words:
        return {}
    if "/" not in text:
        raise ValueError(f"is none of {', '.join(words)}, nor {_pattern(version)}")
    try:
        address = version.read(text)
    except ValueError:
        raise ValueError(f"is not {_pattern(version)}") from None
    if host == DEFAULT:
        raise ValueError("cannot be the address of all hosts; give each host its own")
    ends = {address.network.network_address, address.network.broadcast_address}
    if address.network.num_addresses > _POINT_TO_POINT and address.ip in ends:
        raise ValueError(f"is the network {address.network} itself, or its broadcast address")
    return {host: address}


def _pattern(version: _Version) -> str:
    return f"an address and its prefix length, such as {version.example}"


def _shared(version: _Version, static: Mapping[str, Any]) -> Iterator[Mistake]:
    counts = Counter(address.ip for address in static.values())
    for ip, count in counts.items():
        if count > 1:
            yield version.key, f"{ip} is given to two hosts"


def _gateway_faults(
    version: _Version, gateway: str, static: Mapping[str, Any]
) -> Iterator[Mistake]:
    try:
        address = version.read_gateway(gateway)
    except ValueError:
        yield version.gateway, f"{gateway!r} is no address"
        return
    if not static:
        yield version.gateway, f"no host has a static address under {version.key}; leave it out"
    for host, own in static.items():
        if address not in own.network and not address.is_link_local:
            yield version.gateway, f"{gateway} is not in the network of {host}, {own.network}"
        elif address == own.ip:
            yield version.gateway, f"{gateway} is the address of {host} itself"


def _management_faults(network: DesiredNetwork) -> Iterator[Mistake]:
    if network.management and not network.addresses:
        yield "management", 'it needs an address: add addresses.default = "dhcp", or one per host'
    if network.management and NO_ADDRESS in network.addresses.values():
        yield "addresses", "the management interface of every host has an address"
    for key in ("gateway", "dns", "ipv6_gateway"):
        if getattr(network, key) and not network.management:
            yield key, "dom0 uses that of the management interface only; add management = true"
    for server in network.dns:
        try:
            ipaddress.ip_address(server)
        except ValueError:
            yield "dns", f"{server!r} is no address"
    if network.dns and not (set(network.addresses.values()) - {Automatic.DHCP, NO_ADDRESS}):
        yield "dns", "no host has a static address under addresses; DHCP says which to use"
