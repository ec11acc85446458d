"""What half-failed calls leave, and what parallel and hopeless ones answer."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab.guest_pools import refusal
from tests.lab.worlds import ask, eventually, new_bond, new_network, pif, running
from xsbond.lab.contracts import BondSettings, Failure, ScriptError
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.pool.hosts import set_live
from xsbond.lab.pool.state import Host
from xsbond.lab.timing.delays import Delays
from xsbond.lab.world import World


class BrokenDom0(SimulatedDom0):
    """A dom0 whose ovs-vsctl refuses to make bonds."""

    def add_port(self, bridge: str, name: str, devices: Any, bond: BondSettings | None) -> None:
        """Fail for a bond, as networkd does when its program exits badly."""
        if bond:
            raise ScriptError(
                "/usr/bin/ovs-vsctl",
                f"--timeout=20 -- --may-exist add-bond {bridge} {name}",
                code="Exit code 1",
                stdout="",
                stderr="ovs-vsctl: unix:/var/run/openvswitch/db.sock: database connection failed",
            )
        super().add_port(bridge, name, devices, bond)


@pytest.fixture
def world() -> Iterator[World]:
    """The tutorial's pool."""
    with running() as world:
        yield world


@pytest.fixture
def master(world: World) -> Host:
    """The host the bonds are made on."""
    return world.hosts[0]


def stack(world: World, host: Host) -> tuple[str, str]:
    """Try to bond a bond with a NIC; return the new network and the bond's PIF."""
    net = new_network(world)
    members = [pif(world, host, "bond0"), pif(world, host, "eth1")]
    code, ref, text = refusal(world, "Bond.create", net, members, "")
    assert (code, text) == ("PIF_CONFIGURATION_ERROR", "")
    return net, ref


def test_bond_of_a_bond_leaves_a_detached_pif(world: World, master: Host) -> None:
    """It has a Bond, too: nothing is rolled back."""
    _, made = stack(world, master)
    record = ask(world, "PIF.get_record", made)
    assert (record["device"], record["currently_attached"]) == ("bond1", False)
    assert len(record["bond_master_of"]) == 1


def test_bond_of_a_bond_leaves_its_bridge(world: World, master: Host) -> None:
    """And that of the lower bond is gone."""
    net, _ = stack(world, master)
    assert ask(world, "network.get_bridge", net) in master.backend.bridges()
    assert "xapi0" not in master.backend.bridges()


def test_bond_of_a_bond_takes_the_address_along(world: World, master: Host) -> None:
    """It was moved before dom0 was asked."""
    _, made = stack(world, master)
    assert ask(world, "PIF.get_IP", made) == "172.16.0.35"


def test_debris_can_be_destroyed(world: World, master: Host) -> None:
    """The address goes back, and the lower bond can be plugged again."""
    _, made = stack(world, master)
    (bond,) = ask(world, "PIF.get_bond_master_of", made)
    ask(world, "Bond.destroy", bond)
    bond0 = pif(world, master, "bond0")
    ask(world, "PIF.plug", bond0)
    record = ask(world, "PIF.get_record", bond0)
    assert (record["IP"], record["currently_attached"]) == ("172.16.0.35", True)
    assert "xapi0" in master.backend.bridges()


def break_bonds(host: Host) -> None:
    """Let a host's dom0 refuse bonds from now on."""
    assert isinstance(host.backend, SimulatedDom0)
    host.backend.__class__ = BrokenDom0


def test_failed_program_is_told_whole(world: World, master: Host) -> None:
    """It is told what was called and what that said."""
    net = new_network(world)
    break_bonds(master)
    members = [pif(world, master, device) for device in ("eth1", "eth5")]
    code, _, text = refusal(world, "Bond.create", net, members, "")
    wanted = (
        "script error [script = /usr/bin/ovs-vsctl, args = --timeout=20 -- --may-exist add-bond"
        " xapi1 bond1, code = Exit code 1, stdout = , stderr = ovs-vsctl:"
        " unix:/var/run/openvswitch/db.sock: database connection failed]"
    )
    assert (code, text) == ("PIF_CONFIGURATION_ERROR", wanted)


def test_failed_program_leaves_the_legs_without_bridges(world: World, master: Host) -> None:
    """They were taken down first."""
    break_bonds(master)
    net = new_network(world)
    members = [pif(world, master, device) for device in ("eth1", "eth5")]
    refusal(world, "Bond.create", net, members, "")
    assert {"xenbr1", "xenbr5"} & master.backend.bridges() == set()
    assert [ask(world, "PIF.get_currently_attached", each) for each in members] == [False, False]


