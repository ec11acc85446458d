"""The language of get_all_records_where (ocaml/database/db_filter_parse.mly, db_filter_lex.mll).

`not` binds loosest, `and` and `or` are equals and associate to the left. Values are compared as
database text.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.pool.schema.kinds import Class

Row = Mapping[str, Any]
Condition = Callable[[Row], bool]
Operand = Callable[[Row], str]

_TOKEN = re.compile(r'\s*(?:(true|false|not|and|or|field|=|\(|\))|"([^"]*)")')
_END = ""


class QuerySyntaxError(Exception):
    """The expression cannot be understood; the text is the parser's exception."""


_UNREADABLE = 'Failure("lexing: empty token")'
_UNPARSABLE = "Xapi_database.Db_filter_parse.MenhirBasics.Error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A keyword or sign, or, with `literal`, the text between two quotes."""

    text: str
    literal: bool = False


def compile_query(expression: str, one: Class) -> Condition:
    """Return the condition an expression states about a class's records.

    Raises Failure INVALID_VALUE if it is not in the language; the condition raises INTERNAL_ERROR
    for a missing field.
    """
    try:
        return _Parser(_tokens(expression), one).whole()
    except QuerySyntaxError as error:
        raise Failure("INVALID_VALUE", expression, str(error)) from None


def text_of(value: Any) -> str:
    """Return a value as the database keeps it: sets and maps are S-expressions."""
    match value:
        case bool():
            return str(value).lower()
        case float():
            return f"{value:.15g}" if "." in f"{value:.15g}" else f"{value:.15g}."
        case list():
            return f"({' '.join(_quoted(text_of(item)) for item in value)})"
        case dict():
            pairs = (f"({_quoted(k)} {_quoted(text_of(v))})" for k, v in value.items())
            return f"({' '.join(pairs)})"
        case _:
            return str(value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _tokens(expression: str) -> list[Token]:
    tokens, position, text = [], 0, expression.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if not match:
            raise QuerySyntaxError(_UNREADABLE)
        word, literal = match.groups()
        tokens.append(Token(text=word) if word else Token(text=literal, literal=True))
        position = match.end()
    return tokens


class _Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, tokens: list[Token], one: Class) -> None:
        self._tokens = [*tokens, Token(text=_END)]
        self._columns = {each.column or each.name: each.name for each in one.fields}

    def whole(self) -> Condition:
        condition = self._expression()
        self._expect(_END)
        return condition

    def _expression(self) -> Condition:
        if self._accept("not"):
            inner = self._expression()
            return lambda row: not inner(row)
        left = self._atom()
        while (operator := self._tokens[0]).text in {"and", "or"} and not operator.literal:
            del self._tokens[0]
            starts_with_not = self._tokens[0] == Token(text="not")
            right = self._expression() if starts_with_not else self._atom()
            left = _joined(operator.text, left, right)
        return left

    def _atom(self) -> Condition:
        if self._accept("true"):
            return lambda _: True
        if self._accept("false"):
            return lambda _: False
        if self._accept("("):
            inner = self._expression()
            self._expect(")")
            return inner
        left = self._operand()
        self._expect("=")
        right = self._operand()
        return lambda row: left(row) == right(row)

    def _operand(self) -> Operand:
        if self._accept("field"):
            column = self._literal()
            return lambda row: text_of(row[self._field(column)])
        literal = self._literal()
        return lambda _: literal

    def _field(self, column: str) -> str:
        """Return a column's field; a missing one is noticed by the first row that is looked at."""
        if column not in self._columns:
            raise Failure("INTERNAL_ERROR", "missing field", column, "")
        return self._columns[column]

    def _literal(self) -> str:
        if not self._tokens[0].literal:
            raise QuerySyntaxError(_UNPARSABLE)
        return self._tokens.pop(0).text

    def _accept(self, text: str) -> bool:
        if self._tokens[0] != Token(text=text):
            return False
        if text != _END:
            del self._tokens[0]
        return True

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise QuerySyntaxError(_UNPARSABLE)


def _joined(operator: str, left: Condition, right: Condition) -> Condition:
    if operator == "and":
        return lambda row: left(row) and right(row)
    return lambda row: left(row) or right(row)
