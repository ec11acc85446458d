"""JSON as xapi's parser reads it, and in which words it refuses (yojson's lib/read.mll).

It takes more than the standard allows: comments, keys without quotes, NaN and Infinity.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

_JUNK = 32
"""Characters quoted after the first one that is wrong."""
_SPACE = re.compile(r"[ \t\r\n]+|//[^\n]*|/\*.*?\*/", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"')
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?")
_WORDS: Mapping[str, Any] = {
    "null": None,
    "true": True,
    "false": False,
    "NaN": float("nan"),
    "Infinity": float("inf"),
    "-Infinity": float("-inf"),
}
_END = "Unexpected end of input"


class JsonError(Exception):
    """The text is no JSON; what the exception says is what yojson does."""


def read_json(text: str) -> Any:
    """Return the value a text stands for; JsonError if it is none."""
    return _Reader(text).whole()


class _Reader:
    """Goes through one text."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0

    def whole(self) -> Any:
        self._skip_space()
        if self._at == len(self._text):
            raise JsonError("Blank input data")
        value = self._value()
        self._skip_space()
        if self._at < len(self._text):
            self._refuse("Junk after end of JSON value:", first=0)
        return value

    def _value(self) -> Any:
        match self._text[self._at : self._at + 1]:
            case "{":
                return self._object()
            case "[":
                return self._array()
            case '"':
                return self._string()
            case _:
                return self._scalar()

    def _scalar(self) -> Any:
        for word, value in _WORDS.items():
            if self._text.startswith(word, self._at):
                self._at += len(word)
                return value
        found = _NUMBER.match(self._text, self._at)
        if not found:
            self._refuse("Invalid token")
        self._at = found.end()
        return json.loads(found[0] + "0" if found[0].endswith(".") else found[0])

    def _object(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        self._at += 1
        self._skip_space()
        while not self._ends("}", first=not found):
            key = self._key()
            self._skip_space()
            self._expect(":")
            self._skip_space()
            found[key] = self._value()
            self._skip_space()
        return found

    def _array(self) -> list[Any]:
        found: list[Any] = []
        self._at += 1
        self._skip_space()
        while not self._ends("]", first=not found):
            found.append(self._value())
            self._skip_space()
        return found

    def _ends(self, bracket: str, *, first: bool) -> bool:
        """Pass the end of a list, or the comma before its next member; the first has none."""
        if self._text.startswith(bracket, self._at):
            self._at += 1
            return True
        if not first:
            self._expect(",", f"',' or '{bracket}'")
            self._skip_space()
        return False

    def _key(self) -> str:
        if self._text.startswith('"', self._at):
            return self._string()
        found = _IDENTIFIER.match(self._text, self._at)
        if not found:
            self._refuse("Expected string or identifier but found")
        self._at = found.end()
        return found[0]

    def _string(self) -> str:
        found = _STRING.match(self._text, self._at)
        if not found:
            self._refuse_string()
        self._at = found.end()
        return str(json.loads(found[0]))

    def _refuse_string(self) -> NoReturn:
        """Say where a string stops being one."""
        good = re.compile(_STRING.pattern.removesuffix('"')).match(self._text, self._at)
        self._at = good.end() if good else self._at
        escaped = self._text.startswith("\\", self._at)
        self._refuse("Invalid escape sequence" if escaped else "Invalid token")

    def _expect(self, sign: str, wanted: str = "") -> None:
        if not self._text.startswith(sign, self._at):
            shown = wanted or f"'{sign}'"
            self._refuse(f"Expected {shown} but found")
        self._at += 1

    def _skip_space(self) -> None:
        while found := _SPACE.match(self._text, self._at):
            self._at = found.end()

    def _refuse(self, complaint: str, *, first: int = 1) -> NoReturn:
        """Quote what is wrong with what follows it, and say where that is."""
        begin = self._at
        if begin == len(self._text):
            raise JsonError(f"{self._place(begin, begin)}:\n{_END}")
        junk = self._text[begin : begin + first + _JUNK]
        place = self._place(begin + first, begin + len(junk))
        raise JsonError(f"{place}:\n{complaint} '{junk}'")

    def _place(self, start: int, end: int) -> str:
        """Name line and bytes as yojson counts them, which is one too low at the start."""
        line = self._text.count("\n", 0, self._at) + 1
        begin = self._text.rfind("\n", 0, self._at) + 1
        low = start - begin - 2
        high = max(low, end - begin - 1)
        where = f"byte {low + 1}" if low == high else f"bytes {low + 1}-{high + 1}"
        return f"Line {line}, {where}"
