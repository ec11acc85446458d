"""What a journal says was made in a pool, and what became of changes nobody saw the end of."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from xsbond.apply.in_place.values import (
    IN_DOM0,
    VALUES,
    Changed,
    Place,
    found_anyway,
    found_changed,
    note_change,
)
from xsbond.apply.journal import Entry, Journal
from xsbond.model import Pif
from xsbond.snapshot.addressing import ipv4_of
from xsbond.snapshot.lookup import bond_on, legs_of, networks_called, pifs_on
from xsbond.snapshot.snapshot import Snapshot

Key = tuple[str, str]
"""(uuid of a host, name of a network)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeBond:
    """A bond that was made, or inherited from one that was."""

    nics: tuple[str, ...]
    mode: str
    uuid: str
    """Empty for one that a host inherited while nobody looked."""
    moved_management: bool = False
    """Whether the management interface came to it, with its address, and goes back the same way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeVlan:
    """A VLAN that was made on a bond."""

    tag: int
    uuid: str


@dataclass(slots=True)
class Ledger:
    """What was made and not taken back."""

    networks: dict[str, str] = field(default_factory=dict)
    """Name -> uuid."""
    bonds: dict[Key, MadeBond] = field(default_factory=dict)
    addresses: dict[Key, str] = field(default_factory=dict)
    """Static addresses, or `dhcp`."""
    vlans: dict[Key, MadeVlan] = field(default_factory=dict)
    """By the VLAN's own network."""
    changed: dict[Place, Changed] = field(default_factory=dict)
    """What was there before, and was changed in place."""


def ledger_of(entries: Sequence[Entry]) -> Ledger:
    """Return what a pool's entries come to."""
    ledger, intents, plans = Ledger(), _intents(entries), _plans(entries)
    for entry in entries:
        if entry["event"] in {"result", "settled"} and entry["outcome"] == "done":
            run = entry.get("of", entry["run"])
            intent = intents.get((run, entry["n"]))
            if intent and intent["step"] in _EFFECTS:
                effect = _EFFECTS[intent["step"]]
                effect(ledger, intent, entry.get("made", {}), plans.get(run, {}))
    return ledger


def _intents(entries: Sequence[Entry]) -> Mapping[tuple[str, int], Entry]:
    return {(each["run"], each["n"]): each for each in entries if each["event"] == "intent"}


def _plans(entries: Sequence[Entry]) -> Mapping[str, Entry]:
    return {each["run"]: each for each in entries if each["event"] == "plan"}


Effect = Callable[[Ledger, Entry, Mapping[str, Any], Mapping[str, Any]], None]
"""Given the ledger, the intent, what was made, and the plan of the run."""


def _made_network(ledger: Ledger, intent: Entry, made: Mapping[str, Any], _: object) -> None:
    ledger.networks[intent["network"]] = made["network"]


def _made_bond(
    ledger: Ledger, intent: Entry, made: Mapping[str, Any], plan: Mapping[str, Any]
) -> None:
    network, host = intent["network"], intent["host_uuid"]
    about = {"nics": intent["nics"], "mode": intent["mode"]}
    moved = {"moves_management": [host] if intent.get("moves_management") else []}
    ledger.bonds[host, network] = _bond_of({**about, **moved}, host, made["bond"])
    wanted = {each["network"]: each for each in plan.get("wanted", ())}
    # From now on any start of a member's xapi brings it the bond (sync_networking.ml).
    for each in plan.get("absent", ()):
        if each["network"] == network:
            heir = _bond_of(wanted.get(network, about), each["host"], "")
            ledger.bonds.setdefault((each["host"], network), heir)


def _bond_of(wanted: Mapping[str, Any], host: str, uuid: str) -> MadeBond:
    """Return the bond a host has of a wanted one, as a plan's entry describes that."""
    return MadeBond(
        nics=tuple(wanted.get("nics_on", {}).get(host, wanted["nics"])),
        mode=wanted["mode"],
        uuid=uuid,
        moved_management=host in wanted.get("moves_management", ()),
    )


