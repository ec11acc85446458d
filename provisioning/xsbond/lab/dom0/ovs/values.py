"""OVSDB values and how ovs-vsctl writes them, as text and as JSON (RFC 7047, section 5.1). Pure."""

import json
import re
from collections.abc import Mapping
from typing import Any


class RowId(str):
    """The uuid of a row."""

    __slots__ = ()


Atom = str | int | bool | RowId
Value = Atom | tuple[Atom, ...] | Mapping[str, Atom]
"""A tuple is a set, a mapping a map."""
Row = Mapping[str, Value]

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_PLAIN_WITHOUT_DIGITS = re.compile(r"[A-Za-z_][A-Za-z_.-]*")
"""Up to 2.11 a digit was a reason for quotes."""
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def _atom_text(atom: Atom, *, quotes_digits: bool) -> str:
    """Return an atom; text that could be taken for something else is quoted (ovsdb-data.c)."""
    if isinstance(atom, bool):
        return str(atom).lower()
    if isinstance(atom, RowId | int):
        return str(atom)
    harmless = _PLAIN_WITHOUT_DIGITS if quotes_digits else _PLAIN
    plain = harmless.fullmatch(atom) and not _UUID.fullmatch(atom) and atom not in {"true", "false"}
    return atom if plain else json.dumps(atom)


def to_text(value: Value, *, quotes_digits: bool = False) -> str:
    """Return a value as `list` and `get` print it."""

    def written(atom: Atom) -> str:
        return _atom_text(atom, quotes_digits=quotes_digits)

    if isinstance(value, Mapping):
        pairs = (f"{written(key)}={written(item)}" for key, item in sorted(value.items()))
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, tuple):
        return "[" + ", ".join(written(atom) for atom in sorted(value)) + "]"
    return written(value)


def to_bare_text(value: Value) -> str:
    """Return a value as `--data=bare` prints it: no quotes and no brackets."""
    if isinstance(value, Mapping):
        return " ".join(f"{key}={item}" for key, item in sorted(value.items()))
    atoms = sorted(value) if isinstance(value, tuple) else [value]
    return " ".join(str(atom).lower() if isinstance(atom, bool) else str(atom) for atom in atoms)


def to_json(value: Value) -> Any:
    """Return a value in OVSDB's JSON notation."""
    if isinstance(value, Mapping):
        return ["map", [[key, to_json(item)] for key, item in sorted(value.items())]]
    if isinstance(value, tuple):
        return ["set", [to_json(atom) for atom in sorted(value)]]
    return ["uuid", str(value)] if isinstance(value, RowId) else value
