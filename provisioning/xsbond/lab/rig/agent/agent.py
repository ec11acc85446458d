"""An agent: a process in its own namespaces that does what the launcher asks, one by one.

It has one thread and never waits long, so that forking is safe and the end of the launcher is
seen at once.
"""

import contextlib
import errno
import os
import selectors
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from xsbond.lab.rig.agent.wire import content_of, receive, send

PATH = "/opt/xensource/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENVIRONMENT = {
    "PATH": PATH,
    "HOME": "/root",
    "USER": "root",
    "LOGNAME": "root",
    "SHELL": "/bin/bash",
    "LC_ALL": "C",
}
_RESET = (signal.SIGPIPE, signal.SIGINT, signal.SIGCHLD)
_NOT_FOUND, _NOT_STARTED = 127, 126
"""Exit statuses of sh(1)."""

Operation = Callable[["Agent", dict[str, Any], list[int]], Mapping[str, Any] | None]
"""Takes a message and its files, all but the first, which is the socket to reply on.

Returns the reply, or None if that comes later; an OSError is replied as such.
"""


def _awake(_signal: int, _frame: object) -> None:
    """Let a signal wake the loop and do nothing else."""


class Agent:
    """The loop of one agent."""

    def __init__(self, channel: socket.socket, operations: Mapping[str, Operation]) -> None:
        """Take the channel that requests come from and what can be asked for."""
        os.environ.clear()
        os.environ.update(ENVIRONMENT)
        self.selector = selectors.DefaultSelector()
        self._operations = operations
        self.children: set[int] = set()
        """Agents forked here that have not ended."""
        self._endings: dict[int, Callable[[int], None]] = {}
        self.watch(channel, lambda: self._take(channel))
        self._watch_children()

    def watch(self, what: Any, act: Callable[[], None]) -> None:
        """Call `act` whenever there is something to read."""
        self.selector.register(what, selectors.EVENT_READ, act)

    def forget(self, what: Any) -> None:
        """Watch it no longer; nothing if it is not watched."""
        with contextlib.suppress(KeyError, ValueError):
            self.selector.unregister(what)

    def _watch_children(self) -> None:
        woken, wake = socket.socketpair()
        for end in (woken, wake):
            end.setblocking(False)
        self._wake = wake
        signal.signal(signal.SIGCHLD, _awake)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        self.watch(woken, lambda: self._reap(woken))

    def _reap(self, woken: socket.socket) -> None:
        woken.recv(4096)
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    return
                self.children.discard(pid)
                # Orphans of the namespace come here, too; nobody waits for them.
                if pid in self._endings:
                    self._endings.pop(pid)(os.waitstatus_to_exitcode(status))

    def serve(self) -> NoReturn:
        """Do what is asked until the launcher is gone."""
        while True:
            for key, _ in self.selector.select():
                act: Callable[[], None] = key.data
                act()

    def _take(self, channel: socket.socket) -> None:
        try:
            message, files = receive(channel)
        except EOFError:
            # Nobody would ever end this process, and with it its namespaces.
            os._exit(0)
        reply, given = socket.socket(fileno=files[0]), files[1:]
        try:
            answer = self._operations[message["op"]](self, {**message, "reply": reply}, given)
        except OSError as error:
            answer = {"errno": error.errno, "error": error.strerror, "path": error.filename}
        except ValueError as error:
            # A name with a NUL in it, which no system call takes.
            answer = {"errno": errno.EINVAL, "error": str(error), "path": None}
        finally:
            for file in given:
                os.close(file)
        if answer is not None:
            self.reply(reply, answer)

    def reply(
        self, reply: socket.socket, answer: Mapping[str, Any], files: Sequence[int] = ()
    ) -> None:
        """Answer, if anybody still waits for it."""
        with contextlib.suppress(OSError):
            send(reply, dict(answer), files)
        reply.close()

    def spawn(self, argv: list[str], files: Sequence[int], ended: Callable[[int], None]) -> int:
        """Start a program in a session of its own with these files as 0, 1 and 2; return its pid.

        `ended` is called with its exit status, negative for a signal. OSError if it cannot start.
        """
        pid = os.posix_spawnp(
            argv[0],
            argv,
            ENVIRONMENT,
            file_actions=[(os.POSIX_SPAWN_DUP2, file, place) for place, file in enumerate(files)],
            setsid=True,
            setsigdef=_RESET,
        )
        self._endings[pid] = ended
        return pid


def run(agent: Agent, message: dict[str, Any], files: list[int]) -> Mapping[str, Any] | None:
    """Run a program with the three files given; killed when nobody waits for it any more."""
    reply = message["reply"]

    def ended(status: int) -> None:
        agent.forget(reply)
        agent.reply(reply, {"code": status})

    argv = message["argv"]
    try:
        pid = agent.spawn(argv, files, ended)
    except OSError as error:
        os.write(files[2], f"{argv[0]}: {error.strerror}\n".encode())
        missing = isinstance(error, FileNotFoundError)
        return {"code": _NOT_FOUND if missing else _NOT_STARTED}

    # The other end says nothing more: what there is to read is its end.
    agent.watch(reply, lambda: _abandon(agent, reply, pid))
    return None


def _abandon(agent: Agent, reply: socket.socket, pid: int) -> None:
    agent.forget(reply)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def read(agent: Agent, message: dict[str, Any], _files: list[int]) -> None:
    """Reply with the open file."""
    file = os.open(message["path"], os.O_RDONLY | os.O_NONBLOCK)
    agent.reply(message["reply"], {}, [file])
    os.close(file)


def write(_agent: Agent, message: dict[str, Any], files: list[int]) -> Mapping[str, Any]:
    """Create or replace a file, at once for whoever reads it."""
    path = Path(message["path"])
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    with contextlib.suppress(FileNotFoundError):
        new.unlink()
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, message["mode"])
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, message["mode"])
        file.write(content_of(files.pop(0)))
    new.rename(path)
    return {}


def remove(_agent: Agent, message: dict[str, Any], _files: list[int]) -> Mapping[str, Any]:
    """Remove a file."""
    Path(message["path"]).unlink()
    return {}


def rename_host(_agent: Agent, message: dict[str, Any], _files: list[int]) -> Mapping[str, Any]:
    """Name the machine, as hostname(1) does."""
    socket.sethostname(message["name"])
    return {}


def end(agent: Agent, message: dict[str, Any], _files: list[int]) -> Mapping[str, Any]:
    """Kill an agent of one's own, if it lives, and all in its process namespace."""
    pid = message["pid"]
    # Whoever else has the number by now is not meant.
    if pid in agent.children:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        agent.children.discard(pid)
    return {}


COMMON: Mapping[str, Operation] = {
    "run": run,
    "read": read,
    "write": write,
    "remove": remove,
    "rename": rename_host,
    "end": end,
}
"""What every agent can do."""
