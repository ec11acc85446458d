"""Restart a member's xapi and wait until it has inherited the bonds of the pool master.

Neither the end of the command nor `enabled` proves the inheritance: xapi copies the bonds last
(xapi.ml, server_init). So the Bond record, its attached PIF and dom0 itself are waited for.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import stamina

from xsbond import parsers
from xsbond.dom0 import PROBE, Dom0
from xsbond.errors import PoolError, UnexpectedOutput
from xsbond.lookup import ovs_mode
from xsbond.model import Bond, DesiredBond, Host, HostMetrics, Pif
from xsbond.observe import Connections
from xsbond.steps import RESTART_COMMAND
from xsbond.xapi import PoolApi, as_record

INIT_COMPLETE = "/var/run/xapi_init_complete.cookie"
"""Exists once xapi's start-up, bonds included, is over (xapi.ml, "writing init complete")."""

Progress = Callable[[str], None]
"""Told one line whenever something worth a line has happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BondStanding:
    """How far a host's bond on one network is."""

    attached: bool
    legs: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a restarted host is, as the pool master knows it."""

    live: bool
    enabled: bool
    start_time: str
    """host.other_config:agent_start_time, seconds since the epoch as text."""
    bonds: Mapping[str, BondStanding]
    """By network label; those that exist."""


def waits_for(now: Standing, earlier: str, wanted: Sequence[DesiredBond]) -> str:
    """Return what a host that had start time `earlier` is still waited for; empty when it is back.

    The order is that of xapi's own start-up.
    """
    if not now.live:
        return "xapi to come back"
    if now.start_time == earlier:
        return "xapi to start"
    for bond in wanted:
        there = now.bonds.get(bond.network)
        if there is None:
            return f"the bond on {bond.network}" if now.enabled else "the host to be enabled"
        if there.legs != frozenset(bond.nics):
            legs = "+".join(sorted(there.legs)) or "no NIC"
            return f"{'+'.join(bond.nics)} in the bond on {bond.network}, it has {legs}"
        if not there.attached:
            return f"the bond on {bond.network} to be attached"
    return "" if now.enabled else "the host to be enabled"


def restart_member(
    connections: Connections,
    host: str,
    wanted: Sequence[DesiredBond],
    deadline: float,
    progress: Progress,
) -> None:
    """Restart xapi on the host with this ref and return when it has the wanted bonds.

    Raises PoolError: the command failed, `deadline` seconds passed, or the start-up ended without
    the bonds.
    """
    ends = time.monotonic() + deadline
    api = connections.api
    record = as_record(api, "host", host, Host)
    name, dom0 = record.name_label, connections.dom0(record)
    earlier = record.other_config.get("agent_start_time", "")
    progress(f"{name}: {RESTART_COMMAND}")
    answer = dom0.run(RESTART_COMMAND, timeout=deadline)
    if answer.exit != 0:
        said = (answer.stderr or answer.stdout).strip().replace("\n", " ")
        raise PoolError(name, RESTART_COMMAND, f"exit {answer.exit}: {said}")
    wait = _Wait(api, dom0, host, earlier, wanted, progress)
    api.wait(
        (f"host/{host}", f"host_metrics/{record.metrics}", "pif", "bond"),
        wait.is_over,
        max(0.0, ends - time.monotonic()),
        f"{name} did not come back",
    )
    _confirm_in_dom0(dom0, wanted, ends)
    progress(f"{name}: has inherited {', '.join(bond.network for bond in wanted)}")


@dataclass(slots=True)
class _Wait:
    """The question "is it over?", asked at each event; tells the progress in between."""

    api: PoolApi
    dom0: Dom0
    host: str
    earlier: str
    wanted: Sequence[DesiredBond]
    progress: Progress
    told: str = ""

    def is_over(self) -> bool:
        left = self._left()
        if left and self._start_up_is_over():
            # The cookie is written last, so a look after it is final.
            left = self._left()
            if left:
                reason = (
                    f"xapi has started, but {left} is missing; see /var/log/xensource.log there"
                )
                raise PoolError(self.dom0.name, "inheritance", reason)
        if left and left != self.told:
            self.told = left
            self.progress(f"{self.dom0.name}: waiting for {left}")
        return not left

    def _left(self) -> str:
        return waits_for(standing(self.api, self.host, self.wanted), self.earlier, self.wanted)

    def _start_up_is_over(self) -> bool:
        return self.dom0.run(f"test -e {INIT_COMPLETE}").exit == 0


def standing(api: PoolApi, host: str, wanted: Sequence[DesiredBond]) -> Standing:
    """Ask the pool master how far a host is."""
    record = as_record(api, "host", host, Host)
    bonds = {bond.network: _bond_standing(api, host, bond) for bond in wanted}
    return Standing(
        live=as_record(api, "host_metrics", record.metrics, HostMetrics).live,
        enabled=record.enabled,
        start_time=record.other_config.get("agent_start_time", ""),
        bonds={network: there for network, there in bonds.items() if there},
    )


def _bond_standing(api: PoolApi, host: str, wanted: DesiredBond) -> BondStanding | None:
    networks = api.read("network.get_by_name_label", wanted.network)
    for ref in (pif for network in networks for pif in api.read("network.get_PIFs", network)):
        pif = as_record(api, "PIF", ref, Pif)
        if pif.host == host and pif.bond_master_of:
            bond = as_record(api, "Bond", pif.bond_master_of[0], Bond)
            legs = frozenset(str(api.read("PIF.get_device", slave)) for slave in bond.slaves)
            return BondStanding(attached=pif.currently_attached, legs=legs)
    return None


def _confirm_in_dom0(dom0: Dom0, wanted: Sequence[DesiredBond], ends: float) -> None:
    """Return when Open vSwitch has the bonds, too; XAPI's record comes first."""
    expected = {(frozenset(bond.nics), ovs_mode(bond)) for bond in wanted}
    left = max(0.1, ends - time.monotonic())
    for attempt in stamina.retry_context(
        on=PoolError, attempts=None, timeout=left, wait_initial=0.1, wait_max=1.0
    ):
        with attempt:
            if not expected <= _switch_bonds(dom0, expected):
                raise PoolError(dom0.name, PROBE["ovs-bond-list"], "does not show the bond")


def _switch_bonds(
    dom0: Dom0, expected: set[tuple[frozenset[str], str]]
) -> set[tuple[frozenset[str], str]]:
    """Return (members, mode) of each bond Open vSwitch lists; `expected` if it cannot be read.

    Waiting does not change a wording that no parser knows; the claims will name the text.
    """
    answer = dom0.run_all({"bond/list": PROBE["ovs-bond-list"]})["bond/list"]
    try:
        return {(bond.members, bond.type) for bond in parsers.parse_bond_list(answer.stdout)}
    except UnexpectedOutput:
        return expected
