"""Why claims fail, and what to type next: one table for failures, summary and runbook.

A cause is looked for in the very facts that the claims are judged on. The order of the table is
that of a search: what explains most comes first.
"""

import contextlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import pytest

from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.seen import Missing
from xsbond.errors import XsbondError
from xsbond.snapshot import lookup

DOM0_CLAIMS = (
    *("PM-4.4.1", "PM-4.4.2", "PM-4.4.3", "M-3.4"),
    *("PM-4.5.1", "PM-4.5.2", "PM-4.5.3", "M-3.5.1", "M-3.5.2"),
)
"""What only dom0 can tell."""
FAILOVER = ("F-carries-on", "F-counted", "F-returns")
"""What nobody can try out on a bond that is not whole."""
DESCRIBED = ("H-management", "H-wanted-vlans", "H-ipv6", "H-overrides", "H-device", "H-properties")
"""What a bond file may say beyond NICs and mode."""

LACP = ("H-lacp", "H-lacp-legs", "H-lacp-partner")
"""What only a bond that speaks LACP is held to."""

_UNTOLD = (Missing, XsbondError, pytest.skip.Exception)
"""What a snapshot raises that does not show what was looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One reason why several claims about a bond on a host may fail together."""

    name: str
    says: str
    """What has happened, in a sentence."""
    holds: Callable[[BondOnHost], bool]
    explains: tuple[str, ...]
    """The outcomes that fail because of it."""
    next: tuple[str, ...]
    """What to type, `HOST# command`; names in braces are filled in."""
    nics: Callable[[BondOnHost], Iterable[str]] = lambda here: here.wanted.nics
    """The NICs it is about; what names `{nic}` is said once for each of them."""
    steps: Callable[[BondOnHost], Iterable[str]] = lambda _: ()
    """What to type next as the plan has it; stands for `next` where there is any."""
    is_behind: Callable[[BondOnHost, str], bool] = lambda _, __: True
    """Whether one of these outcomes fails because of it here, where that is not always so."""

    def commands(self, here: BondOnHost) -> tuple[str, ...]:
        """Return what to type next about one bond on one host."""
        with contextlib.suppress(*_UNTOLD):
            if steps := tuple(self.steps(replace(here, rests_on={}))):
                return steps
        lines = (
            _filled(line, _names(here) | ({"nic": nic} if nic else {}))
            for line in self.next
            for nic in (self._affected(here) if "{nic}" in line else ("",))
        )
        return tuple(line for line in lines if line)

    def explained(self, here: BondOnHost) -> frozenset[str]:
        """Return the outcomes that fail because of it in this view."""
        view = replace(here, rests_on={})
        return frozenset(each for each in self.explains if self._is_behind(view, each))

    def _is_behind(self, view: BondOnHost, outcome: str) -> bool:
        with contextlib.suppress(*_UNTOLD):
            return self.is_behind(view, outcome)
        return False

    def _affected(self, here: BondOnHost) -> Iterable[str]:
        """Return the NICs the cause is about; all wanted ones where nobody can tell."""
        with contextlib.suppress(*_UNTOLD):
            return self.nics(replace(here, rests_on={})) or here.wanted.nics
        return here.wanted.nics


def is_at_work(cause: Cause, here: BondOnHost) -> bool | None:
    """Tell whether the snapshot shows a cause, or rules it out; None if it cannot tell."""
    try:
        return cause.holds(replace(here, rests_on={}))
    except _UNTOLD:
        return None


def _filled(line: str, names: Mapping[str, str]) -> str:
    """Return a line with the names filled in; nothing if the pool does not show one of them."""
    try:
        return line.format_map(names)
    except KeyError:
        return ""


def _names(here: BondOnHost) -> dict[str, str]:
    snapshot, bond = here.snapshot, lookup.bond_on(here.snapshot, here.host, here.wanted)
    names = {
        "host": here.name,
        "host_uuid": snapshot.hosts[here.host].uuid,
        "master": lookup.master_name(snapshot),
        "pool": snapshot.raw.address,
        "network": here.wanted.network,
        "nics": "+".join(here.wanted.nics),
        "mode": here.wanted.mode.value,
    }
    if here.networks:
        names |= {"bridge": here.network.bridge, "network_uuid": here.network.uuid}
    if here.pif_refs:
        names |= {"pif_uuid": here.pif.uuid, "port": here.pif.device}
    if here.drill:
        names["leg"] = here.drill.leg
    return names | ({"bond_uuid": bond[1].uuid} if bond else {})
