"""Values the lab's XAPI works with, beyond Python's own: dates, references, wire integers."""

import time
import uuid

NULL = "OpaqueRef:NULL"
"""The reference to nothing."""


class Date(str):
    """A moment as XAPI writes it on the wire, for example 20250319T04:16:24Z."""

    __slots__ = ()


class WireInt(int):
    """An integer that XML-RPC sends as `<i4>`: the counts of event.from (event_types.ml)."""

    __slots__ = ()


EPOCH = Date("19700101T00:00:00Z")


def date(seconds: float) -> Date:
    """Return the date of a Unix time."""
    return Date(time.strftime("%Y%m%dT%H:%M:%SZ", time.gmtime(seconds)))


def new_uuid() -> str:
    """Return a random uuid."""
    return str(uuid.uuid4())


def new_ref() -> str:
    """Return a reference nobody has seen before."""
    return f"OpaqueRef:{uuid.uuid4()}"


def is_null(ref: str) -> bool:
    """Tell whether a reference refers to nothing; the data model's empty default counts, too."""
    return ref in {NULL, ""}
