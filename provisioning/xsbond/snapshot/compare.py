"""Which host is the odd one: a value held against what most hosts of the pool show."""

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import TypeVar

_NAMED = 3
"""Hosts that are named; the others are counted."""

_T = TypeVar("_T", bound=Hashable)


def odd(values: Mapping[str, _T], host: str) -> str:
    """Return how a host differs from most hosts; empty if it does not.

    Where two values are equally frequent nobody can tell which is right: all their hosts differ.
    """
    count = Counter(values.values())
    most = max(count.values())
    usual = [value for value, times in count.items() if times == most]
    if usual == [values[host]]:
        return ""
    others = [_on(values, value) for value in count if value != values[host]]
    return f"{values[host]} here, but {', '.join(others)}"


def is_tied(values: Mapping[str, _T]) -> bool:
    """Tell whether no value is more frequent than every other one."""
    first, *others = (times for _, times in Counter(values.values()).most_common(2))
    return first in others


def _on(values: Mapping[str, _T], wanted: _T) -> str:
    hosts = [host for host, value in values.items() if value == wanted]
    rest = len(hosts) - _NAMED
    more = f" and {rest} more" if rest > 0 else ""
    return f"{wanted} on {', '.join(sorted(hosts[:_NAMED]))}{more}"
