"""What moves to a bond when it is made, and back when it is undone."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.lab.worlds import ask, network, new_bond, new_network, pif, running
from xsbond.lab.blueprint import GuestBlueprint, tutorial
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.pool.consistency import dom0_complaints
from xsbond.lab.pool.state import Host
from xsbond.lab.world import World

_GUESTS = (
    GuestBlueprint(name="here", host="xs-1", power_state="Running", networks=("xenbr1",)),
    GuestBlueprint(name="there", host="xs-2", power_state="Running", networks=("xenbr1",)),
    GuestBlueprint(name="anywhere", networks=("xenbr1",)),
)


@pytest.fixture
def world() -> Iterator[World]:
    """A pool with guests on the network of eth1; its dom0s agree with its database."""
    with running(blueprint=replace(tutorial(2), guests=_GUESTS)) as world:
        yield world
        with world.lock:
            assert dom0_complaints(world.pool) == []


@pytest.fixture
def master(world: World) -> Host:
    """The host the bonds are made on."""
    return world.hosts[0]


def network_of(world: World, guest: str) -> str:
    """Return the network a guest's only VIF is on."""
    (vm,) = ask(world, "VM.get_by_name_label", guest)
    (vif,) = ask(world, "VM.get_VIFs", vm)
    return str(ask(world, "VIF.get_network", vif))


def bridge_of(host: Host, port: str) -> str:
    """Return the bridge a port is on in dom0."""
    assert isinstance(host.backend, SimulatedDom0)
    return host.backend.ports_by_name[port].bridge


def new_vlan(world: World, host: Host, device: str, tag: int, label: str = "tagged") -> str:
    """Make a VLAN on a network of its own and return that network."""
    net = new_network(world, label)
    ask(world, "VLAN.create", pif(world, host, device), tag, net)
    return net


def manage_through(world: World, host: Host, ref: str) -> None:
    """Give a PIF an address and the management of its host."""
    ask(world, "PIF.reconfigure_ip", ref, "Static", "10.9.0.1", "255.255.255.0", "", "")
    ask(world, "host.management_reconfigure", ref)
    assert ask(world, "host.get_management_interface", host.ref) == ref


def fields_of(world: World, ref: str, *names: str) -> tuple[Any, ...]:
    """Return fields of a PIF."""
    record = ask(world, "PIF.get_record", ref)
    return tuple(record[name] for name in names)


def test_guest_of_the_host_moves_to_the_bond(world: World, master: Host) -> None:
    """It runs there, so it goes with the NIC."""
    net = new_network(world)
    new_bond(world, master, net, "eth1", "eth5")
    assert network_of(world, "here") == net


def test_moved_guest_is_on_the_bridge_of_the_bond(world: World, master: Host) -> None:
    """The bridge it was on is gone."""
    net = new_network(world)
    new_bond(world, master, net, "eth1", "eth5")
    assert bridge_of(master, "vif1.0") == ask(world, "network.get_bridge", net)


@pytest.mark.parametrize("guest", ["there", "anywhere"])
def test_guest_that_is_not_the_hosts_stays(world: World, master: Host, guest: str) -> None:
    """One runs elsewhere, the other can start elsewhere."""
    new_bond(world, master, new_network(world), "eth1", "eth5")
    assert network_of(world, guest) == network(world, "xenbr1")


def test_guest_that_can_start_here_alone_moves(world: World, master: Host) -> None:
    """The other host is disabled when the bond is made."""
    net = new_network(world)
    ask(world, "host.disable", world.hosts[1].ref)
    new_bond(world, master, net, "eth1", "eth5")
    assert network_of(world, "anywhere") == net


def test_guest_that_can_start_nowhere_moves(world: World, master: Host) -> None:
    """It cannot be worse off."""
    net = new_network(world)
    for host in world.hosts:
        ask(world, "host.disable", host.ref)
    new_bond(world, master, net, "eth1", "eth5")
    assert network_of(world, "anywhere") == net


def test_guest_moves_back_to_the_primary_slave(world: World, master: Host) -> None:
    """To the network of eth5, which is not the one it came from."""
    bond = new_bond(world, master, new_network(world), "eth5", "eth1")
    ask(world, "Bond.destroy", bond)
    assert network_of(world, "here") == network(world, "xenbr5")
    assert bridge_of(master, "vif1.0") == "xenbr5"


