"""VLANs and tunnels: records, bridges, refusals."""

from collections.abc import Iterator

import pytest

from tests.lab.guest_pools import refusal
from tests.lab.worlds import ask, new_network, pif, running
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.pool.state import Host
from xsbond.lab.world import World


@pytest.fixture
def world() -> Iterator[World]:
    """The tutorial's pool."""
    with running() as world:
        yield world


@pytest.fixture
def master(world: World) -> Host:
    """The host most VLANs are made on."""
    return world.hosts[0]


def uuids_of(host: Host, bridge: str) -> tuple[str, ...]:
    """Return the networks a bridge in dom0 names."""
    assert isinstance(host.backend, SimulatedDom0)
    return host.backend.bridges_by_name[bridge].settings.network_uuids


def test_pif_of_a_vlan_has_the_dummy_mac(world: World, master: Host) -> None:
    """The record, not the bridge (xapi_vlan.ml, vlan_mac)."""
    ask(world, "VLAN.create", pif(world, master, "eth3"), 7, new_network(world))
    assert ask(world, "PIF.get_MAC", pif(world, master, "eth3", vlan=7)) == "fe:ff:ff:ff:ff:ff"


def test_bridge_of_a_vlan_has_the_mac_below(world: World, master: Host) -> None:
    """That of the tagged PIF."""
    net = new_network(world)
    ask(world, "VLAN.create", pif(world, master, "eth3"), 7, net)
    assert isinstance(master.backend, SimulatedDom0)
    bridge = master.backend.bridges_by_name[ask(world, "network.get_bridge", net)]
    assert bridge.mac == "00:26:55:d1:e8:cd"


def test_vlan_shares_the_metrics_below(world: World, master: Host) -> None:
    """It has no carrier of its own."""
    eth3 = pif(world, master, "eth3")
    ask(world, "VLAN.create", eth3, 7, new_network(world))
    shared = ask(world, "PIF.get_metrics", pif(world, master, "eth3", vlan=7))
    assert shared == ask(world, "PIF.get_metrics", eth3)


def test_destroyed_vlan_leaves_the_metrics_below(world: World, master: Host) -> None:
    """They are not its own."""
    eth3 = pif(world, master, "eth3")
    vlan = ask(world, "VLAN.create", eth3, 7, new_network(world))
    ask(world, "VLAN.destroy", vlan)
    assert ask(world, "PIF.get_metrics", eth3) in ask(world, "PIF_metrics.get_all")


def test_parent_of_a_vlan_names_both_networks(world: World, master: Host) -> None:
    """xs-network-uuids: the VLAN's first."""
    net, eth3 = new_network(world), pif(world, master, "eth3")
    ask(world, "VLAN.create", eth3, 7, net)
    parent = ask(world, "PIF.get_network", eth3)
    wanted = tuple(ask(world, "network.get_uuid", each) for each in (net, parent))
    assert uuids_of(master, "xenbr3") == wanted


def test_vlan_is_plugged_though_its_nic_is_not(world: World, master: Host) -> None:
    """The bridge below comes with it, the record below stays unplugged."""
    eth3 = pif(world, master, "eth3")
    ask(world, "PIF.unplug", eth3)
    ask(world, "VLAN.create", eth3, 7, new_network(world))
    states = [
        ask(world, "PIF.get_currently_attached", ref)
        for ref in (eth3, pif(world, master, "eth3", vlan=7))
    ]
    assert (states, "xenbr3" in master.backend.bridges()) == ([False, True], True)


def test_bridge_below_goes_with_the_vlan_that_needed_it(world: World, master: Host) -> None:
    """Nothing else does."""
    eth3 = pif(world, master, "eth3")
    ask(world, "PIF.unplug", eth3)
    ask(world, "VLAN.destroy", ask(world, "VLAN.create", eth3, 7, new_network(world)))
    assert "xenbr3" not in master.backend.bridges()


def test_bridge_below_stays_for_an_attached_nic(world: World, master: Host) -> None:
    """It is the NIC's own."""
    eth3 = pif(world, master, "eth3")
    ask(world, "VLAN.destroy", ask(world, "VLAN.create", eth3, 7, new_network(world)))
    assert "xenbr3" in master.backend.bridges()


def test_vlan_on_an_unmanaged_network_is_refused(world: World, master: Host) -> None:
    """The network is looked at first."""
    record = {"name_label": "un", "other_config": {}, "managed": False}
    net = ask(world, "network.create", record)
    eth3 = pif(world, master, "eth3")
    assert refusal(world, "VLAN.create", eth3, 4095, net) == ("NETWORK_UNMANAGED", net)


def test_network_is_looked_at_before_the_tag(world: World, master: Host) -> None:
    """The order of xapi_vlan.ml, create."""
    eth3, eth1 = pif(world, master, "eth3"), pif(world, master, "eth1")
    net = ask(world, "PIF.get_network", eth1)
    wanted = ("NETWORK_ALREADY_CONNECTED", master.ref, eth1)
    assert refusal(world, "VLAN.create", eth3, 4095, net) == wanted


def test_management_vlan_of_a_member_is_not_destroyed(world: World) -> None:
    """The member would be lost."""
    member = world.hosts[1]
    vlan = ask(world, "VLAN.create", pif(world, member, "eth3"), 7, new_network(world))
    untagged = pif(world, member, "eth3", vlan=7)
    ask(world, "PIF.reconfigure_ip", untagged, "Static", "10.9.0.1", "255.0.0.0", "", "")
    ask(world, "host.management_reconfigure", untagged)
    wanted = ("PIF_IS_MANAGEMENT_INTERFACE", untagged)
    assert refusal(world, "VLAN.destroy", vlan) == wanted


