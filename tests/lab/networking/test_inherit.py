"""What a restarted member copies from the master, and what it does not."""

from collections.abc import Iterator

import pytest

from tests.lab.worlds import (
    ask,
    bond_on,
    devices_of,
    new_bond,
    new_network,
    pif,
    restart,
    running,
)
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.pool.state import Host
from xsbond.lab.world import World

LOG = "/var/log/xensource.log"


@pytest.fixture
def world() -> Iterator[World]:
    """The tutorial's pool."""
    with running() as world:
        yield world


def provision(world: World, *devices: str, mode: str = "balance-slb", mac: str = "") -> str:
    """Bond NICs of the master on a new network, restart the member, return the network."""
    network = new_network(world)
    new_bond(world, world.hosts[0], network, *(devices or ("eth1", "eth5")), mode=mode, mac=mac)
    restart(world.hosts[1])
    return network


def test_member_gets_the_masters_bond(world: World) -> None:
    """Same network, same NICs."""
    network = provision(world)
    bond = bond_on(world, world.hosts[1], network)
    assert bond
    assert devices_of(world, bond) == {"eth1", "eth5"}


def test_copied_bond_is_attached(world: World) -> None:
    """In the database, and with a bridge in dom0."""
    provision(world)
    attached = ask(world, "PIF.get_currently_attached", pif(world, world.hosts[1], "bond1"))
    assert (attached, "xapi1" in world.hosts[1].backend.bridges()) == (True, True)


@pytest.mark.parametrize("mode", ["active-backup", "lacp"])
def test_copied_bond_has_the_masters_mode(mode: str, world: World) -> None:
    """And its properties."""
    network = provision(world, mode=mode)
    mine, theirs = bond_on(world, world.hosts[1], network), bond_on(world, world.hosts[0], network)
    assert mine
    assert theirs
    assert (mine["mode"], mine["properties"]) == (mode, theirs["properties"])


def test_mac_comes_from_the_counterpart_of_the_primary_slave(world: World) -> None:
    """The master's bond has eth5's MAC, so the member's has its own eth5's."""
    provision(world, "eth5", "eth1")
    mac = ask(world, "PIF.get_MAC", pif(world, world.hosts[1], "bond1"))
    assert mac == "00:1b:78:5c:74:34"


def test_explicit_mac_is_not_copied(world: World) -> None:
    """The member's bond follows its own primary slave."""
    network = provision(world, mac="02:aa:bb:cc:dd:ee")
    bond = bond_on(world, world.hosts[1], network)
    assert bond
    assert bond["auto_update_mac"] is True


def test_second_restart_changes_nothing(world: World) -> None:
    """The bond is the same object, with the same uuid."""
    network = provision(world)
    before = bond_on(world, world.hosts[1], network)
    restart(world.hosts[1])
    after = bond_on(world, world.hosts[1], network)
    assert before
    assert after
    assert before["uuid"] == after["uuid"]


def test_changed_mode_is_not_copied(world: World) -> None:
    """A bond with the right slaves is left alone."""
    network = provision(world)
    theirs = ask(world, "PIF.get_bond_master_of", pif(world, world.hosts[0], "bond1"))[0]
    ask(world, "Bond.set_mode", theirs, "active-backup")
    restart(world.hosts[1])
    mine = bond_on(world, world.hosts[1], network)
    assert mine
    assert mine["mode"] == "balance-slb"


def test_undone_bond_is_not_undone_on_the_member(world: World) -> None:
    """Copying only adds."""
    network = provision(world)
    theirs = ask(world, "PIF.get_bond_master_of", pif(world, world.hosts[0], "bond1"))[0]
    ask(world, "Bond.destroy", theirs)
    restart(world.hosts[1])
    assert bond_on(world, world.hosts[1], network)


def test_bond_with_other_slaves_is_made_anew(world: World) -> None:
    """Same network, other NICs: destroyed and created with a new uuid."""
    network = new_network(world)
    old = new_bond(world, world.hosts[1], network, "eth1", "eth3")
    new_bond(world, world.hosts[0], network, "eth1", "eth5")
    restart(world.hosts[1])
    bond = bond_on(world, world.hosts[1], network)
    assert bond
    assert (devices_of(world, bond), old in ask(world, "Bond.get_all")) == ({"eth1", "eth5"}, False)


def test_missing_pif_makes_a_bond_of_one(world: World) -> None:
    """Silently: the member has no PIF for eth5."""
    ask(world, "PIF.forget", pif(world, world.hosts[1], "eth5"))
    network = provision(world)
    bond = bond_on(world, world.hosts[1], network)
    assert bond
    assert devices_of(world, bond) == {"eth1"}


