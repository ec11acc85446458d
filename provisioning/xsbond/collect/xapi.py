"""XAPI as this product uses it: one sweep to read everything, tasks for what takes long.

`XenAPI.Failure`, socket and TLS errors never leave it; `translation.py` makes `PoolError`s of them.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NoReturn, TypeVar

import stamina

from xsbond.collect.address import PoolAddress
from xsbond.collect.outages import MOVED, is_outage, is_transient, may_have_been_done
from xsbond.collect.secret import Secret
from xsbond.collect.sweep import CLASSES, as_text_dates, records_of
from xsbond.collect.translation import asked, details_of, shaped
from xsbond.collect.wire.tls import PinnedTransport
from xsbond.errors import AnswerLost, CallRefused, MasterMoved, PoolError
from xsbond.snapshot.snapshot import Records, read_record

_LEAST_TIMEOUT = 1.0
"""Seconds any call is given, even if the time of those who wait is over."""
_EVENT_SLICE = 2.0
"""Seconds one event.from may block, well below Limits.silence."""

_T = TypeVar("_T")
Login = tuple[PoolAddress, Any, PinnedTransport]
"""Of the pool master, its session, and the connection it is used over."""


class PoolApi:
    """An authenticated session with a pool's master."""

    def __init__(
        self,
        address: PoolAddress,
        session: Any,
        transport: PinnedTransport,
        again: Callable[[PoolAddress], Login] | None = None,
    ) -> None:
        self.address = address
        self._session, self._transport, self._again = session, transport, again
        self._ends = 0.0
        """Until when outages of the pool master are sat out, as time.monotonic has it."""

    @contextlib.contextmanager
    def patient(self, seconds: float) -> Iterator[None]:
        """Sit out restarts of the pool master meanwhile, for so many seconds at most.

        No single call takes longer than that either. Raises MasterMoved if another host has become
        the pool master; the session is with that one then.
        """
        earlier, self._ends = self._ends, time.monotonic() + seconds
        try:
            yield
        finally:
            self._ends = earlier
            self._transport.limit(None)

    @property
    def session(self) -> str:
        """Reference of the session, to be looked up and never to be shown."""
        return str(self._session.handle)

    def call(self, method: str, *params: Any) -> Any:
        """Make a call; CallRefused carries XAPI's error code, PoolError says why it got nowhere."""
        function = self._session.xenapi
        for part in method.split("."):
            function = getattr(function, part)
        if self._ends:
            self._transport.limit(max(_LEAST_TIMEOUT, self._ends - time.monotonic()))
        # XenAPI keeps the session's reference where nobody else needs it.
        secret = Secret(vars(self._session).get("_session") or "")
        return asked(self.address.host, method, lambda: function(*params), secret)

    def read(self, method: str, *params: Any) -> Any:
        """Make a call that changes nothing, once more if the kept connection had gone stale."""
        left = self._ends - time.monotonic()
        attempts = (
            stamina.retry_context(
                on=is_outage, attempts=None, timeout=left, wait_initial=0.05, wait_max=1.0
            )
            if left > 0
            else stamina.retry_context(on=is_transient, attempts=3, wait_initial=0.05)
        )
        for attempt in attempts:
            with attempt:
                try:
                    return self.call(method, *params)
                except CallRefused as refusal:
                    if refusal.code == MOVED and left > 0:
                        self._follow()
                    raise
                except PoolError:
                    self._transport.close()
                    raise
        raise AssertionError("stamina ends with a result or an error")

    def change(self, method: str, *params: Any) -> Any:
        """Make a call that changes something: on a fresh connection, and never twice.

        Raises AnswerLost where it may have been made although no answer came.
        """
        if self._ends:
            # Nothing is lost while the pool master is away, if only a question goes first.
            self.read("pool.get_all")
        self._transport.close()
        try:
            return self.call(method, *params)
        except PoolError as error:
            if may_have_been_done(error):
                raise AnswerLost(error.address, error.action, error.reason) from error
            raise

    def _follow(self) -> NoReturn:
        """Log in at the new pool master; what was planned for the old one is void."""
        old = self.address.host
        self._transport.close()
        if self._again:
            self.address, self._session, self._transport = self._again(self.address)
        reason = f"{self.address.host} is the pool master now"
        raise MasterMoved(old, "pool master", reason)

    def run_task(self, method: str, *params: Any, deadline: float) -> str:
        """Run the Async form of a call and return its result, waiting `deadline` seconds at most.

        A task outlives a broken connection, so its answer is not lost with it. Raises AnswerLost if
        the task itself is lost: with the pool master's xapi, or the host's that carried it out.
        """
        host, task = self.address.host, self.change(f"Async.{method}", *params)
        try:
            self.wait(
                ("task/" + task,),
                lambda: self.read("task.get_status", task) not in ("pending", "cancelling"),
                deadline,
                f"{method} did not end",
            )
            record = self.read("task.get_record", task)
        except CallRefused as refusal:
            raise AnswerLost(host, method, f"its task is gone ({refusal.code})") from refusal
        with contextlib.suppress(PoolError):
            # XAPI collects it an hour later anyway (db_gc_util.ml).
            self.change("task.destroy", task)
        with shaped("task.get_record", record):
            result, status, reason = record["result"], record["status"], record["error_info"]
        if status == "success":
            return str(result).removeprefix("<value>").removesuffix("</value>")
        if reason:
            code, *arguments = details_of(reason)
            raise CallRefused(host, method, code, tuple(arguments))
        raise AnswerLost(host, method, f"its task was {status}")

    def records(self) -> Records:
        """Read all classes of the sweep in one consistent answer, or class by class."""
        try:
            return self.sweep()
        except CallRefused:
            return {name: self.all_records(name) for name in CLASSES.values()}

    def all_records(self, name: str) -> Mapping[str, Mapping[str, Any]]:
        """Return ref -> record of a class, with the dates in them as text."""
        method = f"{name}.get_all_records"
        return as_text_dates(self.read(method), method)

    def sweep(self) -> Records:
        """Read all classes in one event.from; CallRefused where the server has none."""
        answer = self.read("event.from", list(CLASSES), "", 0.0)
        with shaped("event.from", answer):
            return records_of(answer)

    def wait(
        self, classes: Sequence[str], done: Callable[[], bool], deadline: float, what: str
    ) -> None:
        """Return when `done` is true, asking again after each event of the classes.

        Raises PoolError, with `what` as the reason, `deadline` seconds from now.
        """
        ends = time.monotonic() + deadline
        # A token of the present: what changes after it is not missed.
        token = self.changed(classes, "", 0.0)
        while not done():
            left = ends - time.monotonic()
            if left <= 0:
                raise PoolError(self.address.host, "wait", f"{what} within {deadline:g} s")
            token = self.changed(classes, token, min(left, _EVENT_SLICE))

    def changed(self, classes: Sequence[str], token: str, seconds: float) -> str:
        """Return the token after the next event of the classes, or after `seconds` without one."""
        answer = self.read("event.from", list(classes), token, seconds)
        with shaped("event.from", answer):
            return str(answer["token"])

    @property
    def certificate_sha256(self) -> str:
        """Return the fingerprint of the certificate XAPI has presented, hex digits."""
        return self._transport.presented

    def close(self) -> None:
        """End the session; a pool that is gone meanwhile has ended it itself."""
        with contextlib.suppress(PoolError):
            self.call("session.logout")
        self._transport.close()


def as_record(api: PoolApi, name: str, ref: str, kind: type[_T]) -> _T:
    """Ask for one record, as one of the model's classes."""
    return read_record(name, ref, api.read(f"{name}.get_record", ref), kind)
