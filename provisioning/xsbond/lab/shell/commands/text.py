"""Programs that pass text on: cat, head, tail, wc, sort, cut."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from xsbond.lab.shell.machine import Process, UsageError
from xsbond.lab.shell.options import parse


def lines_of(text: str) -> list[str]:
    """Return the lines of a text; only a newline ends one."""
    return text.removesuffix("\n").split("\n") if text else []


def print_lines(process: Process, lines: Iterable[str]) -> None:
    """Print lines, each with its newline."""
    process.out("".join(f"{line}\n" for line in lines))


def run_cat(process: Process) -> int:
    """Print files one after the other."""
    inputs, status = process.read_inputs(parse(process.arguments).operands)
    process.out("".join(text for _, text in inputs))
    return status


def _part(process: Process, choose: Callable[[Sequence[str], str], Sequence[str]]) -> int:
    """Print a part of each file, with headings if there are several."""
    arguments = list(process.arguments)
    if arguments and re.fullmatch(r"-\d+", arguments[0]):
        arguments[:1] = ["-n", arguments[0][1:]]
    options = parse(arguments, flags="q", valued="n")
    count = options.last("n", "10")
    if not re.fullmatch(r"[-+]?\d+", count):
        raise UsageError(f"invalid number of lines: '{count}'", status=1)
    inputs, status = process.read_inputs(options.operands)
    for name, text in inputs:
        if len(options.operands) > 1 and "q" not in options.flags:
            process.out(f"==> {name} <==\n")
        process.out("".join(choose(text.splitlines(keepends=True), count)))
    return status


def run_head(process: Process) -> int:
    """Print the first lines; a negative number leaves so many of the last ones out."""

    def first(lines: Sequence[str], count: str) -> Sequence[str]:
        number = int(count)
        return lines[:number] if number >= 0 else lines[: max(0, len(lines) + number)]

    return _part(process, first)


def run_tail(process: Process) -> int:
    """Print the last lines; with + those from that number on."""

    def last(lines: Sequence[str], count: str) -> Sequence[str]:
        if count.startswith("+"):
            return lines[max(0, int(count) - 1) :]
        return lines[max(0, len(lines) - abs(int(count))) :]

    return _part(process, last)


def run_wc(process: Process) -> int:
    """Print the numbers of lines, words and bytes."""
    options = parse(process.arguments, flags="lwcm")
    inputs, status = process.read_inputs(options.operands)
    wanted = [letter for letter in "lwmc" if letter in (options.flags or "lwc")]
    counts = [(name, _counts(text)) for name, text in inputs]
    if len(counts) > 1:
        total = {letter: sum(count[letter] for _, count in counts) for letter in wanted}
        counts.append(("total", total))
    alone = len(wanted) == 1 and len(counts) == 1
    for name, count in counts:
        columns = [str(count[letter]) if alone else f"{count[letter]:7d}" for letter in wanted]
        process.out(" ".join([*columns, *([name] if options.operands else [])]) + "\n")
    return status


def _counts(text: str) -> Mapping[str, int]:
    size = len(text.encode("utf-8", "surrogateescape"))
    return {"l": text.count("\n"), "w": len(text.split()), "m": len(text), "c": size}


def run_sort(process: Process) -> int:
    """Print the lines in the C locale's order: -n by number, -r backwards, -u each once."""
    options = parse(process.arguments, flags="nru")
    inputs, status = process.read_inputs(options.operands)
    lines = [line for _, text in inputs for line in lines_of(text)]

    def key(line: str) -> tuple[float, str]:
        number = re.match(r"\s*-?\d+(\.\d+)?", line) if "n" in options.flags else None
        return (float(number[0]) if number else 0.0, line)

    lines.sort(key=key, reverse="r" in options.flags)
    print_lines(process, dict.fromkeys(lines) if "u" in options.flags else lines)
    return status


def run_cut(process: Process) -> int:
    """Print fields (-f with -d) or characters (-c) of each line; -s leaves other lines out."""
    options = parse(process.arguments, flags="s", valued="dfcb")
    letters = [letter for letter in "fcb" if letter in options.values]
    if len(letters) != 1:
        raise UsageError("you must specify a list of bytes, characters, or fields", status=1)
    wanted = _ranges(options.last(letters[0]))
    delimiter = options.last("d", "\t")
    inputs, status = process.read_inputs(options.operands)
    for line in (line for _, text in inputs for line in lines_of(text)):
        if letters != ["f"]:
            process.out("".join(_chosen(list(line), wanted)) + "\n")
        elif delimiter in line:
            process.out(delimiter.join(_chosen(line.split(delimiter), wanted)) + "\n")
        elif "s" not in options.flags:
            process.out(f"{line}\n")
    return status


def _ranges(text: str) -> list[tuple[int, int | None]]:
    found: list[tuple[int, int | None]] = []
    for part in text.split(","):
        match = re.fullmatch(r"(\d*)(-?)(\d*)", part)
        if not match or not (match[1] or match[3]):
            raise UsageError(f"invalid field range '{part}'", status=1)
        first = int(match[1] or 1)
        last = (int(match[3]) if match[3] else None) if match[2] else first
        found.append((first, last))
    return found


def _chosen(items: Sequence[str], wanted: Sequence[tuple[int, int | None]]) -> list[str]:
    return [
        item
        for number, item in enumerate(items, start=1)
        if any(first <= number and (last is None or number <= last) for first, last in wanted)
    ]
