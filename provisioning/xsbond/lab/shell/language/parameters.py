"""Parameter expansion: $NAME and ${NAME…} with its operators (bash(1), Parameter Expansion)."""

import re
from collections.abc import Callable, Mapping

from xsbond.lab.shell.language.grammar import UnsupportedError, text_of
from xsbond.lab.shell.language.state import Shell, UnboundVariable
from xsbond.lab.shell.language.tree import Node
from xsbond.lab.shell.patterns import glob_regex
from xsbond.lab.shell.streams import Streams

Pattern = list[tuple[str, bool]]


def expand(shell: Shell, streams: Streams, node: Node) -> str:
    """Return the value of a simple or braced expansion."""
    if node.type == "simple_expansion":
        return value_of(shell, text_of(node).strip()[1:])
    operators = [text_of(child).strip() for child in node.children if not child.is_named][1:-1]
    name, *rest = node.named_children
    if text_of(node).strip().startswith("${#") and operators:
        return str(len(value_of(shell, text_of(name))))
    if not operators:
        return value_of(shell, text_of(name))
    return _operate(shell, streams, node, lookup(shell, text_of(name)), operators[0], rest)


def value_of(shell: Shell, name: str) -> str:
    """Return a parameter's value, empty if it has none; UnboundVariable under `set -u`."""
    found = lookup(shell, name)
    if found is None and "u" in shell.options:
        raise UnboundVariable(f"{name}: unbound variable")
    return found or ""


def _operate(  # noqa: PLR0917 - a value, what is done to it, and by what
    shell: Shell, streams: Streams, node: Node, value: str | None, operator: str, rest: list[Node]
) -> str:
    """Apply the operator of ${NAME OPERATOR …}."""
    pieces = [piece for child in rest for piece in shell.rules.expand(shell, streams, child)]
    if operator in _DEFAULTS:
        return _DEFAULTS[operator](value, "".join(piece.text for piece in pieces))
    if operator in _TRIMS:
        return _TRIMS[operator](value or "", [(piece.text, piece.quoted) for piece in pieces])
    raise UnsupportedError(text_of(node).strip())


def lookup(shell: Shell, name: str) -> str | None:
    """Return a parameter's value, None if it is not set."""
    if name in _SPECIAL:
        return _SPECIAL[name](shell)
    if name.isdigit():
        number = int(name)
        return shell.arguments[number - 1] if 0 < number <= len(shell.arguments) else None
    if not name.isidentifier():
        raise UnsupportedError(f"${name}")
    return shell.variables.get(name)


_SPECIAL: Mapping[str, Callable[[Shell], str]] = {
    "?": lambda shell: str(shell.status),
    "$": lambda _: "2718",
    "!": lambda shell: str(shell.jobs[-1].number) if shell.jobs else "",
    "#": lambda shell: str(len(shell.arguments)),
    "0": lambda _: "bash",
}
_DEFAULTS: Mapping[str, Callable[[str | None, str], str]] = {
    ":-": lambda value, other: value or other,
    "-": lambda value, other: other if value is None else value,
    ":+": lambda value, other: other if value else "",
    "+": lambda value, other: "" if value is None else other,
}


def _trim_start(value: str, pattern: Pattern, *, greedy: bool) -> str:
    match = re.match(glob_regex(pattern, greedy=greedy), value, re.DOTALL)
    return value[match.end() :] if match else value


def _trim_end(value: str, pattern: Pattern, *, greedy: bool) -> str:
    expression = re.compile(glob_regex(pattern), re.DOTALL)
    starts = range(len(value) + 1)
    for start in starts if greedy else reversed(starts):
        if expression.fullmatch(value, start):
            return value[:start]
    return value


_TRIMS: Mapping[str, Callable[[str, Pattern], str]] = {
    "#": lambda value, pattern: _trim_start(value, pattern, greedy=False),
    "##": lambda value, pattern: _trim_start(value, pattern, greedy=True),
    "%": lambda value, pattern: _trim_end(value, pattern, greedy=False),
    "%%": lambda value, pattern: _trim_end(value, pattern, greedy=True),
}
