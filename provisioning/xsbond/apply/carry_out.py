"""Carry steps out, one after the other, under the pool's lock and with every change written down.

The first trouble ends it. Whatever that is, Ctrl-C included, the error says what was done, what was
being done, what was not, and where each host stands; and the lock is given back.
"""

import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from xsbond.apply.changes import Made
from xsbond.apply.journal import Journal, JournalError
from xsbond.apply.lock import LockHeld, LockLost, PoolLock
from xsbond.apply.restart import Progress
from xsbond.errors import CallRefused, XsbondError
from xsbond.interrupts import ends_in_order, undisturbed
from xsbond.plan.differing.steps import Change
from xsbond.plan.lock_owner import CALLS
from xsbond.plan.refusals import Refusal, refuse
from xsbond.plan.steps import AnyStep

_PATIENCE = 30.0
"""Seconds a pool master that is away is waited for, to take the lock or to give it back."""

_MEANINGS = {
    "HOST_OFFLINE": "the pool takes this host for dead",
    "CANNOT_CONTACT_HOST": "the pool master does not reach this host",
    "RBAC_PERMISSION_DENIED": "the account's role does not allow it",
    "NETWORK_ALREADY_CONNECTED": "the host got a PIF on this network meanwhile",
    "PIF_ALREADY_BONDED": "a NIC became a leg of another bond meanwhile",
}
"""Codes of XAPI a run may meet in spite of its preflight -> what they mean."""


class Refused(XsbondError):  # noqa: N818 - the plan's answer, not a failure of the product
    """The plan may not be carried out; nothing was changed."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__(self.refusals)

    def __str__(self) -> str:
        reasons = "\n  ".join(map(str, self.refusals))
        return f"nothing was changed, because\n  {reasons}"


class Stopped(XsbondError):  # noqa: N818 - a state of the pool
    """A plan came to a halt half-way; the pool is between two states."""

    def __init__(
        self,
        done: Sequence[AnyStep | Change],
        at: str,
        left: Sequence[AnyStep | Change],
        reason: str,
        standing: Sequence[str] = (),
    ) -> None:
        self.done, self.at, self.left, self.reason = tuple(done), at, tuple(left), reason
        self.standing = tuple(standing)
        """Where each host stood afterwards, a line each."""
        super().__init__(done, at, left, reason, standing)

    def __str__(self) -> str:
        return (
            f"stopped while it was to {self.at}: {self.reason}"
            f" | done: {_list(self.done)} | not done: {_list(self.left)}"
        )


def _list(steps: Sequence[AnyStep | Change]) -> str:
    return "; ".join(step.does for step in steps) or "nothing"


@dataclass(slots=True, kw_only=True)
class Carrier:
    """Takes the steps of one run."""

    make: Callable[[AnyStep | Change], Made]
    where_hosts_stand: Callable[[], Sequence[str]]
    take_back: Callable[[], str]
    """Undo what must not stay once XAPI has refused a call; returns words for the error."""
    journal: Journal
    lock: PoolLock
    progress: Progress
    steps: Sequence[AnyStep | Change] = ()
    """All of them, in order."""
    done: list[AnyStep | Change] = field(default_factory=list)
    check: Callable[[AnyStep | Change], None] = lambda _: None
    """Looks once more at what speaks against a step, right before it; raises XsbondError."""

    @contextlib.contextmanager
    def locked(self, unlock_command: str, *, break_lock: bool) -> Iterator[None]:
        """Hold the pool's lock, however this ends; raises Refused where somebody else has it."""
        with ends_in_order():
            try:
                self._take_lock(break_lock=break_lock)
                with self.stopping("go on"):
                    yield
            except BaseException as error:
                with undisturbed():
                    self._give_lock_back(unlock_command)
                    self._write_end(error)
                raise
            with undisturbed():
                self._give_lock_back(unlock_command)
                self._write_end(None)

    def take(self, step: AnyStep | Change) -> None:
        """Take one step; raises Stopped."""
        with self.stopping(step.does):
            self.progress(step.does)
            self.lock.check()
            self.check(step)
            number = self.journal.intend(**about(step))
            try:
                made = self.make(step)
            except BaseException as error:
                outcome = "failed" if isinstance(error, CallRefused) else "unknown"
                self.journal.result(number, outcome, reason=reason_of(error))
                raise
            self.done.append(step)
            self.journal.result(number, "done", made=made)

    @contextlib.contextmanager
    def stopping(self, doing: str) -> Iterator[None]:
        """Turn whatever ends the run early into an error that says where it ended."""
        try:
            yield
        except (Stopped, Refused):
            raise
        except BaseException as error:
            # Ctrl-C leaves a half-way pool just as an error does.
            left = [step for step in self.steps[len(self.done) :] if step.does != doing]
            with undisturbed():
                reason = reason_of(error)
                if isinstance(error, CallRefused):
                    reason += self.take_back()
                if isinstance(error, JournalError) and [s.does for s in self.done][-1:] == [doing]:
                    reason += "; the change itself was made, and is not written down"
                standing = self.where_hosts_stand()
            raise Stopped(self.done, doing, left, reason, standing) from error

    def _take_lock(self, *, break_lock: bool) -> None:
        number = self.journal.intend(step="take-lock", does="take the lock", break_lock=break_lock)
        try:
            with self.lock.patient(_PATIENCE):
                ended = self.lock.take(break_lock=break_lock)
        except (LockHeld, LockLost) as held:
            self.journal.result(number, "failed", reason=str(held))
            raise Refused([refuse("pool-locked", "pool", owner=held.holder)]) from held
        except CallRefused as refusal:
            self.journal.result(number, "failed", reason=reason_of(refusal))
            if refusal.code != "RBAC_PERMISSION_DENIED":
                raise
            calls = ", ".join(CALLS)
            words = refuse("pool-permissions", "pool", user="of this account", calls=calls)
            raise Refused([words]) from refusal
        self.journal.result(number, "done", made={"lock": self.lock.owner.token})
        if ended:
            self.progress(f"the lock of {ended} was ended")

    def _give_lock_back(self, unlock_command: str) -> None:
        """Release it; what stays is told, with the command that ends it."""
        if not self.lock.may_be_held:
            return
        with contextlib.suppress(JournalError):
            self.journal.intend(step="give-lock-back", does="give the lock back")
        try:
            with self.lock.patient(_PATIENCE):
                self.lock.release()
        except XsbondError as error:
            self.progress(f"LOCK LEFT: it could not be given back: {error}")
            self.progress(f"LOCK LEFT: when the pool answers again: {unlock_command}")

    def _write_end(self, error: BaseException | None) -> None:
        outcome = "done"
        if error is not None:
            outcome = "refused" if isinstance(error, Refused) else "stopped"
        standing = error.standing if isinstance(error, Stopped) else ()
        reason = "" if error is None else str(error)
        # The journal may be what has ended the run.
        with contextlib.suppress(JournalError):
            self.journal.end(outcome, reason=reason, standing=standing)


def about(step: AnyStep | Change) -> dict[str, Any]:
    """Return a step as the journal has it."""
    fields = dataclasses.asdict(step)
    return {"step": step.kind, "does": step.does, "command": step.command, **fields}


def reason_of(error: BaseException) -> str:
    """Return why something ended, in a line."""
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    text = str(error) or type(error).__name__
    if isinstance(error, CallRefused) and error.code in _MEANINGS:
        text += f" ({_MEANINGS[error.code]})"
    return text
