"""Calls on PIFs, VLANs and hosts beyond the recorded ones."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.lab.worlds import ask, new_network, pif, running
from xsbond.lab.contracts import Failure
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.pool.state import Host
from xsbond.lab.world import World


@pytest.fixture
def world() -> Iterator[World]:
    """The tutorial's pool."""
    with running() as world:
        yield world


def refusal(world: World, method: str, *params: Any) -> tuple[str, ...]:
    """Return code and arguments of a failure."""
    with pytest.raises(Failure) as caught:
        ask(world, method, *params)
    return (caught.value.code, *caught.value.arguments)


def dom0(host: Host) -> SimulatedDom0:
    """Return a host's dom0, to look into."""
    assert isinstance(host.backend, SimulatedDom0)
    return host.backend


def test_unplugged_pif_has_no_bridge(world: World) -> None:
    """In dom0 it is gone."""
    ask(world, "PIF.unplug", pif(world, world.hosts[0], "eth3"))
    assert "xenbr3" not in world.hosts[0].backend.bridges()


def test_plugged_pif_has_its_bridge_again(world: World) -> None:
    """With its NIC."""
    eth3 = pif(world, world.hosts[0], "eth3")
    ask(world, "PIF.unplug", eth3)
    ask(world, "PIF.plug", eth3)
    assert dom0(world.hosts[0]).ports_by_name["eth3"].bridge == "xenbr3"


def test_pif_that_must_stay_is_not_unplugged(world: World) -> None:
    """disallow_unplug."""
    eth3 = pif(world, world.hosts[0], "eth3")
    ask(world, "PIF.set_disallow_unplug", eth3, True)
    assert refusal(world, "PIF.unplug", eth3) == ("PIF_DOES_NOT_ALLOW_UNPLUG", eth3)


def test_bridge_stays_while_a_vlan_is_on_it(world: World) -> None:
    """The tagged PIF is detached all the same."""
    eth3 = pif(world, world.hosts[0], "eth3")
    ask(world, "VLAN.create", eth3, 7, new_network(world))
    ask(world, "PIF.unplug", eth3)
    assert "xenbr3" in world.hosts[0].backend.bridges()


def test_unplug_is_refused_under_ha(world: World) -> None:
    """The heartbeat might run there."""
    with world.lock:
        world.database.set("pool", world.pool.ref, ha_enabled=True)
    assert refusal(world, "PIF.unplug", pif(world, world.hosts[0], "eth3")) == ("HA_IS_ENABLED",)


def test_address_reaches_dom0(world: World) -> None:
    """On the bridge of the PIF's network."""
    eth3 = pif(world, world.hosts[0], "eth3")
    ask(world, "PIF.reconfigure_ip", eth3, "Static", "10.0.0.1", "255.0.0.0", "10.0.0.254", "")
    address = dom0(world.hosts[0]).addresses["xenbr3"]
    assert (address.ip, address.netmask, address.gateway) == ("10.0.0.1", "255.0.0.0", "10.0.0.254")


def test_new_nic_is_found(world: World) -> None:
    """PIF.scan stores it on the default network of its position."""
    nics = dom0(world.hosts[1]).nics_by_device
    nics["eth6"] = replace(nics["eth5"], device="eth6", mac="02:00:00:00:00:06", position=6)
    ask(world, "PIF.scan", world.hosts[1].ref)
    network = ask(world, "PIF.get_network", pif(world, world.hosts[1], "eth6"))
    assert ask(world, "network.get_name_label", network) == "Pool-wide network 6"


def test_forgotten_pif_can_be_introduced_again(world: World) -> None:
    """By MAC and device name."""
    host = world.hosts[0]
    ask(world, "PIF.forget", pif(world, host, "eth3"))
    ask(world, "PIF.introduce", host.ref, "00:26:55:D1:E8:CD", "eth3")
    assert ask(world, "PIF.get_physical", pif(world, host, "eth3")) is True


def test_pif_with_vlans_is_not_forgotten(world: World) -> None:
    """They come first."""
    eth3 = pif(world, world.hosts[0], "eth3")
    ask(world, "VLAN.create", eth3, 7, new_network(world))
    assert refusal(world, "PIF.forget", eth3) == ("PIF_VLAN_STILL_EXISTS", eth3)


def test_vlan_is_made_on_every_host(world: World) -> None:
    """pool.create_VLAN_from_PIF answers with the new PIFs."""
    network = new_network(world)
    made = ask(world, "pool.create_VLAN_from_PIF", pif(world, world.hosts[0], "eth3"), network, 7)
    assert sorted(made) == sorted(ask(world, "network.get_PIFs", network))


def test_vlan_goes_with_its_pif(world: World) -> None:
    """PIF.destroy is for those."""
    vlan = ask(world, "VLAN.create", pif(world, world.hosts[0], "eth3"), 7, new_network(world))
    ask(world, "PIF.destroy", ask(world, "VLAN.get_untagged_PIF", vlan))
    assert ask(world, "VLAN.get_all") == []


def test_management_moves_to_another_nic(world: World) -> None:
    """It needs an address of its own."""
    host, eth3 = world.hosts[1], pif(world, world.hosts[1], "eth3")
    assert refusal(world, "host.management_reconfigure", eth3) == (
        "PIF_HAS_NO_NETWORK_CONFIGURATION",
    )
    ask(world, "PIF.reconfigure_ip", eth3, "Static", "10.0.0.1", "255.0.0.0", "", "")
    ask(world, "host.management_reconfigure", eth3)
    assert ask(world, "host.get_management_interface", host.ref) == eth3


@pytest.mark.parametrize("enabled", [False, True], ids=["disable", "enable"])
def test_host_takes_vms_or_not(enabled: bool, world: World) -> None:
    """And may be shut down only when it does not."""
    ask(world, "host.enable" if enabled else "host.disable", world.hosts[1].ref)
    record = ask(world, "host.get_record", world.hosts[1].ref)
    assert (record["enabled"], "shutdown" in record["allowed_operations"]) == (enabled, not enabled)


def test_member_forwards_what_its_dom0_asks(world: World) -> None:
    """The Unix socket of a member shows the whole pool."""
    assert len(world.hosts[1].toolstack.call("PIF.get_all")) == 14


def test_member_changes_what_its_dom0_wants(world: World) -> None:
    """The master carries it out."""
    world.hosts[1].toolstack.call("network.create", {"name_label": "x", "other_config": {}})
    assert len(ask(world, "network.get_by_name_label", "x")) == 1


def test_dom0_of_a_member_needs_the_master(world: World) -> None:
    """Without it nobody answers."""
    world.hosts[0].toolstack.stop()
    with pytest.raises(Failure) as caught:
        world.hosts[1].toolstack.call("PIF.get_all")
    assert caught.value.code == "INTERNAL_ERROR"


def test_emergency_can_be_asked_about(world: World) -> None:
    """A healthy member is in none."""
    assert world.hosts[1].toolstack.call("host.is_in_emergency_mode") is False


def test_inventory_has_the_hosts_uuid(world: World) -> None:
    """The tutorial's commands rely on it."""
    lines = world.hosts[1].backend.read_file("/etc/xensource-inventory").splitlines()
    assert f"INSTALLATION_UUID='{world.hosts[1].uuid}'" in lines


def test_member_knows_its_master(world: World) -> None:
    """By the address clients use."""
    assert world.hosts[1].backend.read_file("/etc/xensource/pool.conf") == "slave:127.16.0.10"
