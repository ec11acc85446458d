"""A host's switch, whichever network backend it is: Open vSwitch, or the kernel's own bridges.

Both are told in Open vSwitch's words, so that plans and claims need no second vocabulary.
"""

from collections.abc import Mapping
from types import MappingProxyType

from xsbond import parsers
from xsbond.errors import UnexpectedOutput
from xsbond.model import (
    KernelBond,
    OvsBond,
    OvsBondMember,
    OvsBondStatus,
    OvsPort,
    OvsPortSettings,
)
from xsbond.snapshot import Snapshot

BRIDGE = "bridge"
"""host.software_version:network_backend of a host without Open vSwitch."""

KERNEL_MODES = MappingProxyType(
    {
        # XenServer's own addition to the driver.
        "source load balancing": "balance-slb",
        "fault-tolerance (active-backup)": "active-backup",
        "IEEE 802.3ad Dynamic link aggregation": "balance-tcp",
    }
)
"""Bonding Mode of /proc/net/bonding -> Open vSwitch's bond_mode (Linux_bonding, networkd)."""


def is_kernel(snapshot: Snapshot, host: str) -> bool:
    """Tell whether the kernel's own bridges and bonds are this host's switch."""
    return snapshot.hosts[host].software_version.get("network_backend") == BRIDGE


def name(snapshot: Snapshot, host: str) -> str:
    """Return what a sentence calls the switch."""
    return "the kernel's bonding" if is_kernel(snapshot, host) else "Open vSwitch"


def bridges_probe(snapshot: Snapshot, host: str) -> str:
    """Return the name of the probe that `bridges` reads."""
    return "kernel-bridges" if is_kernel(snapshot, host) else "ovs-list-br"


def bridges(snapshot: Snapshot, host: str) -> frozenset[str]:
    """Return the bridges of a host."""
    if is_kernel(snapshot, host):
        return snapshot.parsed(host, "kernel-bridges", parsers.parse_names)
    return snapshot.bridges(host)


def bonds_probe(snapshot: Snapshot, host: str) -> str:
    """Return the name of the probe that `bonds` reads."""
    return "kernel-bonds" if is_kernel(snapshot, host) else "ovs-bond-list"


def bonds(snapshot: Snapshot, host: str) -> tuple[OvsBond, ...]:
    """Return the bonds that run on a host."""
    if not is_kernel(snapshot, host):
        return snapshot.ovs_bonds(host)
    return tuple(
        OvsBond(
            name=bond.name,
            type=_mode(bond),
            members=frozenset(member.name for member in bond.members),
        )
        for bond in kernel_bonds(snapshot, host)
    )


def status_probe(snapshot: Snapshot, host: str) -> str:
    """Return the name of the probe that `statuses` reads."""
    return "kernel-bonds" if is_kernel(snapshot, host) else "ovs-bond-show"


def statuses(snapshot: Snapshot, host: str) -> tuple[OvsBondStatus, ...]:
    """Return how the bonds of a host are at this moment."""
    read = _read_kernel_statuses if is_kernel(snapshot, host) else parsers.parse_bond_show
    return snapshot.parsed(host, status_probe(snapshot, host), read)


def read_statuses(text: str, *, is_kernel: bool) -> tuple[OvsBondStatus, ...]:
    """Return the bonds that the answer to the probe `status_probe` tells of."""
    return _read_kernel_statuses(text) if is_kernel else parsers.parse_bond_show(text)


def _read_kernel_statuses(text: str) -> tuple[OvsBondStatus, ...]:
    return tuple(map(_status, parsers.parse_kernel_bonds(text)))


def kernel_bonds(snapshot: Snapshot, host: str) -> tuple[KernelBond, ...]:
    """Return the bonds of a host's /proc/net/bonding."""
    return snapshot.parsed(host, "kernel-bonds", parsers.parse_kernel_bonds)


def ports(snapshot: Snapshot, host: str) -> tuple[OvsPort, ...]:
    """Return the ports of a host's Open vSwitch; none where the kernel is the switch."""
    if is_kernel(snapshot, host):
        return ()
    return snapshot.parsed(host, "ovs-show", parsers.parse_ovs_show)


def all_port_settings(snapshot: Snapshot, host: str) -> Mapping[str, OvsPortSettings]:
    """Return port -> settings of a host's Open vSwitch; none where the kernel is the switch."""
    if is_kernel(snapshot, host):
        return {}
    return snapshot.parsed(host, "ovs-ports", parsers.parse_ovs_ports)


def _mode(bond: KernelBond) -> str:
    # The driver says more of some modes in parentheses, as `(fail_over_mac active)`.
    for words, mode in KERNEL_MODES.items():
        if bond.mode.startswith(words):
            return mode
    raise UnexpectedOutput("/proc/net/bonding", bond.mode, f"{bond.name} has an unknown mode")


def _status(bond: KernelBond) -> OvsBondStatus:
    return OvsBondStatus(
        name=bond.name,
        bond_mode=_mode(bond),
        updelay=bond.updelay,
        downdelay=bond.downdelay,
        lacp_status="",
        members=tuple(
            OvsBondMember(
                name=member.name,
                enabled=member.up,
                active=member.name == bond.active,
                may_enable=member.up != member.changes,
            )
            for member in bond.members
        ),
    )
