"""What a rig is made of, and what it says."""

import io
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from xsbond.lab.contracts import Nic


class RigError(Exception):
    """A rig that could not be built or driven; its text names host and step."""


class HostDown(RigError):  # noqa: N818 - a state, not a fault of the caller
    """A host without power was asked to do something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RigHost:
    """One host to build."""

    name: str
    nics: tuple[Nic, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    """Absolute path in the host -> content, there before it boots for the first time.

    /etc/hostname names the host; without it `name` does.
    """
    host_key: str = ""
    """Private key of its SSH server in OpenSSH's format; without one there is no SSH server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How root of every host logs in."""

    public_keys: tuple[str, ...] = ()
    """Lines of authorized_keys."""
    password: str = ""
    """Empty: no password fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """A program that ran."""

    stdout: str
    stderr: str
    code: int
    """Exit status; negative for the signal that ended it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A program of a host that the launcher is to play."""

    argv: tuple[str, ...]
    """The first is the absolute path it was called by."""
    environment: Mapping[str, str]
    directory: str
    stdin: io.FileIO
    """Its own standard input, read only if somebody reads here."""
    stdout: io.FileIO
    """Its own standard output, for what is said before the reply."""
    stderr: io.FileIO
    terminal: os.terminal_size | None
    """Of standard output; None if that is no terminal."""
    connection: int
    """Open file that is readable as soon as the program is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a played program says, and its exit status."""

    stdout: bytes = b""
    stderr: bytes = b""
    code: int = 0
