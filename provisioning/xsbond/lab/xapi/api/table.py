"""The whole API as a table: every class with its fields and messages, in xapi's order.

The rows are in the text files beside this module. A file is read line by line; `#` begins a
comment, and a line that starts with the same word as the one before it goes on.

    enum NAME WORDS            the values of an enumeration
    class NAME ROLE FLAGS      what follows is about this class; ROLE sends what has no other role
    make FIELD=KIND ...        its objects are made from a record (and there is a destroy)
    fields NAME=KIND!ROLE ...  its fields; those with a kind have setters
    call NAME KINDS ROLE FLAGS one message and its parameters, the session left out

A kind is a word (string, int, float, bool, datetime, map, set, ref), an enumeration, or a class,
which means a reference to one of its objects; `set:KIND` and `map:KIND` say what is in them, and a
final `?` that there is a default. `@V` names the release that was the first to have something.

Flags of a class: bare (no records), unlisted (no get_all), unnamed (a name_label, and yet no
get_by_name_label), sync (nothing of it runs as a task). Flags of a call: sync (no Async form),
there (runs on the host that comes first), nosession. `!V` names the release that removed a message:
it stays, but answers nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from xsbond.lab.profiles import Version, numbers
from xsbond.lab.xapi.access.roles import LOCAL_ROOT, ROLES
from xsbond.lab.xapi.api.kinds import Argument, Enumerations, argument

_FILES = ("pool", "guests", "hosts", "networks", "storage", "devices", "services")
"""In the order system.listMethods has."""
_ROLES = frozenset({*ROLES, LOCAL_ROOT})
_FLAGS = frozenset({"bare", "unlisted", "sync", "there", "nosession"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """One field of a class."""

    name: str
    since: Version
    value: Argument | None
    """What its setters take; None where clients cannot set it."""
    role: str
    """The least role that may set it; empty: the class's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One message that does not follow from a field."""

    name: str
    arguments: tuple[Argument, ...]
    role: str
    flags: frozenset[str]
    since: Version
    removed: Version | None


@dataclass(slots=True, kw_only=True)
class ClassRow:
    """One class."""

    name: str
    role: str
    flags: frozenset[str]
    since: Version
    made_from: Mapping[str, Argument] | None = None
    """Field -> kind of the record its objects are made from."""
    fields: list[FieldRow] = field(default_factory=list)
    calls: list[CallRow] = field(default_factory=list)


@cache
def classes() -> tuple[ClassRow, ...]:
    """Return all classes of all releases, in xapi's order."""
    return tuple(row for name in _FILES for row in read(_text(name)))


def _text(name: str) -> str:
    return (files("xsbond.lab.xapi.api") / f"{name}.txt").read_text(encoding="utf-8")


def read(text: str) -> tuple[ClassRow, ...]:
    """Return the classes a text describes; ValueError for a line that says nothing known."""
    lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    enumerations: dict[str, tuple[str, ...]] = {}
    rows: list[ClassRow] = []
    for word, *rest in lines:
        match word:
            case "enum":
                enumerations[rest[0]] = (*enumerations.get(rest[0], ()), *rest[1:])
            case "class":
                rows.append(_class(rest))
            case "make":
                rows[-1].made_from = {**(rows[-1].made_from or {}), **_record(rest, enumerations)}
            case "fields":
                rows[-1].fields += [_field(each, enumerations) for each in rest]
            case "call":
                rows[-1].calls.append(_call(rest, rows[-1], enumerations))
            case _:
                raise ValueError(f"a line of the table starts with {word!r}")
    return tuple(rows)


def _class(words: list[str]) -> ClassRow:
    name, role, *rest = words
    rest, since = _cut(rest, "@")
    return ClassRow(name=name, role=role, flags=frozenset(rest), since=since or ())


def _record(words: list[str], enumerations: Enumerations) -> Mapping[str, Argument]:
    pairs = (word.split("=") for word in words)
    return {name: argument(kind, enumerations) for name, kind in pairs}


def _field(word: str, enumerations: Enumerations) -> FieldRow:
    word, _, since = word.partition("@")
    word, _, role = word.partition("!")
    name, _, kind = word.partition("=")
    value = argument(kind, enumerations) if kind else None
    return FieldRow(name=name, since=numbers(since) if since else (), value=value, role=role)


def _call(words: list[str], one: ClassRow, enumerations: Enumerations) -> CallRow:
    name, *rest = words
    rest, since = _cut(rest, "@")
    rest, removed = _cut(rest, "!")
    roles = [word for word in rest if word in _ROLES]
    usual = "read-only" if name.startswith("get_") else one.role
    kinds = [word for word in rest if word not in _ROLES | _FLAGS]
    return CallRow(
        name=name,
        arguments=tuple(argument(kind, enumerations) for kind in kinds),
        role=roles[0] if roles else usual,
        flags=_FLAGS.intersection(rest) | one.flags & {"sync"},
        since=since or (),
        removed=removed,
    )


def _cut(words: list[str], sign: str) -> tuple[list[str], Version | None]:
    """Return the other words, and the release in the one that starts with this sign."""
    releases = [numbers(word[1:]) for word in words if word.startswith(sign)]
    rest = [word for word in words if not word.startswith(sign)]
    return rest, releases[0] if releases else None
