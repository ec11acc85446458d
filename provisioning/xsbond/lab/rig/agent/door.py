"""A door: a program for each connection to a listening socket, as inetd(8) does it."""

import contextlib
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xsbond.lab.rig.agent.agent import Agent


class Door:
    """A listening socket and the connections that came in by it."""

    def __init__(self) -> None:
        self._listener: socket.socket | None = None
        self._connections: dict[int, socket.socket] = {}

    def open(self, agent: Agent, message: dict[str, Any], files: list[int]) -> Mapping[str, Any]:
        """Start `message["command"]` for each connection to the socket given.

        Without one it is made here, in this network, at `message["port"]`.
        """
        self.close(agent, message, files)
        if files:
            listener = socket.socket(fileno=os.dup(files[0]))
        else:
            listener = socket.create_server(("", message["port"]))
        listener.setblocking(False)
        self._listener = listener
        agent.watch(listener, lambda: self._accept(agent, listener, message["command"]))
        return {}

    def close(self, agent: Agent, _message: dict[str, Any], _files: list[int]) -> Mapping[str, Any]:
        """Listen no longer and hang up on everybody."""
        if self._listener:
            agent.forget(self._listener)
            self._listener.close()
            self._listener = None
        for connection in self._connections.values():
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        return {}

    def _accept(self, agent: Agent, listener: socket.socket, command: list[str]) -> None:
        try:
            connection, _ = listener.accept()
        except OSError:
            # The client was gone before it was its turn.
            return
        connection.setblocking(True)
        with Path(os.devnull).open("wb") as nowhere:
            files = (connection.fileno(), connection.fileno(), nowhere.fileno())
            pid = agent.spawn(command, files, lambda _: self._connections.pop(pid).close())
        self._connections[pid] = connection
