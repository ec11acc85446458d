"""Expansion: a word of the source becomes any number of words (bash(1), EXPANSION)."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tree_sitter import Node

from xsbond.lab.shell import parameters
from xsbond.lab.shell.arithmetic import evaluate
from xsbond.lab.shell.escapes import unescape
from xsbond.lab.shell.grammar import UnsupportedError, text_of
from xsbond.lab.shell.patterns import glob_text, has_wildcard
from xsbond.lab.shell.state import Shell
from xsbond.lab.shell.streams import Streams, decode, encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Part of a word on its way."""

    text: str
    quoted: bool = False
    split: bool = False
    """It came out of an unquoted expansion, so that blanks in it divide words."""
    ends_word: bool = False
    """A new word begins behind it, as between the words of "$@"."""


Pieces = list[Piece]
_BRACES = re.compile(r"\{[^{}]*,[^{}]*\}")


def expand_words(shell: Shell, streams: Streams, nodes: Iterable[Node]) -> list[str]:
    """Return the words that the nodes expand to, divided and with file names found."""
    found: list[str] = []
    for node in nodes:
        pieces = expand(shell, streams, node)
        for field in _fields(shell, pieces):
            found += _file_names(shell, field)
    return found


def expand_text(shell: Shell, streams: Streams, node: Node) -> str:
    """Return the one text that a node expands to, as on the right of an assignment."""
    return _joined(expand(shell, streams, node))


def expand_pattern(shell: Shell, streams: Streams, node: Node) -> list[tuple[str, bool]]:
    """Return a word as a pattern: (text, quoted) pieces."""
    return [(piece.text, piece.quoted) for piece in expand(shell, streams, node)]


def _joined(pieces: Pieces) -> str:
    return "".join(f"{piece.text} " if piece.ends_word else piece.text for piece in pieces)


def _fields(shell: Shell, pieces: Pieces) -> list[Pieces]:
    """Divide a word at the blanks that unquoted expansions brought in."""
    separators = shell.variables.get("IFS", " \t\n")
    fields: list[Pieces] = []
    current: Pieces = []
    for piece in pieces:
        if not piece.split:
            current.append(piece)
        else:
            parts = (
                re.split(f"[{re.escape(separators)}]+", piece.text) if separators else [piece.text]
            )
            for number, part in enumerate(parts):
                if number and current:
                    fields.append(current)
                    current = []
                current += [Piece(text=part)] if part else []
        if piece.ends_word:
            fields.append(current)
            current = []
    return [*fields, current] if current else fields


def _file_names(shell: Shell, field: Pieces) -> list[str]:
    """Return the files a pattern matches; a pattern that matches none stands for itself."""
    text = "".join(piece.text for piece in field)
    pairs = [(piece.text, piece.quoted) for piece in field]
    if not has_wildcard(pairs) or "f" in shell.options:
        return [text]
    pattern, files = glob_text(pairs), shell.machine.dom0.files
    if text.startswith("/"):
        return files.matching(pattern) or [text]
    found = files.matching(f"{glob_text([(shell.directory, True)])}/{pattern}")
    prefix = shell.directory.rstrip("/") + "/"
    return [path.removeprefix(prefix) for path in found] or [text]


def expand(shell: Shell, streams: Streams, node: Node) -> Pieces:
    """Return the pieces of one word."""
    rule = _RULES.get(node.type)
    if rule is None:
        raise UnsupportedError(f"the lab's shell does not know this in a word: `{text_of(node)}'")
    return rule(shell, streams, node)


def _word(shell: Shell, _: Streams, node: Node) -> Pieces:
    """Take backslashes away; what they were before is quoted. A leading ~ is the home."""
    text = text_of(node)
    pieces: Pieces = []
    if text == "~" or text.startswith("~/"):
        pieces.append(Piece(text=shell.variables.get("HOME", "/root"), quoted=True))
        text = text[1:]
    for number, part in enumerate(re.split(r"\\(\n|.)", text, flags=re.DOTALL)):
        if part and not (number % 2 and part == "\n"):
            pieces.append(Piece(text=part, quoted=bool(number % 2)))
    return pieces


def _raw_string(_: Shell, __: Streams, node: Node) -> Pieces:
    return [Piece(text=text_of(node)[1:-1], quoted=True)]


