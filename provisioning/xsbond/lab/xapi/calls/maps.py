"""Entries of map fields, as messages add and remove them (db_actions.ml)."""

from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.xapi.messages import Body, Call


def adding(name: str, field: str) -> Body:
    """Return what adds an entry to a map field of a class, unless the key is there."""

    def add(call: Call, ref: str, key: str, value: Any) -> None:
        current = call.pool.database.get(name, ref)[field]
        if key in current:
            raise Failure("MAP_DUPLICATE_KEY", name, field, ref, key)
        call.pool.database.set(name, ref, **{field: current | {key: value}})

    return add


def removing(name: str, field: str) -> Body:
    """Return what removes an entry from a map field of a class, if it is there."""

    def remove(call: Call, ref: str, key: str) -> None:
        current = call.pool.database.get(name, ref)[field]
        rest = {each: value for each, value in current.items() if each != key}
        call.pool.database.set(name, ref, **{field: rest})

    return remove