def test_vlan_has_new_references(world: World, master: Host) -> None:
    """VLAN and PIF are made anew on the bond."""
    new_vlan(world, master, "eth1", 42)
    old = ask(world, "VLAN.get_all")
    new_bond(world, master, new_network(world), "eth1", "eth5")
    (vlan,) = ask(world, "VLAN.get_all")
    assert vlan not in old
    assert ask(world, "VLAN.get_tagged_PIF", vlan) == pif(world, master, "bond1")


def test_address_of_a_vlan_moves_with_it(world: World, master: Host) -> None:
    """To the new PIF, and to dom0."""
    net = new_vlan(world, master, "eth1", 42)
    old = pif(world, master, "eth1", vlan=42)
    ask(world, "PIF.reconfigure_ip", old, "Static", "10.1.0.1", "255.255.0.0", "", "")
    new_bond(world, master, new_network(world), "eth1", "eth5")
    assert fields_of(world, pif(world, master, "bond1", vlan=42), "IP") == ("10.1.0.1",)
    assert isinstance(master.backend, SimulatedDom0)
    assert master.backend.addresses[ask(world, "network.get_bridge", net)].ip == "10.1.0.1"


def test_vlan_that_was_unplugged_stays_so(world: World, master: Host) -> None:
    """Moving does not plug."""
    new_vlan(world, master, "eth1", 42)
    ask(world, "PIF.unplug", pif(world, master, "eth1", vlan=42))
    new_bond(world, master, new_network(world), "eth1", "eth5")
    moved = pif(world, master, "bond1", vlan=42)
    assert fields_of(world, moved, "currently_attached") == (False,)


def test_of_two_vlans_with_one_tag_the_first_stays(world: World, master: Host) -> None:
    """A bond has one VLAN of each tag."""
    first = new_vlan(world, master, "eth1", 42, "first")
    new_vlan(world, master, "eth5", 42, "second")
    new_bond(world, master, new_network(world), "eth1", "eth5")
    (vlan,) = ask(world, "VLAN.get_all")
    untagged = ask(world, "VLAN.get_untagged_PIF", vlan)
    assert fields_of(world, untagged, "network", "device") == (first, "bond1")


def test_guest_of_the_second_vlan_changes_networks(world: World, master: Host) -> None:
    """To that of the first one with the tag."""
    first = new_vlan(world, master, "eth5", 42, "first")
    second = new_vlan(world, master, "eth1", 42, "second")
    (vm,) = ask(world, "VM.get_by_name_label", "here")
    ask(world, "VIF.move", ask(world, "VM.get_VIFs", vm)[0], second)
    new_bond(world, master, new_network(world), "eth5", "eth1")
    assert network_of(world, "here") == first
    assert bridge_of(master, "vif1.0") == ask(world, "network.get_bridge", first)


def test_guest_of_a_vlan_keeps_its_network(world: World, master: Host) -> None:
    """And its interface is on the new bridge of the same name."""
    net = new_vlan(world, master, "eth1", 42)
    (vm,) = ask(world, "VM.get_by_name_label", "here")
    ask(world, "VIF.move", ask(world, "VM.get_VIFs", vm)[0], net)
    new_bond(world, master, new_network(world), "eth1", "eth5")
    assert network_of(world, "here") == net
    assert bridge_of(master, "vif1.0") == ask(world, "network.get_bridge", net)


def test_management_vlan_moves_to_the_bond(world: World, master: Host) -> None:
    """Flag, bridge and inventory; the bond itself does not manage."""
    net = new_vlan(world, master, "eth1", 42)
    manage_through(world, master, pif(world, master, "eth1", vlan=42))
    new_bond(world, master, new_network(world), "eth1", "eth5")
    moved = pif(world, master, "bond1", vlan=42)
    assert ask(world, "host.get_management_interface", master.ref) == moved
    bridge = ask(world, "network.get_bridge", net)
    assert f"MANAGEMENT_INTERFACE='{bridge}'" in master.backend.read_file(
        "/etc/xensource-inventory"
    )


def test_bond_below_a_management_vlan_is_attached(world: World, master: Host) -> None:
    """It is plugged last."""
    new_vlan(world, master, "eth3", 42)
    manage_through(world, master, pif(world, master, "eth3", vlan=42))
    new_bond(world, master, new_network(world), "eth3", "eth5")
    attached = {
        device: fields_of(world, pif(world, master, device), "currently_attached")[0]
        for device in ("bond1", "eth3", "eth5")
    }
    assert attached == {"bond1": True, "eth3": False, "eth5": False}


