"""Take back what this product made in a pool, under the pool's lock, and write that down, too."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from xsbond.apply.carry_out import Carrier, Refused
from xsbond.apply.changes import Changes, Made
from xsbond.apply.journal import Entry, Journal
from xsbond.apply.ledger import ledger_of, settle, settlements
from xsbond.apply.lock import PoolLock
from xsbond.apply.plan_undo import UndoPlan, networks_concerned, plan_undo
from xsbond.apply.restart import Progress
from xsbond.apply.standing import where_hosts_stand
from xsbond.collect.observe import Connections
from xsbond.errors import PoolError
from xsbond.model import DesiredBond
from xsbond.plan.circumstances import guests_on, look_around_undo
from xsbond.plan.differing.steps import Change
from xsbond.plan.lock_owner import is_left_behind, this_process, unlock_command
from xsbond.plan.refusals import refuse
from xsbond.plan.steps import AnyStep, DestroyBond, DestroyNetwork
from xsbond.snapshot.lookup import networks_called
from xsbond.snapshot.snapshot import Snapshot


@dataclass(slots=True, kw_only=True)
class Undoing:
    """One run that takes back what the journal of a pool says was made."""

    connections: Connections
    snapshot: Snapshot
    plan: UndoPlan
    desired: Sequence[DesiredBond]
    """What the closing report names the hosts' bonds by."""
    journal: Journal
    progress: Progress
    deadline: float
    look: Callable[[], tuple[Snapshot, UndoPlan]] | None = None
    """Looks and plans once more; used once the lock is held."""
    break_lock: bool = False
    change: str = ""
    """The change record this run belongs to."""
    done: list[AnyStep | Change] = field(default_factory=list)

    def run(self) -> None:
        """Take all steps; raises Refused before, or Stopped in between."""
        if self.plan.refusals:
            raise Refused(self.plan.refusals)
        left_behind = is_left_behind(self.snapshot.pool.other_config)
        if not (self.plan.steps or left_behind):
            return
        carrier = self._carrier()
        with carrier.locked(unlock_command(self.snapshot.pool), break_lock=self.break_lock):
            # Whoever interrupts the look is told what is left.
            carrier.steps = self.plan.steps
            self._look_again()
            carrier.steps = self.plan.steps
            settle(self.journal, self.snapshot)
            self.journal.plan(steps=[step.does for step in self.plan.steps])
            for step in self.plan.steps:
                carrier.take(step)

    def _look_again(self) -> None:
        if self.look:
            self.snapshot, self.plan = self.look()
            if self.plan.refusals:
                raise Refused(self.plan.refusals)

    def _carrier(self) -> Carrier:
        owner = this_process(f"undo for {self.change}" if self.change else "undo")
        by = f"{owner.user}@{owner.machine}"
        self.journal.begin(does="undo", by=by, pid=owner.pid, change=self.change)
        return Carrier(
            make=self._make,
            where_hosts_stand=lambda: where_hosts_stand(self.connections, self.desired),
            take_back=lambda: "",
            journal=self.journal,
            lock=PoolLock(self.connections.api, owner),
            progress=self.progress,
            done=self.done,
            check=self._refuse_new_guests,
        )

    def _refuse_new_guests(self, step: AnyStep | Change) -> None:
        """Raise PoolError for a VM that came since the plan.

        Bond.destroy refuses no VIF: it moves it to the network of a leg (xapi_bond.ml, destroy).
        The lock on the pool keeps nobody from starting a VM.
        """
        if not isinstance(step, DestroyBond | DestroyNetwork):
            return
        networks = {ref for ref, _ in networks_called(self.snapshot, step.network)}
        found = guests_on(self.connections.api, networks, at_rest=True)
        if names := sorted({guest.name for guest in found}):
            guests = ", ".join(map(repr, names))
            refusal = refuse("undo-guests", "pool", network=step.network, guests=guests)
            raise PoolError(step.host, step.does, str(refusal))

    def _make(self, step: AnyStep | Change) -> Made:
        return Changes(
            connections=self.connections,
            snapshot=self.snapshot,
            desired=self.desired,
            progress=self.progress,
            deadline=self.deadline,
        ).make(step)


def planned_undo(
    connections: Connections,
    snapshot: Snapshot,
    entries: Sequence[Entry],
    *,
    break_lock: bool = False,
) -> UndoPlan:
    """Return the plan of an undo, from the entries about a pool and a fresh look at it."""
    ledger = ledger_of([*entries, *settlements(entries, snapshot)])
    networks = networks_concerned(ledger, snapshot)
    steps = plan_undo(ledger, snapshot).steps
    if not steps:
        return UndoPlan()
    around = look_around_undo(connections, snapshot, networks, steps, break_lock=break_lock)
    return plan_undo(ledger, snapshot, around)
