"""sed, as far as it prints lines: sed -n 'ADDRESS[,ADDRESS]p'."""

import re
from collections.abc import Callable, Iterator

from xsbond.lab.shell.commands.text import lines_of, print_lines
from xsbond.lab.shell.machine import NOT_HERE, UNKNOWN, Process, UsageError
from xsbond.lab.shell.patterns import PatternError, posix_regex

_ADDRESS = r"\d+|\$|/(?:[^/\\]|\\.)+/"
_SCRIPT = re.compile(rf"\s*(?P<first>{_ADDRESS})\s*(?:,\s*(?P<last>{_ADDRESS})\s*)?p\s*")

Address = Callable[[int, str, bool], bool]
"""Tells from a line's number, its text and whether it is the last, if an address matches."""


def run_sed(process: Process) -> int:
    """Print the lines from one address to another."""
    option, script, *names = (*process.arguments, "", "")
    match = _SCRIPT.fullmatch(script)
    if match is None or option != "-n":
        raise UsageError(f"{' '.join(process.arguments)}: {NOT_HERE}", UNKNOWN)
    inputs, trouble = process.read_inputs([name for name in names if name])
    lines = [line for _, text in inputs for line in lines_of(text)]
    if match["last"] is None:
        print_lines(process, _matching(lines, match["first"]))
    else:
        print_lines(process, _between(lines, match["first"], match["last"]))
    return 2 if trouble else 0


def _matching(lines: list[str], address: str) -> Iterator[str]:
    matches = _address(address)
    for number, line in enumerate(lines, start=1):
        if matches(number, line, number == len(lines)):
            yield line


def _between(lines: list[str], first: str, last: str) -> Iterator[str]:
    """Yield the lines of each range; one that ends at a line already past is one line long."""
    begins, ends, inside = _address(first), _address(last), False
    for number, line in enumerate(lines, start=1):
        is_last = number == len(lines)
        if inside:
            inside = not ends(number, line, is_last)
        elif begins(number, line, is_last):
            inside = not (last.isdigit() and int(last) <= number)
        else:
            continue
        yield line


def _address(text: str) -> Address:
    if text.isdigit():
        return lambda number, _, __: number == int(text)
    if text == "$":
        return lambda _, __, is_last: is_last
    try:
        expression = re.compile(posix_regex(text[1:-1].replace("\\/", "/"), extended=False))
    except PatternError as error:
        raise UsageError(f"-e expression #1: {error}", status=1) from error
    return lambda _, line, __: expression.search(line) is not None
