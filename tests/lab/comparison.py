"""A lab beside a recorded pool: which object stands for which, and where they differ."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.lab.likeness import Likeness
from tests.lab.recorded_stages import CLASSES, Stage

# (Class, field) -> why a lab's value is another one.
DIFFERENT = {
    ("pool", "telemetry_next_collection"): "the lab reports to nobody",
    ("host", "PCIs"): "the lab has no PCI devices",
    ("host", "address"): "the lab is served on loopback",
    ("console", "location"): "the lab is served on loopback",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Stages of both pools, and which object of one stands for which of the other."""

    theirs: Mapping[str, Stage]
    ours: Mapping[str, Stage]
    likeness: Likeness
    strangers: Mapping[str, list[str]]
    """Stage -> what only one of the two has, or what is no longer what it was."""
    differences: Mapping[str, list[str]]
    """Stage -> where two records disagree."""


def compare(theirs: Mapping[str, Stage], ours: Mapping[str, Stage]) -> Comparison:
    """Go through all stages with one bijection, by which an object is the same one still."""
    likeness = Likeness()
    strangers: dict[str, list[str]] = {}
    differences: dict[str, list[str]] = {}
    for stage, one in theirs.items():
        pairs = [*_pairs(one, ours[stage])]
        replaced = [f"{name} {a} is {b}" for name, a, b in pairs if not likeness.pair(a, b)]
        strangers[stage] = [*_strangers(one, ours[stage]), *replaced]
        differences[stage] = [
            f"{name} {name_of(name, a, one)}: {difference}"
            for name, a, b in pairs
            for difference in differing(likeness, name, one[name][a], ours[stage][name][b])
        ]
    return Comparison(
        theirs=theirs, ours=ours, likeness=likeness, strangers=strangers, differences=differences
    )


def differing(
    likeness: Likeness, name: str, theirs: Mapping[str, Any], ours: Mapping[str, Any]
) -> Iterator[str]:
    """Yield the fields in which two records differ."""
    for field in sorted(theirs.keys() | ours.keys()):
        want, got = theirs.get(field), ours.get(field)
        if (name, field) not in DIFFERENT and not likeness.alike(want, got):
            yield f"{field} is {got}, not {want}"


def name_of(name: str, ref: str, stage: Stage) -> str:
    """Say which object it is in words that both pools share."""
    record = stage[name][ref]
    match name:
        case "host" | "network":
            return str(record["name_label"])
        case "PIF":
            host = name_of("host", record["host"], stage)
            return f"{host} {record['device']} {record['VLAN']}"
        case "Bond":
            return name_of("PIF", record["master"], stage)
        case "PIF_metrics" | "host_metrics":
            owner = name.partition("_")[0]
            (of,) = [other for other, one in stage[owner].items() if one["metrics"] == ref]
            return name_of(owner, of, stage)
        case "message":
            hosts = {one["uuid"]: one["name_label"] for one in stage["host"].values()}
            return f"{hosts[record['obj_uuid']]} {record['body']}"
    return name


def _named(name: str, stage: Stage) -> dict[str, str]:
    """Return name -> reference of all objects of a class; no two may have the same name."""
    found = {name_of(name, ref, stage): ref for ref in stage[name]}
    assert len(found) == len(stage[name]), f"two objects of class {name} have one name"
    return found


def _strangers(theirs: Stage, ours: Stage) -> Iterator[str]:
    for name in CLASSES:
        for one in sorted(_named(name, theirs).keys() ^ _named(name, ours).keys()):
            yield f"{name} {one}"


def _pairs(theirs: Stage, ours: Stage) -> Iterator[tuple[str, str, str]]:
    """Yield class and both references of what has the same name."""
    for name in CLASSES:
        there, here = _named(name, theirs), _named(name, ours)
        for one in there.keys() & here.keys():
            yield name, there[one], here[one]


def changed_fields(before: Stage, now: Stage, name: str, ref: str) -> set[str]:
    """Return the fields of an object that have other values than before; sets have no order."""
    old, new = before[name][ref], now[name][ref]
    return {field for field in new if _unordered(new[field]) != _unordered(old[field])}


def _unordered(value: Any) -> Any:
    return set(value) if _is_set_of_references(value) else value


def _is_set_of_references(value: Any) -> bool:
    return isinstance(value, Sequence) and all(str(one).startswith("OpaqueRef:") for one in value)
