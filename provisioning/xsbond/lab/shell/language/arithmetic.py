"""Arithmetic: $(( … )) over integers (bash(1), ARITHMETIC EVALUATION)."""

import operator
from collections.abc import Callable, Mapping

from xsbond.lab.shell.language import parameters
from xsbond.lab.shell.language.grammar import UnsupportedError, text_of
from xsbond.lab.shell.language.state import CommandFailure, Shell
from xsbond.lab.shell.language.subshell import capture
from xsbond.lab.shell.language.tree import Node
from xsbond.lab.shell.streams import Streams

_MOST_DIGITS = 19


def _divide(dividend: int, divisor: int) -> int:
    """Divide towards zero, as C does."""
    if divisor == 0:
        raise CommandFailure("division by 0")
    quotient = abs(dividend) // abs(divisor)
    return quotient if (dividend < 0) == (divisor < 0) else -quotient


_BINARY: Mapping[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "%": lambda a, b: a - b * _divide(a, b),
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_UNARY: Mapping[str, Callable[[int], int]] = {"-": operator.neg, "!": operator.not_}


def evaluate(shell: Shell, streams: Streams, node: Node) -> int:
    """Return the value of an arithmetic expression."""
    rule = _RULES.get(node.type)
    if rule is None:
        raise UnsupportedError(text_of(node))
    return rule(shell, streams, node)


def _binary(shell: Shell, streams: Streams, node: Node) -> int:
    left, middle, right = node.children
    if text_of(middle) not in _BINARY:
        raise UnsupportedError(text_of(node))
    values = evaluate(shell, streams, left), evaluate(shell, streams, right)
    return int(_BINARY[text_of(middle)](*values))


def _unary(shell: Shell, streams: Streams, node: Node) -> int:
    symbol, operand = node.children
    if text_of(symbol) not in _UNARY:
        raise UnsupportedError(text_of(node))
    return int(_UNARY[text_of(symbol)](evaluate(shell, streams, operand)))


def _number(shell: Shell, text: str) -> int:
    """Return a number, or a variable's; what is not set counts as 0."""
    text = text.strip()
    if text and not text.lstrip("-").isdigit():
        text = shell.variables.get(text, "") if text.isidentifier() else text
    if not text:
        return 0
    if not text.lstrip("-").isdigit() or len(text) > _MOST_DIGITS:
        raise CommandFailure(f"{text}: syntax error in expression")
    return int(text)


def _name(shell: Shell, _: Streams, node: Node) -> int:
    return _number(shell, text_of(node))


def _expansion(shell: Shell, streams: Streams, node: Node) -> int:
    return _number(shell, parameters.expand(shell, streams, node))


_RULES: Mapping[str, Callable[[Shell, Streams, Node], int]] = {
    "binary_expression": _binary,
    "unary_expression": _unary,
    "parenthesized_expression": lambda shell, streams, node: evaluate(
        shell, streams, node.named_children[0]
    ),
    "variable_name": _name,
    "number": _name,
    "word": _name,
    "simple_expansion": _expansion,
    "expansion": _expansion,
    "command_substitution": lambda shell, streams, node: _number(
        shell, capture(shell, streams, node)
    ),
}
