"""How xe says what went wrong (xapi_cli.ml, exception_handler; datamodel_errors.ml)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from xsbond.lab.contracts import Failure
from xsbond.lab.xe.view import View

_LINE = re.compile(r"([A-Z0-9_]+)(?:\((.*?)\))?: (.*)")
_FOR_USAGE = "For usage run: 'xe help'\n"


class XeError(Exception):
    """A command that fails; the text is what xe prints on standard error."""


class CommandLineError(XeError):
    """Words that make no command line; xapi does not say which."""

    def __init__(self) -> None:
        super().__init__(f"Syntax error: \n{_FOR_USAGE}")


class CommandError(XeError):
    """A failure of the command itself (Cli_failure, Record_failure)."""

    def __init__(self, text: str) -> None:
        super().__init__(f"Error: {text}\n")
        self.text = text


class PartialError(XeError):
    """What went wrong with some of several objects; xe prints it on standard output."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults
        """Uuid -> what went wrong."""


def parameter_fault(kind: str, text: str) -> XeError:
    """Return a complaint about how xe was called; it may have no kind."""
    return XeError((f"{kind}: {text}" if kind else text) + f"\n{_FOR_USAGE}")


def missing_parameter(name: str) -> Failure:
    """Return the complaint about a field that a class does not have; xe has no words for it."""
    return Failure("Missing parameter", name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What xe says for one error code."""

    sentence: str
    arguments: tuple[str, ...]
    """What the arguments are called."""


@cache
def explanations() -> Mapping[str, Explanation]:
    """Return error code -> explanation."""
    text = (files("xsbond.lab.xe") / "explanations.txt").read_text(encoding="utf-8")
    matches = [_LINE.fullmatch(line) for line in text.splitlines()]
    return {
        match[1]: Explanation(
            sentence=match[3], arguments=tuple(match[2].split(", ")) if match[2] else ()
        )
        for match in matches
        if match
    }


def explained(failure: Failure, view: View) -> tuple[str, ...] | None:
    """Return the lines xe prints for a failure of XAPI, None if it has no words for it.

    References are told by uuid and name.
    """
    explanation = explanations().get(failure.code)
    if explanation is None:
        return None
    names, values = explanation.arguments, described(failure, view)
    lines = [explanation.sentence]
    for position in range(max(len(names), len(values))):
        name = names[position] if position < len(names) else "<extra>"
        value = values[position] if position < len(values) else "<unknown>"
        lines.append(f"{name}: {value}")
    return tuple(lines)


def described(failure: Failure, view: View) -> list[str]:
    """Return the arguments of a failure, references told by uuid and name."""
    return [view.described(value) for value in failure.arguments]
