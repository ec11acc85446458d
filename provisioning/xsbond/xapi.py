"""XAPI as this product uses it: one sweep to read everything, tasks for what takes long.

`XenAPI.Failure`, socket and TLS errors never leave it; `translation.py` makes `PoolError`s of them.
"""

import contextlib
import re
import time
import xmlrpc.client
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NoReturn, TypeVar

import stamina
import XenAPI

from xsbond.address import Credentials, PoolAddress
from xsbond.bounded import Limits
from xsbond.errors import AnswerLost, CallRefused, MasterMoved, PoolError, UnexpectedOutput
from xsbond.outages import MOVED, is_outage, is_transient, may_have_been_done
from xsbond.secret import Secret
from xsbond.snapshot import Records, read_record
from xsbond.tls import PinnedTransport, TlsTrust
from xsbond.translation import asked, details_of, shaped

CLASSES = MappingProxyType(
    {
        "pool": "pool",
        "host": "host",
        "host_metrics": "host_metrics",
        "network": "network",
        "pif": "PIF",
        "pif_metrics": "PIF_metrics",
        "bond": "Bond",
        "vlan": "VLAN",
    }
)
"""Class as event.from spells it -> as the API spells it: what one sweep reads."""

_LEAST_TIMEOUT = 1.0
"""Seconds any call is given, even if the time of those who wait is over."""
_EVENT_SLICE = 2.0
"""Seconds one event.from may block, well below Limits.silence."""
_MOST_REDIRECTS = 3
"""A member names the master at once; the others are for a master that changes meanwhile."""
_ADDRESS = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,254}|[0-9A-Fa-f:.]{2,45}(%[0-9A-Za-z._-]+)?")
"""What HOST_IS_SLAVE may name: a host name, an IPv4 or an IPv6 address."""
ORIGINATOR = "pytest-xsbond"

_T = TypeVar("_T")
_Login = tuple[PoolAddress, Any, PinnedTransport]
"""Of the pool master, its session, and the connection it is used over."""


class PoolApi:
    """An authenticated session with a pool's master."""

    def __init__(
        self,
        address: PoolAddress,
        session: Any,
        transport: PinnedTransport,
        again: Callable[[PoolAddress], _Login] | None = None,
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
            return _records_of(answer)

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


def _records_of(answer: Mapping[str, Any]) -> Records:
    """Return the records that an answer of event.from holds: all of them, or UnexpectedOutput."""
    records: dict[str, dict[str, Mapping[str, Any]]] = {name: {} for name in CLASSES.values()}
    for event in answer["events"]:
        records[CLASSES[event["class"].lower()]][event["ref"]] = _plain(event["snapshot"])
    for wire_name, name in CLASSES.items():
        promised = answer["valid_ref_counts"].get(wire_name, len(records[name]))
        if promised != len(records[name]):
            reason = f"{len(records[name])} {name} records came, {promised} were promised"
            raise UnexpectedOutput("event.from", str(sorted(records[name])), reason)
    return records


def connect(
    address: PoolAddress,
    credentials: Credentials,
    trust_of: Callable[[str], TlsTrust],
    limits: Limits | None = None,
) -> PoolApi:
    """Log in at the pool master, following HOST_IS_SLAVE from a member.

    `trust_of` returns how the XAPI of a host, given by address, proves itself; it is asked for each
    host anew, before the password is sent there. Raises PoolError.
    """

    def log_in(at: PoolAddress) -> _Login:
        return _at_master(at, credentials, trust_of, limits or Limits())

    return PoolApi(*log_in(address), log_in)


def _at_master(
    address: PoolAddress,
    credentials: Credentials,
    trust_of: Callable[[str], TlsTrust],
    limits: Limits,
) -> _Login:
    seen: list[str] = []
    while True:
        seen.append(address.host)
        transport = PinnedTransport(trust_of(address.host), limits)
        session = XenAPI.Session(address.url, transport=transport)
        try:
            _log_in(address.host, session, credentials)
        except CallRefused as refusal:
            transport.close()
            if refusal.code != "HOST_IS_SLAVE" or len(seen) > _MOST_REDIRECTS:
                raise
            address = _master(refusal, address.port, seen)
        except BaseException:
            transport.close()
            raise
        else:
            return address, session, transport


def _log_in(host: str, session: Any, credentials: Credentials) -> None:
    login = session.login_with_password
    # xmlrpc sends plain text only, no subclass of it; the frames that see it do not survive.
    asked(
        host,
        "login",
        lambda: login(credentials.username, str(credentials.password), "1.0", ORIGINATOR),
        credentials.password,
    )
    if not isinstance(vars(session)["_session"], str):
        raise PoolError(host, "login", "it does not speak XAPI (no session reference)")


def _master(refusal: CallRefused, port: int, seen: Sequence[str]) -> PoolAddress:
    """Return where HOST_IS_SLAVE sends a client; the refusal itself if that leads nowhere new."""
    named = refusal.arguments[0] if refusal.arguments else ""
    if not _ADDRESS.fullmatch(named) or named in seen:
        raise refusal
    return PoolAddress(host=named, port=port)


def _plain(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a record with its dates as text, as they stood on the wire."""
    return {
        key: str(value) if isinstance(value, xmlrpc.client.DateTime) else value
        for key, value in record.items()
    }


def as_text_dates(records: Any, source: str) -> Mapping[str, Mapping[str, Any]]:
    """Return ref -> record with the dates in them as text; UnexpectedOutput if they are none."""
    with shaped(source, records):
        return {ref: _plain(record) for ref, record in records.items()}


def as_record(api: PoolApi, name: str, ref: str, kind: type[_T]) -> _T:
    """Ask for one record, as one of the model's classes."""
    return read_record(name, ref, api.read(f"{name}.get_record", ref), kind)
