"""What clients do to a pool in any order, and how a pool looks to them: for the stateful test."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.lab.callers import call, log_in
from tests.lab.guests import TWO_GUESTS
from xsbond.lab.blueprint import AccountBlueprint, Blueprint
from xsbond.lab.contracts import Failure
from xsbond.lab.world import World

CLASSES = ("pool", "host", "network", "PIF", "Bond", "VLAN", "VIF", "VM", "tunnel")
ACCOUNTS = {"root": "pool-admin", "olga": "pool-operator", "vera": "vm-admin", "rita": "read-only"}
"""Client -> role; each has a session of its own."""
POOL: Blueprint = replace(
    TWO_GUESTS,
    accounts=tuple(
        AccountBlueprint(name=name, role=role, password=name)
        for name, role in ACCOUNTS.items()
        if name != "root"
    ),
)
"""Two hosts with a storage bond, two guests, and a user of each kind."""

BACK_REFERENCES: Mapping[tuple[str, str], tuple[str, str]] = {
    ("host", "PIFs"): ("PIF", "host"),
    ("network", "PIFs"): ("PIF", "network"),
    ("network", "VIFs"): ("VIF", "network"),
    ("VM", "VIFs"): ("VIF", "VM"),
    ("host", "resident_VMs"): ("VM", "resident_on"),
    ("Bond", "slaves"): ("PIF", "bond_slave_of"),
    ("PIF", "bond_master_of"): ("Bond", "master"),
    ("PIF", "VLAN_slave_of"): ("VLAN", "tagged_PIF"),
}
"""(class, field of many refs) -> (their class, the field in which each refers back)."""

OF_THE_MONITOR = {("Bond", "links_up"), ("host", "other_config"), ("pool", "other_config")}
"""What xapi itself writes while time passes."""

HALF_DONE = frozenset({"PIF_CONFIGURATION_ERROR"})
"""Failures of a step in dom0, after the database was written; xapi takes nothing back
(xapi_pif.ml, plug; test_debris.py says what is left)."""


@dataclass(slots=True)
class Watcher:
    """A client that knows the pool by its events alone, as Xen Orchestra does."""

    token: str = ""
    known: dict[str, dict[str, Any]] = field(default_factory=dict)

    def catch_up(self, world: World, session: str) -> None:
        """Hear of everything until now."""
        batch = call(world, "event.from", session, list(CLASSES), self.token, 0.0)
        self.token = batch["token"]
        for event in batch["events"]:
            if event["operation"] == "del":
                self.known.pop(event["ref"], None)
            else:
                self.known[event["ref"]] = event["snapshot"]


def records(world: World, session: str) -> dict[str, dict[str, dict[str, Any]]]:
    """Return class -> ref -> record as a client gets them."""
    return {name: call(world, f"{name}.get_all_records", session) for name in CLASSES}


def lasting(world: World) -> dict[str, Any]:
    """Return what only a call can change: the database without the monitor's part, and dom0."""
    with world.lock:
        # A copy, since the lab's own records go on changing.
        tables = {name: copy.deepcopy(world.dump()[name]) for name in CLASSES}
        bridges = {host.name: host.backend.bridges() for host in world.hosts}
    for name, changing in OF_THE_MONITOR:
        for record in tables[name].values():
            record.pop(changing, None)
    return {**tables, "bridges": bridges}


def lopsided(seen: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[str]:
    """Yield every reference that is not answered from the other side."""
    for (one, many), (other, back) in BACK_REFERENCES.items():
        forth = {(ref, each) for ref, record in seen[one].items() for each in record[many]}
        returned = {
            (record[back], ref) for ref, record in seen[other].items() if record[back] in seen[one]
        }
        for ref, each in forth ^ returned:
            yield f"{one} {ref}.{many} and {other} {each}.{back} disagree"


def attempt(world: World, session: str, method: str, *parameters: Any) -> Failure | None:
    """Send a message; return the failure it met."""
    try:
        call(world, method, session, *parameters)
    except Failure as failure:
        return failure
    return None


def sessions(world: World, password: str) -> dict[str, str]:
    """Log every client in."""
    return {name: log_in(world, name, password if name == "root" else name) for name in ACCOUNTS}
