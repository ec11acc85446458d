"""The SSH servers of a lab: every host its own address and key, one thread to accept for all."""

import contextlib
import hmac
import logging
import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    MSG_CHANNEL_REQUEST,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
)

from xsbond.lab.shell import Machine
from xsbond.lab.ssh.dialogue import run_command, run_shell

_LOG = "xsbond.lab.ssh"
logging.getLogger(_LOG).addHandler(logging.NullHandler())
_PATIENCE = 5.0
"""Real seconds that closing waits for each thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who may log in: root, by this password or this key."""

    password: Callable[[], str]
    """Tells root's password as it is now: XAPI may change it."""
    key: paramiko.PKey


def _answer_then_start(channel: paramiko.Channel, message: paramiko.Message) -> None:
    """Answer a request, and only then start what it asked for.

    Otherwise a quick command could close the channel before the reply to its request.
    """
    # paramiko calls back before it replies and has no hook behind the reply.
    channel._handle_request(message)  # type: ignore[attr-defined] # noqa: SLF001 - see above
    transport = channel.get_transport()
    assert isinstance(transport, _Transport)
    transport.connection.start(channel)


class _Transport(paramiko.Transport):
    """A connection to one host."""

    connection: "_Connection"
    _channel_handler_table: ClassVar[dict[int, object]] = {
        **paramiko.Transport._channel_handler_table,  # type: ignore[attr-defined] # noqa: SLF001 - see above
        MSG_CHANNEL_REQUEST: _answer_then_start,
    }


class _Connection(paramiko.ServerInterface):
    """One client of one host."""

    def __init__(self, machine: Machine, account: Account) -> None:
        self.machine, self._account = machine, account
        self._terminals: set[int] = set()
        self._waiting: dict[int, Callable[[], int]] = {}
        self.threads: list[threading.Thread] = []

    def get_allowed_auths(self, username: str) -> str:
        """Return the ways to log in."""
        del username
        return "publickey,password"

    def check_auth_password(self, username: str, password: str) -> int:
        """Let root in with the lab's password."""
        right = hmac.compare_digest(password.encode(), self._account.password().encode())
        return AUTH_SUCCESSFUL if right and username == "root" else AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        """Let root in with the lab's key."""
        right = key.asbytes() == self._account.key.asbytes()
        return AUTH_SUCCESSFUL if right and username == "root" else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        """Open sessions only."""
        del chanid
        if kind == "session":
            return OPEN_SUCCEEDED
        return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_channel_pty_request(  # noqa: PLR0917 - paramiko's signature
        self,
        channel: paramiko.Channel,
        term: bytes,
        width: int,
        height: int,
        pixelwidth: int,
        pixelheight: int,
        modes: bytes,
    ) -> bool:
        """Give the channel a terminal, of any size."""
        del term, width, height, pixelwidth, pixelheight, modes
        self._terminals.add(channel.get_id())
        return True

    def check_channel_window_change_request(
        self,
        channel: paramiko.Channel,
        width: int,
        height: int,
        pixelwidth: int,
        pixelheight: int,
    ) -> bool:
        """Take note of another size; nothing here depends on it."""
        del channel, width, height, pixelwidth, pixelheight
        return True

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        """Run one command."""
        terminal = channel.get_id() in self._terminals
        return self._plan(
            channel, lambda: run_command(channel, self.machine, command, terminal=terminal)
        )

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
        """Run a shell."""
        terminal = channel.get_id() in self._terminals
        return self._plan(channel, lambda: run_shell(channel, self.machine, terminal=terminal))

    def _plan(self, channel: paramiko.Channel, action: Callable[[], int]) -> bool:
        """Keep what to run until the client knows of it; a channel runs one thing."""
        self._waiting[channel.get_id()] = action
        return True

    def start(self, channel: paramiko.Channel) -> None:
        """Run what was planned for a channel, in a thread of its own."""
        action = self._waiting.pop(channel.get_id(), None)
        if action is None:
            return
        self.threads = [thread for thread in self.threads if thread.is_alive()]
        thread = threading.Thread(
            target=_serve, args=(channel, action), name="lab-ssh-command", daemon=True
        )
        self.threads.append(thread)
        thread.start()


