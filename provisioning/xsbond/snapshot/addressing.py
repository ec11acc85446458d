"""How a PIF is addressed, in the bond file's words, so that both can be compared. Pure."""

import ipaddress

from xsbond.model import NO_ADDRESS, Automatic, DesiredNetwork, Ipv4, Ipv6, Pif
from xsbond.snapshot.lookup import own_pif
from xsbond.snapshot.snapshot import Snapshot

_V4 = {"None": NO_ADDRESS, "DHCP": Automatic.DHCP.value}
_V6 = _V4 | {"Autoconf": Automatic.AUTOCONF.value}
"""PIF.ip_configuration_mode, PIF.ipv6_configuration_mode -> the bond file's word."""


def ipv4_of(pif: Pif) -> str:
    """Return a PIF's IPv4 configuration: `none`, `dhcp`, or a static address with its prefix."""
    return _V4.get(pif.ip_configuration_mode) or leased_ipv4(pif) or "an address of no sense"


def leased_ipv4(pif: Pif) -> str:
    """Return the address a PIF has, with its prefix length; empty if that is none."""
    try:
        return str(ipaddress.IPv4Interface(f"{pif.IP}/{pif.netmask}"))
    except ValueError:
        return ""


def ipv6_of(pif: Pif) -> str:
    """Return a PIF's IPv6 configuration: `none`, `dhcp`, `autoconf`, or its static addresses."""
    word = _V6.get(pif.ipv6_configuration_mode)
    return (
        word or ", ".join(map(_plain_ipv6, filter(None, pif.IPv6))) or "static without an address"
    )


def _plain_ipv6(text: str) -> str:
    try:
        return str(ipaddress.IPv6Interface(text))
    except ValueError:
        return text


def written(wanted: Ipv4 | Ipv6) -> str:
    """Return a wanted configuration as `ipv4_of` and `ipv6_of` return what is there."""
    return NO_ADDRESS if wanted is None else str(wanted)


def settings_of(pif: Pif, wanted: DesiredNetwork) -> dict[str, tuple[str, str]]:
    """Return name -> (seen, wanted) of the IPv4 gateway and name servers that are wanted."""
    pairs = {
        "gateway": (pif.gateway, wanted.gateway),
        "DNS": (pif.DNS, ",".join(wanted.dns)),
    }
    return {name: pair for name, pair in pairs.items() if pair[1]}


def address_of(pif: Pif, wanted: DesiredNetwork, host: str) -> ipaddress.IPv4Interface | None:
    """Return the IPv4 address a host is to have: the static one, or the one that DHCP gave it."""
    own = wanted.ipv4_on(host)
    if isinstance(own, Automatic):
        leased = leased_ipv4(pif)
        return ipaddress.IPv4Interface(leased) if leased else None
    return own


def wanted_address(
    snapshot: Snapshot, host: str, wanted: DesiredNetwork
) -> ipaddress.IPv4Interface | None:
    """Return the IPv4 address a host ref is to have on a network, as `address_of` does."""
    own, pif = wanted.ipv4_on(snapshot.labels[host]), own_pif(snapshot, host, wanted)
    if isinstance(own, Automatic):
        return address_of(pif, wanted, snapshot.labels[host]) if pif else None
    return own
