"""A host's switch, whichever network backend it is: Open vSwitch, or the kernel's own bridges.

Both are told in Open vSwitch's words, so that plans and claims need no second vocabulary.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from types import MappingProxyType

from xsbond.errors import UnexpectedOutput, XsbondError
from xsbond.model import (
    Bond,
    DesiredBond,
    KernelBond,
    LacpBond,
    OvsBond,
    OvsBondMember,
    OvsBondStatus,
    OvsBridge,
    OvsPort,
    OvsPortSettings,
)
from xsbond.snapshot import lookup, parsers
from xsbond.snapshot.snapshot import Snapshot

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

FOREIGN_MODES = MappingProxyType(
    {
        "load balancing (round-robin)": "balance-rr",
        "load balancing (xor)": "balance-xor",
        "fault-tolerance (broadcast)": "broadcast",
        "transmit load balancing": "balance-tlb",
        "adaptive load balancing": "balance-alb",
    }
)
"""Bonding Mode -> the driver's own word (bond_main.c, bond_mode_name); XAPI has none of them."""


def is_kernel(snapshot: Snapshot, host: str) -> bool:
    """Tell whether the kernel's own bridges and bonds are this host's switch."""
    return snapshot.hosts[host].software_version.get("network_backend") == BRIDGE


def mode_of(snapshot: Snapshot, host: str, bond: DesiredBond | Bond) -> str:
    """Return what this host's switch calls a bond's mode; the kernel calls all lacp 802.3ad."""
    if is_kernel(snapshot, host):
        return lookup.ovs_mode(replace(bond, properties={}))
    return lookup.ovs_mode(bond)


def name(snapshot: Snapshot, host: str) -> str:
    """Return what a sentence calls the switch."""
    return "the kernel's bonding" if is_kernel(snapshot, host) else "Open vSwitch"


def bridges_probe(snapshot: Snapshot, host: str) -> str:
    """Return the name of the probe that `bridges` reads."""
    return "kernel-bridges" if is_kernel(snapshot, host) else "ovs-list-br"


def bridges(snapshot: Snapshot, host: str) -> frozenset[str]:
    """Return the bridges of a host."""
    if is_kernel(snapshot, host):
        found = snapshot.parsed(host, "kernel-bridges", parsers.parse_names)
        if not found:
            # Where nothing of /sys can be read, there is no bridge to be seen, either.
            snapshot.nics(host)
        return found
    found = snapshot.bridges(host)
    if not found:
        shown = "ovs-show", lambda: {port.bridge for port in ports(snapshot, host)}
        _refuse_shorter(snapshot, host, ("ovs-list-br", found), shown)
    return found


def bonds_probe(snapshot: Snapshot, host: str) -> str:
    """Return the name of the probe that `bonds` reads."""
    return "kernel-bonds" if is_kernel(snapshot, host) else "ovs-bond-list"


def bonds(snapshot: Snapshot, host: str) -> tuple[OvsBond, ...]:
    """Return the bonds that run on a host."""
    if not is_kernel(snapshot, host):
        found = snapshot.ovs_bonds(host)
        _refuse_shorter(
            snapshot,
            host,
            (_LIST, {bond.name for bond in found}),
            (_SHOW, lambda: {each.name for each in _ovs_statuses(snapshot, host)}),
        )
        return found
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
    if is_kernel(snapshot, host):
        return snapshot.parsed(host, "kernel-bonds", _read_kernel_statuses)
    found = _ovs_statuses(snapshot, host)
    if not found:
        listed = _LIST, lambda: {bond.name for bond in snapshot.ovs_bonds(host)}
        _refuse_shorter(snapshot, host, (_SHOW, ()), listed)
    return found


def status_touching(snapshot: Snapshot, host: str, nics: Collection[str]) -> OvsBondStatus | None:
    """Return how the bond that holds any of these NICs is; None if there is none.

    Raises UnexpectedOutput where bond/show lacks one that bond/list has.
    """
    for each in statuses(snapshot, host):
        if {member.name for member in each.members} & set(nics):
            return each
    if not is_kernel(snapshot, host):
        known = {bond.name for bond in snapshot.ovs_bonds(host) if bond.members & set(nics)}
        _refuse_shorter(snapshot, host, (_SHOW, ()), (_LIST, lambda: known))
    return None


