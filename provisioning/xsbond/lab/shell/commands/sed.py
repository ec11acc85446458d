"""sed: addresses with p, d, q and s; everything else is refused."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from xsbond.lab.shell.commands.text import lines_of
from xsbond.lab.shell.machine import Process, UsageError
from xsbond.lab.shell.options import parse
from xsbond.lab.shell.patterns import PatternError, posix_regex

_KNOWN = frozenset("pdq")

Address = Callable[[int, str, bool], bool]
"""Tells from a line's number, its text and whether it is the last, if an address matches."""


@dataclass(slots=True, kw_only=True)
class Command:
    """One command of a script, and whether it is within its range of lines."""

    letter: str
    start: Address | None = None
    start_line: int = 0
    """The number, where the range starts at one."""
    end: Address | None = None
    end_line: int = 0
    """The number, where the range ends at one."""
    negated: bool = False
    expression: re.Pattern[str] | None = None
    replacement: str = ""
    flags: str = ""
    inside: bool = field(default=False)
    over: bool = field(default=False)
    """A range that starts at a line number comes only once."""

    def applies(self, number: int, line: str, last: bool) -> bool:
        """Tell whether the command counts for this line."""
        return self._selects(number, line, last) != self.negated

    def _selects(self, number: int, line: str, last: bool) -> bool:
        if self.start is None:
            return True
        if self.end is None:
            return self.start(number, line, last)
        if self.inside:
            self.inside = not self.end(number, line, last)
            return True
        if self.over or not self._starts(number, line, last):
            return False
        self.over = self.start_line > 0
        self.inside = not 0 < self.end_line <= number
        return number == self.start_line or self.inside or not self.start_line

    def _starts(self, number: int, line: str, last: bool) -> bool:
        """Tell whether a range begins; one that begins at a line also begins behind it."""
        if self.start_line:
            return number >= self.start_line
        return self.start is not None and self.start(number, line, last)


class _Source:
    """A script being read."""

    def __init__(self, text: str, *, extended: bool) -> None:
        self.text, self.position, self._extended = text, 0, extended

    def peek(self) -> str:
        """Return the next character, empty at the end."""
        return self.text[self.position : self.position + 1]

    def take(self) -> str:
        """Return the next character and go on."""
        character = self.peek()
        self.position += 1
        return character

    def skip(self, characters: str) -> None:
        """Pass over any of these."""
        while self.peek() and self.peek() in characters:
            self.position += 1

    def matching(self, pattern: str) -> str:
        """Return the text that matches here, and pass over it."""
        match = re.compile(pattern).match(self.text, self.position)
        found = match[0] if match else ""
        self.position += len(found)
        return found

    def until(self, delimiter: str, what: str) -> str:
        """Return the text up to the delimiter; a backslash hides one."""
        found = ""
        while (character := self.take()) != delimiter:
            if not character:
                raise UsageError(f"-e expression #1: unterminated {what}", status=1)
            if character == "\\" and self.peek() == delimiter:
                character = self.take()
            elif character == "\\":
                character += self.take()
            found += character
        return found

    def expression(self, text: str, *, ignores_case: bool = False) -> re.Pattern[str]:
        """Return a regular expression of the script's kind."""
        try:
            translated = posix_regex(text, extended=self._extended)
        except PatternError as error:
            raise UsageError(f"-e expression #1: {error}", status=1) from error
        return re.compile(translated, re.IGNORECASE if ignores_case else 0)


def _parse_address(source: _Source) -> tuple[Address | None, int]:
    """Return an address and the line number it is, 0 if it is no number."""
    if digits := source.matching(r"\d+"):
        wanted = int(digits)
        return (lambda number, _, __: number == wanted), wanted
    if source.peek() == "$":
        source.take()
        return (lambda _, __, last: last), 0
    if source.peek() == "/":
        source.take()
        expression = source.expression(source.until("/", "address regex"))
        return (lambda _, line, __: expression.search(line) is not None), 0
    return None, 0


def _parse_script(text: str, *, extended: bool) -> list[Command]:
    """Return the commands of a script; UsageError for one the lab's sed does not know."""
    source, commands = _Source(text, extended=extended), []
    source.skip("; \t\n")
    while source.peek():
        commands.append(_parse_command(source))
        source.skip(" \t")
        if source.peek() not in {";", "\n", ""}:
            raise UsageError("-e expression #1: extra characters after command", status=1)
        source.skip("; \t\n")
    return commands


