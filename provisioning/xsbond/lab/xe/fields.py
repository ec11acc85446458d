"""The fields xe shows: a name of its own, what may be done with them, how each is read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from xsbond.lab.xe.view import NOT_IN_DATABASE, NULL, Record, View

Convert = Callable[[View, str, str], Any]
"""Returns what a setter takes, from a view, the field's name and the typed text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a class in xe (records.ml)."""

    name: str
    read: Callable[[Record, View], str]
    attribute: str = ""
    """XAPI's name of the field; a release whose records lack it does not have the field."""
    convert: Convert | None = None
    """None: there is no setter."""
    setter: str = ""
    """XAPI's name of the setter, where it is not `set_` and the attribute."""
    members: Callable[[Record, View], Sequence[str]] | None = None
    """Of a set."""
    keys: Callable[[Record], Mapping[str, str]] | None = None
    """Of a map."""
    adds: bool = False
    """Members or keys can be added and removed one by one."""
    set_property: bool = False
    """Keys are set one by one with `set_property`."""
    case_insensitive: bool = False
    expensive: bool = False
    """A list does not read it."""
    hidden: bool = False
    """Shown only by param-get."""
    deprecated: bool = False

    @property
    def label(self) -> str:
        """Return the name and what may be done with it (cli_operations.ml, print_field)."""
        kind = "S" if self.members else "M" if self.keys else " "
        writable = self.convert is not None if kind == " " else self.adds
        mark = " [DEPRECATED]" if self.deprecated else ""
        return f"{self.name} ({kind}{'RW' if writable else 'RO'}){mark}"

    def is_in(self, record: Record) -> bool:
        """Tell whether the release that made this record has the field."""
        return not self.attribute or self.attribute in record


class Flags(TypedDict, total=False):
    """What may be said of a field besides how it is read."""

    adds: bool
    set_property: bool
    case_insensitive: bool
    hidden: bool
    deprecated: bool


def shown(value: Any) -> str:
    """Return a value as xe prints it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {shown(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(shown(item) for item in value)
    return str(value)


def plain(
    name: str,
    attribute: str,
    convert: Convert | None = None,
    *,
    words: Mapping[str, str] | None = None,
    **more: Unpack[Flags],
) -> Field:
    """Return a field that prints one attribute; `words` are other words for some values."""

    def read(record: Record, _: View) -> str:
        text = shown(record.get(attribute, ""))
        return (words or {}).get(text, text)

    return Field(name=name, attribute=attribute, convert=convert, read=read, **more)


def mapping(name: str, attribute: str, **more: Unpack[Flags]) -> Field:
    """Return a field that prints a map."""
    return Field(
        name=name,
        attribute=attribute,
        read=lambda record, _: shown(record.get(attribute, {})),
        keys=lambda record: record.get(attribute, {}),
        **more,
    )


def members(
    name: str,
    attribute: str,
    convert: Convert | None = None,
    *,
    separator: str = "; ",
    **more: Unpack[Flags],
) -> Field:
    """Return a field that prints a set of words."""

    def items(record: Record, _: View) -> Sequence[str]:
        return [shown(item) for item in record.get(attribute, [])]

    return Field(
        name=name,
        attribute=attribute,
        convert=convert,
        read=lambda record, view: separator.join(items(record, view)),
        members=items,
        **more,
    )


def operations(
    name: str, attribute: str, words: Mapping[str, str] | None = None, *, as_set: bool = True
) -> Field:
    """Return a field that prints operations, a set or the values of a map of tasks to them."""

    def items(record: Record, _: View) -> Sequence[str]:
        value = record.get(attribute, [])
        found = value.values() if isinstance(value, Mapping) else value
        return [(words or {}).get(str(item), str(item)) for item in found]

    return Field(
        name=name,
        attribute=attribute,
        read=lambda record, view: "; ".join(items(record, view)),
        members=items if as_set else None,
    )


def uuid_of(name: str, attribute: str, xapi_class: str, convert: Convert | None = None) -> Field:
    """Return a field that prints the uuid of one reference."""
    return Field(
        name=name,
        attribute=attribute,
        convert=convert,
        read=lambda record, view: view.uuid(record.get(attribute, NULL), xapi_class),
    )


def name_of(name: str, attribute: str, xapi_class: str) -> Field:
    """Return a field that prints the name of what a reference leads to."""
    return Field(
        name=name,
        attribute=attribute,
        read=lambda record, view: view.name(record.get(attribute, NULL), xapi_class),
    )


def uuids_of(
    name: str, attribute: str, xapi_class: str, *, as_set: bool = False, separator: str = "; "
) -> Field:
    """Return a field that prints the uuids of several references."""

    def items(record: Record, view: View) -> Sequence[str]:
        return [view.uuid(ref, xapi_class) for ref in record.get(attribute, [])]

    return Field(
        name=name,
        attribute=attribute,
        read=lambda record, view: separator.join(items(record, view)),
        members=items if as_set else None,
    )


def uuids_by_name(name: str, attribute: str, xapi_class: str) -> Field:
    """Return a field that prints a map of names to the uuids of references."""

    def read(record: Record, view: View) -> str:
        pairs = record.get(attribute, {}).items()
        return "; ".join(f"{key}: {view.uuid(ref, xapi_class)}" for key, ref in pairs)

    return Field(name=name, attribute=attribute, read=read)


def metric(
    name: str,
    xapi_class: str,
    attribute: str,
    *,
    words: Mapping[str, str] | None = None,
    pointer: str = "metrics",
    otherwise: str = NOT_IN_DATABASE,
) -> Field:
    """Return a field read from the metrics that `pointer` leads to, `otherwise` without any."""

    def spell(found: Record) -> str:
        text = shown(found.get(attribute, ""))
        return (words or {}).get(text, text)

    return computed(name, xapi_class, spell, pointer, otherwise)


def computed(
    name: str,
    xapi_class: str,
    spell: Callable[[Record], str],
    pointer: str = "metrics",
    otherwise: str = NOT_IN_DATABASE,
) -> Field:
    """Return a field made of what is found in the metrics that `pointer` leads to."""

    def read(record: Record, view: View) -> str:
        found = view.find(record.get(pointer, NULL), xapi_class)
        return spell(found) if found else otherwise

    return Field(name=name, attribute=pointer, read=read)


def asked(name: str, method: str, xapi_class: str, otherwise: Any) -> Field:
    """Return an expensive field: a question to XAPI about the object itself.

    The answer is a set where `otherwise`, what a refusal stands for, is a list.
    """

    def answer(record: Record, view: View) -> Any:
        ref = view.call(f"{xapi_class}.get_by_uuid", record["uuid"])
        return view.answer(otherwise, method, ref)

    def members(record: Record, view: View) -> Sequence[str]:
        return [shown(item) for item in answer(record, view)]

    return Field(
        name=name,
        read=lambda record, view: shown(answer(record, view)),
        members=members if isinstance(otherwise, list) else None,
        expensive=True,
    )


def unmeasured(name: str, text: str = "<unknown>", **more: Unpack[Flags]) -> Field:
    """Return an expensive field whose value comes from the statistics daemon, which is silent."""
    return Field(name=name, read=lambda _, __: text, expensive=True, **more)