def _made_by_restart(
    ledger: Ledger, intent: Entry, made: Mapping[str, Any], plan: Mapping[str, Any]
) -> None:
    wanted = {each["network"]: each for each in plan.get("wanted", ())}
    host = intent["host_uuid"]
    absent = {(each["host"], each["network"]) for each in plan.get("absent", ())}
    for network, uuid in made["bonds"].items():
        # A bond that only lacked a leg was there before.
        if network in wanted and (host, network) in absent:
            ledger.bonds[host, network] = _bond_of(wanted[network], host, uuid)


def _set_address(ledger: Ledger, intent: Entry, made: Mapping[str, Any], _: object) -> None:
    ledger.addresses[intent["host_uuid"], intent["network"]] = made["address"]


def _cleared_address(ledger: Ledger, intent: Entry, *_: object) -> None:
    ledger.addresses.pop((intent["host_uuid"], intent["network"]), None)


def _made_vlan(ledger: Ledger, intent: Entry, made: Mapping[str, Any], _: object) -> None:
    vlan = MadeVlan(tag=intent["tag"], uuid=made["vlan"])
    ledger.vlans[intent["host_uuid"], intent["network"]] = vlan


def _destroyed_vlan(ledger: Ledger, intent: Entry, *_: object) -> None:
    ledger.vlans.pop((intent["host_uuid"], intent["network"]), None)


def _destroyed_bond(ledger: Ledger, intent: Entry, *_: object) -> None:
    ledger.bonds.pop((intent["host_uuid"], intent["network"]), None)


def _destroyed_network(ledger: Ledger, intent: Entry, *_: object) -> None:
    ledger.networks.pop(intent["network"], None)


def _changed_value(ledger: Ledger, intent: Entry, *_: object) -> None:
    key = intent.get("host_uuid", ""), intent["network"]
    if key not in ledger.bonds:
        note_change(ledger.changed, intent)
    elif intent["step"] == "set-mode":
        ledger.bonds[key] = replace(ledger.bonds[key], mode=intent["mode"])
    elif intent["step"] == "change-address":
        ledger.addresses[key] = intent["address"].partition("/")[0]


_EFFECTS: Mapping[str, Effect] = {
    **dict.fromkeys(VALUES, _changed_value),
    **dict.fromkeys(IN_DOM0, lambda *_: None),
    "create-network": _made_network,
    "create-bond": _made_bond,
    "restart-agent": _made_by_restart,
    "set-address": _set_address,
    "create-vlan": _made_vlan,
    "destroy-vlan": _destroyed_vlan,
    "clear-address": _cleared_address,
    "destroy-bond": _destroyed_bond,
    "destroy-network": _destroyed_network,
}
"""Kind of a step -> what it does to the ledger."""


# --- changes nobody saw the end of ---


def unsettled(entries: Sequence[Entry]) -> Sequence[Entry]:
    """Return the intents of changes whose result is unknown, or was never written."""
    known = {
        (each.get("of", each["run"]), each["n"])
        for each in entries
        if each["event"] in {"result", "settled"} and each["outcome"] != "unknown"
    }
    return [
        intent
        for key, intent in _intents(entries).items()
        if key not in known and intent["step"] in _EFFECTS
    ]


def settlements(entries: Sequence[Entry], snapshot: Snapshot) -> Sequence[Entry]:
    """Return what a look at the pool shows of them, as entries of the journal."""
    found = []
    for intent in unsettled(entries):
        made = _found(intent, snapshot)
        outcome = "not-done" if made is None else "done"
        about = {"of": intent["run"], "n": intent["n"], "outcome": outcome, "made": made or {}}
        found.append({"run": intent["run"], "event": "settled", **about})
    return found


def settle(journal: Journal, snapshot: Snapshot) -> None:
    """Write into the journal what became of the changes of earlier runs."""
    for each in settlements(journal.entries(), snapshot):
        journal.settle(each["of"], each["n"], each["outcome"], made=each["made"])


