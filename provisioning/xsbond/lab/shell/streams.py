"""Where commands read and write: text inside, bytes only at the edge of the lab.

Bytes that are no UTF-8 travel as surrogates and leave as they came.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol


class Input(Protocol):
    """Something to read."""

    def read(self) -> str:
        """Return all that is left."""

    def readline(self) -> str:
        """Return one line with its newline; empty at the end."""


class Output(Protocol):
    """Something to write to."""

    def write(self, text: str, /) -> object:
        """Take some text."""


class Sink:
    """An output that hands its text to a function."""

    def __init__(self, take: Callable[[str], object]) -> None:
        self._take = take

    def write(self, text: str, /) -> object:
        """Take some text."""
        return self._take(text)


NOWHERE = Sink(len)
"""/dev/null."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """The three streams of a command."""

    stdin: Input
    stdout: Output
    stderr: Output

    def onto(self, stdout: Output) -> "Streams":
        """Return the same with another standard output."""
        return replace(self, stdout=stdout)


def encode(text: str) -> bytes:
    """Return the bytes of text; what was no UTF-8 comes out unchanged."""
    return text.encode("utf-8", "surrogateescape")


def decode(data: bytes) -> str:
    """Return the text of bytes; what is no UTF-8 is kept as surrogates."""
    return data.decode("utf-8", "surrogateescape")