def test_pif_of_a_vlan_can_be_destroyed(world: World, master: Host) -> None:
    """Its VLAN goes with it."""
    ask(world, "VLAN.create", pif(world, master, "eth3"), 7, new_network(world))
    ask(world, "PIF.destroy", pif(world, master, "eth3", vlan=7))
    assert ask(world, "VLAN.get_all") == []


def test_pool_makes_a_vlan_on_every_host(world: World, master: Host) -> None:
    """On the PIFs beside the one it is given; it returns the new ones."""
    net = new_network(world)
    pifs = ask(world, "pool.create_VLAN_from_PIF", pif(world, master, "eth3"), net, 7)
    wanted = {pif(world, host, "eth3", vlan=7) for host in world.hosts}
    assert set(pifs) == wanted


def test_pool_makes_vlans_by_device(world: World) -> None:
    """The older call."""
    pifs = ask(world, "pool.create_VLAN", "bond0", new_network(world), 7)
    wanted = {pif(world, host, "bond0", vlan=7) for host in world.hosts}
    assert set(pifs) == wanted


def test_pool_makes_vlans_by_a_device_there_is(world: World) -> None:
    """The name is checked."""
    wanted = ("INVALID_VALUE", "device", "eth9")
    assert refusal(world, "pool.create_VLAN", "eth9", new_network(world), 7) == wanted


@pytest.mark.parametrize("taken", [0, 1], ids=["master", "member"])
def test_pool_makes_all_vlans_or_none(world: World, taken: int) -> None:
    """One that exists on either host undoes the other's."""
    ask(world, "VLAN.create", pif(world, world.hosts[taken], "eth3"), 7, new_network(world, "a"))
    net, other = new_network(world, "b"), pif(world, world.hosts[1 - taken], "eth3")
    wanted = ("PIF_VLAN_EXISTS", "eth3")
    assert refusal(world, "pool.create_VLAN_from_PIF", other, net, 7) == wanted
    assert ask(world, "PIF.get_VLAN_slave_of", other) == []


def test_vlan_by_device_returns_its_pif(world: World, master: Host) -> None:
    """PIF.create_VLAN, deprecated and alive."""
    made = ask(world, "PIF.create_VLAN", "eth3", new_network(world), master.ref, 7)
    assert made == pif(world, master, "eth3", vlan=7)


def test_tunnel_needs_an_address_below(world: World, master: Host) -> None:
    """Its records stay behind, as its creation comes before its plugging."""
    eth3 = pif(world, master, "eth3")
    wanted = ("TRANSPORT_PIF_NOT_CONFIGURED", eth3)
    assert refusal(world, "tunnel.create", eth3, new_network(world)) == wanted
    assert len(ask(world, "tunnel.get_all")) == 1


def test_tunnel_is_a_bridge_without_a_nic(world: World, master: Host) -> None:
    """Its ends are the controller's affair."""
    net, bond0 = new_network(world), pif(world, master, "bond0")
    ask(world, "tunnel.create", bond0, net)
    assert isinstance(master.backend, SimulatedDom0)
    bridge = ask(world, "network.get_bridge", net)
    assert bridge in master.backend.bridges()
    assert master.backend.ports_of(bridge) == ()


def test_tunnel_on_a_leg_is_refused(world: World, master: Host) -> None:
    """Legs carry nothing."""
    eth2 = pif(world, master, "eth2")
    wanted = ("CANNOT_ADD_TUNNEL_TO_BOND_SLAVE", eth2)
    assert refusal(world, "tunnel.create", eth2, new_network(world)) == wanted


def test_tunnel_goes_with_its_transport(world: World, master: Host) -> None:
    """Unplugging the one unplugs the other."""
    ask(world, "tunnel.create", pif(world, master, "bond0"), new_network(world))
    ask(world, "PIF.unplug", pif(world, master, "bond0"))
    assert ask(world, "PIF.get_currently_attached", pif(world, master, "tunnel0")) is False


def test_destroyed_tunnel_leaves_no_pif(world: World, master: Host) -> None:
    """Tunnel and access PIF go together."""
    tunnel = ask(world, "tunnel.create", pif(world, master, "bond0"), new_network(world))
    ask(world, "tunnel.destroy", tunnel)
    with world.lock:
        assert world.database.where("PIF", device="tunnel0") == []


def test_tunnel_pif_is_no_member_of_a_bond(world: World, master: Host) -> None:
    """IS_TUNNEL_ACCESS_PIF names it."""
    ask(world, "tunnel.create", pif(world, master, "bond0"), new_network(world))
    tunnel0 = pif(world, master, "tunnel0")
    wanted = ("IS_TUNNEL_ACCESS_PIF", tunnel0)
    assert refusal(world, "Bond.create", new_network(world), [tunnel0], "") == wanted


def test_destroyed_tunnel_leaves_no_bridge(world: World, master: Host) -> None:
    """It is taken down first."""
    net = new_network(world)
    tunnel = ask(world, "tunnel.create", pif(world, master, "bond0"), net)
    ask(world, "tunnel.destroy", tunnel)
    assert ask(world, "network.get_bridge", net) not in master.backend.bridges()
