"""What a field of XAPI's database is: its kind, its default, who may set it, and since when."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from xsbond.lab.pool.values import EPOCH, NULL

Word = Literal["string", "int", "float", "bool", "datetime", "ref", "enum", "set", "map", "record"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """The type of a value, as XAPI's data model has it."""

    word: Word
    item: "Kind | None" = None
    """Kind of a set's members, or of a map's values; keys are always text."""
    words: tuple[str, ...] = ()
    """The values of an enumeration, case and all."""
    misfit: str = "Unknown tag/contents"
    """What unmarshalling says about a word that is not in the enumeration."""


STRING = Kind(word="string")
INT = Kind(word="int")
FLOAT = Kind(word="float")
BOOL = Kind(word="bool")
DATE = Kind(word="datetime")
REF = Kind(word="ref")
STRINGS = Kind(word="set", item=STRING)
INTS = Kind(word="set", item=INT)
REFS = Kind(word="set", item=REF)
MAP = Kind(word="map", item=STRING)
RECORD = Kind(word="record")


def enum(*words: str, misfit: str = "Unknown tag/contents") -> Kind:
    """Return the kind of an enumeration."""
    return Kind(word="enum", words=words, misfit=misfit)


EMPTY: Mapping[Word, Any] = MappingProxyType(
    {
        "string": "",
        "int": 0,
        "float": 0.0,
        "bool": False,
        "datetime": EPOCH,
        "ref": NULL,
        "enum": "",
        "set": (),
        "map": MappingProxyType({}),
    }
)
"""Word -> value of a field that has no default of its own."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a class."""

    name: str
    kind: Kind
    _: KW_ONLY
    default: Any = None
    settable: bool = False
    """Qualifier RW: clients have a setter, and for maps and sets `add` and `remove`."""
    back: tuple[str, str] | None = None
    """(class, field) whose references to this object make up the value (a Set(Ref) relation)."""
    column: str = ""
    """Database column, where namespaces are joined by two underscores; default: the name."""
    since: tuple[int, ...] = ()
    """First release that has the field, on the number line of `Profile.generation`; empty: all."""
    internal: bool = False
    """No client ever sees it (internal_only)."""

    def initial(self) -> Any:
        """Return a new object's value, a fresh one for sets and maps."""
        value = EMPTY[self.kind.word] if self.default is None else self.default
        if self.kind.word == "set":
            return list(value)
        return dict(value) if self.kind.word == "map" else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """One class of the API."""

    name: str
    fields: tuple[Field, ...]
    since: tuple[int, ...] = ()
    """First release that has the class, as for fields."""
    by_name_label: bool = False
    """Clients may look objects up by name_label."""
    persistent: bool = True
    """Survives a restart of the master's xapi (false: PersistNothing)."""
    events: bool = True
    getters: bool = True
    """Clients may ask for single fields."""
    listed: bool = True
    """Clients may ask for all objects."""
    by_name: Mapping[str, Field] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        by_name = MappingProxyType({field.name: field for field in self.fields})
        object.__setattr__(self, "by_name", by_name)
