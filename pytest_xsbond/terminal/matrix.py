"""The matrix in lines: the rows that are not all pass, and hosts that are alike as one column."""

import textwrap
from collections.abc import Iterator, Sequence

from pytest_xsbond.claims.results import Mark
from pytest_xsbond.terminal.layout import Line, Style, wrapped
from pytest_xsbond.verdict.matrix import MatrixRow
from pytest_xsbond.verdict.names import listed
from pytest_xsbond.verdict.page import Page

_WIDE = 8
"""Up to so many hosts each has a column of its own."""
_SHORTEST_CLAIM = 16
"""Columns; in less, a claim says nothing."""
_CELL = 6
"""Columns of the longest mark."""
_QUIET: frozenset[Mark | None] = frozenset({"pass", None})
_FINE: frozenset[Mark] = frozenset({"pass", "n/j", "·"})
_STYLES: dict[Mark, Style] = {
    "pass": {"green": True},
    "n/j": {"cyan": True},
    "·": {"red": True},
    "warn": {"yellow": True},
    "waived": {"yellow": True},
    "FAIL": {"red": True},
    "ERR": {"red": True},
}

Column = tuple[str, Sequence[int]]
"""A heading, and the places of the hosts that it stands for."""


def matrix_lines(page: Page, width: int, *, whole: bool) -> Iterator[Line]:
    """Yield the matrix: all of it, or the rows in which anything tells something of its own."""
    rows = page.rows if whole else [row for row in page.rows if row.worst_mark not in _FINE]
    if whole:
        yield from _all_of_it(page, width)
    elif rows:
        yield from _folded(page, rows, width)
    else:
        yield from _left_out(page.rows, (), width)


def _all_of_it(page: Page, width: int) -> Iterator[Line]:
    """Yield every row for every host, in as many tables as fit side by side."""
    left = _left(page.rows)
    size = max([_CELL, *map(len, page.hosts)]) + 2
    abreast = max(1, (width - left - (0 if len(page.hosts) > _WIDE else _SHORTEST_CLAIM)) // size)
    for first in range(0, len(page.hosts), abreast):
        hosts = range(first, min(first + abreast, len(page.hosts)))
        yield from _table(page.rows, [(page.hosts[each], [each]) for each in hosts], width)


def _folded(page: Page, rows: Sequence[MatrixRow], width: int) -> Iterator[Line]:
    columns: list[Column] = [(host, [place]) for place, host in enumerate(page.hosts)]
    passing: list[str] = []
    if len(page.hosts) > _WIDE:
        columns, passing = _alike(page, rows)
    size = _left(rows) + sum(max(_CELL, len(heading)) + 2 for heading, _ in columns)
    if size <= width:
        yield from _table(rows, columns, width)
    else:
        yield from _rows_in_words(page, rows, width)
    yield from _left_out(page.rows, passing, width)


def _passes(hosts: Sequence[str]) -> str:
    return f"{listed(hosts)} pass{'es' if len(hosts) == 1 else ''} here"


def _alike(page: Page, rows: Sequence[MatrixRow]) -> tuple[list[Column], list[str]]:
    """Return a column for each kind of host, and the hosts for which all of the rows pass."""
    kinds: dict[tuple[Mark | None, ...], list[int]] = {}
    for place in range(len(page.hosts)):
        kinds.setdefault(tuple(row.marks[place] for row in rows), []).append(place)
    quiet = sorted(p for marks, places in kinds.items() if set(marks) <= _QUIET for p in places)
    columns: list[Column] = [
        (listed([page.hosts[place] for place in places]), places)
        for marks, places in kinds.items()
        if not set(marks) <= _QUIET
    ]
    return columns, [page.hosts[place] for place in quiet]


def _left(rows: Sequence[MatrixRow]) -> int:
    return max((len(row.ids) for row in rows), default=0)


def _table(rows: Sequence[MatrixRow], columns: Sequence[Column], width: int) -> Iterator[Line]:
    left = _left(rows)
    sizes = [max(_CELL, len(heading)) + 2 for heading, _ in columns]
    heads = "".join(f"{c[0]:>{size}}" for c, size in zip(columns, sizes, strict=True))
    yield " " * left + heads, {"bold": True}
    rest = width - left - sum(sizes) - 2
    for row in rows:
        cells = [row.marks[places[0]] or "-" for _, places in columns]
        line = f"{row.ids:<{left}}"
        line += "".join(f"{cell:>{size}}" for cell, size in zip(cells, sizes, strict=True))
        if rest >= _SHORTEST_CLAIM:
            line += "  " + textwrap.shorten(row.claim, rest, placeholder=" …")
        yield line, _STYLES[row.worst_mark]


def _rows_in_words(page: Page, rows: Sequence[MatrixRow], width: int) -> Iterator[Line]:
    """Yield each row with the hosts of each mark: there are too many kinds for columns."""
    left = _left(rows) + 2
    for row in rows:
        hosts: dict[Mark, list[str]] = {}
        for host, mark in zip(page.hosts, row.marks, strict=True):
            if mark and mark != "pass":
                hosts.setdefault(mark, []).append(host)
        text = "; ".join(f"{mark} {listed(names)}" for mark, names in hosts.items())
        style = _STYLES[row.worst_mark]
        yield from ((line, style) for line in wrapped(row.ids, text, width, column=left))


def _left_out(rows: Sequence[MatrixRow], passing: Sequence[str], width: int) -> Iterator[Line]:
    """Yield the hosts and the rows that are not shown, and what they say."""
    marks = [row.worst_mark for row in rows]

    def rows_that(mark: Mark, one: str, many: str) -> str:
        number = marks.count(mark)
        return f"{number} row{'' if number == 1 else 's'} {one if number == 1 else many}"

    told = (
        ("·", rows_that("·", "only follows", "only follow")),
        ("n/j", f"{rows_that('n/j', 'is', 'are')} not judged"),
        ("pass", rows_that("pass", "passes", "pass")),
    )
    parts = [_passes(passing)] if passing else []
    if text := ", ".join(text for mark, text in told if mark in marks):
        parts.append(f"{text} (--xsbond-matrix=all)")
    if parts:
        yield from ((each, {}) for each in wrapped("", "; ".join(parts), width, column=0))
