"""Lines for `ip -batch` that set a host's network interfaces up. Pure."""

import ipaddress
from collections.abc import Sequence

from xsbond.lab.contracts import Address

Lines = list[str]


def up(name: str, mtu: int) -> Lines:
    """Set an interface up."""
    return [f"link set dev {name} mtu {mtu} up"]


def down(name: str) -> Lines:
    """Set an interface down and take its addresses away."""
    return [f"addr flush dev {name}", f"link set dev {name} down"]


def stand_in(name: str, mac: str) -> Lines:
    """Make the interface of a bridge that Open vSwitch, without a tap, cannot make."""
    return [f"link add name {name} {f'address {mac} ' if mac else ''}type bridge"]


def gone(name: str) -> Lines:
    """Take a stand-in away."""
    return [f"link del dev {name}"]


def without_address(name: str) -> Lines:
    """Take all addresses away."""
    return [f"addr flush dev {name} scope global"]


def with_ipv6(name: str, addresses: Sequence[str]) -> Lines:
    """Give an interface global IPv6 addresses; nobody looks for twins of them in a lab."""
    return [f"addr add {each} dev {name} nodad" for each in addresses]


def with_address(name: str, address: Address) -> Lines:
    """Give an interface an address, and the host its gateway."""
    interface = ipaddress.IPv4Interface(f"{address.ip}/{address.netmask}")
    given = f"addr add {interface} broadcast {interface.network.broadcast_address} dev {name}"
    via = [f"route replace default via {address.gateway} dev {name}"] if address.gateway else []
    return [given, *via]
