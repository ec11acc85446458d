"""What a dom0 needs of the namespaces it lives in; `xsbond.lab.rig` builds them."""

import contextlib
import errno
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from xsbond.lab.rig.host import RunningHost
from xsbond.lab.rig.values import HostDown


class Completed(Protocol):
    """A program that has ended."""

    @property
    def stdout(self) -> str:
        """What it printed."""

    @property
    def stderr(self) -> str:
        """What it complained of."""

    @property
    def code(self) -> int:
        """Its exit status."""


class PhysicalSwitch(Protocol):
    """What the cables of a host end in."""

    def cable(self, host: str, devices: Sequence[str], *, lacp: bool) -> None:
        """Let the ports of these NICs form a LAG that speaks LACP, or be ports of their own."""


class Machine(Protocol):
    """One host's namespaces, its files, and the programs that run there as root."""

    @property
    def root(self) -> Path:
        """Where its whole file tree can be seen from here; another one after each boot."""

    @property
    def name(self) -> str:
        """Of the host."""

    def run(self, *argv: str, stdin: bytes = b"", timeout: float = 30.0) -> Completed:
        """Run a program to its end."""

    def read(self, path: str) -> str:
        """Return a file; FileNotFoundError if there is none."""

    def write(self, path: str, text: str) -> None:
        """Create or replace a file and the directories above it."""

    def remove(self, path: str) -> None:
        """Remove a file; FileNotFoundError if there is none."""

    def set_hostname(self, name: str) -> None:
        """Name the host."""

    def add_guest(self, name: str, mac: str) -> None:
        """Make a guest's namespace; its interface here has this name, the one there this MAC."""

    def remove_guest(self, name: str) -> None:
        """Take a guest's namespace and its interface away."""


class Files:
    """A machine's files as programs read them."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def read(self, path: str) -> str:
        """Return a file's text; an OSError if there is none."""
        return self._machine.read(path)

    def exists(self, path: str) -> bool:
        """Tell whether there is a file of this name."""
        try:
            self._machine.read(path)
        except OSError:
            return False
        return True


class RigMachine:
    """A host of a rig; implements `Machine`. Without power it raises OSError."""

    def __init__(self, running: RunningHost) -> None:
        self.running = running
        self._root: int | None = None
        """Its root directory, open."""

    @property
    def name(self) -> str:
        """Of the host."""
        return self.running.name

    @property
    def root(self) -> Path:
        """Where its whole file tree can be seen from here; OSError while it is down."""
        if self._root is None:
            with _powered():
                _, (self._root,) = self.running.call({"op": "read", "path": "/"})
        return Path(f"/proc/self/fd/{self._root}")

    def crash(self) -> None:
        """Take its power away."""
        self.running.crash()
        self.forget()

    def boot(self) -> None:
        """Start it anew."""
        self.running.boot()

    def forget(self) -> None:
        """Let go of what was open in it."""
        if self._root is not None:
            with contextlib.suppress(OSError):
                os.close(self._root)
            self._root = None

    def run(self, *argv: str, stdin: bytes = b"", timeout: float = 30.0) -> Completed:
        """Run a program to its end."""
        with _powered():
            return self.running.run(*argv, stdin=stdin, timeout=timeout)

    def read(self, path: str) -> str:
        """Return a file; FileNotFoundError if there is none."""
        with _powered():
            return self.running.read(path)

    def write(self, path: str, text: str, *, mode: int = 0o644) -> None:
        """Create or replace a file and the directories above it."""
        with _powered():
            self.running.write(path, text, mode=mode)

    def remove(self, path: str) -> None:
        """Remove a file; FileNotFoundError if there is none."""
        with _powered():
            self.running.remove(path)

    def set_hostname(self, name: str) -> None:
        """Name the host."""
        with _powered():
            self.running.set_hostname(name)

    def add_guest(self, name: str, mac: str) -> None:
        """Make a guest's namespace; its interface here has this name, the one there this MAC."""
        with _powered():
            self.running.add_guest(name, mac)

    def remove_guest(self, name: str) -> None:
        """Take a guest's namespace and its interface away."""
        with _powered():
            self.running.remove_guest(name)


@contextlib.contextmanager
def _powered() -> Iterator[None]:
    try:
        yield
    except HostDown as error:
        raise OSError(errno.EHOSTDOWN, str(error)) from error
