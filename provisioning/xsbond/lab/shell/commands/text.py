"""Programs that pass text on: cat, head, tail, wc, sort, uniq, cut, tr, tee."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from xsbond.lab.shell.escapes import unescape
from xsbond.lab.shell.machine import Process, UsageError
from xsbond.lab.shell.options import Parsed, parse


def lines_of(text: str) -> list[str]:
    """Return the lines of a text; only a newline ends one."""
    return text.removesuffix("\n").split("\n") if text else []


def print_lines(process: Process, lines: Iterable[str]) -> None:
    """Print lines, each with its newline."""
    process.out("".join(f"{line}\n" for line in lines))


def run_cat(process: Process) -> int:
    """Print files one after the other; -n numbers the lines."""
    options = parse(process.arguments, flags="nu")
    inputs, status = process.read_inputs(options.operands)
    text = "".join(text for _, text in inputs)
    if "n" in options.flags:
        print_lines(process, [f"{n:6d}\t{line}" for n, line in enumerate(lines_of(text), start=1)])
    else:
        process.out(text)
    return status


def _part(process: Process, choose: Callable[[Sequence[str], str], Sequence[str]]) -> int:
    """Print a part of each file, with headings if there are several."""
    arguments = list(process.arguments)
    if arguments and re.fullmatch(r"-\d+", arguments[0]):
        arguments[:1] = ["-n", arguments[0][1:]]
    options = parse(arguments, flags="q", valued="n", long={"--lines": "n"})
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


def _sort_key(options: Parsed) -> Callable[[str], tuple[float, str]]:
    """Return what lines are compared by; the C locale's order of bytes."""
    key = options.last("k")
    if key and not re.fullmatch(r"\d+(,\d+)?n?", key):
        raise UsageError(f"-k {key}: the lab's sort knows -k N and -k N,M")
    separator = options.last("t") or None
    numeric = "n" in options.flags or key.endswith("n")
    first, _, last = key.rstrip("n").partition(",")

    def key_of(line: str) -> tuple[float, str]:
        fields = line.split(separator)
        chosen = fields[int(first) - 1 : int(last) if last else None] if key else [line]
        text = (separator or " ").join(chosen)
        number = re.match(r"\s*-?\d+(\.\d+)?", text) if numeric else None
        return (float(number[0]) if number else 0.0, text)

    return key_of


def run_sort(process: Process) -> int:
    """Print the lines in order: -n by number, -r backwards, -u each once, -k by a field."""
    options = parse(process.arguments, flags="nru", valued="kt")
    inputs, status = process.read_inputs(options.operands)
    lines = [line for _, text in inputs for line in lines_of(text)]
    key = _sort_key(options)
    lines.sort(key=key, reverse="r" in options.flags)
    if "u" in options.flags:
        lines = [line for n, line in enumerate(lines) if n == 0 or key(line) != key(lines[n - 1])]
    print_lines(process, lines)
    return status


def run_uniq(process: Process) -> int:
    """Print lines that repeat the one before only once: -c counts, -d and -u choose."""
    options = parse(process.arguments, flags="cdu")
    inputs, status = process.read_inputs(options.operands[:1])
    groups: list[tuple[str, int]] = []
    for line in (line for _, text in inputs for line in lines_of(text)):
        if groups and groups[-1][0] == line:
            groups[-1] = (line, groups[-1][1] + 1)
        else:
            groups.append((line, 1))
    for line, count in groups:
        if ("d" in options.flags and count == 1) or ("u" in options.flags and count > 1):
            continue
        process.out(f"{count:7d} {line}\n" if "c" in options.flags else f"{line}\n")
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


def run_tr(process: Process) -> int:
    """Replace characters (two sets), delete them (-d) or squeeze repeats (-s)."""
    options = parse(process.arguments, flags="ds", permute=False)
    sets = [_characters(operand) for operand in options.operands]
    if len(sets) != (1 if options.flags else 2):
        raise UsageError("the lab's tr knows SET1 SET2, -d SET and -s SET", status=1)
    text = process.streams.stdin.read()
    if "d" in options.flags:
        text = "".join(character for character in text if character not in sets[0])
    elif "s" in options.flags:
        text = re.sub(f"([{re.escape(sets[0])}])\\1+", r"\1", text)
    else:
        padded = sets[1] + sets[1][-1:] * (len(sets[0]) - len(sets[1]))
        text = text.translate({ord(a): b for a, b in zip(sets[0], padded, strict=False)})
    process.out(text)
    return 0


_CHARACTER_CLASSES: Mapping[str, str] = {
    "[:upper:]": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "[:lower:]": "abcdefghijklmnopqrstuvwxyz",
    "[:digit:]": "0123456789",
    "[:space:]": " \t\n\r\f\v",
    "[:blank:]": " \t",
}


def _characters(text: str) -> str:
    """Return the characters of a set, with ranges and classes written out."""
    for name, characters in _CHARACTER_CLASSES.items():
        text = text.replace(name, characters)
    text = unescape(text)
    return re.sub(
        r"(.)-(.)",
        lambda match: "".join(map(chr, range(ord(match[1]), ord(match[2]) + 1))),
        text,
        flags=re.DOTALL,
    )


def run_tee(process: Process) -> int:
    """Copy standard input to standard output and into files; -a appends."""
    options = parse(process.arguments, flags="a")
    text, status = process.streams.stdin.read(), 0
    process.out(text)
    for name in options.operands:
        try:
            process.dom0.files.write(process.path(name), text, append="a" in options.flags)
        except OSError as error:
            process.complain(f"{name}: {error.strerror}")
            status = 1
    return status
