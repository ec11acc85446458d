"""One client's connection to a lab host: TLS, then requests until somebody hangs up."""

import http.server
import socket
import ssl
from http import HTTPStatus
from typing import Any

from xsbond.lab.contracts import ToolstackDown
from xsbond.lab.wire.http import (
    FORBIDDEN,
    LARGEST_REQUEST,
    PREFLIGHT,
    Dispatch,
    Reply,
    answer,
    internal_error,
    not_implemented,
)

IDLE_SECONDS = 300.0
"""A connection on which nothing happens for so long is closed."""
_HANDSHAKE_SECONDS = 10.0


def serve(plain: socket.socket, context: ssl.SSLContext, dispatch: Dispatch) -> None:
    """Serve a connection until it ends; closes it."""
    try:
        plain.settimeout(_HANDSHAKE_SECONDS)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with context.wrap_socket(plain, server_side=True) as secure:
            secure.settimeout(IDLE_SECONDS)
            _Conversation(secure, dispatch)
    except (OSError, ToolstackDown):
        # The client went away, spoke no TLS, or the host's xapi stopped: nobody is left to tell.
        pass
    finally:
        plain.close()


class _Conversation(http.server.BaseHTTPRequestHandler):
    """The requests of one connection; the constructor returns when it is over."""

    protocol_version = "HTTP/1.1"

    def __init__(self, connection: ssl.SSLSocket, dispatch: Dispatch) -> None:
        self._dispatch = dispatch
        no_server: Any = None  # Nothing the base class does needs one.
        super().__init__(connection, connection.getpeername(), no_server)

    def do_POST(self) -> None:
        """Answer a call."""
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal():
            self._send(internal_error(f'Failure("int_of_string: {length}")'))
        elif int(length) > LARGEST_REQUEST:
            self._send(internal_error("Http_svr.Client_requested_size_over_limit"))
        else:
            self._send(answer(self.path, self.rfile.read(int(length)), self._dispatch))

    def do_OPTIONS(self) -> None:
        """Answer a browser's preflight."""
        self._send(PREFLIGHT)

    def do_GET(self) -> None:
        """Refuse: the lab serves calls only."""
        self._send(FORBIDDEN)

    do_PUT = do_GET

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what http.server itself cannot serve."""
        if code == HTTPStatus.NOT_IMPLEMENTED:
            self._send(not_implemented(self.command))
        else:
            self._send(internal_error(f'Http.Http_parse_failure("{explain or message}")'))

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _send(self, reply: Reply) -> None:
        """Write status line, headers and body at once."""
        self.close_connection = self.close_connection or reply.closes
        lines = [f"{self._version()} {reply.status} {reply.reason}", *self._headers(reply), "", ""]
        self.wfile.write("\r\n".join(lines).encode("latin-1") + reply.body)

    def _version(self) -> str:
        """Answer in the client's version, as xapi does."""
        old = getattr(self, "request_version", "") == "HTTP/1.0"
        return "HTTP/1.0" if old else "HTTP/1.1"

    def _headers(self, reply: Reply) -> list[str]:
        connection = "close" if self.close_connection else "keep-alive"
        before_type = [("connection", connection), ("cache-control", "no-cache, no-store")]
        kind = [("content-type", reply.content_type)] if reply.content_type else []
        middle = [*kind, *before_type] if reply.closes else [*before_type, *kind]
        every = [("content-length", str(len(reply.body))), *middle, *reply.headers]
        return [f"{name}: {value}" for name, value in every]
