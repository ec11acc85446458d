"""Why claims fail, and what to type next: one table for failures, summary and runbook.

A cause is looked for in the very facts that the claims are judged on. The order of the table is
that of a search: what explains most comes first.
"""

import contextlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import pytest

from pytest_xsbond.here import BondOnHost, Missing
from xsbond import lookup
from xsbond.errors import XsbondError

DOM0_CLAIMS = (
    *("PM-4.4.1", "PM-4.4.2", "PM-4.4.3", "M-3.4"),
    *("PM-4.5.1", "PM-4.5.2", "PM-4.5.3", "M-3.5.1", "M-3.5.2"),
)
"""What only dom0 can tell."""
FAILOVER = ("F-carries-on", "F-counted", "F-returns")
"""What nobody can try out on a bond that is not whole."""


_UNTOLD = (Missing, XsbondError, pytest.skip.Exception)
"""What a snapshot raises that does not show what was looked for."""


class _Placeholders(dict[str, str]):
    """Names what a command needs and the pool does not show."""

    def __missing__(self, key: str) -> str:
        return key.upper().replace("_", "-")


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

    def commands(self, here: BondOnHost) -> tuple[str, ...]:
        """Return what to type next about one bond on one host."""
        names = _Placeholders(_names(here))
        return tuple(
            line.format_map(_Placeholders(names, nic=nic) if nic else names)
            for line in self.next
            for nic in (self._affected(here) if "{nic}" in line else ("",))
        )

    def _affected(self, here: BondOnHost) -> Iterable[str]:
        """Return the NICs the cause is about; all wanted ones where nobody can tell."""
        with contextlib.suppress(*_UNTOLD):
            return self.nics(replace(here, rests_on={})) or here.wanted.nics
        return here.wanted.nics


def causes_of(outcome: str) -> tuple[Cause, ...]:
    """Return the likely causes of a failed outcome, in the order to look for them."""
    from pytest_xsbond.known_causes import CAUSES  # noqa: PLC0415 - the table is made of Cause

    return tuple(cause for cause in CAUSES if outcome in cause.explains)


def is_at_work(cause: Cause, here: BondOnHost) -> bool | None:
    """Tell whether the snapshot shows a cause, or rules it out; None if it cannot tell."""
    try:
        return cause.holds(replace(here, rests_on={}))
    except _UNTOLD:
        return None


def _names(here: BondOnHost) -> Mapping[str, str]:
    snapshot, bond = here.snapshot, lookup.bond_on(here.snapshot, here.host, here.wanted.network)
    names = {
        "host": here.name,
        "host_uuid": snapshot.hosts[here.host].uuid,
        "master": snapshot.labels[snapshot.pool.master],
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
