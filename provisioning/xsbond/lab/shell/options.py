"""Command line options as POSIX programs take them; what a program does not know, it refuses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xsbond.lab.shell.machine import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a command line says."""

    flags: frozenset[str]
    values: Mapping[str, tuple[str, ...]]
    """Option -> its values in order."""
    operands: tuple[str, ...]

    def last(self, option: str, default: str = "") -> str:
        """Return the last value given for an option."""
        return self.values[option][-1] if option in self.values else default

    def number(self, option: str, default: int) -> int:
        """Return an option's value as a number; UsageError if it is none."""
        text = self.last(option, str(default))
        if not text.lstrip("-+").isdigit():
            raise UsageError(f"invalid number '{text}'", status=1)
        return int(text)


@dataclass(slots=True, kw_only=True)
class _Reading:
    flags: set[str] = field(default_factory=set)
    values: dict[str, list[str]] = field(default_factory=dict)
    operands: list[str] = field(default_factory=list)


def parse(
    arguments: Sequence[str],
    *,
    flags: str = "",
    valued: str = "",
    permute: bool = True,
) -> Parsed:
    """Return the options and operands; UsageError for an option the program does not know.

    `flags` and `valued` are single letters. Without `permute` the first operand ends the options.
    """
    reading, rest = _Reading(), list(arguments)
    while rest:
        argument = rest.pop(0)
        if argument == "--":
            reading.operands += rest
            break
        if argument.startswith("--"):
            raise UsageError(f"unrecognized option '{argument}'")
        if argument.startswith("-") and argument != "-":
            _read_letters(reading, argument[1:], rest, flags, valued)
        else:
            reading.operands.append(argument)
            if not permute:
                reading.operands += rest
                break
    return Parsed(
        flags=frozenset(reading.flags),
        values={name: tuple(values) for name, values in reading.values.items()},
        operands=tuple(reading.operands),
    )


def _read_letters(
    reading: _Reading, letters: str, rest: list[str], flags: str, valued: str
) -> None:
    for position, letter in enumerate(letters):
        if letter in flags:
            reading.flags.add(letter)
        elif letter in valued:
            value = letters[position + 1 :]
            if not value and not rest:
                raise UsageError(f"option requires an argument -- '{letter}'")
            reading.values.setdefault(letter, []).append(value or rest.pop(0))
            return
        else:
            raise UsageError(f"invalid option -- '{letter}'")
