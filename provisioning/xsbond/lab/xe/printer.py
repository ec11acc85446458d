"""What a command prints, in xe's layouts (cli_printer.ml)."""

from collections.abc import Sequence

from xsbond.lab.xe.terminal import Terminal

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


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace(",", "\\,")


class Printer:
    """Prints at once; with --minimal it keeps the values and prints one line at the end."""

    def __init__(self, terminal: Terminal, *, minimal: bool) -> None:
        self._terminal, self._minimal = terminal, minimal
        self._kept: list[str] = []

    def table(self, rows: Sequence[Row]) -> None:
        """Print records; --minimal shows the first field of each, if there is any."""
        if not self._minimal:
            for row in rows:
                self._terminal.print(f"{render_record(row)}\n")
        elif rows and rows[0]:
            self._keep([row[0][1] for row in rows])

    def values(self, values: Sequence[str]) -> None:
        """Print values, one a line."""
        if self._minimal:
            self._keep(values)
            return
        for value in values:
            self._terminal.print(value)

    def message(self, text: str) -> None:
        """Print a text that --minimal leaves out."""
        if not self._minimal:
            self._terminal.print(text)

    def complain(self, text: str) -> None:
        """Print to standard error what --minimal leaves out."""
        if not self._minimal:
            self._terminal.complain(f"{text}\n")

    def flush(self) -> None:
        """Print what was kept, the newest first; a line even if that is nothing."""
        if self._minimal:
            self._terminal.print(",".join(reversed(self._kept)))

    def _keep(self, values: Sequence[str]) -> None:
        self._kept.append(",".join(map(_escaped, values)))
