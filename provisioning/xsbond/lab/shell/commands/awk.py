"""awk: runs the programs that `awk_language` understands."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from xsbond.lab.shell.commands.awk_language import Rule, Tree, parse_program
from xsbond.lab.shell.commands.printing import fill_in
from xsbond.lab.shell.commands.text import lines_of
from xsbond.lab.shell.escapes import unescape
from xsbond.lab.shell.machine import Process, UsageError
from xsbond.lab.shell.options import parse
from xsbond.lab.shell.patterns import PatternError, posix_regex

Value = str | float
_NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")


class _NextLine(Exception):  # noqa: N818 - `next`
    """The line at hand is done with."""


class _EndOfProgram(Exception):  # noqa: N818 - `exit`
    """No more lines."""


@dataclass(slots=True, kw_only=True)
class _Machine:
    """A program at work."""

    process: Process
    variables: dict[str, Value] = field(
        default_factory=lambda: {"FS": " ", "OFS": " ", "ORS": "\n", "NR": 0.0, "NF": 0.0}
    )
    line: str = ""
    fields: list[str] = field(default_factory=list)

    def take(self, line: str) -> None:
        """Make this the line at hand."""
        separator = text_of(self.variables["FS"])
        self.line = line
        if separator == " ":
            self.fields = line.split()
        elif len(separator) == 1:
            self.fields = line.split(separator) if line else []
        else:
            self.fields = re.split(_regex(separator), line) if line else []
        self.variables["NF"] = float(len(self.fields))


def text_of(value: Value) -> str:
    """Return a value as text; a whole number has no point."""
    if isinstance(value, str):
        return value
    return str(int(value)) if value == int(value) else f"{value:.6g}"


def number_of(value: Value) -> float:
    """Return a value as a number; text counts as far as it is one."""
    if isinstance(value, float):
        return value
    match = _NUMBER.match(value)
    return float(match[0]) if match else 0.0


def _is_true(value: Value) -> bool:
    return bool(value) if isinstance(value, str) else value != 0


def _regex(pattern: str) -> str:
    try:
        return posix_regex(pattern, extended=True)
    except PatternError as error:
        raise UsageError(str(error)) from error


def _field(machine: _Machine, node: Tree) -> Value:
    number = int(number_of(_evaluate(machine, node[1])))
    if number < 0:
        raise UsageError(f"trying to access out of range field {number}")
    if number == 0:
        return machine.line
    return machine.fields[number - 1] if number <= len(machine.fields) else ""


def _variable(machine: _Machine, node: Tree) -> Value:
    return machine.variables.get(str(node[1]), "")


def _match(machine: _Machine, node: Tree) -> Value:
    """A pattern alone is matched against the line."""
    return float(re.search(_regex(str(node[1])), machine.line) is not None)


def _matches(machine: _Machine, node: Tree) -> Value:
    right = node[2]
    pattern = str(right[1]) if right[0] == "match" else text_of(_evaluate(machine, right))
    found = re.search(_regex(pattern), text_of(_evaluate(machine, node[1]))) is not None
    return float(found == (node[0] == "~"))


def _looks_numeric(value: Value) -> bool:
    return isinstance(value, float) or _NUMBER.fullmatch(value) is not None


def _compare(machine: _Machine, node: Tree) -> Value:
    """Compare as numbers where both sides look like some, else as text."""
    left, right = _evaluate(machine, node[1]), _evaluate(machine, node[2])
    if _looks_numeric(left) and _looks_numeric(right):
        first, second = number_of(left), number_of(right)
        order = (first > second) - (first < second)
    else:
        order = (text_of(left) > text_of(right)) - (text_of(left) < text_of(right))
    holds = {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}
    return float({**holds, "==": order == 0, "!=": order != 0}[str(node[0])])


def _calculate(machine: _Machine, node: Tree) -> Value:
    left = number_of(_evaluate(machine, node[1]))
    right = number_of(_evaluate(machine, node[2]))
    if node[0] in {"/", "%"} and right == 0:
        raise UsageError("division by zero attempted")
    return _CALCULATIONS[str(node[0])](left, right)


def _assign(machine: _Machine, node: Tree) -> Value:
    target, symbol = node[1], str(node[0])
    value = _evaluate(machine, node[2])
    if symbol != "=":
        value = _CALCULATIONS[symbol[0]](number_of(_evaluate(machine, target)), number_of(value))
    if target[0] == "variable":
        machine.variables[str(target[1])] = value
        return value
    number = int(number_of(_evaluate(machine, target[1])))
    if number == 0:
        machine.take(text_of(value))
        return value
    machine.fields += [""] * (number - len(machine.fields))
    machine.fields[number - 1] = text_of(value)
    machine.line = text_of(machine.variables["OFS"]).join(machine.fields)
    machine.variables["NF"] = float(len(machine.fields))
    return value


def _postfix(machine: _Machine, node: Tree) -> Value:
    """Change a variable by one and return what it was before."""
    before = number_of(_evaluate(machine, node[1]))
    _assign(machine, (f"{node[0][0]}=", node[1], ("number", "1")))
    return before


def _concatenate(machine: _Machine, node: Tree) -> Value:
    return text_of(_evaluate(machine, node[1])) + text_of(_evaluate(machine, node[2]))


def _both(machine: _Machine, node: Tree) -> Value:
    return float(all(_is_true(_evaluate(machine, part)) for part in node[1:]))


def _either(machine: _Machine, node: Tree) -> Value:
    return float(any(_is_true(_evaluate(machine, part)) for part in node[1:]))


def _call(machine: _Machine, node: Tree) -> Value:
    arguments = [_evaluate(machine, part) for part in node[2:]] or [machine.line]
    try:
        return _FUNCTIONS[str(node[1])](*arguments)
    except TypeError as error:
        raise UsageError(f"{node[1]}: wrong number of arguments") from error


def _substr(text: Value, first: Value, length: Value = float("inf")) -> Value:
    start = round(number_of(first))
    end = start + number_of(length)
    return "".join(c for n, c in enumerate(text_of(text), start=1) if start <= n < end)


_FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "length": lambda text: float(len(text_of(text))),
    "substr": _substr,
    "toupper": lambda text: text_of(text).upper(),
    "tolower": lambda text: text_of(text).lower(),
    "index": lambda text, part: float(text_of(text).find(text_of(part)) + 1),
}
_CALCULATIONS: Mapping[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "%": lambda a, b: a - b * int(a / b),
}
_EXPRESSIONS: Mapping[str, Callable[[_Machine, Tree], Value]] = {
    "number": lambda _, node: float(str(node[1])),
    "string": lambda _, node: unescape(str(node[1])[1:-1], simple='abfnrtv\\"/'),
    "variable": _variable,
    "field": _field,
    "match": _match,
    "call": _call,
    "concatenate": _concatenate,
    "unary !": lambda machine, node: float(not _is_true(_evaluate(machine, node[1]))),
    "unary -": lambda machine, node: -number_of(_evaluate(machine, node[1])),
    "&&": _both,
    "||": _either,
    "~": _matches,
    "!~": _matches,
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), _compare),
    **dict.fromkeys(_CALCULATIONS, _calculate),
    **dict.fromkeys(("=", "+=", "-="), _assign),
    **dict.fromkeys(("++", "--"), _postfix),
}


def _evaluate(machine: _Machine, node: "str | Tree") -> Value:
    assert not isinstance(node, str)
    return _EXPRESSIONS[str(node[0])](machine, node)


def _print(machine: _Machine, node: Tree) -> None:
    values = [text_of(_evaluate(machine, part)) for part in node[1:]] or [machine.line]
    separator, end = text_of(machine.variables["OFS"]), text_of(machine.variables["ORS"])
    machine.process.out(separator.join(values) + end)


def _printf(machine: _Machine, node: Tree) -> None:
    form, *values = [_evaluate(machine, part) for part in node[1:]] or [""]
    # A number is wanted wherever a directive does not take text as it is.
    kinds = re.findall(r"%[-+ 0#]*\d*(?:\.\d+)?([a-zA-Z])", text_of(form).replace("%%", ""))
    texts = [
        text_of(value) if kind in "sc" else str(_number_for(kind, value))
        for kind, value in zip(kinds, values, strict=False)
    ]
    machine.process.out(fill_in(text_of(form), iter(texts)))


def _number_for(kind: str, value: Value) -> float:
    return number_of(value) if kind == "f" else int(number_of(value))


def _execute(machine: _Machine, node: "str | Tree") -> None:
    assert not isinstance(node, str)
    kind = node[0]
    if kind == "print":
        _print(machine, node)
    elif kind == "printf":
        _printf(machine, node)
    elif kind == "if":
        branch = node[2:3] if _is_true(_evaluate(machine, node[1])) else node[3:]
        for statement in branch:
            _execute(machine, statement)
    elif kind == "block":
        for statement in node[1:]:
            _execute(machine, statement)
    elif kind == "next":
        raise _NextLine
    elif kind == "exit":
        raise _EndOfProgram
    else:
        _evaluate(machine, node)


def _run_rules(machine: _Machine, rules: list[Rule], wanted: str) -> None:
    """Run the BEGIN rules, the END rules, or those whose pattern holds for the line."""
    for rule in rules:
        special = str(rule.pattern[0]) if rule.pattern else ""
        if wanted or special in {"BEGIN", "END"}:
            runs = special == wanted
        else:
            runs = rule.pattern is None or _is_true(_evaluate(machine, rule.pattern))
        if runs:
            for statement in rule.action:
                _execute(machine, statement)


def run_awk(process: Process) -> int:
    """Run a program over the lines: -F separates fields, -v sets a variable."""
    options = parse(process.arguments, valued="Fv", permute=False)
    if not options.operands:
        raise UsageError("usage: awk [-F fs][-v var=value] 'prog' [file ...]")
    machine = _Machine(process=process)
    for assignment in options.values.get("v", ()):
        name, _, value = assignment.partition("=")
        machine.variables[name] = unescape(value)
    if "F" in options.values:
        separator = unescape(options.last("F"))
        machine.variables["FS"] = "\t" if separator == "t" else separator
    rules = parse_program(options.operands[0])
    try:
        _run_rules(machine, rules, "BEGIN")
        status = 0
        if any(rule.pattern != ("BEGIN",) for rule in rules):
            status = _read_lines(machine, rules, options.operands[1:])
    except _EndOfProgram:
        status = 0
    _run_rules(machine, rules, "END")
    return status


def _read_lines(machine: _Machine, rules: list[Rule], names: tuple[str, ...]) -> int:
    inputs, trouble = machine.process.read_inputs(names)
    for line in (line for _, text in inputs for line in lines_of(text)):
        machine.process.control.step()
        machine.variables["NR"] = number_of(machine.variables["NR"]) + 1
        machine.take(line)
        try:
            _run_rules(machine, rules, "")
        except _NextLine:
            continue
    return 2 if trouble else 0
