"""Which addresses a dom0 has, by all that was asked of it. Pure."""

import ipaddress

from xsbond.snapshot import lookup, parsers
from xsbond.snapshot.snapshot import Snapshot

Address = ipaddress.IPv4Interface | ipaddress.IPv6Interface


def addresses_of(snapshot: Snapshot, host: str) -> frozenset[tuple[str, Address]]:
    """Return (device, address) of all but the loopback's addresses and the link-local ones.

    ifconfig shows the first IPv4 address of a device and its aliases; `ip` shows the others, and
    IPv6. Raises XsbondError if either was asked for and cannot be read.
    """
    found: set[tuple[str, Address]] = {
        (name.partition(":")[0], address)
        for name, interface in snapshot.interfaces(host).items()
        for address in interface.addresses
    }
    if lookup.was_asked(snapshot, host, "ip-addr"):
        asked = snapshot.parsed(host, "ip-addr", parsers.parse_ip_addresses)
        found |= {(each.device, each.address) for each in asked}
    return frozenset(pair for pair in found if not (pair[1].is_loopback or pair[1].is_link_local))