def _ansi_string(_: Shell, __: Streams, node: Node) -> Pieces:
    return [Piece(text=unescape(text_of(node)[2:-1], simple="abeEfnrtv\\'\""), quoted=True)]


def _string(shell: Shell, streams: Streams, node: Node) -> Pieces:
    """Return a double-quoted string: one word, with expansions; "$@" alone may be none."""
    if text_of(node) == '"$@"' and not shell.arguments:
        return []
    start, end = node.start_byte + 1, node.end_byte - 1
    pieces = quoted_pieces(shell, streams, node, start, end)
    return pieces or [Piece(text="", quoted=True)]


def quoted_pieces(
    shell: Shell, streams: Streams, node: Node, start: int, end: int, *, escapable: str = '$`"\\\n'
) -> Pieces:
    """Return the text between two bytes of the source, as in double quotes."""
    source, origin = encode(text_of(node)), node.start_byte
    pieces: Pieces = []
    for child in node.named_children:
        if child.type not in _EXPANSIONS:
            continue
        # The grammar counts blanks before an expansion as part of it.
        blanks = len(child.text or b"") - len((child.text or b"").lstrip())
        until = child.start_byte + blanks
        pieces += _literal(source[start - origin : until - origin], escapable)
        pieces += [
            Piece(text=piece.text, quoted=True, ends_word=piece.ends_word)
            for piece in _in_quotes(shell, streams, child)
        ]
        start = child.end_byte
    return pieces + _literal(source[start - origin : end - origin], escapable)


def _in_quotes(shell: Shell, streams: Streams, node: Node) -> Pieces:
    if text_of(node).strip() in {"$@", "${@}"}:
        last = len(shell.arguments) - 1
        return [
            Piece(text=text, quoted=True, ends_word=number < last)
            for number, text in enumerate(shell.arguments)
        ]
    return expand(shell, streams, node)


def _literal(source: bytes, escapable: str) -> Pieces:
    """Take away the backslashes that count in double quotes."""
    pattern = f"\\\\([{re.escape(escapable)}])"
    text = re.sub(pattern, lambda m: "" if m[1] == "\n" else m[1], decode(source))
    return [Piece(text=text, quoted=True)] if text else []


def _concatenation(shell: Shell, streams: Streams, node: Node) -> Pieces:
    pieces = [piece for child in node.named_children for piece in expand(shell, streams, child)]
    plain = "".join(piece.text for piece in pieces if not piece.quoted and not piece.split)
    if _BRACES.search(plain):
        raise UnsupportedError(f"the lab's shell does not know brace expansion: `{text_of(node)}'")
    return pieces


def _variable(shell: Shell, streams: Streams, node: Node) -> Pieces:
    """Expand $NAME or ${NAME…}."""
    if text_of(node).strip() in {"$@", "$*", "${@}", "${*}"}:
        last = len(shell.arguments) - 1
        return [
            Piece(text=text, split=True, ends_word=number < last)
            for number, text in enumerate(shell.arguments)
        ]
    return [Piece(text=parameters.expand(shell, streams, node), split=True)]


def _arithmetic(shell: Shell, streams: Streams, node: Node) -> Pieces:
    numbers = [evaluate(shell, streams, child) for child in node.named_children]
    return [Piece(text=str(numbers[-1] if numbers else 0), split=True)]


def _substitution(shell: Shell, streams: Streams, node: Node) -> Pieces:
    """Run a command and take what it prints, without the newlines at its end."""
    return [Piece(text=parameters.command_output(shell, streams, node).rstrip("\n"), split=True)]


_EXPANSIONS = frozenset(
    {"simple_expansion", "expansion", "command_substitution", "arithmetic_expansion"}
)
_RULES: Mapping[str, Callable[[Shell, Streams, Node], Pieces]] = {
    "word": _word,
    "number": _word,
    "test_operator": _word,
    "extglob_pattern": _word,
    "regex": _word,
    "variable_name": _word,
    "command_name": lambda shell, streams, node: expand(shell, streams, node.named_children[0]),
    "raw_string": _raw_string,
    "ansi_c_string": _ansi_string,
    "string": _string,
    "concatenation": _concatenation,
    "simple_expansion": _variable,
    "expansion": _variable,
    "arithmetic_expansion": _arithmetic,
    "command_substitution": _substitution,
}
