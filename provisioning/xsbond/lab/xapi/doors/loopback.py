"""Loopback addresses of one's own, so that labs side by side never meet."""

import errno
import random
import socket
from collections.abc import Sequence

_ATTEMPTS = 50
_FIRST_HOST = 10
_SHARED = "127.0.0.1"
"""The only loopback address of systems other than Linux."""


def has_whole_loopback() -> bool:
    """Tell whether any address of 127.0.0.0/8 can be listened on."""
    try:
        socket.create_server(("127.93.71.1", 0)).close()
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            return False
        raise
    return True


def draw_addresses(count: int) -> list[str]:
    """Return an address for each host: a random subnet's, or 127.0.0.1 for all."""
    if not has_whole_loopback():
        return [_SHARED] * count
    # Nothing secret: only labs started at the same moment must not draw alike.
    draw = random.SystemRandom()
    second, third = draw.randint(1, 254), draw.randint(0, 255)
    return [f"127.{second}.{third}.{_FIRST_HOST + index}" for index in range(count)]


def listen_alike(addresses: Sequence[str]) -> list[socket.socket]:
    """Return a listening socket per address, at one port free on all of them.

    Where all share one address each gets a port of its own. Raises OSError if none is found.
    """
    if len(set(addresses)) < len(addresses):
        return [socket.create_server((address, 0)) for address in addresses]
    for attempt in range(_ATTEMPTS):
        listeners: list[socket.socket] = []
        try:
            for address in addresses:
                port = listeners[0].getsockname()[1] if listeners else 0
                listeners.append(socket.create_server((address, port)))
        except OSError:
            for listener in listeners:
                listener.close()
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            return listeners
    raise AssertionError("the last attempt returns or raises")