def test_no_counterpart_makes_no_bond(world: World) -> None:
    """Neither eth1 nor eth5 is known on the member."""
    for device in ("eth1", "eth5"):
        ask(world, "PIF.forget", pif(world, world.hosts[1], device))
    assert bond_on(world, world.hosts[1], provision(world)) is None


def test_nic_in_another_bond_makes_no_bond(world: World) -> None:
    """The member's own rules apply."""
    new_bond(world, world.hosts[1], new_network(world, "else"), "eth1", "eth3")
    assert bond_on(world, world.hosts[1], provision(world)) is None


def test_refusal_is_logged_in_dom0(world: World) -> None:
    """There is no other trace of it."""
    new_bond(world, world.hosts[1], new_network(world, "else"), "eth1", "eth3")
    provision(world)
    assert "PIF_ALREADY_BONDED" in world.hosts[1].backend.read_file(LOG)


def test_two_addresses_make_no_bond(world: World) -> None:
    """Both wanted NICs of the member carry one."""
    for index, device in enumerate(("eth1", "eth5")):
        eth = pif(world, world.hosts[1], device)
        ask(world, "PIF.reconfigure_ip", eth, "Static", f"10.0.{index}.1", "255.0.0.0", "", "")
    assert bond_on(world, world.hosts[1], provision(world)) is None


def test_missing_nic_leaves_the_bond_detached(world: World) -> None:
    """The PIF is there but the NIC is not: both slaves are listed, nothing is attached."""
    dom0 = world.hosts[1].backend
    assert isinstance(dom0, SimulatedDom0)
    network = new_network(world)
    new_bond(world, world.hosts[0], network, "eth1", "eth5")
    del dom0.nics_by_device["eth5"]
    restart(world.hosts[1])
    bond = bond_on(world, world.hosts[1], network)
    assert bond
    assert (devices_of(world, bond), _attached(world)) == ({"eth1", "eth5"}, False)


def _attached(world: World) -> bool:
    return bool(ask(world, "PIF.get_currently_attached", pif(world, world.hosts[1], "bond1")))


def test_restarted_master_inherits_nothing(world: World) -> None:
    """A member's bond stays its own."""
    network = new_network(world)
    new_bond(world, world.hosts[1], network, "eth1", "eth5")
    restart(world.hosts[0])
    assert bond_on(world, world.hosts[0], network) is None


def test_vlan_of_the_master_is_copied_unplugged(world: World) -> None:
    """Made on the master's bond only, it gets a record on the member and no bridge."""
    network = new_network(world)
    bond = new_bond(world, world.hosts[0], network, "eth1", "eth5")
    tagged = new_network(world, "tagged")
    ask(world, "VLAN.create", ask(world, "Bond.get_master", bond), 42, tagged)
    restart(world.hosts[1])
    copied = ask(world, "PIF.get_record", pif(world, world.hosts[1], "bond1", vlan=42))
    assert (copied["network"], copied["currently_attached"]) == (tagged, False)


def test_vlan_made_pool_wide_is_attached_on_the_new_bond(world: World) -> None:
    """It moves from the member's NIC to its bond."""
    tagged = new_network(world, "tagged")
    eth1 = pif(world, world.hosts[0], "eth1")
    ask(world, "pool.create_VLAN_from_PIF", eth1, tagged, 42)
    provision(world)
    moved = ask(world, "PIF.get_record", pif(world, world.hosts[1], "bond1", vlan=42))
    assert (moved["network"], moved["currently_attached"]) == (tagged, True)


def test_network_off_xenbr_has_no_position(world: World) -> None:
    """A slave whose own network has another bridge is left out since xapi 25.35."""
    pifs = [pif(world, host, "eth5") for host in world.hosts]
    for each in pifs:
        ask(world, "PIF.unplug", each)
    with world.lock:
        (network,) = world.database.where("network", bridge="xenbr5")
        world.database.set("network", network, bridge="br0")
    bond = bond_on(world, world.hosts[1], provision(world))
    assert bond
    assert devices_of(world, bond) == {"eth1"}


def test_every_member_inherits() -> None:
    """One after the other, in a pool of four."""
    with running(4) as world:
        network = new_network(world)
        new_bond(world, world.hosts[0], network, "eth1", "eth5")
        for host in world.hosts[1:]:
            restart(host)
        assert _hosts_with_bond(world, network) == [host.name for host in world.hosts]


def _hosts_with_bond(world: World, network: str) -> list[str]:
    def has_bond(host: Host) -> bool:
        return bond_on(world, host, network) is not None

    return [host.name for host in world.hosts if has_bond(host)]
