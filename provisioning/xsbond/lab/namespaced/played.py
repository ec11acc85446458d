"""Programs of a host that the lab plays: xe, date, and whatever stops and starts xapi."""

import io
import posixpath
import select
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from xsbond.lab.contracts import Toolstack, ToolstackDown
from xsbond.lab.namespaced.dom0 import NamespacedDom0
from xsbond.lab.rig.values import Reply, Request
from xsbond.lab.shell.anyprocess import AnyProcess
from xsbond.lab.shell.commands import services, system
from xsbond.lab.shell.machine import Stopped, UsageError
from xsbond.lab.shell.streams import Sink, Streams, decode, encode
from xsbond.lab.xe.command import run_xe

PLAYED: Mapping[str, Callable[[AnyProcess], int]] = {
    "/etc/init.d/xapi": services.run_init_script,
    "/opt/xensource/bin/xapi-wait-init-complete": services.run_wait_init_complete,
    "/opt/xensource/bin/xe": run_xe,
    "/opt/xensource/bin/xe-toolstack-restart": services.run_toolstack_restart,
    # One clock tells XAPI's time and dom0's, as on a real host, however fast the lab's runs.
    "/usr/bin/date": system.run_date,
    "/usr/bin/systemctl": services.run_systemctl,
    "/usr/bin/xe": run_xe,
    "/usr/sbin/service": services.run_service,
}
"""Absolute path -> program."""
_NOT_FOUND = 127
_INTERRUPTED = 130
_NAP = 0.5
"""Lab seconds between two looks whether somebody still waits for a sleeping program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedMachine:
    """One host as the played programs see it."""

    dom0: NamespacedDom0
    toolstack: Toolstack
    neighbour: Callable[[str], Callable[..., Any] | None]


class _Typed:
    """A program's standard input; it is read only when somebody asks for it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = io.BufferedReader(io.FileIO(stream.fileno(), closefd=False))

    def read(self) -> str:
        """Return all that is left."""
        return decode(self._stream.read())

    def readline(self) -> str:
        """Return one line with its newline; empty at the end."""
        return decode(self._stream.readline())


class _Waiting:
    """Goes on as long as the program in the host does."""

    def __init__(self, connection: int, sleep: Callable[[float], None]) -> None:
        self._connection, self._sleep = connection, sleep

    def step(self) -> None:
        """Raise Stopped once the program is gone."""
        if select.select([self._connection], [], [], 0)[0]:
            raise Stopped("interrupted")

    def sleep(self, seconds: float) -> None:
        """Let so many lab seconds pass; Stopped if the program is gone before."""
        while seconds > 0:
            self.step()
            self._sleep(min(seconds, _NAP))
            seconds -= _NAP


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedProcess:
    """One played program while it runs."""

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    directory: str
    streams: Streams
    machine: PlayedMachine
    control: _Waiting

    @property
    def dom0(self) -> NamespacedDom0:
        """Return the machine's dom0."""
        return self.machine.dom0

    def path(self, name: str) -> str:
        """Return the absolute path of a file name."""
        return posixpath.join(self.directory, name)

    def out(self, text: str) -> None:
        """Write to standard output."""
        self.streams.stdout.write(text)


def play(machine: PlayedMachine, request: Request) -> Reply:
    """Do what a program of a host would, writing to its own streams; return how it ends."""
    path, *arguments = request.argv
    process = PlayedProcess(
        name=posixpath.basename(path),
        arguments=tuple(arguments),
        environment=request.environment,
        directory=request.directory,
        streams=_streams(request),
        machine=machine,
        control=_Waiting(request.connection, machine.dom0.clock.sleep),
    )
    return Reply(code=_run(process, path))


def _run(process: PlayedProcess, path: str) -> int:
    complain = process.streams.stderr.write
    program = PLAYED.get(path)
    if program is None:
        complain(f"{path}: the lab does not play this program\n")
        return _NOT_FOUND
    try:
        return program(process)
    except UsageError as error:
        complain(f"{process.name}: {error}\n")
        return error.status
    except Stopped:
        return _INTERRUPTED
    except ToolstackDown:
        complain("Lost connection to the server.\n")
        return 1


def _streams(request: Request) -> Streams:
    return Streams(
        stdin=_Typed(request.stdin),
        stdout=Sink(lambda text: _write(request.stdout, text)),
        stderr=Sink(lambda text: _write(request.stderr, text)),
    )


def _write(stream: BinaryIO, text: str) -> None:
    """Write all of it; a program that is gone hears nothing."""
    left = encode(text)
    try:
        while left:
            left = left[stream.write(left) or 0 :]
    except OSError as error:
        raise Stopped("interrupted") from error
