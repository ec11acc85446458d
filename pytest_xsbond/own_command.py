"""The command line of a run, to be typed again with other options. Pure."""

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_MODES = frozenset({"--xsbond-apply", "--xsbond-plan", "--xsbond-repair", "--xsbond-yes"})
"""What says whether a run changes the pool."""
_KEEPS = frozenset(
    {"--xsbond-save", "--xsbond-save-baseline", "--xsbond-evidence", "--xsbond-write-bonds"}
)
"""What keeps something of this very run: the next one would write over it."""
_LOGIN = re.compile(r"//[^/@\s]*@")
"""A name and a password in an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCommand:
    """What was typed, and what this run advises to add to it."""

    words: tuple[str, ...]
    """The arguments, without the program."""
    options: tuple[str, ...] = ()
    """What to add; none to check again."""
    says: str = ""
    """What the command does, in a sentence; empty if there is nothing to do."""

    def to_type(self) -> list[str]:
        """Return the words of the command to type next."""
        return _command(self.words, self.options)

    def closes_with(self, line: str) -> bool:
        """Tell whether the page closes with this very command."""
        return bool(self.says) and line == shlex.join(self.to_type())


def retyped(line: str, words: Sequence[str]) -> str:
    """Return a command of pytest's with the options that a run was given; others as they are.

    `words` are the run's arguments; of a look that was only stored there are none to repeat.
    """
    if not words or not line.startswith("pytest "):
        return line
    options = [word for word in shlex.split(line)[1:] if not word.startswith("--pool")]
    return shlex.join(_command(words, options))


def _command(words: Sequence[str], options: Sequence[str]) -> list[str]:
    valued = _KEEPS | {name for name, equals, _ in map(_parts, options) if equals}
    kept = [_LOGIN.sub("//", word) for word in _without(words, _MODES, valued)]
    return ["pytest", *kept, *options]


def _parts(word: str) -> tuple[str, str, str]:
    return word.partition("=")


def _without(words: Sequence[str], flags: frozenset[str], valued: frozenset[str]) -> Iterator[str]:
    """Yield words without these options, and without the values of those that take one."""
    given = iter(words)
    for word in given:
        name, equals, _ = _parts(word)
        if name not in flags | valued:
            yield word
        elif name in valued and not equals:
            next(given, None)
