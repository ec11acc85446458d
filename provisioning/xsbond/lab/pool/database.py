"""XAPI's database: rows, references, the relations that follow from them, generations for events.

All methods are called with the pool's lock held. Every relation is stored at the end that refers;
the sets at the other end follow. Whenever an object's relations change, it moves to the front of
all the sets it is in and the objects it refers to count as modified, too: so does xapi's own
database (ocaml/database/db_cache_types.ml, update_one_to_many).
"""

import threading
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from xsbond.lab.contracts import Failure
from xsbond.lab.pool.schema import CLASSES
from xsbond.lab.pool.values import is_null, new_ref, new_uuid

if TYPE_CHECKING:
    from xsbond.lab.pool.schema.kinds import Class

_DELETIONS_KEPT = 10_000

Relation = tuple[str, str]
"""The referring end: class and field."""


class Record(dict[str, Any]):
    """An object's fields, as of some generation; never changed, but replaced."""

    __slots__ = ("encoded",)

    def __init__(self, fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self.encoded: str | None = None
        """What the record is on the wire, kept by whoever encoded it."""


@dataclass(slots=True, kw_only=True)
class Row:
    """One stored object."""

    stored: dict[str, Any]
    created: int
    """Generation, as are `modified` and those of deletions."""
    modified: int
    record: Record | None = field(default=None)
    """All fields, the computed ones included, until something changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """What remains of an object."""

    name: str
    """Its class."""
    ref: str
    created: int
    deleted: int


def _relations() -> Mapping[str, tuple[str, ...]]:
    """Return class -> the fields whose references make up sets of other classes."""
    found: dict[str, list[str]] = {one.name: [] for one in CLASSES}
    for one in CLASSES:
        for each in one.fields:
            if each.back:
                found[each.back[0]].append(each.back[1])
    return {name: tuple(fields) for name, fields in found.items()}


class Database:
    """All tables, with the fields of every release; `changed` is notified of each change."""

    def __init__(self, lock: threading.RLock) -> None:
        self.changed = threading.Condition(lock)
        self.classes: Mapping[str, Class] = {one.name: one for one in CLASSES}
        self.generation = 0
        self.deletions: deque[Deletion] = deque(maxlen=_DELETIONS_KEPT)
        self._rows: dict[str, dict[str, Row]] = {one.name: {} for one in CLASSES}
        self._relations = _relations()
        self._referrers: dict[Relation, dict[str, list[str]]] = {
            (name, each): {} for name, fields in self._relations.items() for each in fields
        }

    def create(self, name: str, /, **fields: Any) -> str:
        """Store a new object of class `name` and return its reference."""
        known = self.classes[name].by_name
        unknown = fields.keys() - {one.name for one in known.values() if not one.back}
        if unknown:
            raise KeyError(f"{name} has no stored field {', '.join(sorted(unknown))}")
        stored = {one.name: one.initial() for one in known.values() if not one.back}
        stored |= {"uuid": new_uuid()} | fields
        ref = new_ref()
        generation = self._next()
        self._rows[name][ref] = Row(stored=stored, created=generation, modified=generation)
        self._relate(name, ref, stored)
        return ref

    def destroy(self, name: str, ref: str) -> None:
        """Forget an object; Failure HANDLE_INVALID if there is none."""
        row = self.row(name, ref)
        generation = self._next()
        self._unrelate(name, ref, row.stored)
        del self._rows[name][ref]
        self.deletions.append(Deletion(name=name, ref=ref, created=row.created, deleted=generation))

    def set(self, name: str, ref: str, /, **fields: Any) -> None:
        """Change fields of an object; what has the value already does not count as a change."""
        row = self.row(name, ref)
        changes = {key: value for key, value in fields.items() if row.stored[key] != value}
        if not changes:
            return
        generation = self._next()
        row.modified, row.record = generation, None
        related = any(key in self._relations[name] for key in changes)
        if related:
            self._unrelate(name, ref, row.stored)
        row.stored |= changes
        if related:
            self._relate(name, ref, row.stored)

    def touch(self, name: str, ref: str) -> int:
        """Count an object as changed and return the generation; Failure HANDLE_INVALID."""
        row = self.row(name, ref)
        row.modified = self._next()
        return row.modified

    def get(self, name: str, ref: str) -> Record:
        """Return all fields of an object, not to be changed; Failure HANDLE_INVALID."""
        row = self.row(name, ref)
        if row.record is None:
            row.record = Record(
                {
                    each.name: list(self._referrers[each.back].get(ref, ()))
                    if each.back
                    else row.stored[each.name]
                    for each in self.classes[name].fields
                }
            )
        return row.record

    def row(self, name: str, ref: str) -> Row:
        """Return the stored object; Failure HANDLE_INVALID if there is none."""
        try:
            return self._rows[name][ref]
        except KeyError:
            raise Failure("HANDLE_INVALID", name, ref) from None

    def has(self, name: str, ref: str) -> bool:
        """Tell whether there is such an object."""
        return ref in self._rows[name]

    def refs(self, name: str) -> list[str]:
        """Return a class's references in database order, which is that of their text, reversed."""
        return sorted(self._rows[name], reverse=True)

    def where(self, name: str, /, **fields: Any) -> list[str]:
        """Return the references of the objects with these values, in database order."""
        rows = self._rows[name]
        wanted = fields.items()
        found = [r for r, row in rows.items() if all(row.stored[k] == v for k, v in wanted)]
        return sorted(found, reverse=True)

    def rows(self, name: str) -> Iterator[tuple[str, Row]]:
        """Yield references and rows of a class in ascending order of the references."""
        return iter(sorted(self._rows[name].items()))

    def count(self, name: str) -> int:
        """Return how many objects of a class there are."""
        return len(self._rows[name])

    def forget_deletions(self) -> None:
        """Do what a restart does: what was deleted before it leaves no trace."""
        self.deletions.clear()

    def clear(self, name: str) -> None:
        """Lose all objects of a class without an event."""
        for ref in list(self._rows[name]):
            self._unrelate(name, ref, self._rows[name][ref].stored)
            del self._rows[name][ref]
        self._next()

    def dump(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Return class -> ref -> record of all persistent tables, sorted, fit for JSON."""
        return {
            one.name: {ref: dict(self.get(one.name, ref)) for ref, _ in self.rows(one.name)}
            for one in sorted(CLASSES, key=lambda one: one.name)
            if one.persistent
        }

    def _next(self) -> int:
        self.generation += 1
        self.changed.notify_all()
        return self.generation

    def _relate(self, name: str, ref: str, stored: Mapping[str, Any]) -> None:
        for each, target in self._targets(name, stored):
            self._referrers[name, each].setdefault(target, []).insert(0, ref)
            self._touch(target)

    def _unrelate(self, name: str, ref: str, stored: Mapping[str, Any]) -> None:
        for each, target in self._targets(name, stored):
            self._referrers[name, each][target].remove(ref)
            self._touch(target)

    def _targets(self, name: str, stored: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Return what an object refers to: field and reference."""
        found = ((each, stored[each]) for each in self._relations[name])
        return [(each, target) for each, target in found if not is_null(target)]

    def _touch(self, ref: str) -> None:
        """Count an object as modified because of what refers to it; references are unique."""
        for rows in self._rows.values():
            if row := rows.get(ref):
                row.modified, row.record = self.generation, None
