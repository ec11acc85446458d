"""XAPI as this product uses it: one sweep to read everything, tasks for what takes long.

`XenAPI.Failure`, socket and TLS errors never leave it; `translation.py` makes `PoolError`s of them.
"""

import contextlib
import http.client
import re
import time
import xmlrpc.client
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

import stamina
import XenAPI

from xsbond.address import Credentials, PoolAddress
from xsbond.bounded import Limits
from xsbond.errors import CallRefused, PoolError, UnexpectedOutput
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

_EVENT_SLICE = 2.0
"""Seconds one event.from may block, well below Limits.silence."""
_MOST_REDIRECTS = 3
"""A member names the master at once; the others are for a master that changes meanwhile."""
_ADDRESS = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,254}|[0-9A-Fa-f:.]{2,45}(%[0-9A-Za-z._-]+)?")
"""What HOST_IS_SLAVE may name: a host name, an IPv4 or an IPv6 address."""
ORIGINATOR = "pytest-xsbond"

_T = TypeVar("_T")


class PoolApi:
    """An authenticated session with a pool's master."""

    def __init__(self, address: PoolAddress, session: Any, transport: PinnedTransport) -> None:
        self.address = address
        self._session, self._transport = session, transport

    def call(self, method: str, *params: Any) -> Any:
        """Make a call; CallRefused carries XAPI's error code, PoolError says why it got nowhere."""
        function = self._session.xenapi
        for part in method.split("."):
            function = getattr(function, part)
        # XenAPI keeps the session's reference where nobody else needs it.
        secret = Secret(vars(self._session).get("_session") or "")
        return asked(self.address.host, method, lambda: function(*params), secret)

    def read(self, method: str, *params: Any) -> Any:
        """Make a call that changes nothing, once more if the kept connection had gone stale."""
        for attempt in stamina.retry_context(on=_is_transient, attempts=3, wait_initial=0.05):
            with attempt:
                try:
                    return self.call(method, *params)
                except PoolError:
                    self._transport.close()
                    raise
        raise AssertionError("stamina ends with a result or an error")

    def change(self, method: str, *params: Any) -> Any:
        """Make a call that changes something: on a fresh connection, and never twice."""
        self._transport.close()
        return self.call(method, *params)

    def run_task(self, method: str, *params: Any, deadline: float) -> str:
        """Run the Async form of a call and return its result, waiting `deadline` seconds at most.

        A task outlives a broken connection, so its answer is not lost with it.
        """
        task = self.change(f"Async.{method}", *params)
        self.wait(
            ("task/" + task,),
            lambda: self.read("task.get_status", task) not in ("pending", "cancelling"),
            deadline,
            f"{method} did not end",
        )
        record = self.read("task.get_record", task)
        self.change("task.destroy", task)
        with shaped("task.get_record", record):
            result, status, reason = record["result"], record["status"], record["error_info"]
        if status != "success":
            code, *arguments = details_of(reason)
            raise CallRefused(self.address.host, method, code, tuple(arguments))
        return str(result).removeprefix("<value>").removesuffix("</value>")

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
    seen: list[str] = []
    while True:
        seen.append(address.host)
        transport = PinnedTransport(trust_of(address.host), limits or Limits())
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
            return PoolApi(address, session, transport)


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


def _is_transient(error: Exception) -> bool:
    """Tell a connection that broke from a refusal; only the first is worth another try."""
    return type(error) is PoolError and isinstance(
        error.__cause__, ConnectionError | http.client.HTTPException
    )


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
