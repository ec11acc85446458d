"""What a dom0 said, frozen: its interfaces, its switch, its kernel. Nothing here does I/O."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

_SHOWN = 200
"""Characters of an answer that its representation shows: a dom0 may print megabytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandOutput:
    """What one command answered in a dom0."""

    command: str
    exit: int
    stdout: str
    stderr: str = ""
    trouble: str = ""
    """Why this is no answer: the command was ended, or printed without end; empty if it is one."""
    asked_at: float = 0.0
    """When it was sent, seconds on the clock of whoever asked; 0 if that was not kept."""
    answered_at: float = 0.0
    """When its end was read, on the same clock."""

    def __repr__(self) -> str:
        said = f"{self.stdout[:_SHOWN]!r}, {self.stderr[:_SHOWN]!r} {self.trouble}".rstrip()
        return f"<{self.command[:_SHOWN]!r} ended with {self.exit}: {said}>"


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
class LacpMember:
    """What LACP has agreed on for one leg (`ovs-appctl lacp/show`)."""

    name: str
    status: str
    """current, expired, defaulted: whether the partner was heard lately, late, or not at all."""
    attached: bool
    key: int
    """The aggregation key that the host sends."""
    partner: str
    """System id of the switch; zeros where it was not heard."""
    partner_key: int
    partner_port: int
    partner_state: frozenset[str]
    """The flags of its last LACPDU, in Open vSwitch's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LacpBond:
    """One bond of `ovs-appctl lacp/show`; it has only bonds that speak LACP."""

    name: str
    is_negotiated: bool
    rate: str
    """How often the partner is asked to send: fast, slow, custom."""
    members: tuple[LacpMember, ...]


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
    tag: str = ""
    """The VLAN that all its frames belong to; empty where it has none."""
    trunks: str = ""
    """The VLANs that it carries, separated by commas; empty where it carries all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OvsBridge:
    """One bridge of `ovs-vsctl show`."""

    name: str
    fail_mode: str = ""
    """standalone, secure; empty, which means standalone."""
    controllers: tuple[str, ...] = ()
    """Targets of the OpenFlow controllers it obeys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One network device as `ip -o link` prints it."""

    name: str
    below: str = ""
    """The device it is made on, as a VLAN or macvlan is; empty where it is made on none."""
    master: str = ""
    """The bridge, bond or datapath that it is part of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceAddress:
    """One address as `ip -o addr` prints it."""

    device: str
    address: ipaddress.IPv4Interface | ipaddress.IPv6Interface
    scope: str
    """global, link, host …"""


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
