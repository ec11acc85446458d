"""What every command of ovs-vsctl is given, and how it finds tables and records. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xsbond.lab.dom0.ovs.values import Atom, Row, Value, to_text

Tables = Mapping[str, list[Row]]


class VsctlError(Exception):
    """A command that cannot be carried out; the text follows `ovs-vsctl: `."""

    def __init__(self, text: str, status: int = 1) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How records are printed."""

    format: str = "list"
    data: str = "string"
    headings: bool = True
    columns: tuple[str, ...] = ()
    quotes_digits: bool = False
    """Text with digits is quoted, as up to Open vSwitch 2.11."""

    def text(self, value: Value) -> str:
        """Return a value as text."""
        return to_text(value, quotes_digits=self.quotes_digits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One command with its own options."""

    tables: Tables
    arguments: tuple[str, ...]
    format: Format
    if_exists: bool = False
    real: bool = False
    fake: bool = False

    @property
    def name(self) -> str:
        """Return the first argument."""
        return self.arguments[0]


_TABLE_NAMES = ("Bridge", "Interface", "Open_vSwitch", "Port")


def find_table(request: Request, typed: str) -> tuple[str, list[Row]]:
    """Return the table of this name or unique beginning, upper or lower case alike."""
    wanted = typed.lower().replace("-", "_")
    found = [name for name in _TABLE_NAMES if name.lower().startswith(wanted)]
    if len(found) != 1:
        raise VsctlError(f'unknown table "{typed}"')
    return found[0], request.tables[found[0]]


def find_record(rows: Sequence[Row], table: str, record: str) -> Row:
    """Return the row of this name or uuid; VsctlError if there is none."""
    for row in rows:
        if record in {row.get("name"), row["_uuid"]} or (record == "." and len(rows) == 1):
            return row
    raise VsctlError(f'no row "{record}" in table {table}')


def members(value: Value) -> tuple[Atom, ...]:
    """Return the members of a set; one member is written without brackets."""
    assert not isinstance(value, Mapping)
    return value if isinstance(value, tuple) else (value,)


def lines_of(texts: Sequence[str]) -> str:
    """Return the texts, one a line."""
    return "".join(f"{text}\n" for text in texts)
