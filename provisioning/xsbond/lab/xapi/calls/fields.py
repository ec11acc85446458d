"""Reads the record a constructor is given, field by field (server_helpers.ml, field lookup)."""

from collections.abc import Mapping, Sequence
from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.pool.schema.kinds import Kind
from xsbond.lab.xapi.incoming import native

REQUIRED = None
"""Default of a field that has none."""

Fields = Sequence[tuple[str, Kind, Any]]
"""Name, kind, default."""


def read_fields(record: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    """Return the fields' values; what else is in the record is ignored.

    Raises Failure INTERNAL_ERROR for a field that is missing or of another type.
    """
    return {name: _value(record, name, kind, default) for name, kind, default in fields}


def _value(record: Mapping[str, Any], name: str, kind: Kind, default: Any) -> Any:
    if name in record:
        return native(kind, record[name])
    if default is REQUIRED:
        text = f'Server_helpers.Dispatcher_FieldNotFound("{name}")'
        raise Failure("INTERNAL_ERROR", text)
    return default
