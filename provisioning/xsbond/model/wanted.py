"""What the bond file asks for, frozen.

Whatever may differ between hosts is a mapping from a host's name to its value; the key `default`
stands for every host that is not named.
"""

import enum
import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Self, TypeVar

_T = TypeVar("_T")

DEFAULT = "default"
"""The key that stands for every host without an entry of its own."""


DEFAULT_MTU = 1500
"""Bytes; of a network that is created without another (XAPI's own default)."""


class BondMode(enum.StrEnum):
    """XAPI's enum bond_mode."""

    BALANCE_SLB = "balance-slb"
    ACTIVE_BACKUP = "active-backup"
    LACP = "lacp"


class Inherit(enum.StrEnum):
    """How the other members get the bond of the pool master."""

    RESTART = "restart"
    """Restart xapi on the member; it copies the master's bonds when it starts."""
    RESTART_AGENT = "restart-agent"
    """The same through XAPI (host.restart_agent), where SSH is not allowed."""
    CREATE = "create"
    """Call Bond.create for the member's own PIFs, through the master."""


class Repair(enum.StrEnum):
    """What an apply may do about that which is there, and differs from what is wanted."""

    NOTHING = "nothing"
    """Refuse."""
    IN_PLACE = "in-place"
    """Change what can be changed without destroying anything."""


class Automatic(enum.StrEnum):
    """How an address comes about by itself; the values are the bond file's words."""

    DHCP = "dhcp"
    AUTOCONF = "autoconf"
    """IPv6 only: from the router's advertisements (SLAAC)."""


NO_ADDRESS = "none"
"""The bond file's word for a host without an address, where `default` gives the others one."""

Ipv4 = ipaddress.IPv4Interface | Automatic | None
"""One host's configuration: static, automatic, or none."""
Ipv6 = ipaddress.IPv6Interface | Automatic | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredNetwork:
    """A network that each host of the pool is connected to, and the addresses it has there."""

    network: str
    """name_label of the network."""
    network_uuid: str = ""
    """Its uuid, where other networks have the same name; such a network is never created."""
    mtu: int | None = None
    """Bytes; None if the bond file does not say: 1500 for a network that is created."""
    management: bool = False
    """Whether the management interface of every host is here."""
    addresses: Mapping[str, str] = field(default_factory=dict)
    """Host -> IPv4 address and prefix length, `dhcp` or `none`; empty: there is no address."""
    gateway: str = ""
    """IPv4; of the management interface only, as dom0 uses no other one (nm.ml)."""
    dns: tuple[str, ...] = ()
    """Name servers; of the management interface only."""
    ipv6: Mapping[str, str] = field(default_factory=dict)
    """Host -> IPv6 address and prefix length, `autoconf`, `dhcp` or `none`."""
    ipv6_gateway: str = ""

    def ipv4_on(self, host: str) -> Ipv4:
        """Return a host's IPv4 configuration; ValueError for text the reader would not accept."""
        text = _own(self.addresses, host) or NO_ADDRESS
        if text == NO_ADDRESS:
            return None
        return Automatic.DHCP if text == Automatic.DHCP else ipaddress.IPv4Interface(text)

    def ipv6_on(self, host: str) -> Ipv6:
        """Return a host's IPv6 configuration; ValueError for text the reader would not accept."""
        text = _own(self.ipv6, host) or NO_ADDRESS
        if text == NO_ADDRESS:
            return None
        return Automatic(text) if text in set(Automatic) else ipaddress.IPv6Interface(text)

    @property
    def hosts(self) -> frozenset[str]:
        """Names of the hosts that have an address of their own here."""
        return frozenset(self.addresses).union(self.ipv6) - {DEFAULT}


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredVlan(DesiredNetwork):
    """A VLAN network on a bond."""

    tag: int
    """VLAN.tag, 1 to 4094."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredBond(DesiredNetwork):
    """One bond as the bond file asks for it, on every host of the pool."""

    nics: tuple[str, ...] = ()
    """The legs: a device, a MAC or a PCI position each; the first one gives the bond its MAC
    (Bond.primary_slave). Of a bond that `for_host` returned: devices."""
    nics_on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Host -> its legs, where they are others."""
    mode: BondMode = BondMode.BALANCE_SLB
    properties: Mapping[str, str] = field(default_factory=dict)
    """Bond.properties, for lacp only."""
    other_config: Mapping[str, str] = field(default_factory=dict)
    """`bond-…` keys of the bond's PIF.other_config, which override what XAPI sets (nm.ml)."""
    devices: Mapping[str, str] = field(default_factory=dict)
    """Host -> device of the bond, such as bond1; empty: whatever XAPI calls it."""
    macs: Mapping[str, str] = field(default_factory=dict)
    """Host -> explicit MAC of the bond, in lower case; empty: that of its first leg."""
    vlans: tuple[DesiredVlan, ...] = ()

    @property
    def hosts(self) -> frozenset[str]:
        """Names of the hosts that the bond file says something special about."""
        own = frozenset(self.addresses).union(self.ipv6, self.devices, self.nics_on, self.macs)
        own -= {DEFAULT}
        return own.union(*(vlan.hosts for vlan in self.vlans))

    def written_nics(self, host: str) -> tuple[str, ...]:
        """Return a host's legs in the bond file's words; none if it names none for this host."""
        return self.nics_on.get(host, self.nics)

    def device_on(self, host: str) -> str:
        """Return what the bond is to be called on a host; empty if that does not matter."""
        return _own(self.devices, host) or ""

    def mac_on(self, host: str) -> str:
        """Return the explicit MAC of the bond on a host; empty where its first leg gives it one."""
        return self.macs.get(host, "")

    def for_host(self, nics: tuple[str, ...]) -> Self:
        """Return the bond as one host is to have it, its legs being devices."""
        return replace(self, nics=nics, nics_on={})

    @property
    def is_the_same_everywhere(self) -> bool:
        """Whether every host bonds the same devices."""
        return not self.nics_on and not any(map(is_selector, self.nics))

    @property
    def managing_network(self) -> DesiredNetwork | None:
        """The bond's own network or a VLAN's, whichever is to have the management interface."""
        return next((network for network in self.networks if network.management), None)

    @property
    def networks(self) -> tuple[DesiredNetwork, ...]:
        """The bond's own network, and those of its VLANs."""
        return (self, *self.vlans)


def is_selector(nic: str) -> bool:
    """Tell whether a leg is written as a MAC or a PCI position, which no device name can be."""
    return ":" in nic


def plain_nic(nic: str) -> str:
    """Return a leg in the one form it is compared in: MAC in lower case, PCI with its domain."""
    if not is_selector(nic):
        return nic
    return f"0000:{nic}".lower() if nic.count(":") == 1 else nic.lower()


def _own(values: Mapping[str, _T], host: str) -> _T | None:
    return values.get(host, values.get(DEFAULT))


def all_networks(desired: tuple[DesiredBond, ...]) -> Iterator[DesiredNetwork]:
    """Yield every network that is wanted, VLANs behind their bonds."""
    for bond in desired:
        yield from bond.networks
