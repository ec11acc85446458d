"""Many host names in few words. Pure."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

_NUMBERED = re.compile(r"(.*?)(\d+)(\D*)")
_FEW = 3
"""So many in a row are written as a range."""


def folded(hosts: Sequence[str]) -> tuple[str, ...]:
    """Return `xs-1…xs-6` for hosts whose numbers follow each other, all others as they are."""
    return tuple(name for run in _runs(hosts) for name in _range(run))


def listed(hosts: Sequence[str]) -> str:
    """Return the folded names in one line."""
    return ", ".join(folded(hosts))


def counted(hosts: Sequence[str], total: int) -> str:
    """Return `all 16 hosts` or `1 of 16 hosts (xs-7)`."""
    if len(hosts) == total:
        return {1: hosts[0], 2: "both hosts"}.get(total, f"all {total} hosts")
    return f"{len(hosts)} of {total} hosts ({listed(hosts)})"


def _runs(hosts: Sequence[str]) -> Iterator[list[str]]:
    """Yield hosts with one prefix and consecutive numbers."""
    keyed = [(_key(host, place), host) for place, host in enumerate(hosts)]
    for _, run in groupby(keyed, key=lambda each: each[0]):
        yield [host for _, host in run]


def _key(host: str, place: int) -> tuple[str, str, int]:
    found = _NUMBERED.fullmatch(host)
    if not found:
        return host, "", place
    return found[1], found[3], int(found[2]) - place


def _range(run: Sequence[str]) -> Sequence[str]:
    return run if len(run) < _FEW else (f"{run[0]}…{run[-1]}",)
