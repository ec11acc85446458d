"""A host's listening sockets, and the connections they take."""

import contextlib
import os
import selectors
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from xsbond.lab.pool.certificates import CERTIFICATE
from xsbond.lab.pool.state import Host
from xsbond.lab.pool.tasks import Origin
from xsbond.lab.toolstack.agent import Agent, Door
from xsbond.lab.world import World
from xsbond.lab.xapi.doors.connection import Patience, serve

_BACKLOG = 128
_LAST_JOIN = 10.0
"""Real seconds a connection has to end when the servers are closed."""


class Front:
    """One host's listening socket on port 443 and the connections it took."""

    def __init__(
        self,
        world: World,
        agent: Agent,
        host: Host,
        listener: socket.socket,
        *,
        wake: Callable[[], None],
        patience: Patience,
    ) -> None:
        self._world, self._host, self._agent = world, host, agent
        self._address = listener.getsockname()
        self._listener: socket.socket | None = listener
        self._context = self._tls()
        self._patience = patience
        self._wake = wake
        self._lock = threading.Lock()
        self._connections: dict[threading.Thread, socket.socket] = {}
        agent.on_door.append(self._hear)

    def _tls(self) -> ssl.SSLContext | None:
        return _context(self._host.backend.read_file(CERTIFICATE))

    def _listens(self) -> bool:
        """Tell whether anybody listens at the port: stunnel does while xapi is gone."""
        return self._agent.door != "refusing"

    def _serves(self) -> bool:
        """Tell whether there is a xapi behind the port."""
        return self._agent.door == "open"

    def follow_door(self, selector: selectors.BaseSelector) -> bool:
        """Listen exactly while somebody should; tell whether that is so now.

        Called by the accepting thread only.
        """
        wanted = self._listens()
        if self._listener and not wanted:
            selector.unregister(self._listener)
            self._listener.close()
            self._listener = None
        elif wanted and not self._listener:
            with contextlib.suppress(OSError):
                # Somebody may have the port for a moment: the caller tries again.
                self._listener = bound(*self._address)
                selector.register(self._listener, selectors.EVENT_READ, self)
        return wanted == bool(self._listener)

    def accept(self) -> None:
        """Take one connection and serve it, or hang up if xapi is not there."""
        if not self._listener:
            return
        try:
            connection, _ = self._listener.accept()
        except OSError:
            # The client was gone before it was its turn.
            return
        if not self._serves():
            connection.close()
            return
        thread = threading.Thread(
            target=self._serve, args=(connection,), name=f"client of {self._host.name}", daemon=True
        )
        with self._lock:
            # TLS takes the socket over; a duplicate still hangs up.
            self._connections[thread] = connection.dup()
        thread.start()

    def close(self) -> None:
        """Stop listening, hang up on all clients and wait for their threads."""
        self._agent.on_door.remove(self._hear)
        if self._listener:
            self._listener.close()
        for thread in self._hang_up():
            thread.join(_LAST_JOIN)

    def _serve(self, connection: socket.socket) -> None:
        try:
            serve(connection, self._context, self._answer, self._world.pool.profile, self._patience)
        finally:
            with self._lock:
                self._connections.pop(threading.current_thread()).close()

    def _answer(self, origin: Origin, method: str, parameters: Sequence[Any]) -> Any:
        return self._world.dispatcher.call(self._host, method, parameters, origin)

    def _hear(self, _: Door) -> None:
        if not self._serves():
            self._hang_up()
        self._wake()

    def _hang_up(self) -> list[threading.Thread]:
        with self._lock:
            for connection in self._connections.values():
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            return list(self._connections)


class ClearFront(Front):
    """One host's port 80: xapi itself, unless the firewall is told otherwise."""

    def _tls(self) -> ssl.SSLContext | None:
        return None

    def _serves(self) -> bool:
        return self._host.running

    def _listens(self) -> bool:
        return self._host.running and not self._firewall_refuses()

    def _firewall_refuses(self) -> bool:
        """Releases before host.https_only have no firewall on this port."""
        world = self._world
        if "https_only" not in world.pool.schema["host"].by_name:
            return False
        with world.lock:
            return bool(world.database.get("host", self._host.ref)["https_only"])


def bound(address: str, port: int) -> socket.socket:
    """Return a socket listening at an address; OSError if the port is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _context(pem: str) -> ssl.SSLContext:
    """Return TLS as xapi's stunnel has it: 1.2 and nothing else, with the host's certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    descriptor, path = tempfile.mkstemp()
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(pem)
        context.load_cert_chain(path)
    finally:
        Path(path).unlink()
    return context
