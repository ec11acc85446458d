"""Frozen facts: what the bond file asks for, and what XAPI and dom0 said.

Records of XAPI keep XAPI's own field names (`MAC`, `ip_configuration_mode`); our own values have
plain ones. Nothing here does I/O.
"""

import enum
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field


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


# --- desired ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredBond:
    """One bond as the bond file asks for it, the same on every host of the pool."""

    network: str
    """name_label of the network it carries."""
    nics: tuple[str, ...]
    """Devices of the legs; the first one gives the bond its MAC (Bond.primary_slave)."""
    mode: BondMode = BondMode.BALANCE_SLB
    mtu: int = 1500
    """Bytes; used when the network is created."""
    properties: Mapping[str, str] = field(default_factory=dict)
    """Bond.properties, for lacp only."""
    addresses: Mapping[str, ipaddress.IPv4Interface] = field(default_factory=dict)
    """Host name -> static address; empty for a guest bond, which has none."""


# --- observed through XAPI -------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """XAPI class pool."""

    uuid: str
    name_label: str
    master: str
    ha_enabled: bool
    other_config: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """XAPI class host."""

    uuid: str
    name_label: str
    hostname: str
    address: str
    enabled: bool
    metrics: str
    software_version: Mapping[str, str]
    other_config: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HostMetrics:
    """XAPI class host_metrics."""

    live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """XAPI class network."""

    uuid: str
    name_label: str
    bridge: str
    MTU: int
    other_config: Mapping[str, str]
    PIFs: tuple[str, ...]
    VIFs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pif:
    """XAPI class PIF."""

    uuid: str
    device: str
    host: str
    network: str
    MAC: str
    MTU: int
    VLAN: int
    metrics: str
    physical: bool
    currently_attached: bool
    management: bool
    ip_configuration_mode: str
    IP: str
    netmask: str
    gateway: str
    bond_slave_of: str
    bond_master_of: tuple[str, ...]
    other_config: Mapping[str, str]
    capabilities: tuple[str, ...] = ()
    VLAN_slave_of: tuple[str, ...] = ()
    """The VLANs that run on it."""
    tunnel_transport_PIF_of: tuple[str, ...] = ()
    """The tunnels that run on it."""
    sriov_physical_PIF_of: tuple[str, ...] = ()
    managed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PifMetrics:
    """XAPI class PIF_metrics."""

    carrier: bool
    speed: int
    """Mbit/s; the sum of the legs for a bond; 0 or below where the NIC does not tell."""
    duplex: bool
    pci_bus_path: str = ""
    """Empty or N/A where the NIC has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bond:
    """XAPI class Bond."""

    uuid: str
    master: str
    slaves: tuple[str, ...]
    """Unordered: XAPI computes it from PIF.bond_slave_of."""
    primary_slave: str
    mode: str
    properties: Mapping[str, str]
    links_up: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Vlan:
    """XAPI class VLAN."""

    uuid: str
    tagged_PIF: str
    untagged_PIF: str
    tag: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """XAPI class message."""

    name: str
    obj_uuid: str
    """Of a host, for what is about bonds."""
    timestamp: str
    """UTC, in the basic form of ISO 8601: texts sort as times do."""
    body: str


# --- observed in dom0 ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandOutput:
    """What one command answered in a dom0."""

    command: str
    exit: int
    stdout: str
    stderr: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One interface as `ifconfig` prints it."""

    name: str
    mac: str
    """Lower case; empty for an interface without one, such as `lo`."""
    up: bool
    """Flag UP; running `ifconfig` without `-a` lists only those."""
    mtu: int
    addresses: tuple[ipaddress.IPv4Interface, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OvsBond:
    """One row of `ovs-appctl bond/list`."""

    name: str
    type: str
    """Open vSwitch's bond_mode: balance-slb, active-backup, balance-tcp."""
    members: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OvsBondMember:
    """One member paragraph of `ovs-appctl bond/show`."""

    name: str
    enabled: bool
    active: bool
    """Marked `active slave` or `active member`."""
    may_enable: bool
    """Its link is fit for use; where it is not `enabled` the same, a delay runs (bond.c)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OvsBondStatus:
    """One bond of `ovs-appctl bond/show`."""

    name: str
    bond_mode: str
    updelay: int
    """Milliseconds."""
    downdelay: int
    """Milliseconds."""
    lacp_status: str
    """off, configured, negotiated; empty where this Open vSwitch does not print it."""
    members: tuple[OvsBondMember, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NicFacts:
    """One entry of /sys/class/net; None where the kernel does not answer."""

    name: str
    address: str
    mtu: int
    operstate: str
    carrier: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OvsPort:
    """One port of `ovs-vsctl show`."""

    name: str
    bridge: str
    interfaces: Mapping[str, str]
    """Name -> why Open vSwitch cannot use it; empty where it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OvsPortSettings:
    """One row of Open vSwitch's table Port."""

    lacp: str
    """active, passive, off; empty if not set."""
    updelay: int
    """Milliseconds."""
    other_config: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelBondMember:
    """One slave of /proc/net/bonding."""

    name: str
    up: bool
    """MII Status; a link that is going down is still in use."""
    mac: str
    """Permanent HW addr; the slave itself goes by the bond's address."""
    changes: bool = False
    """The link has changed already, and the bond's up or down delay runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelBond:
    """One file of /proc/net/bonding, a bond of the Linux-bridge backend."""

    name: str
    mode: str
    """The kernel's words, as `source load balancing`."""
    updelay: int
    """Milliseconds."""
    downdelay: int
    """Milliseconds."""
    active: str
    """Currently Active Slave, in active-backup only; empty otherwise."""
    members: tuple[KernelBondMember, ...]
