"""What has changed between two looks at a pool, and was not asked for. Pure.

Things are matched by XAPI's uuid, else by name: refs mean nothing in another look. What the bond
file asks for, and what a bond brings with it, is no drift: the other claims judge that.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from xsbond import bond_items, lookup
from xsbond.errors import PoolError, XsbondError
from xsbond.inventory import AREAS, POOL_WIDE
from xsbond.item import Fact, Item
from xsbond.model import DesiredBond
from xsbond.snapshot import Snapshot

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
    before, after = _read(baseline, then, area), tuple(AREAS[area](now, host))
    if area in _NEVER_EMPTY and not (before or after):
        raise PoolError(now.labels[host], area, "neither the baseline nor this look has any")
    pairs = _matched(before, after)
    asked = _AskedFor.on(baseline, now, host, desired)
    found = _compared(pairs, area, now.labels[host])
    return tuple(
        sorted((each for each in found if not asked.covers(each)), key=lambda each: each.item)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _AskedFor:
    """What the bond file explains on one host."""

    added: frozenset[str]
    removed: frozenset[str]
    changed: Mapping[tuple[str, str], str]
    """(item, fact) -> the value that is asked for."""
    switched: frozenset[tuple[str, str]]
    """(item, fact) of the settings that change with the mode, for bonds that got the wanted one."""

    @classmethod
    def on(
        cls, baseline: Snapshot, now: Snapshot, host: str, desired: Sequence[DesiredBond]
    ) -> "_AskedFor":
        """Return it for a host ref of `now`."""
        made = [each for wanted in desired if (each := _made(baseline, now, host, wanted))]
        return cls(
            added=frozenset(name for each in made for name in each.added)
            | frozenset(name for each in desired for name in _new_network(baseline, now, each)),
            removed=frozenset(name for each in made for name in each.removed),
            changed={key: value for each in made for key, value in each.changed.items()},
            switched=frozenset(key for each in made for key in each.switched),
        )

    def covers(self, difference: Difference) -> bool:
        """Tell whether a difference is what was asked for."""
        if difference.how == "added":
            return difference.item in self.added or difference.area == "mtus"
        if difference.how == "removed":
            return difference.item in self.removed
        if (difference.item, difference.fact) in self.switched:
            return True
        return self.changed.get((difference.item, difference.fact)) == difference.now


def _made(baseline: Snapshot, now: Snapshot, host: str, wanted: DesiredBond) -> _AskedFor | None:
    """Return what a wanted bond explains; None if the host does not have it as it is wanted."""
    found = lookup.bond_on(now, host, wanted.network)
    if found is None or lookup.legs_of(now, found[1]) != frozenset(wanted.nics):
        return None
    pif = now.pifs[found[1].master]
    bridge = now.networks[pif.network].bridge
    left = lookup.own_bridges(now, host, wanted.nics)
    name = bond_items.bond_name(wanted.network)
    address = wanted.addresses.get(now.labels[host])
    addressed = {f"address of {thing}" for thing in (f"PIF {pif.device}", f"interface {bridge}")}
    return _AskedFor(
        added=frozenset({f"PIF {pif.device}", name, f"bridge {bridge}"})
        | (addressed if address else frozenset()),
        removed=frozenset(f"{kind} {each}" for each in left for kind in _OF_BRIDGES),
        changed={
            **{(f"PIF {nic}", "attached"): "no" for nic in wanted.nics},
            **_wanted_facts(name, wanted),
            **({(f"address of PIF {pif.device}", "IP"): str(address.ip)} if address else {}),
            **({(f"address of interface {bridge}", "IP"): str(address)} if address else {}),
        },
        switched=frozenset(
            {(name, bond_items.PORT_SETTINGS)} if _was_switched(baseline, now, host, wanted) else ()
        ),
    )


_OF_BRIDGES = ("bridge", "MTU of interface")


def _new_network(baseline: Snapshot, now: Snapshot, wanted: DesiredBond) -> frozenset[str]:
    """Return the wanted network if it is new; a second one of its name is nobody's wish."""
    then, there = (len(lookup.networks_called(each, wanted.network)) for each in (baseline, now))
    return frozenset({f"network {wanted.network}"} if (then, there) == (0, 1) else ())


def _wanted_facts(name: str, wanted: DesiredBond) -> Mapping[tuple[str, str], str]:
    legs = "+".join(sorted(wanted.nics))
    facts = {
        "mode": wanted.mode.value,
        "legs": legs,
        "primary leg": wanted.nics[0],
        bond_items.IN_SWITCH: bond_items.running_bond(lookup.ovs_mode(wanted), wanted.nics),
        **{f"properties:{key}": value for key, value in wanted.properties.items()},
    }
    return {(name, fact): value for fact, value in facts.items()}


def _was_switched(baseline: Snapshot, now: Snapshot, host: str, wanted: DesiredBond) -> bool:
    """Tell whether the bond had another mode in the baseline than the wanted one it has now."""
    then = same_host(baseline, now, host)
    old = lookup.bond_on(baseline, then, wanted.network) if then else None
    new = lookup.bond_on(now, host, wanted.network)
    return bool(old and new and old[1].mode != new[1].mode == wanted.mode)
