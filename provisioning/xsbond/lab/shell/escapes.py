"""Backslash escapes as echo -e, printf and $'…' know them. Pure."""

import re
from collections.abc import Mapping

_SIMPLE: Mapping[str, str] = {
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "E": "\x1b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "\\": "\\",
    "'": "'",
    '"': '"',
}
_ESCAPE = re.compile(r"\\(?:(x)([0-9a-fA-F]{1,2})|(0?)([0-7]{1,3})|(.))", re.DOTALL)


def unescape(text: str, simple: str = "abefnrtv\\") -> str:
    """Return the text with escapes replaced; `simple` are the letters that count here."""

    def replaced(match: re.Match[str]) -> str:
        _, hexadecimal, _, octal, letter = match.groups()
        if hexadecimal or octal:
            return chr(int(hexadecimal, 16) if hexadecimal else int(octal, 8) & 0xFF)
        return _SIMPLE[letter] if letter in simple else match[0]

    return _ESCAPE.sub(replaced, text)
