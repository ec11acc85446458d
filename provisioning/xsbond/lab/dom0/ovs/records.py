"""The commands of ovs-vsctl about records of any table, in every format. Pure."""

import json
from collections.abc import Callable, Mapping, Sequence

from xsbond.lab.dom0.ovs.request import (
    Format,
    Request,
    VsctlError,
    find_record,
    find_table,
    lines_of,
)
from xsbond.lab.dom0.ovs.values import Row, RowId, Value, to_bare_text, to_json


def get(request: Request) -> str:
    """Return columns of one record, one a line."""
    table, rows = find_table(request, request.arguments[0])
    try:
        row = find_record(rows, table, request.arguments[1])
    except VsctlError:
        if request.if_exists:
            return ""
        raise
    return lines_of([_column(request.format, table, row, it) for it in request.arguments[2:]])


def _column(form: Format, table: str, row: Row, typed: str) -> str:
    """Return one column, or one key of it where COLUMN:KEY was asked for."""
    column, has_key, key = typed.partition(":")
    _check_columns(table, row, [column])
    value = row[column]
    if not has_key:
        return form.text(value)
    if not isinstance(value, Mapping):
        raise VsctlError(f"cannot specify key to get for non-map column {column}")
    if key.strip('"') not in value:
        raise VsctlError(f'no key {key} in {table} record "{row.get("name", ".")}" column {column}')
    return form.text(value[key.strip('"')])


def _check_columns(table: str, row: Row, columns: Sequence[str]) -> None:
    for column in columns:
        if column not in row:
            raise VsctlError(f'{table} does not contain a column whose name matches "{column}"')


def list_records(request: Request) -> str:
    """Return the records named, or all."""
    table, rows = find_table(request, request.arguments[0])
    records = request.arguments[1:]
    return _render(request, table, [find_record(rows, table, name) for name in records] or rows)


def find_rows(request: Request) -> str:
    """Return the records that meet every condition."""
    table, rows = find_table(request, request.arguments[0])
    for condition in request.arguments[1:]:
        rows = [row for row in rows if _holds(request.format, table, row, condition)]
    return _render(request, table, rows)


def _holds(form: Format, table: str, row: Row, condition: str) -> bool:
    column, equals, wanted = condition.partition("=")
    if not equals or column.endswith(("!", "<", ">", "{")):
        raise VsctlError(f"{condition}: only COLUMN=VALUE and COLUMN:KEY=VALUE are known here")
    try:
        seen = _column(form, table, row, column)
    except VsctlError:
        if ":" in column:
            return False
        raise
    return wanted in {seen, seen.strip('"')}


def _render(request: Request, table: str, rows: Sequence[Row]) -> str:
    form = request.format
    if rows:
        _check_columns(table, rows[0], form.columns)
    names = form.columns or tuple(rows[0] if rows else ())
    return _RENDERERS[form.format](form, names, rows)


def _render_json(_: Format, names: Sequence[str], rows: Sequence[Row]) -> str:
    data = [[to_json(row[name]) for name in names] for row in rows]
    return json.dumps({"data": data, "headings": list(names)}, separators=(",", ":")) + "\n"


def _cell(form: Format, value: Value) -> str:
    if form.data == "json":
        return json.dumps(to_json(value), separators=(",", ":"))
    if form.data == "bare":
        return to_bare_text(value)
    # Only the list format quotes a lone string that needs it (lib/table.c).
    plain = isinstance(value, str) and not isinstance(value, RowId) and form.format != "list"
    return str(value) if plain else form.text(value)


def _render_list(form: Format, names: Sequence[str], rows: Sequence[Row]) -> str:
    """Return a block a record, its columns one a line."""
    blocks = (
        lines_of(
            [(f"{name:<20}: " if form.headings else "") + _cell(form, row[name]) for name in names]
        )
        for row in rows
    )
    return "\n".join(blocks)


def _render_csv(form: Format, names: Sequence[str], rows: Sequence[Row]) -> str:
    lines = [list(names)] if form.headings else []
    lines += [[_cell(form, row[name]) for name in names] for row in rows]
    return lines_of([",".join(_csv_quoted(cell) for cell in line) for line in lines])


def _csv_quoted(cell: str) -> str:
    special = any(character in cell for character in '",\n')
    return '"' + cell.replace('"', '""') + '"' if special else cell


def _render_table(form: Format, names: Sequence[str], rows: Sequence[Row]) -> str:
    cells = [[_cell(form, row[name]) for name in names] for row in rows]
    widths = [
        max([len(name), *(len(line[column]) for line in cells)])
        for column, name in enumerate(names)
    ]
    lines = [list(names), ["-" * width for width in widths]] if form.headings else []
    return lines_of(
        [
            " ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in [*lines, *cells]
        ]
    )


_RENDERERS: Mapping[str, Callable[[Format, Sequence[str], Sequence[Row]], str]] = {
    "list": _render_list,
    "json": _render_json,
    "csv": _render_csv,
    "table": _render_table,
}

FORMATS = frozenset(_RENDERERS)
