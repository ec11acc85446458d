"""What changed since a generation, as events (ocaml/xapi/xapi_event.ml, from_inner)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from xsbond.lab.pool.database import Row
from xsbond.lab.pool.state import Pool

Operation = Literal["add", "mod", "del"]
_ORDER: tuple[Operation, ...] = ("add", "mod", "del")
MESSAGES = "message"
"""The class that has a generation of its own in a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a client wants to hear about; class names in lower case."""

    classes: frozenset[str]
    """`*` stands for all."""
    objects: frozenset[tuple[str, str]] = frozenset()
    """(class, reference) pairs."""

    @classmethod
    def parse(cls, names: Collection[str]) -> "Subscription":
        """Read `class`, `class/ref` and `*`; unknown names match nothing."""
        pairs = [name.partition("/") for name in names]
        return cls(
            classes=frozenset(name.lower() for name, slash, _ in pairs if not slash),
            objects=frozenset((name.lower(), ref) for name, slash, ref in pairs if slash),
        )

    def covers_class(self, name: str) -> bool:
        """Tell whether all objects of a class are of interest."""
        return "*" in self.classes or name in self.classes

    def covers(self, name: str, ref: str) -> bool:
        """Tell whether an object is of interest."""
        return self.covers_class(name) or (name, ref) in self.objects

    @property
    def only_tasks(self) -> bool:
        """Tell whether nothing but tasks is of interest."""
        return self.classes | {name for name, _ in self.objects} <= {"task"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One change of one object, all its changes since the token taken together."""

    generation: int
    """When the object was created, changed or deleted, as the operation has it."""
    last: int
    """When it changed last."""
    name: str
    """The class."""
    operation: Operation
    ref: str
    snapshot: Any = None
    """The record; None for a deletion."""

    def as_value(self, timestamp: str = "0.0") -> dict[str, Any]:
        """Return the event as clients get it."""
        value = {
            "id": str(self.generation),
            "timestamp": timestamp,
            "class": self.name.lower(),
            "operation": self.operation,
            "ref": self.ref,
        }
        return value if self.operation == "del" else value | {"snapshot": self.snapshot}


def events_since(
    pool: Pool, wanted: Subscription, generation: int, message_generation: int
) -> list[Event]:
    """Return what happened after the generations: messages, then additions, changes, deletions."""
    found = [
        event
        for name in pool.schema
        if pool.schema[name].events
        for event in _changes(
            pool, name, wanted, message_generation if name == MESSAGES else generation
        )
    ]
    found += _deletions(pool, wanted, generation, message_generation)
    return sorted(found, key=lambda e: (e.name != MESSAGES, _ORDER.index(e.operation)))


def sign_of_life(pool: Pool) -> Event:
    """Return the change of the pool object that stands for no change at all."""
    generation = pool.database.generation
    return Event(
        generation=generation,
        last=generation,
        name="pool",
        operation="mod",
        ref=pool.ref,
        snapshot=pool.shown("pool", pool.ref),
    )


def _changes(pool: Pool, name: str, wanted: Subscription, since: int) -> Iterator[Event]:
    lower = name.lower()
    if not wanted.covers_class(lower) and not any(one == lower for one, _ in wanted.objects):
        return
    for ref, row in pool.database.rows(name):
        if row.modified > since and wanted.covers(lower, ref):
            yield _change(pool, name, ref, row, since)


def _change(pool: Pool, name: str, ref: str, row: Row, since: int) -> Event:
    new = row.created > since
    return Event(
        generation=row.created if new else row.modified,
        last=row.modified,
        name=name,
        operation="add" if new else "mod",
        ref=ref,
        snapshot=pool.shown(name, ref),
    )


def _deletions(
    pool: Pool, wanted: Subscription, generation: int, message_generation: int
) -> Iterator[Event]:
    """Yield deletions of what existed at the generation asked about."""
    for gone in pool.database.deletions:
        since = message_generation if gone.name == MESSAGES else generation
        listens = gone.name in pool.schema and pool.schema[gone.name].events
        known = listens and gone.created <= since < gone.deleted
        if known and wanted.covers(gone.name.lower(), gone.ref):
            yield Event(
                generation=gone.deleted,
                last=gone.deleted,
                name=gone.name,
                operation="del",
                ref=gone.ref,
            )
