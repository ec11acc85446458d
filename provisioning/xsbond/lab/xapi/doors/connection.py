"""One client's connection to a lab host: requests, over TLS or not, until somebody hangs up."""

import contextlib
import functools
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from xsbond.lab.contracts import ToolstackDown
from xsbond.lab.pool.tasks import Origin
from xsbond.lab.pool.values import NULL
from xsbond.lab.profiles import Profile
from xsbond.lab.xapi.wire.head import END, Head, UnreadableHead, parse_head
from xsbond.lab.xapi.wire.http import (
    FORBIDDEN,
    HEAD_TOO_LARGE,
    LARGEST_REQUEST,
    TIMED_OUT,
    Reply,
    answer,
    internal_error,
    not_implemented,
    preflight,
    rendered,
)

LARGEST_HEAD = 1024
"""Bytes (xapi_globs.ml, max_header_length_tcp)."""
_CHUNK = 65536
_NO_LENGTH = 'Failure("We require a content-length: HTTP header")'
_TOO_LONG = "Http_svr.Client_requested_size_over_limit"
_NEGATIVE = 'Invalid_argument("Bytes.create")'

Dispatch = Callable[[Origin, str, Sequence[Any]], Any]
"""Called with a request's origin, its method and its raw parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a client may take, in real seconds."""

    handshake: float = 10.0
    first_byte: float = 10.0
    """Between two pieces of the first request's head (header_read_timeout_tcp)."""
    first_head: float = 60.0
    """For the first request's head (header_total_timeout_tcp)."""
    idle: float = 43200.0
    """Later, until stunnel gives up (TIMEOUTidle)."""


PATIENCE = Patience()


class _Gone(Exception):  # noqa: N818 - a state
    """The client hung up."""


def serve(
    plain: socket.socket,
    context: ssl.SSLContext | None,
    dispatch: Dispatch,
    profile: Profile,
    patience: Patience = PATIENCE,
) -> None:
    """Serve a connection until it ends; closes it. Without a context it is in clear text."""
    with contextlib.closing(plain), contextlib.suppress(OSError, ToolstackDown, _Gone):
        # The client went away, spoke no TLS, or the host's xapi stopped: nobody is left to tell.
        plain.settimeout(patience.handshake)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if context is None:
            _Conversation(plain, dispatch, profile, patience).hold()
            return
        with context.wrap_socket(plain, server_side=True) as secure:
            _Conversation(secure, dispatch, profile, patience).hold()


class _Conversation:
    """The requests of one connection."""

    def __init__(
        self, connection: socket.socket, dispatch: Dispatch, profile: Profile, patience: Patience
    ) -> None:
        self._connection, self._dispatch = connection, dispatch
        self._profile, self._patience = profile, patience
        self._received = b""

    def hold(self) -> None:
        """Answer requests until one is the last."""
        try:
            self._connection.settimeout(self._patience.first_byte)
            text = self._head_text(time.monotonic() + self._patience.first_head)
        except TimeoutError:
            self._send(TIMED_OUT, None)
            return
        self._connection.settimeout(self._patience.idle)
        while self._answered(text):
            text = self._head_text(None)

    def _head_text(self, deadline: float | None) -> str | None:
        """Return the next request's head; None if it is too large."""
        while END not in self._received:
            if len(self._received) >= LARGEST_HEAD:
                return None
            if deadline is not None and time.monotonic() > deadline:
                raise TimeoutError
            self._receive()
        head, _, rest = self._received.partition(END)
        if len(head) + len(END) > LARGEST_HEAD:
            return None
        self._received = rest
        return head.decode("latin-1")

    def _answered(self, text: str | None) -> bool:
        """Answer one request; tell whether another may follow."""
        if text is None:
            return self._send(HEAD_TOO_LARGE, None)
        try:
            head = parse_head(text)
        except UnreadableHead as error:
            return self._send(internal_error(str(error)), None)
        return self._send(self._reply(head), head)

    def _reply(self, head: Head) -> Reply:
        match head.method:
            case "POST":
                return self._call(head) if head.path.startswith("/") else FORBIDDEN
            case "OPTIONS":
                return preflight(head.headers.get("access-control-request-headers"))
            case "GET" | "PUT" | "CONNECT":
                return FORBIDDEN
            case method:
                return not_implemented(method)

    def _call(self, head: Head) -> Reply:
        """Answer a call; nothing but a Content-Length says how long it is."""
        length = head.content_length
        if length is None:
            return internal_error(_NO_LENGTH)
        if length > LARGEST_REQUEST:
            return internal_error(_TOO_LONG)
        if length < 0:
            return internal_error(_NEGATIVE)
        dispatch = functools.partial(self._dispatch, _origin(head))
        return answer(head.path, self._body(length), dispatch, self._profile)

    def _body(self, length: int) -> bytes:
        while len(self._received) < length:
            self._receive()
        body, self._received = self._received[:length], self._received[length:]
        return body

    def _receive(self) -> None:
        chunk = self._connection.recv(_CHUNK)
        if not chunk:
            raise _Gone
        self._received += chunk

    def _send(self, reply: Reply, head: Head | None) -> bool:
        """Write an answer at once; tell whether the connection goes on."""
        closes = reply.closes or head is None or head.closes
        is_old = head is not None and head.is_old
        self._connection.sendall(rendered(reply, is_old=is_old, closes=closes))
        return not closes


def _origin(head: Head) -> Origin:
    """Return what the headers say about the call's task (context.ml, of_http_req)."""
    return Origin(
        subtask_of=head.headers.get("subtask-of", NULL),
        other_config=head.with_prefix("x-http-other-config-"),
    )
