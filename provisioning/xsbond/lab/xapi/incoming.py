"""Turns what a client sent into native values, or refuses it in xapi's words.

The texts are those of ocaml-rpc's unmarshalling (rpc.ml, rpcmarshal.ml) as xapi wraps them in
INTERNAL_ERROR (ocaml/xapi/server_error, exnHelper.ml).
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from xmlrpc.client import DateTime

from xsbond.lab.contracts import Failure
from xsbond.lab.pool.schema.kinds import Kind, Word
from xsbond.lab.pool.values import Date, int64_of_string

_FLOAT = re.compile(r"[+-]?(?:[0-9][0-9_]*\.?[0-9_]*(?:[eE][+-]?[0-9]+)?|inf(?:inity)?|nan)")
_DATE = re.compile(r"\d{4}-?\d{2}-?\d{2}(?:T\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{2}:?\d{2})?)?")
_INT64_BITS = 64


def native(kind: Kind, value: Any) -> Any:
    """Return `value` as a native value of this kind; Failure INTERNAL_ERROR if it is none."""
    return _CONVERSIONS[kind.word](kind, value)


def refusal(text: str) -> Failure:
    """Return the failure that an exception of unmarshalling becomes."""
    return Failure("INTERNAL_ERROR", f'Failure("{text}")')


def spelt(value: Any) -> str:
    """Spell a value as ocaml-rpc does in its complaints (rpc.ml, to_string)."""
    return _SPELLINGS.get(type(value), lambda binary: f"B64({binary})")(value)


def _string(_: Kind, value: Any) -> str:
    if not isinstance(value, str):
        raise refusal(f"Expected string, got '{spelt(value)}'")
    return value


def _int(_: Kind, value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise refusal(f"Expected int64, got '{spelt(value)}'")
    number = int64_of_string(value)
    if number is None or not -(2 ** (_INT64_BITS - 1)) <= number < 2 ** (_INT64_BITS - 1):
        raise refusal("Int64.of_string")
    return number


def _float(_: Kind, value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, str):
        raise refusal(f"Expected float, got '{spelt(value)}'")
    if not _FLOAT.fullmatch(value):
        raise refusal("float_of_string")
    return float(value.replace("_", ""))


def _bool(_: Kind, value: Any) -> bool:
    if not isinstance(value, bool):
        raise refusal(f"Expected bool, got '{spelt(value)}'")
    return value


def _datetime(_: Kind, value: Any) -> Date:
    text = str(value)
    if not isinstance(value, str | DateTime) or not _DATE.fullmatch(text):
        raise refusal(f"Expected datetime, got '{spelt(value)}'")
    return Date(text)


def _enum(kind: Kind, value: Any) -> str:
    if not isinstance(value, str) or value not in kind.words:
        raise refusal(kind.misfit)
    return value


def _set(kind: Kind, value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise refusal(f"Expecting Rpc.Enum, but found '{spelt(value)}'")
    return [native(_item(kind), item) for item in value]


def _map(kind: Kind, value: Any) -> dict[str, Any]:
    return {key: native(_item(kind), item) for key, item in _members(value).items()}


def _members(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise refusal(f"Expecting Rpc.Dict, but found '{spelt(value)}'")
    return value


def _item(kind: Kind) -> Kind:
    if kind.item is None:
        raise TypeError(f"a {kind.word} without a kind of its members")
    return kind.item


def _record(_: Kind, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise refusal("bad __structure")
    return value


_CONVERSIONS: Mapping[Word, Callable[[Kind, Any], Any]] = {
    "string": _string,
    "ref": _string,
    "int": _int,
    "float": _float,
    "bool": _bool,
    "datetime": _datetime,
    "enum": _enum,
    "set": _set,
    "map": _map,
    "record": _record,
}

_SPELLINGS: Mapping[type, Callable[[Any], str]] = {
    type(None): lambda _: "N",
    bool: lambda value: f"B({str(value).lower()})",
    int: lambda value: f"I({value})",
    float: lambda value: f"F({value:g})",
    str: lambda value: f"S({value})",
    DateTime: lambda value: f"D({value})",
    list: lambda value: f"[{';'.join(map(spelt, value))}]",
    dict: lambda value: f"{{{';'.join(f'{k}:{spelt(v)}' for k, v in value.items())}}}",
}
