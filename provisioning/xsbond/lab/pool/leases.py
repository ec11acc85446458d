"""The LAN of the lab as it gives addresses: a DHCP server, and a router that advertises a prefix.

Whoever asks again with the same MAC gets the same address. What a lab's LAN gives is at liberty;
that networkd asks for it on the bridge, with the MAC of the bridge, is not (network_server.ml).
"""

import ipaddress
from dataclasses import dataclass, field

IPV4 = ipaddress.IPv4Network("172.20.0.0/16")
IPV6 = ipaddress.IPv6Network("2001:db8:20::/64")
"""RFC 3849: for documentation."""
_FIRST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """What a DHCP server has given to a MAC."""

    ip: str
    netmask: str
    gateway: str
    dns: str


@dataclass(slots=True)
class Leases:
    """The server's memory; a silent one answers nobody."""

    silent: set[str] = field(default_factory=set)
    """MACs that get no answer."""
    _numbers: dict[str, int] = field(default_factory=dict)

    def lease(self, mac: str) -> Lease | None:
        """Return the IPv4 lease of a MAC; None if the server does not answer it."""
        if mac in self.silent:
            return None
        router = str(IPV4[1])
        ip = str(IPV4[self._number(mac)])
        return Lease(ip=ip, netmask=str(IPV4.netmask), gateway=router, dns=router)

    def ipv6_lease(self, mac: str) -> str:
        """Return the IPv6 lease of a MAC, which is of a single address (RFC 8415)."""
        return "" if mac in self.silent else f"{IPV6[self._number(mac)]}/128"

    def advertised(self, mac: str) -> str:
        """Return the address that a MAC makes of the advertised prefix (RFC 4291, appendix A)."""
        if mac in self.silent:
            return ""
        octets = [int(octet, 16) for octet in mac.split(":")]
        identifier = bytes([octets[0] ^ 2, *octets[1:3], 0xFF, 0xFE, *octets[3:]])
        return f"{IPV6[int.from_bytes(identifier)]}/64"

    def _number(self, mac: str) -> int:
        return self._numbers.setdefault(mac, _FIRST + len(self._numbers))
