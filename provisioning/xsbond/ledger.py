"""What a journal says was made in a pool, and what became of changes nobody saw the end of.

Only the journal counts here: what was there before, or was made by hand, is not in it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xsbond.journal import Entry, Journal
from xsbond.lookup import bond_on, legs_of, networks_called
from xsbond.snapshot import Snapshot

Key = tuple[str, str]
"""(uuid of a host, name of a network)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeBond:
    """A bond that was made, or inherited from one that was."""

    nics: tuple[str, ...]
    mode: str
    uuid: str
    """Empty for one that a host inherited while nobody looked."""


@dataclass(slots=True)
class Ledger:
    """What was made and not taken back."""

    networks: dict[str, str] = field(default_factory=dict)
    """Name -> uuid."""
    bonds: dict[Key, MadeBond] = field(default_factory=dict)
    addresses: dict[Key, str] = field(default_factory=dict)


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
    network, nics, mode = intent["network"], tuple(intent["nics"]), intent["mode"]
    key = intent["host_uuid"], network
    ledger.bonds[key] = MadeBond(nics=nics, mode=mode, uuid=made["bond"])
    # From now on any start of a member's xapi brings it the bond (sync_networking.ml).
    for each in plan.get("absent", ()):
        if each["network"] == network:
            heir = MadeBond(nics=nics, mode=mode, uuid="")
            ledger.bonds.setdefault((each["host"], network), heir)


def _made_by_restart(
    ledger: Ledger, intent: Entry, made: Mapping[str, Any], plan: Mapping[str, Any]
) -> None:
    wanted = {each["network"]: each for each in plan.get("wanted", ())}
    for network, uuid in made["bonds"].items():
        if network in wanted:
            bond = wanted[network]
            key = intent["host_uuid"], network
            ledger.bonds[key] = MadeBond(nics=tuple(bond["nics"]), mode=bond["mode"], uuid=uuid)


def _set_address(ledger: Ledger, intent: Entry, made: Mapping[str, Any], _: object) -> None:
    ledger.addresses[intent["host_uuid"], intent["network"]] = made["address"]


def _cleared_address(ledger: Ledger, intent: Entry, *_: object) -> None:
    ledger.addresses.pop((intent["host_uuid"], intent["network"]), None)


def _destroyed_bond(ledger: Ledger, intent: Entry, *_: object) -> None:
    ledger.bonds.pop((intent["host_uuid"], intent["network"]), None)


def _destroyed_network(ledger: Ledger, intent: Entry, *_: object) -> None:
    ledger.networks.pop(intent["network"], None)


_EFFECTS: Mapping[str, Effect] = {
    "create-network": _made_network,
    "create-bond": _made_bond,
    "restart-agent": _made_by_restart,
    "set-address": _set_address,
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
    for ref, host in snapshot.hosts.items():
        found = bond_on(snapshot, ref, intent["network"])
        if host.uuid == intent["host_uuid"] and found:
            pif = snapshot.pifs[found[1].master]
            if wanted == pif.IP:
                yield {"pif": pif.uuid, "address": wanted}


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
    "create-network": _network,
    "create-bond": _bond,
    "restart-agent": _inherited,
    "set-address": _address,
    "clear-address": _no_address,
    "destroy-bond": _no_bond,
    "destroy-network": _no_network,
}
"""Kind of a step -> what yields what it has made, if it was done."""
