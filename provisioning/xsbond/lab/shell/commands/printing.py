"""echo and printf."""

import re
from collections.abc import Iterator

from xsbond.lab.shell.escapes import unescape
from xsbond.lab.shell.machine import NOT_HERE, UNKNOWN, Process, UsageError

_DIRECTIVE = re.compile(r"%(?P<flags>[-+ 0#]*)(?P<width>\d*)(?:\.(?P<digits>\d+))?(?P<kind>.)")
_WIDEST = 4096


def run_echo(process: Process) -> int:
    """Print the arguments; -n leaves the newline out, -e replaces escapes, -E does not."""
    arguments, newline, escapes = list(process.arguments), "\n", False
    while arguments and re.fullmatch(r"-[neE]+", arguments[0]):
        letters = arguments.pop(0)[1:]
        newline = "" if "n" in letters else newline
        escapes = {"e": True, "E": False}.get(letters.strip("n")[-1:], escapes)
    text = " ".join(arguments)
    if escapes:
        text, stops, _ = unescape(text, simple="abeEfnrtv\\").partition("\\c")
        newline = "" if stops else newline
    process.out(text + newline)
    return 0


def run_printf(process: Process) -> int:
    """Print arguments as the first one says; it is used again while arguments are left."""
    if not process.arguments:
        raise UsageError("usage: printf [-v var] format [arguments]")
    form, *values = process.arguments
    while True:
        left = iter(values)
        process.out(fill_in(form, left))
        rest = list(left)
        if not rest or len(rest) == len(values):
            return 0
        values = rest


def fill_in(form: str, values: Iterator[str]) -> str:
    """Return the format filled in once; values that are missing count as empty."""
    parts: list[str] = []
    position = 0
    for match in _DIRECTIVE.finditer(form):
        parts.append(unescape(form[position : match.start()], simple="abeEfnrtv\\\"'"))
        parts.append(_directive(match, values))
        position = match.end()
    return "".join([*parts, unescape(form[position:], simple="abeEfnrtv\\\"'")])


def _directive(match: re.Match[str], values: Iterator[str]) -> str:
    kind, flags, width = match["kind"], match["flags"], int(match["width"] or 0)
    if kind == "%":
        return "%"
    if kind not in "sbdi" or match["digits"] or set(flags) - {"-", "0"} or width > _WIDEST:
        raise UsageError(f"{match[0]}: {NOT_HERE}", UNKNOWN)
    text = next(values, "")
    if kind == "b":
        text = unescape(text)
    elif kind != "s":
        text = str(_number(text))
    if "-" in flags:
        return text.ljust(width)
    return text.rjust(width, "0" if "0" in flags and kind in "di" else " ")


def _number(value: str) -> int:
    try:
        return int(value or "0", 0)
    except ValueError as error:
        raise UsageError(f"{value}: invalid number", status=1) from error
