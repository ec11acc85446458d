"""Provision a pool: the master first, then one member after the other, under the pool's lock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from xsbond.apply.carry_out import Carrier, Refused, Stopped, about
from xsbond.apply.changes import Changes
from xsbond.apply.journal import Journal
from xsbond.apply.ledger import settle, unsettled
from xsbond.apply.lock import PoolLock
from xsbond.apply.restart import Progress
from xsbond.apply.standing import where_hosts_stand
from xsbond.collect.observe import Connections
from xsbond.errors import PoolError
from xsbond.model import DesiredBond
from xsbond.plan.differing.steps import Change
from xsbond.plan.lock_owner import is_left_behind, this_process, unlock_command
from xsbond.plan.management import moves_along
from xsbond.plan.plan import Plan
from xsbond.plan.refusals import refuse
from xsbond.plan.steps import AnyStep, CreateNetwork, DestroyNetwork
from xsbond.snapshot.lookup import wanted_on
from xsbond.snapshot.snapshot import Snapshot

__all__ = ["Provisioning", "Refused", "Stopped"]

Look = Callable[[], tuple[Snapshot, Plan]]
"""Looks at the pool once more and plans again."""


@dataclass(slots=True, kw_only=True)
class Provisioning:
    """One run of a plan against the pool its snapshot was taken of."""

    plan: Plan
    desired: Sequence[DesiredBond]
    snapshot: Snapshot
    """The pool before the first step."""
    connections: Connections
    progress: Progress
    deadline: float
    """Seconds each step may take, a member's restart and inheritance included."""
    journal: Journal
    look: Look | None = None
    """Used once the lock is held: until then another run may have changed the pool."""
    break_lock: bool = False
    only_what_was_shown: bool = False
    """Whether steps that a second look adds are refused: nobody has agreed to them."""
    change: str = ""
    """The change record this run belongs to."""
    done: list[AnyStep | Change] = field(default_factory=list)

    def run(self, created: Callable[[], None]) -> None:
        """Take all steps, calling `created` between the master's part and the members'.

        Raises Refused before, or Stopped in between; JournalError before anything is changed.
        """
        if self.plan.refusals:
            raise Refused(self.plan.refusals)
        if not self.is_needed:
            return
        carrier = self._carrier()
        with carrier.locked(unlock_command(self.snapshot.pool), break_lock=self.break_lock):
            # Whoever interrupts the look is told what is left.
            carrier.steps = self.plan.steps
            self._look_again()
            carrier.steps = self.plan.steps
            self._write_plan()
            for step in self.plan.master_steps:
                carrier.take(step)
            if self.plan.steps:
                with carrier.stopping("look at the pool before the members"):
                    created()
            for step in self.plan.member_steps:
                carrier.take(step)

    @property
    def is_needed(self) -> bool:
        """Whether anything is to be done, be it only to end the lock of a run that was killed."""
        return bool(self.plan.steps) or is_left_behind(self.snapshot.pool.other_config)

    def _carrier(self) -> Carrier:
        networks = ", ".join(bond.network for bond in self.desired)
        about_change = f" for {self.change}" if self.change else ""
        owner = this_process(f"apply of {networks}{about_change}")
        by = f"{owner.user}@{owner.machine}"
        self.journal.begin(does="apply", by=by, pid=owner.pid, change=self.change)
        return Carrier(
            make=lambda step: self._changes().make(step),
            where_hosts_stand=lambda: where_hosts_stand(self.connections, self.desired),
            take_back=self._take_back_networks,
            journal=self.journal,
            lock=PoolLock(self.connections.api, owner),
            progress=self.progress,
            done=self.done,
        )

    def _changes(self) -> Changes:
        return Changes(
            connections=self.connections,
            snapshot=self.snapshot,
            desired=self.desired,
            progress=self.progress,
            deadline=self.deadline,
        )

    def _look_again(self) -> None:
        """Plan anew now that nobody else may change the pool; raises Refused."""
        if self.look:
            shown = self.plan.steps
            self.snapshot, self.plan = self.look()
            if self.plan.refusals:
                raise Refused(self.plan.refusals)
            new = [step.does for step in self.plan.steps if step not in shown]
            if self.only_what_was_shown and new:
                raise Refused([refuse("pool-moved", "pool", steps="; ".join(new))])

    def _write_plan(self) -> None:
        """Write what is wanted and what there was not: an undo takes back nothing else."""
        for each in unsettled(self.journal.entries()):
            self.progress(f"an earlier run was ended while it was to {each['does']}")
        settle(self.journal, self.snapshot)
        self.journal.plan(
            steps=[step.does for step in self.plan.steps],
            wanted=[self._about(bond) for bond in self.desired],
            absent=[
                {"host": self.snapshot.hosts[ref].uuid, "network": network}
                for ref, network in self.plan.absent
            ],
        )

    def _about(self, bond: DesiredBond) -> dict[str, Any]:
        """Return what the journal is to know of a wanted bond."""
        snapshot = self.snapshot
        own = {ref: wanted_on(snapshot, ref, bond) for ref in snapshot.hosts}
        return {
            "network": bond.network,
            "nics": own[snapshot.pool.master].nics,
            "nics_on": {snapshot.hosts[ref].uuid: each.nics for ref, each in own.items()},
            "moves_management": [
                snapshot.hosts[ref].uuid
                for ref, each in own.items()
                if moves_along(snapshot, ref, each)
            ],
            "mode": bond.mode.value,
        }

    def _take_back_networks(self) -> str:
        """Destroy the networks this run made and put no PIF on; return words for the error."""
        taken = []
        for step in [each for each in self.done if isinstance(each, CreateNetwork)]:
            try:
                self._destroy_if_unused(step)
            except PoolError as error:
                # The error to be told is the one that led here; this one only adds to it.
                return f" (network {step.network} could not be taken back: {error})"
            if step not in self.done:
                taken.append(step.network)
        return f" (network {', '.join(taken)} was taken back)" if taken else ""

    def _destroy_if_unused(self, step: CreateNetwork) -> None:
        api = self.connections.api
        found = api.read("network.get_by_name_label", step.network)
        if len(found) != 1:
            reason = f"{len(found)} networks have this name"
            raise PoolError(api.address.host, f"network {step.network}", reason)
        if not api.read("network.get_PIFs", found[0]):
            uuid = api.read("network.get_uuid", found[0])
            back = DestroyNetwork(host=step.host, network=step.network, uuid=uuid)
            number = self.journal.intend(**about(back))
            made = self._changes().make(back)
            self.journal.result(number, "done", made=made)
            self.done.remove(step)
