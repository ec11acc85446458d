"""Parameter expansion: $NAME and ${NAME…} with its operators (bash(1), Parameter Expansion)."""

import re
from collections.abc import Callable, Mapping

from tree_sitter import Node

from xsbond.lab.shell import words
from xsbond.lab.shell.grammar import UnsupportedError, text_of
from xsbond.lab.shell.patterns import glob_regex
from xsbond.lab.shell.state import CommandFailure, Shell
from xsbond.lab.shell.streams import Streams

Pattern = list[tuple[str, bool]]


def expand(shell: Shell, streams: Streams, node: Node) -> str:
    """Return the value of a simple or braced expansion."""
    if node.type == "simple_expansion":
        return value_of(shell, text_of(node).strip()[1:])
    operators = [child for child in node.children if not child.is_named]
    inner = [text_of(child).strip() for child in operators][1:-1]
    if (
        inner[:1] == ["#"]
        and node.named_children
        and operators[1].end_byte <= (node.named_children[0].start_byte)
    ):
        return str(len(value_of(shell, text_of(node.named_children[0]))))
    name = text_of(node.named_children[0])
    if not inner:
        return value_of(shell, name)
    return _operate(shell, streams, node, name, inner)


def _operate(shell: Shell, streams: Streams, node: Node, name: str, operators: list[str]) -> str:
    """Apply the operator of ${NAME OPERATOR …}."""
    operator, rest = operators[0], node.named_children[1:]
    if operator in _DEFAULTS:
        return _DEFAULTS[operator](shell, streams, name, rest)
    if operator in _TRIMS and len(rest) <= 1:
        pattern = words.expand_pattern(shell, streams, rest[0]) if rest else []
        return _TRIMS[operator](value_of(shell, name), pattern)
    if operator in _SUBSTITUTIONS:
        return _substitute(shell, streams, name, operator, rest)
    raise UnsupportedError(f"the lab's shell does not know `{text_of(node).strip()}'")


def value_of(shell: Shell, name: str) -> str:
    """Return a parameter's value, empty if it has none; CommandFailure under `set -u`."""
    found = lookup(shell, name)
    if found is None and "u" in shell.options:
        raise CommandFailure(f"{name}: unbound variable")
    return found or ""


def lookup(shell: Shell, name: str) -> str | None:
    """Return a parameter's value, None if it is not set."""
    if name in _SPECIAL:
        return _SPECIAL[name](shell)
    if name.isdigit():
        number = int(name)
        return shell.arguments[number - 1] if 0 < number <= len(shell.arguments) else None
    return shell.variables.get(name)


_SPECIAL: Mapping[str, Callable[[Shell], str]] = {
    "?": lambda shell: str(shell.status),
    "#": lambda shell: str(len(shell.arguments)),
    "@": lambda shell: " ".join(shell.arguments),
    "*": lambda shell: " ".join(shell.arguments),
    "$": lambda _: "2718",
    "-": lambda shell: "".join(sorted(o for o in shell.options if len(o) == 1)),
    "!": lambda shell: str(shell.jobs[-1].number) if shell.jobs else "",
    "0": lambda _: "bash",
}


def _other(shell: Shell, streams: Streams, rest: list[Node]) -> str:
    return "".join(words.expand_text(shell, streams, node) for node in rest)


def _default(counts_empty: bool) -> Callable[[Shell, Streams, str, list[Node]], str]:
    def use_default(shell: Shell, streams: Streams, name: str, rest: list[Node]) -> str:
        value = lookup(shell, name)
        return _other(shell, streams, rest) if _missing(value, counts_empty) else value or ""

    return use_default


def _missing(value: str | None, counts_empty: bool) -> bool:
    return value is None or (counts_empty and not value)


def _alternative(counts_empty: bool) -> Callable[[Shell, Streams, str, list[Node]], str]:
    def use_alternative(shell: Shell, streams: Streams, name: str, rest: list[Node]) -> str:
        missing = _missing(lookup(shell, name), counts_empty)
        return "" if missing else _other(shell, streams, rest)

    return use_alternative


def _assign(counts_empty: bool) -> Callable[[Shell, Streams, str, list[Node]], str]:
    def assign_default(shell: Shell, streams: Streams, name: str, rest: list[Node]) -> str:
        if _missing(lookup(shell, name), counts_empty):
            shell.variables[name] = _other(shell, streams, rest)
        return value_of(shell, name)

    return assign_default


def _require(counts_empty: bool) -> Callable[[Shell, Streams, str, list[Node]], str]:
    def require(shell: Shell, streams: Streams, name: str, rest: list[Node]) -> str:
        value = lookup(shell, name)
        if _missing(value, counts_empty):
            reason = _other(shell, streams, rest) or "parameter null or not set"
            raise CommandFailure(f"{name}: {reason}")
        return value or ""

    return require


_DEFAULTS: Mapping[str, Callable[[Shell, Streams, str, list[Node]], str]] = {
    ":-": _default(counts_empty=True),
    "-": _default(counts_empty=False),
    ":+": _alternative(counts_empty=True),
    "+": _alternative(counts_empty=False),
    ":=": _assign(counts_empty=True),
    "=": _assign(counts_empty=False),
    ":?": _require(counts_empty=True),
    "?": _require(counts_empty=False),
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
    "^^": lambda value, _: value.upper(),
    ",,": lambda value, _: value.lower(),
}
_SUBSTITUTIONS: Mapping[str, int] = {"/": 1, "//": 0}
"""Operator -> how many matches it replaces, 0 for all."""


def _substitute(shell: Shell, streams: Streams, name: str, operator: str, rest: list[Node]) -> str:
    if rest and text_of(rest[0]).endswith("\\"):
        # The grammar takes the slash behind the backslash for the end of the pattern.
        raise UnsupportedError(f"the lab's shell does not know \\/ within ${{{name}/…}}")
    pattern = words.expand_pattern(shell, streams, rest[0]) if rest else []
    replacement = _other(shell, streams, rest[1:])
    return re.sub(
        glob_regex(pattern),
        lambda _: replacement,
        value_of(shell, name),
        count=_SUBSTITUTIONS[operator],
        flags=re.DOTALL,
    )


def command_output(shell: Shell, streams: Streams, node: Node) -> str:
    """Run a command substitution in a subshell and return what it prints."""
    from xsbond.lab.shell import statements  # noqa: PLC0415 - words run commands run words

    return statements.capture(shell, streams, node)
