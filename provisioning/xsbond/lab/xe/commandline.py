"""The words of a command line as the server reads them (cli_frontend.ml, parse_commandline)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xsbond.lab.xe.errors import CommandLineError

_SWITCHES: Mapping[str, str] = {
    "-u": "username",
    "-pw": "password",
    "-s": "server",
    "-h": "server",
    "-p": "port",
}
"""Switch with one dash -> the parameter whose value follows it."""


class Parameters(Mapping[str, str]):
    """name=value pairs in the order they were typed; of several with one name the first counts."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self.pairs = tuple(pairs)
        self._first = dict(reversed(self.pairs))

    def __getitem__(self, name: str) -> str:
        """Return the first value of a name."""
        return self._first[name]

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter(dict(self.pairs))

    def __len__(self) -> int:
        """Return how many names there are."""
        return len(self._first)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """A command and its parameters."""

    name: str
    parameters: Parameters


def read_command_line(words: Sequence[str]) -> CommandLine:
    """Return a command line; CommandLineError for words that make none.

    xapi says no more than that: the parser's own words get lost on the way.
    """
    name, *rest = words
    if "=" in name:
        raise CommandLineError
    return CommandLine(name=name, parameters=Parameters(list(_pairs(rest))))


def _pairs(words: list[str]) -> Iterator[tuple[str, str]]:
    rest = iter(words)
    for word in rest:
        if word.startswith("--"):
            yield word[2:], "true"
        elif word.startswith("-"):
            value = next(rest, None)
            if word not in _SWITCHES or value is None:
                raise CommandLineError
            yield _SWITCHES[word], value
        else:
            parameter, _, value = word.partition("=")
            yield parameter, value
