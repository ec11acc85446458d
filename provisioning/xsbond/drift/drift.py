"""What has changed between two looks at a pool, and was not asked for. Pure.

Things are matched by XAPI's uuid, else by name: refs mean nothing in another look. What the bond
file asks for, and what a bond brings with it, is no drift: the other claims judge that.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from xsbond.drift.asked_for import AskedFor
from xsbond.drift.inventory import AREAS, POOL_WIDE
from xsbond.drift.item import Fact, Item
from xsbond.errors import PoolError, XsbondError
from xsbond.model import DesiredBond
from xsbond.snapshot import lookup
from xsbond.snapshot.snapshot import Snapshot

How = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference; its text is one readable line."""

    area: str
    """A key of `inventory.AREAS`."""
    host: str
    """Name of the host it was seen on; what is pool-wide is seen on the master."""
    how: How
    item: str
    """As `NIC eth5`; the name it has now, if it is still there."""
    fact: str = ""
    """What has changed of it; empty for what was added or removed."""
    was: str = ""
    now: str = ""

    def __str__(self) -> str:
        if self.how == "changed":
            return f"changed {self.item}: {self.fact}: {self.was} -> {self.now}"
        told = self.now or self.was
        return f"{self.how} {self.item}" + (f": {told}" if told else "")


def same_host(baseline: Snapshot, now: Snapshot, host: str) -> str | None:
    """Return the ref that a host of `now` has in the baseline; None if it was not there.

    A host that was installed anew has another uuid and, if it took over the old one's place, its
    name.
    """
    own = now.hosts[host]
    for ref, record in baseline.hosts.items():
        if record.uuid == own.uuid:
            return ref
    still_there = {record.uuid for record in now.hosts.values()}
    same = [
        ref
        for ref, record in baseline.hosts.items()
        if record.name_label == own.name_label and record.uuid not in still_there
    ]
    return same[0] if len(same) == 1 else None


def differences(
    baseline: Snapshot, now: Snapshot, host: str, area: str, desired: Sequence[DesiredBond]
) -> tuple[Difference, ...]:
    """Return what has changed in an area on a host ref of `now` that is in the baseline, too.

    Raises PoolError or UnexpectedOutput if either look could not ask the host's dom0, and PoolError
    if the baseline does not know the host.
    """
    then = baseline.pool.master if area in POOL_WIDE else same_host(baseline, now, host)
    if then is None:
        reason = "the host was not in the pool when the baseline was taken"
        raise PoolError(now.labels[host], area, reason)
    before = _known_to(now, host, _read(baseline, then, area))
    after = _known_to(baseline, then, tuple(AREAS[area](now, host)))
    if area in _NEVER_EMPTY and not (before or after):
        raise PoolError(now.labels[host], area, "neither the baseline nor this look has any")
    pairs = _matched(before, after)
    asked = AskedFor.on(baseline, now, host, then, desired)
    found = _compared(pairs, area, now.labels[host])
    unasked = (
        each for each in found if not asked.covers(area, each.how, each.item, each.fact, each.now)
    )
    return tuple(sorted(unasked, key=lambda each: each.item))


def _known_to(other: Snapshot, host: str, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Leave out what the other look could not know of, because nobody asked."""
    return tuple(
        item for item in items if not item.needs or lookup.was_asked(other, host, item.needs)
    )


_NEVER_EMPTY = frozenset({"hosts", "networks", "nics", "pifs", "mtus"})


def _read(baseline: Snapshot, host: str, area: str) -> tuple[Item, ...]:
    try:
        return tuple(AREAS[area](baseline, host))
    except XsbondError as error:
        raise PoolError("baseline", area, f"cannot be compared with: {error}") from error


def _matched(
    before: Sequence[Item], after: Sequence[Item]
) -> Iterator[tuple[Item | None, Item | None]]:
    """Yield what is the same thing in both looks; one of the two is None if it has none."""
    left = list(before)
    alone = []
    for item in after:
        same = next((old for old in left if item.uuid and old.uuid == item.uuid), None)
        if same is None:
            alone.append(item)
        else:
            left.remove(same)
            yield same, item
    once = {name for name, count in Counter(item.name for item in left).items() if count == 1}
    twice = {name for name, count in Counter(item.name for item in alone).items() if count > 1}
    named = {item.name: item for item in left if item.name in once - twice}
    for item in alone:
        yield named.pop(item.name, None), item
    yield from ((item, None) for item in left if item.name not in once - twice)
    yield from ((item, None) for item in named.values())


def _compared(
    pairs: Iterable[tuple[Item | None, Item | None]], area: str, host: str
) -> Iterator[Difference]:
    for before, after in pairs:
        if all(item is None or item.is_transient for item in (before, after)):
            continue
        if before is not None and after is not None:
            yield from _changed(before, after, area, host)
        elif after is not None:
            told = _told(after)
            yield Difference(area=area, host=host, how="added", item=after.name, now=told)
        elif before is not None:
            told = _told(before)
            yield Difference(area=area, host=host, how="removed", item=before.name, was=told)


def _changed(before: Item, after: Item, area: str, host: str) -> Iterator[Difference]:
    for fact in dict.fromkeys((*before.facts, *after.facts)):
        was, now = before.facts.get(fact), after.facts.get(fact)
        if was is None or not was.equals(now):
            yield Difference(
                area=area,
                host=host,
                how="changed",
                item=after.name,
                fact=fact,
                was=_shown(was),
                now=_shown(now),
            )


def _shown(fact: Fact | None) -> str:
    return fact.text if fact else "nothing"


_NAMES = frozenset({"name", "device", "network"})


def _told(item: Item) -> str:
    """Return what the name of a thing does not say of it already."""
    return ", ".join(
        f"{name} {fact.text}"
        for name, fact in item.facts.items()
        if not fact.is_detail and not (name in _NAMES and fact.text in item.name)
    )
