"""What clients do to a pool in any order, and how a pool looks to them: for the stateful test."""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.lab.callers import call, log_in
from tests.lab.guest_pools import TWO_GUESTS
from xsbond.lab.blueprint import AccountBlueprint, Blueprint
from xsbond.lab.contracts import Failure
from xsbond.lab.pool.state import Host
from xsbond.lab.pool.values import NULL, is_null
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


_GONE = "OpaqueRef:gone"


def _vlan_on_leg(world: World, host: Host, choice: int) -> None:
    """Put a VLAN of a bond on one of the bond's legs."""
    database = world.database
    bonds = (database.get("Bond", ref) for ref in database.refs("Bond"))
    found = [
        (vlan, leg)
        for bond in bonds
        for vlan in database.get("PIF", bond["master"])["VLAN_slave_of"]
        for leg in bond["slaves"]
        if database.get("PIF", leg)["host"] == host.ref
    ]
    for vlan, leg in _one_of(found, choice):
        device = database.get("PIF", leg)["device"]
        database.set("VLAN", vlan, tagged_PIF=leg)
        database.set("PIF", database.get("VLAN", vlan)["untagged_PIF"], device=device)


def _guest_on_leg(world: World, host: Host, choice: int) -> None:
    """Record a guest on the network of a leg."""
    found = [(vif, leg) for vif in world.database.refs("VIF") for leg in _legs(world, host)]
    for vif, leg in _one_of(found, choice):
        network = world.database.get("PIF", leg)["network"]
        world.database.set("VIF", vif, network=network)


def _address_on_leg(world: World, host: Host, choice: int) -> None:
    """Record an address on a leg."""
    address = {"ip_configuration_mode": "Static", "IP": "10.1.1.1", "netmask": "255.0.0.0"}
    for leg in _one_of(_legs(world, host), choice):
        world.database.set("PIF", leg, **address)


def _lost_bond(world: World, host: Host, choice: int) -> None:
    """Record a free NIC as the leg of a bond that is gone."""
    pifs = world.database.where("PIF", host=host.ref, physical=True, management=False)
    free = [ref for ref in pifs if _is_free(world.database.get("PIF", ref))]
    for pif in _one_of(free, choice):
        world.database.set("PIF", pif, bond_slave_of=_GONE)


def _is_free(pif: Mapping[str, Any]) -> bool:
    upon = [*pif["VLAN_slave_of"], *pif["tunnel_transport_PIF_of"]]
    return is_null(pif["bond_slave_of"]) and not upon


def _no_primary(world: World, host: Host, choice: int) -> None:
    """Let a bond have no primary slave."""
    database = world.database
    bonds = [
        ref
        for ref in database.refs("Bond")
        if database.get("PIF", database.get("Bond", ref)["master"])["host"] == host.ref
    ]
    for bond in _one_of(bonds, choice):
        database.set("Bond", bond, primary_slave=NULL)


def _vanished(world: World, host: Host, choice: int) -> None:
    """Leave the PIF of a VLAN without its host, as a host that was ejected halfway does."""
    database = world.database
    vlans = (database.get("VLAN", ref)["untagged_PIF"] for ref in database.refs("VLAN"))
    own = [pif for pif in vlans if database.get("PIF", pif)["host"] == host.ref]
    for pif in _one_of([p for p in own if not _is_up(world, host, p)], choice):
        database.set("PIF", pif, host=_GONE)


def _is_up(world: World, host: Host, pif: str) -> bool:
    """Tell whether dom0 has a PIF's bridge, which no collector takes away."""
    network = world.database.get("PIF", pif)["network"]
    return world.database.get("network", network)["bridge"] in host.backend.bridges()


def _legs(world: World, host: Host) -> list[str]:
    pifs = world.database.where("PIF", host=host.ref)
    return [ref for ref in pifs if not is_null(world.database.get("PIF", ref)["bond_slave_of"])]


def _one_of(found: list[Any], choice: int) -> list[Any]:
    """Return one of them; none where there is none."""
    return found[choice % len(found) :][:1] if found else []


OLD: Mapping[str, Callable[[World, Host, int], None]] = {
    "a VLAN on a leg": _vlan_on_leg,
    "a guest on a leg's network": _guest_on_leg,
    "an address on a leg": _address_on_leg,
    "the leg of a bond that is gone": _lost_bond,
    "a bond without a primary slave": _no_primary,
    "a PIF of a host that is gone": _vanished,
}
"""What no release makes any more -> how to make it, with the world's lock held; a start of xapi and
a pass of the garbage collector put all of it right."""


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
