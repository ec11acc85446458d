"""Every message of a class: those that follow from its fields, and its own, in xapi's order.

The order is that of ocaml/idl/datamodel_utils.ml, messages_of_obj.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from xsbond.lab.pool.schema.kinds import RECORD, REF, STRING
from xsbond.lab.profiles import Profile, Version
from xsbond.lab.xapi.access.roles import READ_ONLY
from xsbond.lab.xapi.api.kinds import Argument
from xsbond.lab.xapi.api.table import CallRow, ClassRow, FieldRow, classes

_TEXT = Argument(kind=STRING)
_RECORD = Argument(kind=RECORD)
_WHERE_SINCE: Version = (25,)
"""xapi's get_all_where came long after get_all_records_where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What a client has to send for a message, and who may."""

    one: str
    """The class."""
    verb: str
    """The name without the class."""
    arguments: tuple[Argument, ...] = ()
    role: str = READ_ONLY
    flags: frozenset[str] = frozenset({"sync"})
    since: Version = ()
    removed: Version | None = None
    """From this release on it answers MESSAGE_REMOVED; None: not yet."""
    made_from: Mapping[str, Argument] | None = None
    """The record a constructor takes."""
    of_field: bool = False
    """It follows from a field."""

    @property
    def name(self) -> str:
        """Return class and message, for example SR.scan."""
        return f"{self.one}.{self.verb}"


@cache
def all_signatures() -> tuple[Signature, ...]:
    """Return the messages of all releases, in the order of system.listMethods."""
    return tuple(
        replace(each, since=max(row.since, each.since))
        for row in classes()
        for each in _of_class(row)
    )


@cache
def signatures(profile: Profile) -> tuple[Signature, ...]:
    """Return the messages a release knows, in that order."""
    return tuple(each for each in all_signatures() if profile.knows(each.since))


def _of_class(row: ClassRow) -> Iterator[Signature]:
    if "bare" not in row.flags:
        yield from _lookups(row)
    for field in row.fields:
        yield _getter(row, field)
    for field in row.fields:
        if field.value is not None:
            yield from _setters(row, field, field.value)
    for call in row.calls:
        yield _own(row, call)
    if not row.flags & {"bare", "unlisted"}:
        yield from _lists(row)


def _lookups(row: ClassRow) -> Iterator[Signature]:
    this = _reference(row.name)
    yield Signature(one=row.name, verb="get_record", arguments=(this,))
    yield Signature(one=row.name, verb="get_by_uuid", arguments=(_TEXT,))
    if row.made_from is not None:
        yield Signature(
            one=row.name,
            verb="create",
            arguments=(_RECORD,),
            role=row.role,
            flags=frozenset(),
            made_from=row.made_from,
        )
        yield Signature(
            one=row.name, verb="destroy", arguments=(this,), role=row.role, flags=frozenset()
        )
    named = any(field.name == "name_label" for field in row.fields)
    if named and "unnamed" not in row.flags:
        yield Signature(one=row.name, verb="get_by_name_label", arguments=(_TEXT,))


def _getter(row: ClassRow, field: FieldRow) -> Signature:
    return Signature(
        one=row.name,
        verb=f"get_{field.name}",
        arguments=(_reference(row.name),),
        since=field.since,
        of_field=True,
    )


def _setters(row: ClassRow, field: FieldRow, value: Argument) -> Iterator[Signature]:
    """Yield what a client can do to a field; a map and a set can be changed in part."""
    item = Argument(kind=value.kind.item or STRING)
    ways: dict[str, tuple[Argument, ...]] = {"set": (value,)}
    if value.kind.word == "map":
        ways |= {"add_to": (_TEXT, item), "remove_from": (_TEXT,)}
    if value.kind.word == "set":
        ways |= {"add": (item,), "remove": (item,)}
    for way, arguments in ways.items():
        yield Signature(
            one=row.name,
            verb=f"{way}_{field.name}",
            arguments=(_reference(row.name), *arguments),
            role=field.role or row.role,
            since=field.since,
            of_field=True,
        )


def _own(row: ClassRow, call: CallRow) -> Signature:
    return Signature(
        one=row.name,
        verb=call.name,
        arguments=call.arguments,
        role=call.role,
        flags=call.flags,
        since=call.since,
        removed=call.removed,
    )


def _lists(row: ClassRow) -> Iterator[Signature]:
    yield Signature(one=row.name, verb="get_all")
    yield Signature(one=row.name, verb="get_all_where", arguments=(_TEXT,), since=_WHERE_SINCE)
    yield Signature(one=row.name, verb="get_all_records_where", arguments=(_TEXT,))
    yield Signature(one=row.name, verb="get_all_records")


def _reference(name: str) -> Argument:
    return Argument(kind=REF, of=name)
