"""Changing the pool of a run: the plan, carried out under lock and journal, and what came of it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_xsbond.runs.counting import MemberCount
from pytest_xsbond.runs.looking import Looker, Say
from xsbond.apply.journal import Journal, JournalError, new_run, read_journal, state_directory
from xsbond.apply.open_restarts import await_open_restarts
from xsbond.apply.provisioning import Provisioning, Refused, Stopped
from xsbond.model import Repair
from xsbond.plan.plan import plan_for

if TYPE_CHECKING:
    from xsbond.plan.differing.steps import Change
    from xsbond.plan.steps import AnyStep


class PoolChange:
    """What one run is to change, and what it has changed."""

    def __init__(self, looker: Looker, own_directory: Path | None, say: Say) -> None:
        self.looker, self.settings = looker, looker.settings
        self._own_directory = own_directory
        self.first, self.plan = looker.planned()
        """The look that the plan was made from, and the plan; made anew once the lock is held."""
        self._await_open_restarts(say)
        self.done: tuple[AnyStep | Change, ...] = ()
        self.stopped: Stopped | None = None
        """Where it came to a halt half-way."""
        self.refused = False
        """Whether it was refused when it was about to begin."""
        self.journal: Path | None = None
        """The file that what was changed is written in; None if there was nothing to change."""

    def judge_by(self, looker: Looker) -> None:
        """Want, of the same look, what the settings of another looker want."""
        self.looker, self.settings = looker, looker.settings
        self.plan = plan_for(
            self.settings.desired, self.first, self.settings.inherit, repair=self.settings.repair
        )

    @property
    def is_wanted(self) -> bool:
        """Whether the pool may be changed, and anything in it is to be."""
        return self.settings.mode == "apply" and bool(self.plan.steps)

    def journal_directory(self) -> Path:
        """Return where the pool's journal is, or is to be; a lab's goes with the lab."""
        given = self.settings.journal or self._own_directory
        return given or state_directory() / self.first.pool.uuid

    def _await_open_restarts(self, say: Say) -> None:
        """Plan anew once the hosts are back whose restart an earlier run did not see the end of."""
        if self.settings.mode not in {"apply", "undo"}:
            return
        entries = read_journal(self.journal_directory(), self.first.pool.uuid)
        connections, longest = self.looker.connections, self.settings.wait
        if await_open_restarts(connections, self.first, entries, longest, say):
            self.first, self.plan = self.looker.planned()

    def open_journal(self) -> Journal:
        """Open the pool's journal; raises JournalError."""
        return Journal(self.journal_directory(), self.first.pool.uuid, new_run())

    def plan_again(self) -> None:
        """Look and plan anew: something has happened to the pool since."""
        self.first, self.plan = self.looker.planned()

    def carry_out(self, say: Say, created: Callable[[], None]) -> None:
        """Carry the plan out, calling `created` between the master's part and the members'.

        Raises Refused or JournalError where nothing was changed, XsbondError where it must end.
        """
        try:
            with self.open_journal() as journal:
                self.journal = journal.path
                self._run(self._provisioning(journal, say), created)
        except (Refused, JournalError):
            self.refused = True
            raise

    def _provisioning(self, journal: Journal, say: Say) -> Provisioning:
        counted = MemberCount(
            say=say,
            members=lambda: [step.host for step in made.plan.member_steps],
            done=lambda: [step.host for step in made.done],
        )
        made = Provisioning(
            plan=self.plan,
            desired=self.settings.desired,
            snapshot=self.first,
            connections=self.looker.connections,
            progress=counted,
            deadline=self.settings.wait,
            journal=journal,
            look=partial(self.looker.planned, holding_lock=True),
            break_lock=self.settings.break_lock,
            change=self.settings.change,
            only_what_was_shown=self.settings.repair is not Repair.NOTHING,
        )
        return made

    def _run(self, provisioning: Provisioning, created: Callable[[], None]) -> None:
        try:
            provisioning.run(created)
        except Stopped as stopped:
            self.stopped = stopped
            if isinstance(stopped.__cause__, KeyboardInterrupt):
                raise KeyboardInterrupt from stopped
        finally:
            self.done += tuple(provisioning.done)
            self.first, self.plan = provisioning.snapshot, provisioning.plan
