"""What the programs that talk to xapi need of a process, whatever kind of dom0 it runs in."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from xsbond.lab.contracts import Toolstack
from xsbond.lab.profiles import Profile
from xsbond.lab.shell.streams import Streams


class AnyFiles(Protocol):
    """The files of a dom0."""

    def read(self, path: str) -> str:
        """Return a file's text; an OSError if there is none."""

    def exists(self, path: str) -> bool:
        """Tell whether there is a file of this name."""


class AnyClock(Protocol):
    """The time of a dom0."""

    def time(self) -> float:
        """Return the Unix time."""


class AnyDom0(Protocol):
    """A dom0."""

    @property
    def clock(self) -> AnyClock:
        """Its time."""

    @property
    def profile(self) -> Profile:
        """What it runs."""

    @property
    def files(self) -> AnyFiles:
        """Its files."""


class AnyMachine(Protocol):
    """A host."""

    @property
    def toolstack(self) -> Toolstack:
        """Its xapi."""

    @property
    def neighbour(self) -> Callable[[str], Callable[..., Any] | None]:
        """Returns what calls the xapi at an address; None if nobody listens."""


class AnyControl(Protocol):
    """The right to go on."""

    def step(self) -> None:
        """Raise if nobody waits for the program any more."""

    def sleep(self, seconds: float) -> None:
        """Let so many lab seconds pass."""


class AnyProcess(Protocol):
    """A running program."""

    @property
    def name(self) -> str:
        """What it was called by, without its directory."""

    @property
    def arguments(self) -> tuple[str, ...]:
        """The words after its name."""

    @property
    def environment(self) -> Mapping[str, str]:
        """Its variables."""

    @property
    def streams(self) -> Streams:
        """Where it reads and writes."""

    @property
    def machine(self) -> AnyMachine:
        """The host it runs on."""

    @property
    def dom0(self) -> AnyDom0:
        """The host's dom0."""

    @property
    def control(self) -> AnyControl:
        """The right to go on."""

    def path(self, name: str) -> str:
        """Return the absolute path of a file name."""

    def out(self, text: str) -> None:
        """Write to standard output."""