def test_management_vlan_moves_back(world: World, master: Host) -> None:
    """To the primary slave, and both legs are attached."""
    new_vlan(world, master, "eth1", 42)
    manage_through(world, master, pif(world, master, "eth1", vlan=42))
    ask(world, "Bond.destroy", new_bond(world, master, new_network(world), "eth1", "eth5"))
    moved = pif(world, master, "eth1", vlan=42)
    assert ask(world, "host.get_management_interface", master.ref) == moved
    for device in ("eth1", "eth5"):
        assert fields_of(world, pif(world, master, device), "currently_attached") == (True,)


def test_management_moves_back(world: World, master: Host) -> None:
    """To the leg that had it."""
    bond = new_bond(world, master, new_network(world), "eth1", "eth0")
    ask(world, "Bond.destroy", bond)
    eth0 = pif(world, master, "eth0")
    assert ask(world, "host.get_management_interface", master.ref) == eth0
    lines = master.backend.read_file("/etc/xensource-inventory").splitlines()
    assert "MANAGEMENT_INTERFACE='xenbr0'" in lines


def test_address_of_the_host_does_not_change_with_its_bond(world: World, master: Host) -> None:
    """Its clients find it where it was."""
    before = ask(world, "host.get_address", master.ref)
    new_bond(world, master, new_network(world), "eth1", "eth0")
    assert ask(world, "host.get_address", master.ref) == before


def test_address_stays_with_the_bond_that_manages(world: World, master: Host) -> None:
    """dom0 has it on the bond's bridge."""
    net = new_network(world)
    new_bond(world, master, net, "eth1", "eth0")
    assert isinstance(master.backend, SimulatedDom0)
    bridge = ask(world, "network.get_bridge", net)
    assert master.backend.addresses[bridge].ip == "172.16.0.10"


def test_disallow_unplug_goes_back_to_the_primary_slave(world: World, master: Host) -> None:
    """The other leg may be unplugged."""
    bond = new_bond(world, master, new_network(world), "eth1", "eth5")
    ask(world, "PIF.set_disallow_unplug", ask(world, "Bond.get_master", bond), True)
    ask(world, "Bond.destroy", bond)
    flags = [fields_of(world, pif(world, master, d), "disallow_unplug") for d in ("eth1", "eth5")]
    assert flags == [(True,), (False,)]


def test_unplugged_bond_leaves_its_legs_unplugged(world: World, master: Host) -> None:
    """Undoing it plugs nothing."""
    bond = new_bond(world, master, new_network(world), "eth3", "eth5")
    ask(world, "PIF.unplug", ask(world, "Bond.get_master", bond))
    ask(world, "Bond.destroy", bond)
    for device in ("eth3", "eth5"):
        assert fields_of(world, pif(world, master, device), "currently_attached") == (False,)


def test_tunnel_moves_to_the_bond(world: World, master: Host) -> None:
    """It gets a new access PIF on the same network."""
    net = new_network(world, "private")
    eth1 = pif(world, master, "eth1")
    ask(world, "PIF.reconfigure_ip", eth1, "Static", "10.1.0.1", "255.255.0.0", "", "")
    ask(world, "tunnel.create", eth1, net)
    new_bond(world, master, new_network(world), "eth1", "eth5")
    (tunnel,) = ask(world, "tunnel.get_all")
    access = ask(world, "tunnel.get_access_PIF", tunnel)
    assert ask(world, "tunnel.get_transport_PIF", tunnel) == pif(world, master, "bond1")
    assert fields_of(world, access, "network", "currently_attached") == (net, True)


def test_tunnel_moves_back(world: World, master: Host) -> None:
    """To the primary slave."""
    bond = new_bond(world, master, new_network(world), "eth1", "eth5")
    bond1 = ask(world, "Bond.get_master", bond)
    ask(world, "PIF.reconfigure_ip", bond1, "Static", "10.1.0.1", "255.255.0.0", "", "")
    ask(world, "tunnel.create", bond1, new_network(world, "private"))
    ask(world, "Bond.destroy", bond)
    (tunnel,) = ask(world, "tunnel.get_all")
    assert ask(world, "tunnel.get_transport_PIF", tunnel) == pif(world, master, "eth1")
