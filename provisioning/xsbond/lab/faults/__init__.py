"""Named faults: everything a lab can be told to do wrong, and how to strike with one."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from xsbond.lab.anylab import AnyLab
from xsbond.lab.faults import answers, failover, hosts, nics, procedure, records, switch
from xsbond.lab.faults.fault import Fault, FaultError, Target
from xsbond.lab.lab import Lab

FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        fault.name: fault
        for module in (procedure, records, switch, nics, failover, hosts, answers)
        for fault in module.FAULTS
    }
)
"""Name -> fault."""

_A_WHILE = 60.0
"""Lab seconds; an updelay of 31 s and two samples of the monitor are over by then."""

__all__ = ["FAULTS", "Fault", "FaultError", "Target", "parse_fault", "strike"]


def parse_fault(text: str, hosts: Sequence[str], *, simulated: bool = True) -> tuple[Fault, str]:
    """Return the fault and the host that `NAME@HOST` names; FaultError, in one line, if none."""
    name, _, host = text.partition("@")
    if name not in FAULTS:
        near = " or ".join(get_close_matches(name, FAULTS, n=3))
        hint = f"is it {near}?" if near else "python -m xsbond.lab --list-faults prints all"
        raise FaultError(f"there is no fault {name!r}; {hint}")
    if host not in hosts:
        raise FaultError(f"{text!r} names none of the lab's hosts: {name}@{{{','.join(hosts)}}}")
    if FAULTS[name].of_members and host == hosts[0]:
        raise FaultError(f"{name} cannot happen to {host}, the pool master")
    if not simulated and name not in _in_namespaces():
        raise FaultError(f"{name} is of the simulated lab only, that is --pool=lab")
    return FAULTS[name], host


def _in_namespaces() -> frozenset[str]:
    """Return the names of the faults that a lab on real Open vSwitch can have."""
    from xsbond.lab.namespaced.faults import REAL, SAME  # noqa: PLC0415 - needs Linux

    return SAME | frozenset(REAL)


def strike(lab: AnyLab[Any], text: str) -> None:
    """Let the fault `NAME@HOST` happen in a lab.

    Raises FaultError if there is no such fault or host, or it cannot happen there.
    """
    hosts_by_name = {host.name: host for host in lab.hosts}
    fault, name = parse_fault(text, tuple(hosts_by_name), simulated=isinstance(lab, Lab))
    target = Target(lab=lab, host=hosts_by_name[name])
    # Links, counts and alerts follow what has happened, as they do within a minute.
    lab.pass_time(_A_WHILE)
    if isinstance(lab, Lab):
        fault.strike(target)
    else:
        _strike_really(target, fault)
    lab.pass_time(_A_WHILE)


def _strike_really(target: Target, fault: Fault) -> None:
    from xsbond.lab.namespaced import faults  # noqa: PLC0415 - needs Linux

    faults.strike(target, fault.name)
