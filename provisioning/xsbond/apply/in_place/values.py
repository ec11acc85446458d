"""What a journal says was changed in place: the value before the first change, and the last one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from xsbond.apply.journal import Entry
from xsbond.snapshot.addressing import ipv4_of
from xsbond.snapshot.lookup import bond_on, networks_called
from xsbond.snapshot.snapshot import Snapshot

Place = tuple[str, str, str]
"""(uuid of a host, empty for the pool; name of a network; name of the value)."""

VALUES: Mapping[str, tuple[str, str]] = {
    "set-mode": ("mode", "mode"),
    "set-property": ("property", "value"),
    "set-mtu": ("MTU", "mtu"),
    "change-address": ("address", "address"),
    "change-override": ("override", "value"),
    "remove-override": ("override", ""),
}
"""Kind of a step -> what it changes, and the field of the intent that has the new value."""

IN_DOM0 = ("plug-bond", "replug-bond", "scan-nics")
"""Kinds of steps that make dom0 what the records say; there is nothing to take back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A value that was there, and was changed."""

    before: str
    """Empty: there was none."""
    after: str


def note_change(changed: dict[Place, Changed], intent: Entry) -> None:
    """Note a change that was made; one that brings the first value back leaves nothing to undo."""
    place, new = place_of(intent), value_of(intent)
    first = changed.pop(place, None)
    before = first.before if first else str(intent.get("seen", intent.get("value", "")))
    if before != new:
        changed[place] = Changed(before=before, after=new)


def place_of(intent: Entry) -> Place:
    """Return where an intent changes a value."""
    what = VALUES[intent["step"]][0]
    name = intent.get("key") or intent.get("name") or ""
    return intent.get("host_uuid", ""), intent["network"], f"{what}:{name}"


def value_of(intent: Mapping[str, Any]) -> str:
    """Return the value an intent sets; empty if it takes it away."""
    field = VALUES[intent["step"]][1]
    return str(intent[field]) if field else ""


def seen_value(snapshot: Snapshot, place: Place) -> str | None:
    """Return the value a place has now, empty if it has none; None if the place is gone."""
    uuid, network, what = place
    kind, _, name = what.partition(":")
    if kind == "MTU":
        found = networks_called(snapshot, network)
        return str(found[0][1].MTU) if len(found) == 1 else None
    bond = next(
        (
            bond_on(snapshot, ref, network)
            for ref, host in snapshot.hosts.items()
            if host.uuid == uuid
        ),
        None,
    )
    if bond is None:
        return None
    pif = snapshot.pifs[bond[1].master]
    values = {
        "mode": bond[1].mode,
        "property": bond[1].properties.get(name, ""),
        "address": ipv4_of(pif),
        "override": pif.other_config.get(name, ""),
    }
    return values[kind]


def found_changed(intent: Entry, snapshot: Snapshot) -> Iterator[Mapping[str, Any]]:
    """Yield what an intent has set; nothing where the value is what it was before."""
    seen = seen_value(snapshot, place_of(intent))
    if seen not in {None, str(intent.get("seen", intent.get("value", "")))}:
        yield {"value": value_of(intent)}


def found_anyway(_: Entry, __: Snapshot) -> Iterator[Mapping[str, Any]]:
    """Yield that a step in dom0 is over: the next plan looks there itself."""
    yield {}
