"""XAPI as this product uses it: one sweep to read everything, tasks for what takes long.

`XenAPI.Failure`, socket and TLS errors never leave this module; they become `PoolError`s.
"""

import contextlib
import http.client
import socket
import ssl
import time
import xmlrpc.client
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar
from xml.parsers.expat import ExpatError

import stamina
import XenAPI

from xsbond.address import Credentials, PoolAddress
from xsbond.errors import CallRefused, PoolError, UnexpectedOutput
from xsbond.snapshot import Records, read_record
from xsbond.tls import PinnedTransport, TlsTrust

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

CALL_TIMEOUT = 60.0
"""Seconds without a byte after which a call is given up; a wrong password alone costs 5."""
_EVENT_SLICE = 2.0
"""Seconds one event.from may block, well below CALL_TIMEOUT."""
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
        with _translated(self.address.host, method):
            return function(*params)

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
        if record["status"] != "success":
            code, *arguments = record["error_info"] or ["UNKNOWN"]
            raise CallRefused(self.address.host, method, code, tuple(arguments))
        return str(record["result"]).removeprefix("<value>").removesuffix("</value>")

    def records(self) -> Records:
        """Read all classes of the sweep in one consistent answer, or class by class."""
        try:
            return self.sweep()
        except CallRefused:
            return {
                name: as_text_dates(self.read(f"{name}.get_all_records"))
                for name in CLASSES.values()
            }

    def sweep(self) -> Records:
        """Read all classes in one event.from; CallRefused where the server has none."""
        answer = self.read("event.from", list(CLASSES), "", 0.0)
        records: dict[str, dict[str, Mapping[str, Any]]] = {name: {} for name in CLASSES.values()}
        for event in answer["events"]:
            records[CLASSES[event["class"].lower()]][event["ref"]] = _plain(event["snapshot"])
        for wire_name, name in CLASSES.items():
            promised = answer["valid_ref_counts"].get(wire_name, len(records[name]))
            if promised != len(records[name]):
                reason = f"{len(records[name])} {name} records came, {promised} were promised"
                raise UnexpectedOutput("event.from", str(sorted(records[name])), reason)
        return records

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
        return str(self.read("event.from", list(classes), token, seconds)["token"])

    @property
    def certificate_sha256(self) -> str:
        """Return the fingerprint of the certificate XAPI has presented, hex digits."""
        return self._transport.presented

    def close(self) -> None:
        """End the session; a pool that is gone meanwhile has ended it itself."""
        with contextlib.suppress(PoolError), _translated(self.address.host, "session.logout"):
            self._session.xenapi.session.logout()
        self._transport.close()


def connect(
    address: PoolAddress,
    credentials: Credentials,
    trust_of: Callable[[str], TlsTrust],
    timeout: float = CALL_TIMEOUT,
) -> PoolApi:
    """Log in at the pool master, following HOST_IS_SLAVE from a member.

    `trust_of` returns how the XAPI of a host, given by address, proves itself. Raises PoolError.
    """
    asked: list[str] = []
    while True:
        asked.append(address.host)
        transport = PinnedTransport(trust_of(address.host), timeout)
        session = XenAPI.Session(address.url, transport=transport)
        try:
            with _translated(address.host, "login"):
                session.login_with_password(
                    credentials.username, credentials.password, "1.0", ORIGINATOR
                )
        except CallRefused as refusal:
            transport.close()
            if refusal.code != "HOST_IS_SLAVE" or refusal.arguments[0] in asked:
                raise
            address = PoolAddress(host=refusal.arguments[0], port=address.port)
        except BaseException:
            transport.close()
            raise
        else:
            return PoolApi(address, session, transport)


def _is_transient(error: Exception) -> bool:
    """Tell a connection that broke from a refusal; only the first is worth another try."""
    return type(error) is PoolError and isinstance(
        error.__cause__, ConnectionError | http.client.HTTPException
    )


_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "no such host name"),
    (TimeoutError, "no answer in time"),
    (ConnectionRefusedError, "nothing listens there"),
    (ssl.SSLCertVerificationError, "its certificate is not trusted"),
    (ssl.SSLError, "no TLS connection"),
    (http.client.HTTPException, "no answer to the call"),
    (ConnectionError, "the connection broke"),
    (OSError, "not reachable"),
    (ExpatError, "it does not speak XML-RPC"),
    (xmlrpc.client.Error, "it does not speak XAPI"),
)
"""What the libraries raise -> what it means to a person; the first match counts."""

_LOGIN_REFUSALS = MappingProxyType(
    {
        "SESSION_AUTHENTICATION_FAILED": "user name or password is wrong",
        "SESSION_AUTHORIZATION_FAILED": "this user has no role in the pool",
        "HOST_STILL_BOOTING": "xapi is still starting; try again in a minute",
        "HOST_HAS_NO_MANAGEMENT_IP": "xapi is still starting; it has no management IP yet",
    }
)


@contextlib.contextmanager
def _translated(host: str, call: str) -> Iterator[None]:
    """Turn what the libraries raise into the errors of this product."""
    try:
        yield
    except XenAPI.Failure as failure:
        code, *arguments = failure.details
        if call == "login" and code in _LOGIN_REFUSALS:
            # The arguments hold the user name and PAM's text, nothing a person needs.
            raise PoolError(host, call, f"{_LOGIN_REFUSALS[code]} ({code})") from failure
        raise CallRefused(host, call, code, tuple(arguments)) from failure
    except (OSError, http.client.HTTPException, ExpatError, xmlrpc.client.Error) as error:
        reason = next(text for kind, text in _REASONS if isinstance(error, kind))
        raise PoolError(host, call, f"{reason} ({type(error).__name__})") from error


def _plain(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a record with its dates as text, as they stood on the wire."""
    return {
        key: str(value) if isinstance(value, xmlrpc.client.DateTime) else value
        for key, value in record.items()
    }


def as_text_dates(records: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Return ref -> record with the dates in them as text."""
    return {ref: _plain(record) for ref, record in records.items()}


def as_record(api: PoolApi, name: str, ref: str, kind: type[_T]) -> _T:
    """Ask for one record, as one of the model's classes."""
    return read_record(name, ref, api.read(f"{name}.get_record", ref), kind)
