"""HTTPS servers of a world: every host on its own address, all at one common port."""

import contextlib
import os
import selectors
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

from xsbond.lab.agent import Agent, Door
from xsbond.lab.connection import serve
from xsbond.lab.founding import CERTIFICATE
from xsbond.lab.state import Host
from xsbond.lab.world import World

_ATTEMPTS = 20
_BACKLOG = 128
_RETRY_SECONDS = 0.05
_LAST_JOIN = 10.0
"""Real seconds a connection has to end when the servers are closed."""


class ApiServers:
    """Serves a world until closed; `port` is the same on all addresses.

    Close the world first: that ends the calls that wait for events.
    """

    def __init__(self, world: World, port: int = 0) -> None:
        """Listen on every host's address; OSError if the port is taken (0: any free one)."""
        # Where all hosts share one address the master alone has an API of its own.
        own: dict[str, tuple[Agent, Host]] = {}
        for agent, host in zip(world.agents, world.hosts, strict=True):
            own.setdefault(host.address, (agent, host))
        self.port, sockets = _listen(list(own), port)
        self._selector = selectors.DefaultSelector()
        self._waker, self._wakened = socket.socketpair()
        self._selector.register(self._wakened, selectors.EVENT_READ)
        self._closing = False
        self._fronts = tuple(
            Front(world, agent, host, listener, self._wake)
            for (agent, host), listener in zip(own.values(), sockets, strict=True)
        )
        for front, listener in zip(self._fronts, sockets, strict=True):
            self._selector.register(listener, selectors.EVENT_READ, front)
        self._thread = threading.Thread(target=self._accept, name="API servers", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Hang up on everybody and stop listening."""
        self._closing = True
        self._wake()
        self._thread.join()
        for front in self._fronts:
            front.close()
        for each in (self._waker, self._wakened):
            each.close()
        self._selector.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            self._waker.send(b"\0")

    def _accept(self) -> None:
        """Take connections of all hosts; follow the doors as they open and close."""
        while not self._closing:
            settled = [front.follow_door(self._selector) for front in self._fronts]
            for key, _ in self._selector.select(None if all(settled) else _RETRY_SECONDS):
                if isinstance(key.data, Front):
                    key.data.accept()
                else:
                    self._wakened.recv(4096)


class Front:
    """One host's listening socket and the connections it took."""

    def __init__(
        self,
        world: World,
        agent: Agent,
        host: Host,
        listener: socket.socket,
        wake: Callable[[], None],
    ) -> None:
        self._dispatcher, self._host, self._agent = world.dispatcher, host, agent
        self._address = listener.getsockname()
        self._listener: socket.socket | None = listener
        self._context = _context(host.backend.read_file(CERTIFICATE))
        self._wake = wake
        self._lock = threading.Lock()
        self._connections: dict[threading.Thread, socket.socket] = {}
        agent.on_door.append(self._hear)

    def follow_door(self, selector: selectors.BaseSelector) -> bool:
        """Listen exactly while the door does not refuse; tell whether that is so now.

        Called by the accepting thread only.
        """
        wanted = self._agent.door != "refusing"
        if self._listener and not wanted:
            selector.unregister(self._listener)
            self._listener.close()
            self._listener = None
        elif wanted and not self._listener:
            with contextlib.suppress(OSError):
                # Somebody may have the port for a moment: the caller tries again.
                self._listener = _bound(*self._address)
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
        if self._agent.door != "open":
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
            serve(connection, self._context, self._answer)
        finally:
            with self._lock:
                self._connections.pop(threading.current_thread()).close()

    def _answer(self, method: str, parameters: Sequence[Any]) -> Any:
        return self._dispatcher.call(self._host, method, parameters)

    def _hear(self, door: Door) -> None:
        if door != "open":
            self._hang_up()
        self._wake()

    def _hang_up(self) -> list[threading.Thread]:
        with self._lock:
            for connection in self._connections.values():
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            return list(self._connections)


def _listen(addresses: list[str], port: int) -> tuple[int, list[socket.socket]]:
    """Return one port free on all addresses, and sockets listening there."""
    for attempt in range(_ATTEMPTS):
        with contextlib.ExitStack() as stack:
            try:
                first = stack.enter_context(_bound(addresses[0], port))
                common = first.getsockname()[1]
                others = [stack.enter_context(_bound(each, common)) for each in addresses[1:]]
            except OSError:
                if port or attempt == _ATTEMPTS - 1:
                    raise
                continue
            stack.pop_all()
            return common, [first, *others]
    raise AssertionError("the last attempt returns or raises")


def _bound(address: str, port: int) -> socket.socket:
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
