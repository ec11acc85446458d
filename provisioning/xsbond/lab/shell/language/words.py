"""Expansion: a word of the source becomes any number of words (bash(1), EXPANSION)."""

import functools
import re
from collections.abc import Callable, Iterable, Mapping

from xsbond.lab.shell.escapes import unescape
from xsbond.lab.shell.language import parameters
from xsbond.lab.shell.language.arithmetic import evaluate
from xsbond.lab.shell.language.grammar import UnsupportedError, text_of
from xsbond.lab.shell.language.state import Piece, Shell
from xsbond.lab.shell.language.subshell import capture
from xsbond.lab.shell.language.tree import Node
from xsbond.lab.shell.patterns import glob_text, has_wildcard
from xsbond.lab.shell.streams import Streams, decode, encode

Pieces = list[Piece]
_BRACES = re.compile(r"\{[^{}]*,[^{}]*\}")
_ESCAPABLE = '$`"\\\n'
"""What a backslash takes its meaning from in double quotes."""


def expand_words(shell: Shell, streams: Streams, nodes: Iterable[Node]) -> list[str]:
    """Return the words that the nodes expand to, divided and with file names found."""
    found: list[str] = []
    for node in nodes:
        for field in _fields(shell, expand(shell, streams, node)):
            found += _file_names(shell, field)
    return found


def expand_text(shell: Shell, streams: Streams, node: Node) -> str:
    """Return the one text that a node expands to, as on the right of an assignment."""
    return "".join(piece.text for piece in expand(shell, streams, node))


def _fields(shell: Shell, pieces: Pieces) -> list[Pieces]:
    """Divide a word at the blanks that unquoted expansions brought in."""
    separators = shell.variables.get("IFS", " \t\n")
    fields: list[Pieces] = []
    current: Pieces = []
    for piece in pieces:
        if not (piece.split and separators):
            current.append(piece)
            continue
        for number, part in enumerate(re.split(f"[{re.escape(separators)}]+", piece.text)):
            if number and current:
                fields.append(current)
                current = []
            current += [Piece(text=part)] if part else []
    return [*fields, current] if current else fields


def _file_names(shell: Shell, field: Pieces) -> list[str]:
    """Return the files a pattern matches; a pattern that matches none stands for itself."""
    text = "".join(piece.text for piece in field)
    pairs = [(piece.text, piece.quoted) for piece in field]
    if not has_wildcard(pairs):
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
        raise UnsupportedError(text_of(node))
    return rule(shell, streams, node)


def _word(shell: Shell, _: Streams, node: Node) -> Pieces:
    """Take backslashes away; what they were before is quoted. A leading ~ is the home."""
    text = text_of(node)
    if text == "~" or text.startswith("~/"):
        home = Piece(text=shell.variables.get("HOME", "/root"), quoted=True)
        return [home, *_plain(text[1:])]
    return [*_plain(text)]


@functools.lru_cache(maxsize=4096)
def _plain(text: str) -> tuple[Piece, ...]:
    """Return the pieces of a word without quotes or expansions."""
    parts = enumerate(re.split(r"\\(\n|.)", text, flags=re.DOTALL))
    return tuple(
        Piece(text=part, quoted=bool(number % 2))
        for number, part in parts
        if part and not (number % 2 and part == "\n")
    )


def _raw_string(_: Shell, __: Streams, node: Node) -> Pieces:
    return [Piece(text=text_of(node)[1:-1], quoted=True)]


def _ansi_string(_: Shell, __: Streams, node: Node) -> Pieces:
    return [Piece(text=unescape(text_of(node)[2:-1], simple="abeEfnrtv\\'\""), quoted=True)]


def _string(shell: Shell, streams: Streams, node: Node) -> Pieces:
    """Return a double-quoted string: one word, with expansions."""
    source, origin = encode(text_of(node)), node.start_byte
    start, end = origin + 1, node.end_byte - 1
    pieces: Pieces = []
    for child in node.named_children:
        if child.type not in _EXPANSIONS:
            continue
        # The grammar counts blanks before an expansion as part of it.
        blanks = len(child.text or b"") - len((child.text or b"").lstrip())
        until = child.start_byte + blanks
        pieces += _literal(source[start - origin : until - origin])
        pieces.append(Piece(text=expand_text(shell, streams, child), quoted=True))
        start = child.end_byte
    pieces += _literal(source[start - origin : end - origin])
    return pieces or [Piece(text="", quoted=True)]


@functools.lru_cache(maxsize=4096)
def _literal(source: bytes) -> tuple[Piece, ...]:
    """Take away the backslashes that count in double quotes."""
    pattern = f"\\\\([{re.escape(_ESCAPABLE)}])"
    text = re.sub(pattern, lambda m: "" if m[1] == "\n" else m[1], decode(source))
    return (Piece(text=text, quoted=True),) if text else ()


def _concatenation(shell: Shell, streams: Streams, node: Node) -> Pieces:
    pieces = [piece for child in node.named_children for piece in expand(shell, streams, child)]
    plain = "".join(piece.text for piece in pieces if not piece.quoted and not piece.split)
    if _BRACES.search(plain):
        raise UnsupportedError(text_of(node))
    return pieces


def _variable(shell: Shell, streams: Streams, node: Node) -> Pieces:
    """Expand $NAME or ${NAME…}."""
    return [Piece(text=parameters.expand(shell, streams, node), split=True)]


def _arithmetic(shell: Shell, streams: Streams, node: Node) -> Pieces:
    numbers = [evaluate(shell, streams, child) for child in node.named_children]
    return [Piece(text=str(numbers[-1] if numbers else 0), split=True)]


def _substitution(shell: Shell, streams: Streams, node: Node) -> Pieces:
    """Run a command and take what it prints, without the newlines at its end."""
    return [Piece(text=capture(shell, streams, node).rstrip("\n"), split=True)]


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
