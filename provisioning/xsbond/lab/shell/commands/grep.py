"""grep, egrep and fgrep."""

import re
from collections.abc import Iterable, Iterator

from xsbond.lab.shell.commands.text import lines_of
from xsbond.lab.shell.machine import Process, UsageError
from xsbond.lab.shell.options import Parsed, parse
from xsbond.lab.shell.patterns import PatternError, posix_regex

_FOUND, _NOT_FOUND, _TROUBLE = 0, 1, 2


def run_grep(process: Process) -> int:
    """Print the lines that match; 0 if there are any, 1 if none, 2 in trouble."""
    arguments = [
        argument
        for argument in process.arguments
        if not argument.startswith(("--color", "--colour"))
    ]
    options = parse(arguments, flags="vEFiqcnowxh", valued="eABC")
    operands = list(options.operands)
    patterns = [line for text in options.values.get("e", ()) for line in text.split("\n")]
    if not patterns:
        if not operands:
            raise UsageError("no pattern given: grep [OPTION]... PATTERN [FILE]...")
        patterns = operands.pop(0).split("\n")
    expression = _expression(process.name, patterns, options)
    inputs, trouble = process.read_inputs(operands)
    shows_names = len(operands) > 1 and "h" not in options.flags
    found = False
    for name, text in inputs:
        found |= _search(process, expression, options, text, name if shows_names else "")
    if trouble and not (found and "q" in options.flags):
        return _TROUBLE
    return _FOUND if found else _NOT_FOUND


def _expression(name: str, patterns: Iterable[str], options: Parsed) -> re.Pattern[str]:
    """Return one regular expression for all patterns."""
    extended = "E" in options.flags or name == "egrep"
    fixed = "F" in options.flags or name == "fgrep"
    try:
        parts = [
            re.escape(pattern) if fixed else posix_regex(pattern, extended=extended)
            for pattern in patterns
        ]
    except PatternError as error:
        raise UsageError(str(error)) from error
    joined = "|".join(f"(?:{part})" for part in parts)
    if "x" in options.flags:
        joined = f"^(?:{joined})$"
    elif "w" in options.flags:
        joined = rf"(?<!\w)(?:{joined})(?!\w)"
    return re.compile(joined, re.IGNORECASE if "i" in options.flags else 0)


def _search(
    process: Process, expression: re.Pattern[str], options: Parsed, text: str, name: str
) -> bool:
    """Search one input and print what was asked for; tell whether anything matched."""
    lines = lines_of(text)
    inverted = "v" in options.flags
    hits = [n for n, line in enumerate(lines) if (expression.search(line) is None) == inverted]
    prefix = f"{name}:" if name else ""
    if "q" in options.flags:
        return bool(hits)
    if "c" in options.flags:
        process.out(f"{prefix}{len(hits)}\n")
    elif "o" in options.flags:
        for number in hits:
            for match in expression.finditer(lines[number]):
                process.out(f"{prefix}{match[0]}\n" if match[0] else "")
    else:
        process.out("".join(_with_context(lines, hits, options, name)))
    return bool(hits)


def _with_context(lines: list[str], hits: list[int], options: Parsed, name: str) -> Iterator[str]:
    """Yield the lines to print, with those around them and `--` between groups."""
    context = options.number("C", 0)
    before, after = options.number("B", context), options.number("A", context)
    wanted = sorted(
        {
            number
            for hit in hits
            for number in range(max(0, hit - before), min(len(lines), hit + after + 1))
        }
    )
    grouped = bool(options.values.keys() & {"A", "B", "C"})
    for position, number in enumerate(wanted):
        if grouped and position and wanted[position - 1] != number - 1:
            yield "--\n"
        mark = ":" if number in hits else "-"
        prefix = f"{name}{mark}" if name else ""
        prefix += f"{number + 1}{mark}" if "n" in options.flags else ""
        yield f"{prefix}{lines[number]}\n"
