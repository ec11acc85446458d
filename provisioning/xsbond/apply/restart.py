"""Restart a member's xapi and wait until it has inherited the bonds of the pool master.

The Bond record, its attached PIF and dom0 itself are waited for, and the last of them counts.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import stamina

from xsbond.collect.dom0 import INIT_COMPLETE, PROBE, Dom0
from xsbond.collect.emergency import is_in_emergency
from xsbond.collect.observe import Connections
from xsbond.collect.xapi import as_record
from xsbond.errors import AnswerLost, CallRefused, PoolError, TrustError, UnexpectedOutput
from xsbond.model import DesiredBond, Host
from xsbond.plan.members import BondStanding, Standing, standing, waits_for
from xsbond.plan.steps import DETACHED_RESTART, RESTART_CALL, RESTART_COMMAND
from xsbond.snapshot import parsers
from xsbond.snapshot.lookup import ovs_mode

Progress = Callable[[str], None]
"""Told one line whenever something worth a line has happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Whom to tell what is waited for, and for how long."""

    progress: Progress
    seconds: float
    began: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds that are left; 0 once time is over."""
        return max(0.0, self.began + self.seconds - time.monotonic())


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A host that is to get bonds, reached through the pool master and, where it can be, by SSH."""

    connections: Connections
    ref: str
    record: Host
    wanted: Sequence[DesiredBond]
    sees_dom0: bool = True
    """Whether its dom0 answers SSH."""

    @property
    def dom0(self) -> Dom0:
        """Its dom0."""
        return self.connections.dom0(self.record)


def restart_member(
    connections: Connections,
    host: str,
    wanted: Sequence[DesiredBond],
    deadline: float,
    progress: Progress,
    *,
    by_xapi: bool = False,
    sees_dom0: bool = True,
) -> Mapping[str, BondStanding]:
    """Restart xapi on the host with this ref and return its bonds once it has the wanted ones.

    `by_xapi` restarts it by a call instead of SSH. Raises PoolError: the command failed, `deadline`
    seconds passed, or the start-up ended without the bonds.
    """
    patience = Patience(progress=progress, seconds=deadline)
    record = as_record(connections.api, "host", host, Host)
    earlier = record.other_config.get("agent_start_time", "")
    member = Member(
        connections=connections, ref=host, record=record, wanted=wanted, sees_dom0=sees_dom0
    )
    order = _by_call if by_xapi else _by_ssh
    certain = order(member, patience)
    wait = _Wait(member, earlier, patience)
    if not certain:
        wait.lost_since = time.monotonic()
    return _await_bonds(member, wait, patience, f"has inherited {_names(wanted)}")


def confirm_member(
    connections: Connections,
    host: str,
    wanted: Sequence[DesiredBond],
    deadline: float,
    progress: Progress,
    *,
    sees_dom0: bool = True,
) -> Mapping[str, BondStanding]:
    """Return the bonds of a host that was not restarted, once it is enabled and they are in use.

    Raises PoolError if that takes more than `deadline` seconds.
    """
    patience = Patience(progress=progress, seconds=deadline)
    record = as_record(connections.api, "host", host, Host)
    member = Member(
        connections=connections, ref=host, record=record, wanted=wanted, sees_dom0=sees_dom0
    )
    # No start time is that of a host nobody has restarted.
    wait = _Wait(member, "none", patience)
    return _await_bonds(member, wait, patience, f"has the bond of {_names(wanted)}")


def _names(wanted: Sequence[DesiredBond]) -> str:
    return ", ".join(bond.network for bond in wanted)


def _await_bonds(
    member: Member, wait: "_Wait", patience: Patience, told: str
) -> Mapping[str, BondStanding]:
    """Wait for XAPI, then for dom0; say what could not be looked at."""
    name, seconds = member.record.name_label, patience.left
    try:
        member.connections.api.wait(
            (f"host/{member.ref}", f"host_metrics/{member.record.metrics}", "pif", "bond"),
            wait.is_over,
            seconds,
            f"{name} did not come back",
        )
    except PoolError as error:
        if patience.left or type(error) is not PoolError:
            raise
        reason = f"{name} did not come back within {patience.seconds:g} s, waiting for {wait.told}"
        if member.sees_dom0 and is_in_emergency(member.dom0):
            reason += "; it is in emergency mode: its xapi does not reach the pool master"
        raise PoolError(name, "wait", reason) from error
    if member.sees_dom0:
        _confirm_in_dom0(member.dom0, member.wanted, patience)
    else:
        told += ", as XAPI has it; its dom0 was not asked, since SSH does not reach it"
    patience.progress(f"{name}: {told}")
    return standing(member.connections.api, member.ref, member.wanted).bonds


def _by_ssh(member: Member, patience: Patience) -> bool:
    """Restart xapi by its service; tell whether that is certain."""
    name, dom0 = member.record.name_label, member.dom0
    # What cannot be reached now, or is another host, has been told nothing.
    dom0.ask("true")
    patience.progress(f"{name}: {RESTART_COMMAND}")
    try:
        answer = dom0.run(DETACHED_RESTART, timeout=max(1.0, patience.left))
    except TrustError:
        raise
    except PoolError as error:
        dom0.close()
        patience.progress(f"{name}: {error.reason}; whether xapi restarts will show in the pool")
        return False
    if answer.exit != 0:
        said = (answer.stderr or answer.stdout).strip().replace("\n", " ")
        raise PoolError(name, RESTART_COMMAND, f"exit {answer.exit}: {said}")
    return True


def _by_call(member: Member, patience: Patience) -> bool:
    """Restart the toolstack through the pool master; tell whether that is certain."""
    name = member.record.name_label
    patience.progress(f"{name}: {RESTART_CALL}")
    try:
        member.connections.api.change(RESTART_CALL, member.ref)
    except (AnswerLost, CallRefused) as error:
        # Up to 8.2 the restart may come before the answer (xapi_host.ml, restart_agent).
        if isinstance(error, CallRefused) and error.code != "CANNOT_CONTACT_HOST":
            raise
        patience.progress(f"{name}: {error.reason}; whether it restarts will show in the pool")
        return False
    return True


_LOST_AFTER = 30.0
"""Seconds in which a restart shows that was ordered over a connection that broke."""


@dataclass(slots=True)
class _Wait:
    """The question "is it over?", asked at each event; tells the progress in between."""

    member: Member
    earlier: str
    patience: Patience
    lost_since: float = 0.0
    """When a restart was ordered that may not have arrived, as time.monotonic has it."""
    told: str = ""

    def is_over(self) -> bool:
        now = self._look()
        left = waits_for(now, self.earlier, self.member.wanted)
        if left and now.start_time != self.earlier and self._start_up_is_over():
            # The cookie is written last, so a look after it is final.
            left = waits_for(self._look(), self.earlier, self.member.wanted)
            if left:
                reason = (
                    f"xapi has started, but {left} is missing; see /var/log/xensource.log there"
                )
                raise PoolError(self.member.record.name_label, "inheritance", reason)
        if left and left != self.told:
            self.told = left
            self.patience.progress(f"{self.member.record.name_label}: waiting for {left}")
        self._give_up_if_lost(now)
        return not left

    def _look(self) -> Standing:
        return standing(self.member.connections.api, self.member.ref, self.member.wanted)

    def _start_up_is_over(self) -> bool:
        """Tell whether xapi has written its cookie; not where dom0 cannot be asked."""
        if not self.member.sees_dom0:
            return False
        try:
            return self.member.dom0.ask(f"test -e {INIT_COMPLETE}").exit == 0
        except TrustError:
            raise
        except PoolError:
            self.member.dom0.close()
            return False

    def _give_up_if_lost(self, now: Standing) -> None:
        waited = time.monotonic() - self.lost_since if self.lost_since else 0.0
        if waited > _LOST_AFTER and now.start_time == self.earlier and now.live and now.enabled:
            reason = "the order was lost on the way: xapi still runs as before; run again"
            raise PoolError(self.member.record.name_label, "restart", reason)


def _confirm_in_dom0(dom0: Dom0, wanted: Sequence[DesiredBond], patience: Patience) -> None:
    """Return when the host's switch has the bonds, too; XAPI's record comes first."""
    expected = {(frozenset(bond.nics), ovs_mode(bond)) for bond in wanted}
    for attempt in stamina.retry_context(
        on=_is_worth_waiting,
        attempts=None,
        timeout=max(0.1, patience.left),
        wait_initial=0.1,
        wait_max=1.0,
    ):
        with attempt:
            try:
                found = _switch_bonds(dom0, expected)
            except PoolError:
                dom0.close()
                raise
            if not expected <= found:
                if attempt.num == 1:
                    patience.progress(f"{dom0.name}: waiting for the bond in its switch")
                raise PoolError(dom0.name, PROBE["ovs-bond-list"], "does not show the bond")


def _is_worth_waiting(error: Exception) -> bool:
    return isinstance(error, PoolError) and not isinstance(error, TrustError)


def _switch_bonds(
    dom0: Dom0, expected: set[tuple[frozenset[str], str]]
) -> set[tuple[frozenset[str], str]]:
    """Return (members, mode) of each bond Open vSwitch lists; `expected` if it cannot be read.

    Waiting does not change a wording that no parser knows; the claims will name the text.
    """
    answer = dom0.ask(PROBE["ovs-bond-list"])
    try:
        return {(bond.members, bond.type) for bond in parsers.parse_bond_list(answer.stdout)}
    except UnexpectedOutput:
        return expected
