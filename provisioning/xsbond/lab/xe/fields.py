"""The fields xe shows: a name of its own, rights, and how each is read from a record."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xsbond.lab.xe.view import NULL, Record, View

EXPENSIVE = "<expensive field>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a class in xe (records.ml)."""

    name: str
    rights: str
    """RO or RW, behind M for a map and S for a set."""
    read: Callable[[Record, View], str]
    attribute: str = ""
    """XAPI's name of the field, where it is written or searched by key."""
    convert: Callable[[str], Any] = str
    """Turns typed text into the value that is written."""
    items: Callable[[Record, View], Sequence[str]] | None = None
    """Members of a set."""
    property_setter: bool = False
    """Keys are set one by one with `set_property`."""
    case_insensitive: bool = False
    hidden_in_list: str = ""
    """What a list shows instead, because the value is expensive."""


def shown(value: Any) -> str:
    """Return a value as xe prints it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {shown(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(shown(item) for item in value)
    return str(value)


def as_boolean(text: str) -> bool:
    """Return a truth value; ValueError if the text is none."""
    words = {"true": True, "t": True, "1": True, "yes": True, "y": True}
    words |= {"false": False, "f": False, "0": False, "no": False, "n": False}
    if text.lower() not in words:
        raise ValueError(f"Expected 'true','t','yes','y','1','false','f','no','n','0' got {text}")
    return words[text.lower()]


def plain(name: str, attribute: str, rights: str = "RO", **more: Any) -> Field:
    """Return a field that prints one attribute; what this release lacks is empty."""
    return Field(
        name=name,
        rights=rights,
        attribute=attribute,
        read=lambda record, _: shown(record.get(attribute, "")),
        **more,
    )


def mapping(name: str, attribute: str, rights: str = "MRO", **more: Any) -> Field:
    """Return a field that prints a map."""
    return plain(name, attribute, rights, **more)


def members(name: str, attribute: str, rights: str = "SRO", separator: str = "; ") -> Field:
    """Return a field that prints a set of words."""

    def items(record: Record, _: View) -> Sequence[str]:
        return [shown(item) for item in record.get(attribute, [])]

    return Field(
        name=name,
        rights=rights,
        attribute=attribute,
        read=lambda record, view: separator.join(items(record, view)),
        items=items,
    )


def operations(name: str, attribute: str) -> Field:
    """Return a field that prints operations, as a set or as a map of tasks to them."""

    def items(record: Record, _: View) -> Sequence[str]:
        value = record.get(attribute, [])
        return [str(item) for item in (value.values() if isinstance(value, Mapping) else value)]

    return Field(
        name=name,
        rights="SRO",
        attribute=attribute,
        read=lambda record, view: "; ".join(items(record, view)),
        items=items,
    )


def uuid_of(name: str, attribute: str, xapi_class: str) -> Field:
    """Return a field that prints the uuid of one reference."""
    return Field(
        name=name,
        rights="RO",
        read=lambda record, view: view.uuid(record.get(attribute, NULL), xapi_class),
    )


def name_of(name: str, attribute: str, xapi_class: str) -> Field:
    """Return a field that prints the name of what a reference leads to."""
    return Field(
        name=name,
        rights="RO",
        read=lambda record, view: view.name(record.get(attribute, NULL), xapi_class),
    )


def uuids_of(name: str, attribute: str, xapi_class: str, rights: str = "RO") -> Field:
    """Return a field that prints the uuids of several references."""

    def items(record: Record, view: View) -> Sequence[str]:
        return [view.uuid(ref, xapi_class) for ref in record.get(attribute, [])]

    return Field(
        name=name,
        rights=rights,
        read=lambda record, view: "; ".join(items(record, view)),
        items=items if rights.startswith("S") else None,
    )


def metric(name: str, read: Callable[[Record], str], xapi_class: str) -> Field:
    """Return a field read from the record's metrics."""

    def from_metrics(record: Record, view: View) -> str:
        found = view.find(record.get("metrics", NULL), xapi_class)
        return read(found) if found else "<not in database>"

    return Field(name=name, rights="RO", read=from_metrics)


def expensive(name: str) -> Field:
    """Return a field whose value the lab does not measure."""
    return Field(name=name, rights="RO", read=lambda _, __: "<unknown>", hidden_in_list=EXPENSIVE)