def _serve(channel: paramiko.Channel, action: Callable[[], int]) -> None:
    """Run an action and tell the client how it ended; a client that is gone is no trouble."""
    with contextlib.suppress(OSError, EOFError), channel:
        status = action()
        channel.send_exit_status(status)
        channel.shutdown_write()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Door:
    """A listening socket, and what lies behind it."""

    listener: socket.socket
    machine: Machine
    account: Account
    key: paramiko.PKey


def listen(address: str, port: int) -> socket.socket:
    """Return a listening socket; OSError if the port is taken."""
    return socket.create_server((address, port))


def _leads_to(door: object, machine: Machine) -> bool:
    return isinstance(door, _Door) and door.machine is machine


class SshServers:
    """Accepts for every host of a lab until closed."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = socket.socketpair()
        self._selector.register(self._woken, selectors.EVENT_READ, None)
        self._transports: list[_Transport] = []
        self._stopped: dict[int, tuple[_Door, tuple[str, int]]] = {}
        self._thread = threading.Thread(target=self._accept, name="lab-ssh", daemon=True)

    def add(
        self, listener: socket.socket, machine: Machine, account: Account, key: paramiko.PKey
    ) -> None:
        """Serve a host on a listening socket, which then belongs to the servers."""
        door = _Door(listener=listener, machine=machine, account=account, key=key)
        self._selector.register(listener, selectors.EVENT_READ, door)

    def start(self) -> None:
        """Begin to accept."""
        self._thread.start()

    @contextlib.contextmanager
    def without(self, machine: Machine) -> Iterator[None]:
        """Refuse connections to a host and end those it has, for a while."""
        door, address = self.cut(machine)
        try:
            yield
        finally:
            self.add(listen(*address[:2]), machine, door.account, door.key)

    def switch(self, machine: Machine, on: bool) -> None:
        """Let a host's sshd run, or not; what is off is remembered where it was."""
        if on and (stopped := self._stopped.pop(id(machine), None)):
            door, address = stopped
            self.add(listen(*address[:2]), machine, door.account, door.key)
        elif not on and self.serves(machine):
            self._stopped[id(machine)] = self.cut(machine)

    def serves(self, machine: Machine) -> bool:
        """Tell whether connections to a host are accepted."""
        return any(_leads_to(key.data, machine) for key in self._selector.get_map().values())

    def cut(self, machine: Machine) -> tuple[_Door, tuple[str, int]]:
        """Refuse connections to a host from now on, and end those it has.

        Return what was behind its address.
        """
        (key,) = (key for key in self._selector.get_map().values() if _leads_to(key.data, machine))
        door: _Door = key.data
        address = door.listener.getsockname()
        self._selector.unregister(door.listener)
        door.listener.close()
        for transport in self._transports:
            if transport.connection.machine is machine:
                transport.close()
        return door, address

    def _accept(self) -> None:
        while True:
            for ready, _ in self._selector.select():
                if ready.data is None:
                    return
                with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
                    self._admit(ready.data)

    def _admit(self, door: _Door) -> None:
        """Take a connection; its own thread then negotiates with the client."""
        connection, _ = door.listener.accept()
        # Without it Nagle and delayed acknowledgement cost some 40 ms a command.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport = _Transport(connection)
        transport.set_log_channel(_LOG)
        transport.add_server_key(door.key)
        transport.connection = _Connection(door.machine, door.account)
        self._transports = [other for other in self._transports if other.is_alive()]
        self._transports.append(transport)
        transport.start_server(event=threading.Event(), server=transport.connection)

    def close(self) -> None:
        """Stop accepting, end every connection and every command, and join their threads."""
        self._wake.send(b"x")
        if self._thread.is_alive():
            self._thread.join(_PATIENCE)
        for key in list(self._selector.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
        self._selector.close()
        self._wake.close()
        for transport in self._transports:
            transport.close()
        for transport in self._transports:
            transport.join(_PATIENCE)
            for thread in transport.connection.threads:
                thread.join(_PATIENCE)