_LIST, _SHOW = "ovs-bond-list", "ovs-bond-show"


def _ovs_statuses(snapshot: Snapshot, host: str) -> tuple[OvsBondStatus, ...]:
    return snapshot.parsed(host, _SHOW, parsers.parse_bond_show)


def _refuse_shorter(
    snapshot: Snapshot,
    host: str,
    answer: tuple[str, Collection[str]],
    other: tuple[str, Callable[[], Collection[str]]],
) -> None:
    """Raise UnexpectedOutput if an answer names fewer than another one to the same question.

    ovs-vswitchd keeps one table of bonds, which both bond/list and bond/show go through (all_bonds
    in ofproto/bond.c), and ovs-vsctl one database: the answer that names fewer is not whole. An
    answer that names nothing at all counts only beside another one that can be read.
    """
    (name, found), (other_name, known) = answer, other
    try:
        named = set(known())
    except XsbondError:
        if found:
            return
        raise
    if len(named) > len(found):
        lost = sorted(named - set(found))
        outputs = snapshot.raw.dom0[snapshot.hosts[host].uuid].outputs
        source = f"{snapshot.labels[host]}: {outputs[name].command}"
        reason = f"it is cut short: it lacks {', '.join(lost)}, which {other_name} names"
        raise UnexpectedOutput(source, outputs[name].stdout, reason)


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


def ovs_bridges(snapshot: Snapshot, host: str) -> Mapping[str, OvsBridge]:
    """Return name -> bridge of a host's Open vSwitch; none where the kernel is the switch."""
    if is_kernel(snapshot, host):
        return {}
    return snapshot.parsed(host, "ovs-show", parsers.parse_ovs_bridges)


def lacp(snapshot: Snapshot, host: str) -> tuple[LacpBond, ...] | None:
    """Return what LACP has agreed on; None where the kernel is the switch, or nobody asked.

    Raises UnexpectedOutput where a bond lacks a leg that bond/show has.
    """
    if is_kernel(snapshot, host) or not lookup.was_asked(snapshot, host, "ovs-lacp"):
        return None
    found = snapshot.parsed(host, "ovs-lacp", parsers.parse_lacp_show)
    shown = {status.name: status for status in _ovs_statuses(snapshot, host)}
    for bond in found:
        if bond.name in shown:
            _refuse_fewer_legs(snapshot, host, bond, shown[bond.name])
    return found


def _refuse_fewer_legs(
    snapshot: Snapshot, host: str, bond: LacpBond, status: OvsBondStatus
) -> None:
    have, known = ({member.name for member in each.members} for each in (bond, status))
    _refuse_shorter(snapshot, host, ("ovs-lacp", have), (_SHOW, lambda: known))


def flows(snapshot: Snapshot, host: str) -> Mapping[str, tuple[str, ...]] | None:
    """Return bridge -> flows of a host's Open vSwitch; None if there is none, or nobody asked."""
    if is_kernel(snapshot, host) or not lookup.was_asked(snapshot, host, "ovs-flows"):
        return None
    return snapshot.parsed(host, "ovs-flows", parsers.parse_flows)


def policing(snapshot: Snapshot, host: str) -> Mapping[str, int] | None:
    """Return interface -> kbit/s it takes at most, 0 without limit; None as `flows`."""
    if is_kernel(snapshot, host) or not lookup.was_asked(snapshot, host, "ovs-interfaces"):
        return None
    return snapshot.parsed(host, "ovs-interfaces", parsers.parse_policing)


def all_port_settings(snapshot: Snapshot, host: str) -> Mapping[str, OvsPortSettings]:
    """Return port -> settings of a host's Open vSwitch; none where the kernel is the switch."""
    if is_kernel(snapshot, host):
        return {}
    return snapshot.parsed(host, "ovs-ports", parsers.parse_ovs_ports)


def _mode(bond: KernelBond) -> str:
    # The driver says more of some modes in parentheses, as `(fail_over_mac active)`.
    for words, mode in (KERNEL_MODES | FOREIGN_MODES).items():
        if bond.mode.startswith(words):
            return mode
    return bond.mode


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
