"""xe's layouts: records as blocks, or values alone with --minimal (cli_printer.ml). Pure."""

from collections.abc import Sequence

Row = Sequence[tuple[str, str]]
"""(label, value) of each field of a record."""
_MARGIN = 4


def render_record(row: Row) -> str:
    """Return a record: the first label at the left, the others at the right of one column."""
    width = _MARGIN + max((len(label) for label, _ in row), default=0)
    aligned = [
        f"{label.rjust(width) if position else label.ljust(width)}: {value}"
        for position, (label, value) in enumerate(row)
    ]
    return "\n".join(aligned) + "\n"


def render_records(rows: Sequence[Row]) -> str:
    """Return records one after the other, two empty lines behind each."""
    return "".join(f"{render_record(row)}\n\n" for row in rows)


def render_minimal(values: Sequence[str]) -> str:
    """Return values with commas between; commas in them are escaped."""
    escaped = (value.replace("\\", "\\\\").replace(",", "\\,") for value in values)
    return ",".join(escaped) + "\n"
