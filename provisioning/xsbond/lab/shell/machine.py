"""What a command runs on: one host's dom0, its xapi, its programs, and the right to go on."""

import contextlib
import posixpath
import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xsbond.lab.contracts import Toolstack
from xsbond.lab.dom0.simulated import SimulatedDom0
from xsbond.lab.shell.processes import Processes
from xsbond.lab.shell.streams import Streams

Program = Callable[["Process"], int]
"""Runs to its end and returns its exit status."""

NOT_HERE = "the lab's shell does not know this; lab:ovs has a real bash"
UNKNOWN = 127
"""Exit status of a command that is not found, and of all that is not known here."""

_MOST_STEPS = 100_000
_NAP = 0.5
"""Lab seconds between two looks whether somebody still waits for a sleeping command."""


class Stopped(Exception):  # noqa: N818 - an end, not a fault
    """The command must not go on: nobody waits for it any more, or it never ends."""


class Expired(Stopped):
    """The time is over that `timeout` gave a program."""


class UsageError(Exception):
    """A program was called in a way it does not understand; the text follows its name."""

    def __init__(self, text: str, status: int = 2) -> None:
        super().__init__(text)
        self.status = status


@dataclass(slots=True)
class _Limit:
    """How long a program may go on."""

    left: float
    """Lab seconds it may sleep."""
    ends: float
    """Until when, as time.monotonic has it."""


class Control:
    """Lets a script run until it is cancelled or has taken too many steps."""

    def __init__(
        self,
        machine: "Machine",
        is_cancelled: Callable[[], bool] = bool,
        most_steps: int = _MOST_STEPS,
    ) -> None:
        self._machine, self._is_cancelled, self._left = machine, is_cancelled, most_steps
        self._limits: list[_Limit] = []

    @contextlib.contextmanager
    def limited(self, seconds: float) -> Iterator[None]:
        """Raise Expired meanwhile once what runs has slept so many lab seconds.

        Nothing else that it does takes time in the lab. One that never ends is stopped by the
        clock on the wall.
        """
        self._limits.append(_Limit(seconds, time.monotonic() + seconds))
        try:
            yield
        finally:
            self._limits.pop()

    def step(self) -> None:
        """Count a step; Stopped if it was one too many."""
        self._left -= 1
        self.check()
        if self._left < 0:
            raise Stopped("this script does not end; the lab stops it")

    def check(self) -> None:
        """Stopped if the script was cancelled."""
        if self._is_cancelled():
            raise Stopped("interrupted")
        if any(limit.left <= 0 or limit.ends < time.monotonic() for limit in self._limits):
            raise Expired("Terminated")

    def sleep(self, seconds: float) -> None:
        """Sleep by the lab's clock; Stopped if cancelled meanwhile."""
        clock = self._machine.dom0.clock
        until = clock.now() + seconds
        while (left := until - clock.now()) > 0:
            self.check()
            before = clock.now()
            clock.sleep(min(left, _NAP))
            for limit in self._limits:
                limit.left -= min(left, _NAP, clock.now() - before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One host as its programs see it."""

    dom0: SimulatedDom0
    toolstack: Toolstack
    programs: MutableMapping[str, Program]
    """Absolute path -> program; a fault replaces one."""
    neighbour: Callable[[str], Callable[..., Any] | None] = lambda _: None
    """Returns what calls the xapi at an address, sessions and all; None if nobody listens."""
    processes: Processes = field(default_factory=Processes)
    """What runs in the background."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One running program."""

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    directory: str
    streams: Streams
    machine: Machine
    control: Control
    run: Callable[[Sequence[str], Mapping[str, str]], int]
    """Runs another program with these variables added to its environment."""

    @property
    def dom0(self) -> SimulatedDom0:
        """Return the machine's dom0."""
        return self.machine.dom0

    def path(self, name: str) -> str:
        """Return the absolute path of a file name."""
        return posixpath.join(self.directory, name)

    def out(self, text: str) -> None:
        """Write to standard output."""
        self.streams.stdout.write(text)

    def complain(self, text: str) -> None:
        """Write one line to standard error, after the program's name."""
        self.streams.stderr.write(f"{self.name}: {text}\n")

    def read_inputs(self, names: Sequence[str]) -> tuple[list[tuple[str, str]], int]:
        """Return (name, text) of each file, standard input for none or `-`, and the status.

        A file that cannot be read is complained about and makes the status 1.
        """
        found, status = [], 0
        for name in names or ("-",):
            try:
                text = (
                    self.streams.stdin.read()
                    if name == "-"
                    else self.dom0.files.read(self.path(name))
                )
                found.append((name, text))
            except OSError as error:
                self.complain(f"{name}: {error.strerror}")
                status = 1
        return found, status
