"""Patterns: the shell's own, and POSIX regular expressions, as Python regular expressions. Pure."""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping

_CLASSES: Mapping[str, str] = {
    "[:alpha:]": "A-Za-z",
    "[:digit:]": "0-9",
    "[:alnum:]": "A-Za-z0-9",
    "[:upper:]": "A-Z",
    "[:lower:]": "a-z",
    "[:space:]": r"\s",
    "[:blank:]": r" \t",
    "[:punct:]": r"!-/:-@\[-`{-~",
    "[:xdigit:]": "0-9A-Fa-f",
}
_SPECIAL = frozenset("*?[")


class PatternError(ValueError):
    """A pattern that is none; the text says why."""


def has_wildcard(pieces: Iterable[tuple[str, bool]]) -> bool:
    """Tell whether an unquoted part of a word has a wildcard."""
    return any(not quoted and _SPECIAL & set(text) for text, quoted in pieces)


def glob_text(pieces: Iterable[tuple[str, bool]]) -> str:
    """Return a word as a pattern for fnmatch; quoted wildcards stand for themselves."""
    return "".join(
        re.sub(r"([*?\[])", r"[\1]", text) if quoted else text for text, quoted in pieces
    )


def glob_regex(pieces: Iterable[tuple[str, bool]], *, greedy: bool = True) -> str:
    """Return the regular expression of a shell pattern, given as (text, quoted) pieces.

    A pattern that cannot be, such as [z-a], stands for itself.
    """
    many, parts = ".*" if greedy else ".*?", list(pieces)
    found = "".join(
        re.escape(text) if quoted else "".join(_glob_parts(text, many)) for text, quoted in parts
    )
    try:
        re.compile(found)
    except re.error:
        return re.escape("".join(text for text, _ in parts))
    return found


def _glob_parts(text: str, many: str) -> Iterator[str]:
    position = 0
    while position < len(text):
        character = text[position]
        if character == "[" and (end := _bracket_end(text, position, "!^")):
            yield _bracket(text[position:end], "!^")
            position = end
            continue
        yield {"*": many, "?": "."}.get(character, re.escape(character))
        position += 1


def _bracket_end(text: str, start: int, negations: str = "^") -> int:
    """Return the position after a bracket expression, 0 if it has no end."""
    position = start + 1
    if text[position : position + 1] in negations and position < len(text):
        position += 1
    if text[position : position + 1] == "]":
        position += 1
    while position < len(text) and text[position] != "]":
        inner = text.find(":]", position) if text.startswith("[:", position) else -1
        position = inner + 2 if inner > 0 else position + 1
    return position + 1 if position < len(text) else 0


def _bracket(text: str, negations: str = "^") -> str:
    """Return a bracket expression; a backslash in it stands for itself (POSIX 9.3.5)."""
    inside = text[1:-1]
    negated = "^" if inside[:1] in negations and inside else ""
    inside = inside[len(negated) :]
    parts = re.split(r"(\[:[a-z]+:\])", inside)
    for part in parts[1::2]:
        if part not in _CLASSES:
            raise PatternError("Invalid character class name")
    plain = [re.sub(r"([\[\]\\^&~|])", r"\\\1", part) for part in parts[::2]]
    named = [_CLASSES[part] for part in parts[1::2]] + [""]
    return f"[{negated}{''.join(a + b for a, b in zip(plain, named, strict=True))}]"


def posix_regex(pattern: str, *, extended: bool) -> str:
    """Return a basic or extended POSIX regular expression in Python's syntax.

    Raises PatternError if it is none.
    """
    parts = list(_posix_parts(pattern, extended=extended))
    for before, part in itertools.pairwise(parts):
        # To Python such a pair is a lazy or possessive repetition; POSIX leaves it undefined.
        if before in {"*", "+", "?", "}"} and part in {"*", "+", "?", "{"}:
            raise PatternError("Invalid regular expression: repetition of a repetition")
    translated = "".join(parts)
    try:
        re.compile(translated)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(f"Invalid regular expression: {error}") from error
    return translated


_BASIC_ESCAPED = frozenset("(){}|+?")
"""Special after a backslash in a basic expression, before one literal (GNU grep)."""
_SHORTHANDS: Mapping[str, str] = {"<": r"\b(?=\w)", ">": r"\b(?<=\w)", "`": r"\A", "'": r"\Z"}
_SAME_IN_PYTHON = frozenset("wWsSbB123456789")


def _posix_parts(pattern: str, *, extended: bool) -> Iterator[str]:
    position, start = 0, True
    while position < len(pattern):
        character = pattern[position]
        here, position = position, position + 1
        if character == "[":
            end = _bracket_end(pattern, here)
            if not end:
                raise PatternError("Unmatched [, [^, [:, [., or [=")
            yield _bracket(pattern[here:end])
            position = end
        elif character == "\\":
            if position == len(pattern):
                raise PatternError("Trailing backslash")
            yield _escaped(pattern[position], extended=extended)
            position += 1
            start = not extended and pattern[position - 1] in "(|"
            continue
        elif extended:
            yield character
        else:
            yield _basic_plain(character, pattern, here, start=start)
        start = False


def _escaped(character: str, *, extended: bool) -> str:
    if not extended and character in _BASIC_ESCAPED:
        return character
    if character in _SHORTHANDS:
        return _SHORTHANDS[character]
    return f"\\{character}" if character in _SAME_IN_PYTHON else re.escape(character)


def _basic_plain(character: str, pattern: str, position: int, *, start: bool) -> str:
    """Return an unescaped character of a basic expression; anchors only at its ends."""
    if character in _BASIC_ESCAPED or (character == "*" and start):
        return re.escape(character)
    rest = pattern[position + 1 :]
    if character == "^":
        return "^" if start else r"\^"
    if character == "$":
        return "$" if not rest or rest.startswith((r"\)", r"\|")) else r"\$"
    return character
