"""awk, as far as it prints fields: awk [-F SEPARATOR] '[/PATTERN/] { print $N, … }'."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from xsbond.lab.shell.commands.text import lines_of
from xsbond.lab.shell.escapes import unescape
from xsbond.lab.shell.machine import NOT_HERE, UNKNOWN, Process, UsageError
from xsbond.lab.shell.patterns import PatternError, posix_regex

_ITEM = r'(?:\$(?:NF|\d+)|NF|NR|"(?:[^"\\]|\\.)*")'
_PROGRAM = re.compile(
    rf"\s*(?:/(?P<pattern>(?:[^/\\]|\\.)+)/)?"
    rf"\s*\{{\s*print(?P<items>\s*{_ITEM}(?:\s*,\s*{_ITEM})*|)\s*;?\s*\}}\s*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """The line at hand."""

    text: str
    number: int
    fields: Sequence[str]

    def value(self, item: str) -> str:
        """Return what an item of `print` stands for."""
        if item.startswith('"'):
            return unescape(item[1:-1], simple='abfnrtv\\"/')
        count = len(self.fields)
        if item in {"NF", "NR"}:
            return str(count if item == "NF" else self.number)
        number = count if item == "$NF" else int(item[1:])
        if number == 0:
            return self.text
        return self.fields[number - 1] if number <= count else ""


def run_awk(process: Process) -> int:
    """Print fields of the lines that match; -F separates them."""
    separator, source, names = _words(process.arguments)
    program = _PROGRAM.fullmatch(source)
    if program is None:
        raise UsageError(f"{' '.join(process.arguments)}: {NOT_HERE}", UNKNOWN)
    pattern = _expression(program["pattern"] or "")
    items = re.findall(_ITEM, program["items"]) or ["$0"]
    inputs, trouble = process.read_inputs(names)
    texts = [text for _, given in inputs for text in lines_of(given)]
    for number, text in enumerate(texts, start=1):
        process.control.step()
        if pattern.search(text):
            line = _Line(text=text, number=number, fields=_fields(text, separator))
            process.out(" ".join(line.value(item) for item in items) + "\n")
    return 2 if trouble else 0


def _words(arguments: Sequence[str]) -> tuple[str, str, Sequence[str]]:
    """Return separator, program and files; -F and its value are one word or two."""
    rest, separator = [*arguments, ""], " "
    if rest[0].startswith("-F"):
        separator = unescape(rest.pop(0).removeprefix("-F") or rest.pop(0))
    return separator, rest[0], [name for name in rest[1:] if name]


def _fields(text: str, separator: str) -> list[str]:
    if separator == " ":
        return text.split()
    if len(separator) == 1:
        return text.split(separator) if text else []
    return _expression(separator).split(text) if text else []


def _expression(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(posix_regex(pattern, extended=True))
    except PatternError as error:
        raise UsageError(str(error)) from error
