"""dom0's network interfaces as its kernel presents them, whatever program prints them."""

import functools
import ipaddress
from dataclasses import dataclass
from typing import Literal

from xsbond.lab.contracts import Address
from xsbond.lab.dom0.state import Further

LOOPBACK, ETHERNET = 772, 1
"""Values of /sys/class/net/*/type (ARPHRD_LOOPBACK, ARPHRD_ETHER in linux/if_arp.h)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """What passed an interface so far."""

    rx_packets: int = 0
    rx_bytes: int = 0
    tx_packets: int = 0
    tx_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One network interface."""

    name: str
    index: int
    mac: str
    mtu: int
    up: bool
    """Administratively up."""
    carrier: bool
    """A link is there; an interface that is down has none to show."""
    physical: bool = False
    switched: bool = False
    """A NIC that Open vSwitch forwards from and to."""
    master: str = ""
    """The kernel's own bond or bridge that it belongs to."""
    bonding: Literal["", "MASTER", "SLAVE"] = ""
    """Its part in a bond of the kernel's own."""
    speed: int = -1
    full_duplex: bool | None = None
    address: Address | None = None
    ipv6: str = ""
    """Address and prefix length, empty where the kernel has IPv6 switched off."""
    global_ipv6: tuple[str, ...] = ()
    """Further addresses, as `ipv6`, of scope global."""
    further: tuple[Further, ...] = ()
    """IPv4 addresses that were added by hand."""
    below: str = ""
    """The interface it is made on, as a VLAN device is."""
    counters: Counters = Counters()

    @property
    def type(self) -> int:
        """Return the hardware type's number."""
        return LOOPBACK if self.name == "lo" else ETHERNET

    @property
    def running(self) -> bool:
        """Tell whether frames can pass."""
        return self.up and self.carrier

    @property
    def operstate(self) -> str:
        """Return the word of RFC 2863 that the kernel shows for it.

        Virtual devices never set it, so it stays `unknown` (Documentation/networking/operstates).
        """
        if not self.up:
            return "down"
        if not self.physical:
            return "unknown"
        return "up" if self.carrier else "down"


@functools.cache
def link_local(mac: str) -> str:
    """Return the IPv6 link-local address of a MAC (RFC 4291, appendix A), with its prefix."""
    octets = [int(octet, 16) for octet in mac.split(":")]
    octets[0] ^= 2
    identifier = [*octets[:3], 0xFF, 0xFE, *octets[3:]]
    packed = bytes([0xFE, 0x80, *[0] * 6, *identifier])
    return f"{ipaddress.IPv6Address(packed)}/64"