def _found(intent: Entry, snapshot: Snapshot) -> Mapping[str, Any] | None:
    """Return what an intent has made; None if there is nothing of it."""
    made = next(_FINDERS[intent["step"]](intent, snapshot), None)
    return None if made is None else {**made, "known": "found"}


def _network(intent: Entry, snapshot: Snapshot) -> Iterator[Mapping[str, Any]]:
    found = networks_called(snapshot, intent["network"])
    if len(found) == 1:
        yield {"network": found[0][1].uuid}


def _bond(intent: Entry, snapshot: Snapshot) -> Iterator[Mapping[str, Any]]:
    for ref, host in snapshot.hosts.items():
        found = bond_on(snapshot, ref, intent["network"])
        if host.uuid == intent["host_uuid"] and found:
            bond = found[1]
            same = legs_of(snapshot, bond) == frozenset(intent["nics"])
            if same and bond.mode == intent["mode"]:
                yield {"bond": bond.uuid}


def _inherited(intent: Entry, snapshot: Snapshot) -> Iterator[Mapping[str, Any]]:
    for ref, host in snapshot.hosts.items():
        if host.uuid == intent["host_uuid"]:
            found = {name: bond_on(snapshot, ref, name) for name in intent["networks"]}
            bonds = {name: bond[1].uuid for name, bond in found.items() if bond}
            if bonds:
                yield {"bonds": bonds}


def _address(intent: Entry, snapshot: Snapshot) -> Iterator[Mapping[str, Any]]:
    wanted = intent["address"].partition("/")[0]
    for _, pif in _pifs_of(intent, snapshot):
        if wanted in {pif.IP, ipv4_of(pif)}:
            yield {"pif": pif.uuid, "address": wanted}


def _pifs_of(intent: Entry, snapshot: Snapshot) -> Iterator[tuple[str, Pif]]:
    """Yield (ref, record) of the PIF of an intent's host on its network."""
    for host, record in snapshot.hosts.items():
        for network, _ in networks_called(snapshot, intent["network"]):
            if record.uuid == intent["host_uuid"]:
                yield from pifs_on(snapshot, host, network)


def _vlan(intent: Entry, snapshot: Snapshot) -> Iterator[Mapping[str, Any]]:
    own = {ref for ref, pif in _pifs_of(intent, snapshot) if intent["tag"] == pif.VLAN}
    for vlan in snapshot.vlans.values():
        if vlan.untagged_PIF in own:
            yield {"vlan": vlan.uuid}


def _no_vlan(intent: Entry, snapshot: Snapshot) -> Iterator[Mapping[str, Any]]:
    if not any(each.uuid == intent["uuid"] for each in snapshot.vlans.values()):
        yield {"vlan": intent["uuid"]}


def _no_address(intent: Entry, snapshot: Snapshot) -> Iterator[Mapping[str, Any]]:
    if not any(each.uuid == intent["pif"] and each.IP for each in snapshot.pifs.values()):
        yield {"pif": intent["pif"]}


def _no_bond(intent: Entry, snapshot: Snapshot) -> Iterator[Mapping[str, Any]]:
    if not any(each.uuid == intent["uuid"] for each in snapshot.bonds.values()):
        yield {"bond": intent["uuid"]}


def _no_network(intent: Entry, snapshot: Snapshot) -> Iterator[Mapping[str, Any]]:
    if not any(each.uuid == intent["uuid"] for each in snapshot.networks.values()):
        yield {"network": intent["uuid"]}


_FINDERS: Mapping[str, Callable[[Entry, Snapshot], Iterator[Mapping[str, Any]]]] = {
    **dict.fromkeys(VALUES, found_changed),
    **dict.fromkeys(IN_DOM0, found_anyway),
    "create-network": _network,
    "create-bond": _bond,
    "restart-agent": _inherited,
    "set-address": _address,
    "create-vlan": _vlan,
    "destroy-vlan": _no_vlan,
    "clear-address": _no_address,
    "destroy-bond": _no_bond,
    "destroy-network": _no_network,
}
"""Kind of a step -> what yields what it has made, if it was done."""
