"""The words the API's table uses for the kinds of parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xsbond.lab.pool.schema.kinds import (
    BOOL,
    DATE,
    EMPTY,
    FLOAT,
    INT,
    MAP,
    REF,
    STRING,
    STRINGS,
    Kind,
    enum,
)
from xsbond.lab.xapi.messages import REQUIRED, Parameter

Enumerations = Mapping[str, tuple[str, ...]]
_MISFITS = {"bond_mode": "Unmarshalling error in bond-mode"}
"""Enumeration -> what unmarshalling says of other words, where it has a text of its own."""

_SIMPLE: Mapping[str, Kind] = {
    "string": STRING,
    "int": INT,
    "float": FLOAT,
    "bool": BOOL,
    "datetime": DATE,
    "map": MAP,
    "set": STRINGS,
    "ref": REF,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """What one parameter, or one field of a record, may be."""

    kind: Kind
    of: str = ""
    """The class it refers to, or whose references are in the set; empty: none that is looked up."""
    optional: bool = False

    def parameter(self, name: str) -> Parameter:
        """Return it as a parameter of a message."""
        return Parameter(name, self.kind, self.default() if self.optional else REQUIRED)

    def default(self) -> Any:
        """Return what stands for an argument that is not given."""
        value = EMPTY[self.kind.word]
        return list(value) if self.kind.word == "set" else value


def argument(word: str, enumerations: Enumerations) -> Argument:
    """Return what a word of the table means."""
    optional, word = word.endswith("?"), word.removesuffix("?")
    outer, _, inner = word.rpartition(":")
    kind, of = _kind(inner, enumerations)
    if outer == "set":
        return Argument(kind=Kind(word="set", item=kind), of=of, optional=optional)
    if outer == "map":
        return Argument(kind=Kind(word="map", item=kind), optional=optional)
    return Argument(kind=kind, of=of, optional=optional)


def _kind(word: str, enumerations: Enumerations) -> tuple[Kind, str]:
    """Return a kind, and the class where the word is one."""
    if word in _SIMPLE:
        return _SIMPLE[word], ""
    if word in enumerations:
        misfit = _MISFITS.get(word)
        words = enumerations[word]
        return (enum(*words, misfit=misfit) if misfit else enum(*words)), ""
    return REF, word
