"""What differs between what a claim has seen and what it wants: the difference, never the table."""

import dataclasses
import enum
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from pytest_xsbond.claims.seen import Counts, Sentences

_FEW = 3
"""So many things that are right are named beside the ones that are not."""

Told = tuple[str, str]
"""What was seen, what was wanted; the second is empty where the claim says it all."""


def difference(seen: object, wanted: object) -> Told:
    """Return what differs between two values that are not equal."""
    if isinstance(seen, Sentences):
        return "\n".join(seen), ""
    told = _told(seen, wanted)
    # A text and a number may look alike.
    return told if told[0] != told[1] else (repr(seen), repr(wanted))


def _told(seen: Any, wanted: Any) -> Told:
    if isinstance(seen, Mapping) and isinstance(wanted, Mapping):
        return _mappings(seen, wanted)
    if isinstance(seen, AbstractSet) and isinstance(wanted, AbstractSet):
        return _sets(seen, wanted)
    if dataclasses.is_dataclass(seen) and type(seen) is type(wanted):
        return _mappings(_fields(seen), _fields(wanted), others=False)
    if isinstance(seen, tuple | list) and isinstance(wanted, tuple | list):
        pairs = list(zip(seen, wanted, strict=False))
        if len(seen) == len(wanted) == len(pairs):
            told = [_told(one, other) for one, other in pairs if one != other]
            return ", ".join(s for s, _ in told), ", ".join(w for _, w in told)
    return shown(seen), shown(wanted)


def _mappings(seen: Mapping[Any, Any], wanted: Mapping[Any, Any], *, others: bool = True) -> Told:
    keys = list(dict.fromkeys((*wanted, *seen)))
    wrong = [
        key for key in keys if (key in seen, seen.get(key)) != (key in wanted, wanted.get(key))
    ]
    have, want = [], []
    for key in wrong:
        one, other = _values(seen, wanted, key)
        have.append(f"{key}: {one}")
        want.append(f"{key}: {other}")
    right = [str(key) for key in keys if key not in wrong]
    if isinstance(seen, Counts):
        return "; ".join(have) + _ok(right), ""
    return "; ".join(have) + (_ok(right) if others else ""), "; ".join(want)


def _values(seen: Mapping[Any, Any], wanted: Mapping[Any, Any], key: Any) -> Told:
    if key not in seen:
        return "not found", shown(wanted[key])
    if key not in wanted:
        return shown(seen[key]), "not there"
    if isinstance(seen, Counts):
        return f"found {seen[key]} times" if seen[key] else "not found", ""
    return _told(seen[key], wanted[key])


def _sets(seen: AbstractSet[Any], wanted: AbstractSet[Any]) -> Told:
    lost, more = (sorted(map(shown, each)) for each in (wanted - seen, seen - wanted))
    right = sorted(map(shown, wanted & seen))
    have = [f"{each}: not found" for each in lost] if not more or right else []
    have += more if not right and not have else [f"{each}: not wanted" for each in more]
    return "; ".join(have) + _ok(right), ", ".join(lost) if more else ""


def _ok(right: list[str]) -> str:
    if not right:
        return ""
    return f" ({', '.join(right)}: ok)" if len(right) <= _FEW else f" ({len(right)} others: ok)"


def _fields(value: Any) -> Mapping[str, object]:
    return {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}


def shown(value: Any) -> str:
    """Return a value in a reader's words: no quotes, brackets or names of Python's."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, enum.Enum):
        return str(value.value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return shown(_fields(value))
    return _several(value) or "nothing"


def _several(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {shown(each)}" for key, each in value.items())
    if isinstance(value, AbstractSet):
        return "+".join(sorted(map(shown, value)))
    if isinstance(value, tuple | list):
        return " ".join(map(shown, value))
    return "" if value is None else str(value)
