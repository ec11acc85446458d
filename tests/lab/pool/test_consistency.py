"""Each rule about what must hold finds what breaks it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.lab.worlds import new_bond, new_network, pif, running
from xsbond.lab.blueprint import GuestBlueprint, tutorial
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.pool.consistency import DOM0_RULES, RULES, complaints, dom0_complaints
from xsbond.lab.world import World

Repair = Callable[[], None]
Damage = Callable[[World], Repair]
"""Breaks something and returns what mends it."""

_GUESTS = (
    GuestBlueprint(name="busy", host="xs-1", power_state="Running", networks=("xenbr1", "xenbr3")),
)


@pytest.fixture
def world() -> Iterator[World]:
    """A pool with a guest and a VLAN; it is put back as it was."""
    with running(blueprint=replace(tutorial(2), guests=_GUESTS)) as world:
        master = world.hosts[0]
        net = new_network(world)
        eth3 = pif(world, master, "eth3")
        world.dispatch(master, "VLAN.create", [eth3, 7, net])
        yield world


def named(world: World, device: str) -> str:
    """Return a PIF of the master."""
    return pif(world, world.hosts[0], device)


def first(world: World, name: str) -> str:
    """Return an object of a class."""
    return world.database.refs(name)[0]


def change(name: str, find: Callable[[World], str], **fields: object) -> Damage:
    """Return what sets fields of an object."""

    def damage(world: World) -> Repair:
        ref = find(world)
        before = {field: world.database.get(name, ref)[field] for field in fields}
        world.database.set(name, ref, **fields)
        return lambda: world.database.set(name, ref, **before)

    return damage


def of_pif(name: str, **fields: object) -> Damage:
    """Return what sets fields of a PIF of the master."""
    return change("PIF", lambda world: named(world, name), **fields)


def copy(
    field: str, name: str, source: Callable[[World], str], to: Callable[[World], str]
) -> Damage:
    """Return what gives one object a field of another of its class."""

    def damage(world: World) -> Repair:
        value = world.database.get(name, source(world))[field]
        return change(name, to, **{field: value})(world)

    return damage


DAMAGE: dict[str, Damage] = {
    "references lead somewhere": of_pif("eth1", network="OpaqueRef:gone"),
    "a host has one management PIF": of_pif("eth1", management=True),
    "a bond stays on one host": lambda world: change(
        "PIF", lambda _: named(world, "eth2"), host=world.hosts[1].ref
    )(world),
    "a bond's primary slave is one of its slaves": lambda world: change(
        "Bond",
        lambda _: world.database.get("PIF", named(world, "bond0"))["bond_master_of"][0],
        primary_slave=named(world, "eth1"),
    )(world),
    "a PIF is the master of one bond": copy(
        "master",
        "Bond",
        lambda world: world.database.refs("Bond")[0],
        lambda world: world.database.refs("Bond")[1],
    ),
    "a leg does not manage": of_pif("eth2", management=True),
    "a leg carries no VLAN and no tunnel": lambda world: change(
        "VLAN", lambda _: first(world, "VLAN"), tagged_PIF=named(world, "eth2")
    )(world),
    "a PIF is of one kind": of_pif("bond0", physical=True),
    "only VLANs, tunnels and SR-IOV share metrics": copy(
        "metrics", "PIF", lambda world: named(world, "eth1"), lambda world: named(world, "eth3")
    ),
    "a bridge is one network's": lambda world: change(
        "network", lambda _: world.database.where("network", bridge="xenbr1")[0], bridge="xenbr3"
    )(world),
    "a host has one PIF on a network": copy(
        "network", "PIF", lambda world: named(world, "eth1"), lambda world: named(world, "eth3")
    ),
    "a device is one PIF's": of_pif("eth1", device="eth3"),
    "uuids are unique": copy(
        "uuid", "PIF", lambda world: named(world, "eth1"), lambda world: named(world, "eth3")
    ),
    "a VLAN and its PIFs agree": change("VLAN", lambda world: first(world, "VLAN"), tag=8),
    "what runs, runs somewhere": change(
        "VM",
        lambda world: world.database.where("VM", name_label="busy")[0],
        resident_on="OpaqueRef:NULL",
    ),
    "an attached VIF has a running guest": change(
        "VM", lambda world: world.database.where("VM", name_label="busy")[0], power_state="Halted"
    ),
    "a guest's devices are unique": change(
        "VIF", lambda world: world.database.where("VIF", device="0")[0], device="1"
    ),
    "a host has one control domain": change(
        "VM",
        lambda world: world.database.where("VM", is_control_domain=True)[0],
        is_control_domain=False,
    ),
}
"""Rule -> what breaks it."""


def test_every_rule_is_broken_once() -> None:
    """No rule goes untested."""
    assert DAMAGE.keys() == RULES.keys()


@pytest.mark.parametrize("rule", DAMAGE)
def test_damage_is_found_by_its_rule(world: World, rule: str) -> None:
    """And there was no complaint before."""
    with world.lock:
        before = complaints(world.database)
        repair = DAMAGE[rule](world)
        found = list(RULES[rule](world.database))
        repair()
    assert before == []
    assert found != []


def test_tutorials_pool_is_sound(world: World) -> None:
    """Database and dom0 agree."""
    with world.lock:
        assert (complaints(world.database), dom0_complaints(world.pool)) == ([], [])


def dom0(world: World) -> SimulatedDom0:
    """Return the master's dom0."""
    backend = world.hosts[0].backend
    assert isinstance(backend, SimulatedDom0)
    return backend


def test_lost_bridge_is_found(world: World) -> None:
    """Somebody deleted it by hand."""
    dom0(world).delete_bridge("xenbr5")
    with world.lock:
        assert dom0_complaints(world.pool) == ["xs-1: eth5 is attached without xenbr5"]


def test_bridge_of_a_leg_is_found(world: World) -> None:
    """Somebody made it by hand."""
    new_bond(world, world.hosts[0], new_network(world, "PUB"), "eth5")
    dom0(world).add_bridge("xenbr5", dom0(world).bridges_by_name["xenbr0"].settings)
    with world.lock:
        assert dom0_complaints(world.pool) == ["xs-1: eth5 is a leg and has xenbr5"]


def test_inventory_that_names_another_bridge_is_found(world: World) -> None:
    """The management interface would be lost with the next start of the host."""
    path = "/etc/xensource-inventory"
    dom0(world).write_file(path, dom0(world).read_file(path).replace("xenbr0", "xenbr1"))
    with world.lock:
        assert dom0_complaints(world.pool) == ["xs-1: the inventory does not name xenbr0"]


def test_every_rule_about_dom0_is_tested() -> None:
    """By the three tests above."""
    assert len(DOM0_RULES) == 3