def _parse_command(source: _Source) -> Command:
    start, start_line = _parse_address(source)
    end, end_line = None, 0
    if start and source.peek() == ",":
        source.take()
        end, end_line = _parse_address(source)
        if end is None:
            raise UsageError("-e expression #1: unexpected `,'", status=1)
        if end_line:
            end = _at_or_after(end_line)
    source.skip(" \t")
    negated = source.peek() == "!"
    if negated:
        source.take()
    letter = source.take()
    command = Command(
        letter=letter,
        start=start,
        start_line=start_line,
        end=end,
        end_line=end_line,
        negated=negated,
    )
    if letter == "q" and end:
        raise UsageError("-e expression #1: command only uses one address", status=1)
    if letter == "s":
        _parse_substitution(source, command)
    elif letter not in _KNOWN:
        raise UsageError(f"the lab's sed knows p, d, q and s, not `{letter}'", status=1)
    return command


def _at_or_after(line: int) -> Address:
    return lambda number, _, __: number >= line


def _parse_substitution(source: _Source, command: Command) -> None:
    delimiter = source.take()
    pattern = source.until(delimiter, "`s' command")
    command.replacement = source.until(delimiter, "`s' command")
    command.flags = source.matching(r"[gpiI0-9]*")
    ignores_case = "i" in command.flags.lower()
    command.expression = source.expression(pattern, ignores_case=ignores_case)


def _substituted(command: Command, line: str) -> tuple[str, bool]:
    """Return the line after a substitution, and whether there was any."""
    assert command.expression is not None
    digits = "".join(filter(str.isdigit, command.flags))
    first, everything = int(digits or 1), "g" in command.flags
    count = 0

    def replaced(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        if count < first or (count > first and not everything):
            return match[0]
        return _filled(command.replacement, match)

    found = command.expression.sub(replaced, line)
    return found, count >= first


def _filled(replacement: str, match: re.Match[str]) -> str:
    r"""Return a replacement with & and \\1 … filled in."""

    def part(found: re.Match[str]) -> str:
        text = found[0]
        if text == "&":
            return match[0]
        if text[1].isdigit():
            return (match[int(text[1])] or "") if int(text[1]) <= match.re.groups else ""
        return {"n": "\n", "t": "\t"}.get(text[1], text[1])

    return re.sub(r"\\.|&", part, replacement, flags=re.DOTALL)


def run_sed(process: Process) -> int:
    """Edit lines: -n prints only what p says, -e and -E or -r as usual."""
    options = parse(
        process.arguments,
        flags="nrEs",
        valued="e",
        long={"--quiet": "n", "--silent": "n", "--regexp-extended": "E", "--expression": "e"},
    )
    operands, scripts = list(options.operands), options.values.get("e", ())
    if not scripts:
        if not operands:
            raise UsageError("no script given: sed [OPTION]... {script} [file]...", status=1)
        scripts = (operands.pop(0),)
    extended = bool(options.flags & {"r", "E"})
    commands = _parse_script("\n".join(scripts), extended=extended)
    inputs, status = process.read_inputs(operands)
    lines = lines_of("".join(text for _, text in inputs))
    prints = "n" not in options.flags
    for number, line in enumerate(lines, start=1):
        last = number == len(lines)
        if _edit(process, commands, _Line(number=number, text=line, last=last), prints=prints):
            break
    return 2 if status else 0


@dataclass(slots=True, kw_only=True)
class _Line:
    number: int
    text: str
    last: bool


def _edit(process: Process, commands: list[Command], line: _Line, *, prints: bool) -> bool:
    """Run the script on one line; tell whether it ends the program."""
    for command in commands:
        if not command.applies(line.number, line.text, line.last):
            continue
        if command.letter == "d":
            return False
        if command.letter == "s":
            line.text, changed = _substituted(command, line.text)
            if not (changed and "p" in command.flags):
                continue
        if command.letter == "q":
            process.out(f"{line.text}\n" if prints else "")
            return True
        process.out(f"{line.text}\n")
    process.out(f"{line.text}\n" if prints else "")
    return False
