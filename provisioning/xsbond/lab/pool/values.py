"""Values the lab's XAPI works with, beyond Python's own: dates, references, wire integers."""

import re
import time
import uuid

NULL = "OpaqueRef:NULL"
"""The reference to nothing."""
# What OCaml reads as a number: decimal, hexadecimal, octal, binary, underscores after a digit.
_INTEGER = re.compile(
    r"[+-]?(?:0[xX][0-9a-fA-F][0-9a-fA-F_]*|0[oO][0-7][0-7_]*|0[bB][01][01_]*"
    r"|(?:0[uU])?[0-9][0-9_]*)"
)
_BASES = {"x": 16, "o": 8, "b": 2}
_NATIVE_BITS = 63
"""Bits of OCaml's own integers, which keep one of 64 for themselves."""


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


def int_of_string(text: str) -> int | None:
    """Return the number OCaml's own integers make of a text; None if it is none, or too large.

    Decimal numbers have a sign; others and those after `0u` use all bits, and the highest of them
    is the sign (stdlib.ml, int_of_string).
    """
    number = int64_of_string(text)
    if number is None:
        return None
    digits = text.lstrip("+-").lower()
    is_signed = not (digits.startswith("0") and digits[1:2] in {*_BASES, "u"})
    half = 1 << (_NATIVE_BITS - 1)
    if is_signed:
        return number if -half <= number < half else None
    if abs(number) >= 2 * half:
        return None
    return (number + half) % (2 * half) - half


def int64_of_string(text: str) -> int | None:
    """Return the number OCaml reads in a text, however large it is; None if it reads none."""
    if not _INTEGER.fullmatch(text):
        return None
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-").lower().replace("_", "")
    base = _BASES.get(digits[1:2], 10) if digits.startswith("0") else 10
    return sign * int(digits.removeprefix("0u") if base == 10 else digits[2:], base)  # noqa: PLR2004
