"""The doors of a world: every host on its own address, HTTPS at one port common to all.

If wanted, clear text at a second one, as port 80 has it.
"""

import contextlib
import itertools
import selectors
import socket
import threading
from typing import Self

from xsbond.lab.world import World
from xsbond.lab.xapi.doors.connection import PATIENCE, Patience
from xsbond.lab.xapi.doors.doors import ClearFront, Front, bound

_ATTEMPTS = 20
_RETRY_SECONDS = 0.05
_FIREWALL_SECONDS = 0.25
"""Real seconds in which host.https_only opens and closes the clear-text port."""


class ApiServers:
    """Serves a world until closed; `port` is the same on all addresses, as is `http_port`.

    Close the world first: that ends the calls that wait for events.
    """

    def __init__(
        self,
        world: World,
        port: int = 0,
        http_port: int | None = None,
        *,
        patience: Patience = PATIENCE,
    ) -> None:
        """Listen on every host's address; OSError if a port is taken (0: any free one).

        With `http_port` the hosts' firewalls let clear text in until host.https_only says no.
        """
        # Where all hosts share one address the master alone has an API of its own.
        pairs = list(zip(world.agents, world.hosts, strict=True))
        own = {host.address: (agent, host) for agent, host in reversed(pairs)}
        self.port, sockets = _listen(list(own), port)
        self.http_port: int | None = None
        doors: list[type[Front]] = [Front] * len(own)
        if http_port is not None:
            self.http_port, clear = _listen_too(list(own), http_port, sockets)
            sockets += clear
            doors += [ClearFront] * len(own)
            _open_firewalls(world)
        self._selector = selectors.DefaultSelector()
        self._waker, self._wakened = socket.socketpair()
        self._selector.register(self._wakened, selectors.EVENT_READ)
        self._closing = False
        self._fronts = tuple(
            door(world, agent, host, listener, wake=self._wake, patience=patience)
            for door, (agent, host), listener in zip(
                doors, itertools.cycle(own.values()), sockets, strict=False
            )
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
            pause = None if self.http_port is None else _FIREWALL_SECONDS
            for key, _ in self._selector.select(pause if all(settled) else _RETRY_SECONDS):
                if isinstance(key.data, Front):
                    key.data.accept()
                else:
                    self._wakened.recv(4096)


def _open_firewalls(world: World) -> None:
    with world.lock:
        for host in world.hosts:
            world.database.set("host", host.ref, https_only=False)


def _listen_too(
    addresses: list[str], port: int, others: list[socket.socket]
) -> tuple[int, list[socket.socket]]:
    """Listen as `_listen` does; the sockets that listen already go if that cannot be."""
    try:
        return _listen(addresses, port)
    except OSError:
        for each in others:
            each.close()
        raise


def _listen(addresses: list[str], port: int) -> tuple[int, list[socket.socket]]:
    """Return one port free on all addresses, and sockets listening there."""
    for attempt in range(_ATTEMPTS):
        with contextlib.ExitStack() as stack:
            try:
                first = stack.enter_context(bound(addresses[0], port))
                common = first.getsockname()[1]
                others = [stack.enter_context(bound(each, common)) for each in addresses[1:]]
            except OSError:
                if port or attempt == _ATTEMPTS - 1:
                    raise
                continue
            stack.pop_all()
            return common, [first, *others]
    raise AssertionError("the last attempt returns or raises")
