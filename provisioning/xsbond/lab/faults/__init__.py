"""Named faults: everything a lab can be told to do wrong, and how to strike with one."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from xsbond.lab.anylab import AnyLab
from xsbond.lab.faults import (
    answers,
    by_hand,
    declared,
    failover,
    hosts,
    nics,
    procedure,
    records,
    switch,
)
from xsbond.lab.faults.fault import Fault, FaultError, Repertoire, Target
from xsbond.lab.lab import Lab

FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        fault.name: fault
        for module in (
            *(procedure, records, switch, by_hand, nics, failover, hosts, answers, declared),
        )
        for fault in module.FAULTS
    }
)
"""Name -> fault."""
_REPERTOIRES: dict[type[AnyLab[Any]], Repertoire] = {}
"""Class of labs that are not simulated -> their faults; it is there once the class is imported."""

_A_WHILE = 60.0
"""Lab seconds; an updelay of 31 s and two samples of the monitor are over by then."""

__all__ = [
    "FAULTS",
    "Fault",
    "FaultError",
    "Repertoire",
    "Target",
    "parse_fault",
    "register",
    "strike",
]


def register(kind: type[AnyLab[Any]], repertoire: Repertoire) -> None:
    """Let a class of labs that are not simulated have faults."""
    _REPERTOIRES[kind] = repertoire


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
    if not simulated and not any(name in each.names for each in _REPERTOIRES.values()):
        raise FaultError(f"{name} is of the simulated lab only, that is --pool=lab")
    return FAULTS[name], host


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
        _repertoire(lab).strike(target, fault)
    lab.pass_time(_A_WHILE)


def _repertoire(lab: AnyLab[Any]) -> Repertoire:
    for kind, repertoire in _REPERTOIRES.items():
        if isinstance(lab, kind):
            return repertoire
    raise FaultError(f"{type(lab).__name__} is a lab without faults")