def test_change_of_mode_that_fails_in_dom0_is_recorded(world: World, master: Host) -> None:
    """The database comes first."""
    bond = new_bond(world, master, new_network(world), "eth1", "eth5")
    break_bonds(master)
    code, *_ = refusal(world, "Bond.set_mode", bond, "active-backup")
    assert (code, ask(world, "Bond.get_mode", bond)) == ("PIF_CONFIGURATION_ERROR", "active-backup")


def test_address_that_dom0_refuses_leaves_the_pif_detached(world: World, master: Host) -> None:
    """A mask with a hole passes xapi and not networkd."""
    eth3 = pif(world, master, "eth3")
    params = (eth3, "Static", "10.1.1.1", "255.255.0.255", "", "")
    assert refusal(world, "PIF.reconfigure_ip", *params) == ("PIF_CONFIGURATION_ERROR", eth3, "")
    assert ask(world, "PIF.get_currently_attached", eth3) is False


def test_of_two_creates_at_once_one_wins(world: World, master: Host) -> None:
    """The other finds its members bonded."""
    nets = [new_network(world, label) for label in ("a", "b")]
    members = [pif(world, master, device) for device in ("eth1", "eth5")]
    answers: list[str] = []

    def create(net: str) -> None:
        try:
            ask(world, "Bond.create", net, members, "")
        except Failure as failure:
            answers.append(failure.code)
        else:
            answers.append("made")

    threads = [threading.Thread(target=create, args=(net,)) for net in nets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["PIF_ALREADY_BONDED", "made"]


def test_member_that_is_dead_is_refused_at_once(world: World) -> None:
    """The pool knows."""
    member = world.hosts[1]
    with world.lock:
        set_live(world.pool, member, live=False)
    eth1 = pif(world, member, "eth1")
    net = new_network(world)
    assert refusal(world, "Bond.create", net, [eth1], "") == ("HOST_OFFLINE", member.ref)
    with world.lock:
        set_live(world.pool, member, live=True)


def test_member_without_xapi_cannot_be_contacted(world: World) -> None:
    """Its kernel refuses the connection at once."""
    member = world.hosts[1]
    net, eth1 = new_network(world), pif(world, member, "eth1")
    member.toolstack.stop()
    with world.lock:
        set_live(world.pool, member, live=True)
    assert refusal(world, "Bond.create", net, [eth1], "") == ("CANNOT_CONTACT_HOST", member.ref)


def test_member_that_is_switched_off_is_waited_for() -> None:
    """Nothing answers; the call is still there when the member is back."""
    with running(delays=Delays(unreachable=1e9)) as world:
        member = world.hosts[1]
        net, eth1 = new_network(world), pif(world, member, "eth1")
        switch(world, member, on=False)
        answers: list[str] = []
        caller = threading.Thread(
            target=lambda: answers.append(ask(world, "Bond.create", net, [eth1], ""))
        )
        caller.start()
        assert eventually(lambda: "Bond.create" in calls_under_way(world))
        switch(world, member, on=True)
        caller.join()
        assert [ask(world, "Bond.get_mode", bond) for bond in answers] == ["balance-slb"]


def test_member_that_stays_off_cannot_be_contacted(world: World) -> None:
    """After 200 seconds of the lab's."""
    member = world.hosts[1]
    net, eth1 = new_network(world), pif(world, member, "eth1")
    switch(world, member, on=False)
    assert refusal(world, "Bond.create", net, [eth1], "") == ("CANNOT_CONTACT_HOST", member.ref)
    switch(world, member, on=True)


def calls_under_way(world: World) -> set[str]:
    """Return the names of the pending tasks."""
    with world.lock:
        pending = world.database.where("task", status="pending")
        return {world.database.get("task", task)["name_label"] for task in pending}


def switch(world: World, host: Host, *, on: bool) -> None:
    """Switch a host off without farewell, or on again."""
    with world.lock:
        host.powered = host.running = on
        world.pool.wake()
    assert eventually(lambda: host.running is on)


def test_second_create_on_a_network_meets_the_pif_of_the_first(world: World, master: Host) -> None:
    """A client that lost an answer and asks again learns so."""
    net = new_network(world)
    bond = new_bond(world, master, net, "eth1", "eth5")
    made = ask(world, "Bond.get_master", bond)
    wanted = ("NETWORK_ALREADY_CONNECTED", master.ref, made)
    assert refusal(world, "Bond.create", net, [pif(world, master, "eth3")], "") == wanted
