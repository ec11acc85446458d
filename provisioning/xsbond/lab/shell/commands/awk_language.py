"""The part of awk that the lab knows, as a tree: patterns, print, printf, assignments, if."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from xsbond.lab.shell.machine import UsageError

_TOKEN = re.compile(
    r"""(?P<space>[ \t]+|\\\n)
    |(?P<newline>\n|;)
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<string>"(?:\\.|[^"\\\n])*")
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<symbol>==|!=|<=|>=|&&|\|\||\+=|-=|\+\+|--|!~|[-+*/%$(){},<>=!~])""",
    re.VERBOSE,
)
_KEYWORDS = frozenset({"BEGIN", "END", "print", "printf", "if", "else", "next", "exit"})
FUNCTIONS = frozenset({"length", "substr", "toupper", "tolower", "index"})

Tree = tuple["str | Tree", ...]
"""A node: its kind, then its parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A pattern and what is done where it holds; BEGIN and END are patterns, too."""

    pattern: Tree | None
    action: tuple[Tree, ...]


def parse_program(text: str) -> list[Rule]:
    """Return the rules of a program; UsageError for what the lab's awk does not know."""
    return _Parser(text).program()


class _Parser:
    """A recursive descent over the tokens; a slash is a division or begins a pattern."""

    def __init__(self, text: str) -> None:
        self._text, self._position = text, 0
        self.kind, self.seen = "", ""
        self._may_compare = True
        self._advance()

    def _advance(self) -> str:
        """Go to the next token and return the one left behind."""
        before = self.seen
        while True:
            match = _TOKEN.match(self._text, self._position)
            if match is None or match.lastgroup is None:
                if self._position < len(self._text):
                    raise self._wrong()
                self.kind, self.seen = "end", ""
                return before
            self._position = match.end()
            if match.lastgroup != "space":
                self.kind, self.seen = match.lastgroup, match[0]
                return before

    def _wrong(self) -> UsageError:
        rest = self._text[max(0, self._position - len(self.seen)) :][:20]
        return UsageError(f"the lab's awk does not know this: {rest}")

    def _accept(self, *tokens: str) -> str:
        """Take one of these tokens if it is next."""
        if self.kind in {"symbol", "name", "newline"} and self.seen in tokens:
            return self._advance()
        return ""

    def _expect(self, token: str) -> None:
        if not self._accept(token):
            raise self._wrong()

    def _skip_newlines(self) -> None:
        while self.kind == "newline":
            self._advance()

    def program(self) -> list[Rule]:
        """Return all rules."""
        rules = []
        self._skip_newlines()
        while self.kind != "end":
            rules.append(self._rule())
            self._skip_newlines()
        return rules

    def _rule(self) -> Rule:
        pattern: Tree | None = None
        if keyword := self._accept("BEGIN", "END"):
            pattern = (keyword,)
        elif self.seen != "{":
            pattern = self._expression()
        if self.seen == "{":
            return Rule(pattern=pattern, action=self._block())
        return Rule(pattern=pattern, action=(("print",),))

    def _block(self) -> tuple[Tree, ...]:
        self._expect("{")
        statements: list[Tree] = []
        self._skip_newlines()
        while not self._accept("}"):
            statements.append(self._statement())
            self._skip_newlines()
        return tuple(statements)

    def _statement(self) -> Tree:
        if self.seen == "{":
            return ("block", *self._block())
        if keyword := self._accept("print", "printf"):
            return (keyword, *self._printed())
        if self._accept("if"):
            return self._if()
        if keyword := self._accept("next", "exit"):
            return (keyword,)
        return self._expression()

    def _printed(self) -> list[Tree]:
        """Return what is printed; outside parentheses > would be a file, which is refused."""
        if self._accept("("):
            parts = self._expressions()
            self._expect(")")
            return parts
        self._may_compare = False
        parts = self._expressions()
        self._may_compare = True
        return parts

    def _if(self) -> Tree:
        self._expect("(")
        condition = self._expression()
        self._expect(")")
        self._skip_newlines()
        yes = self._statement()
        self._skip_newlines()
        if self._accept("else"):
            self._skip_newlines()
            return ("if", condition, yes, self._statement())
        return ("if", condition, yes)

    def _expressions(self) -> list[Tree]:
        """Return expressions with commas between, up to the end of a statement."""
        found: list[Tree] = []
        if self.kind in {"newline", "end"} or self.seen in {"}", ")"}:
            return found
        found.append(self._expression())
        while self._accept(","):
            found.append(self._expression())
        return found

    def _expression(self) -> Tree:
        left = self._binary(0)
        if left[0] in {"variable", "field"} and (symbol := self._accept("=", "+=", "-=")):
            return (symbol, left, self._expression())
        if left[0] in {"variable", "field"} and (symbol := self._accept("++", "--")):
            return (symbol, left)
        return left

    def _binary(self, level: int) -> Tree:
        """Return operators of this level or one that binds more tightly."""
        if level == len(_LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while True:
            if self.seen == ">" and not self._may_compare:
                return left
            if symbol := self._accept(*_LEVELS[level]):
                left = (symbol, left, self._binary(level + 1))
            elif level == _CONCATENATION and self._begins_operand():
                left = ("concatenate", left, self._binary(level + 1))
            else:
                return left

    def _begins_operand(self) -> bool:
        if self.kind == "name":
            return self.seen not in _KEYWORDS
        return self.kind in {"number", "string"} or self.seen in {"$", "("}

    def _unary(self) -> Tree:
        if symbol := self._accept("!", "-"):
            return (f"unary {symbol}", self._unary())
        if self._accept("$"):
            return ("field", self._unary())
        if self._accept("("):
            inner = self._expression()
            self._expect(")")
            return inner
        if self.seen == "/":
            return self._pattern()
        if self.kind in {"number", "string"}:
            return (self.kind, self._advance())
        if self.kind == "name" and self.seen not in _KEYWORDS:
            return self._name()
        raise self._wrong()

    def _pattern(self) -> Tree:
        """Return a regular expression between slashes."""
        match = re.compile(r"((?:\\.|[^/\\\n])*)/").match(self._text, self._position)
        if match is None:
            raise self._wrong()
        self._position = match.end()
        self._advance()
        return ("match", match[1].replace("\\/", "/"))

    def _name(self) -> Tree:
        name = self._advance()
        if name not in FUNCTIONS:
            if self.seen in {"(", "["}:
                raise self._wrong()
            return ("variable", name)
        if not self._accept("("):
            return ("call", name)
        arguments = self._expressions()
        self._expect(")")
        return ("call", name, *arguments)


_LEVELS: Sequence[tuple[str, ...]] = (
    ("||",),
    ("&&",),
    ("~", "!~"),
    ("<", "<=", ">", ">=", "==", "!="),
    (),
    ("+", "-"),
    ("*", "/", "%"),
)
"""From the loosest to the tightest (POSIX awk, expressions)."""
_CONCATENATION = 4
