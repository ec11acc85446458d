"""Lines that fit a terminal: broken between words, never within one. Pure."""

import shlex
import textwrap
from collections.abc import Iterator

Style = dict[str, bool]
Line = tuple[str, Style]
"""A line and its style, as pytest's terminal writes it."""

NARROWEST = 40
"""Columns; on a narrower terminal lines are as long as on one of so many."""


def wrapped(label: str, text: str, width: int, *, column: int) -> Iterator[str]:
    """Yield a text behind its label, broken between words; what follows stands below the text.

    A word that is longer than a line stays whole.
    """
    head = f"{label:<{column}}"
    if len(head) > column:
        head += " "
    yield from textwrap.wrap(
        " ".join(text.split()),
        max(width, NARROWEST),
        initial_indent=head,
        subsequent_indent=" " * column,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [head.rstrip()]


def command(typed: list[str] | str, width: int | None, indent: str = "") -> Iterator[str]:
    """Yield a command as it is typed, in one line; broken by backslashes where it is too long.

    `width` is None where nothing shows it in columns, as in a pipe.
    """
    quoted = typed.split(" ") if isinstance(typed, str) else [shlex.quote(word) for word in typed]
    line = indent + " ".join(quoted)
    # Within quotes a backslash would be part of the text.
    if width is None or len(line) <= width or (isinstance(typed, str) and "'" in typed):
        yield line
        return
    line = indent
    for word in quoted:
        if line.strip() and len(line) + len(word) + 3 > width:
            yield f"{line.rstrip()} \\"
            line = f"{indent}    "
        line += f"{word} "
    yield line.rstrip()
