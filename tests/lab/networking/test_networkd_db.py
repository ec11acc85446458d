"""What xcp-networkd remembers of its bridges: /var/lib/xcp/networkd.db.

The expected entries are those of a real pool (xapi 26.17), whose pool.other_config had a key
`probe-key` when the member's xapi was restarted: it is in each bridge's entry from then on.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab.worlds import ask, new_bond, new_network, pif, restart, running
from xsbond.lab.networking.networkd_db import PATH
from xsbond.lab.world import World

SLB = {
    "mode": "balance-slb",
    "miimon": "100",
    "downdelay": "200",
    "updelay": "31000",
    "use_carrier": "1",
    "hashing-algorithm": "",
    "rebalance-interval": "1800000",
}


@pytest.fixture
def world() -> Iterator[World]:
    """The tutorial's pool with its guest bond on both hosts."""
    with running() as world:
        network = new_network(world)
        for host in world.hosts:
            new_bond(world, host, network, "eth1", "eth5")
        yield world


def remembered(world: World, host: int = 1) -> dict[str, Any]:
    """Return what the file of a host says of its bridges."""
    found: dict[str, Any] = json.loads(world.hosts[host].backend.read_file(PATH))["bridge_config"]
    return found


def mark(world: World) -> None:
    """Put a key into pool.other_config."""
    ask(world, "pool.add_to_other_config", world.pool.ref, "probe-key", "probe-value")


def marked(world: World, host: int = 1) -> set[str]:
    """Return the bridges whose entry has the key."""
    entries = remembered(world, host)
    return {name for name, entry in entries.items() if "probe-key" in entry["other_config"]}


def test_bridges_are_those_that_are_up(world: World) -> None:
    """Those of legs are forgotten."""
    assert set(remembered(world)) == {"xenbr0", "xapi0", "xapi1", "xenbr3"}


def test_entry_of_a_bond_is_as_recorded(world: World) -> None:
    """Kind, MAC, properties and interfaces."""
    entry = remembered(world)["xapi1"]
    port = entry["ports"]["bond1"]
    assert (entry["persistent_b"], entry["igmp_snooping"]) == (True, False)
    assert (port["kind"], port["bond_mac"]) == ("Basic_port", entry["bridge_mac"])
    assert sorted(port["interfaces"]) == ["eth1", "eth5"]
    assert {key: port["bond_properties"][key] for key in SLB} == SLB


def test_entry_of_a_nic_is_as_recorded(world: World) -> None:
    """No MAC of a bond, no properties."""
    port = {"kind": "Basic_port", "bond_properties": {}, "interfaces": ["eth3"]}
    assert remembered(world)["xenbr3"]["ports"] == {"eth3": port}


def test_key_of_the_pool_is_copied_into_every_bridge_at_a_restart(world: World) -> None:
    """On the host that was restarted."""
    mark(world)
    restart(world.hosts[1])
    assert marked(world) == set(remembered(world))


def test_key_of_the_pool_is_not_copied_before(world: World) -> None:
    """Setting it plugs nothing."""
    mark(world)
    assert marked(world) == set()


def test_plug_copies_it_into_that_bridge_of_that_host(world: World) -> None:
    """Others are as they were."""
    mark(world)
    ask(world, "PIF.plug", pif(world, world.hosts[1], "bond1"))
    assert (marked(world, 1), marked(world, 0)) == ({"xapi1"}, set())


def test_key_that_the_pool_has_no_longer_stays_until_the_next_plug(world: World) -> None:
    """Whatever was written there for a moment is there for good."""
    mark(world)
    restart(world.hosts[1])
    ask(world, "pool.remove_from_other_config", world.pool.ref, "probe-key")
    before = marked(world)
    restart(world.hosts[1])
    assert (len(before), marked(world)) == (4, set())


def test_vlan_names_its_parent_and_its_tag(world: World) -> None:
    """It is a fake bridge."""
    bond = pif(world, world.hosts[1], "bond1")
    ask(world, "VLAN.create", bond, 42, new_network(world, "tagged"))
    assert remembered(world)["xapi2"]["vlan"] == ["xapi1", 42]


def test_unplugged_bridge_is_forgotten(world: World) -> None:
    """It does not come back with xcp-networkd."""
    ask(world, "PIF.unplug", pif(world, world.hosts[1], "bond1"))
    assert "xapi1" not in remembered(world)


def test_file_that_cannot_be_read_is_begun_anew(world: World) -> None:
    """As by a xcp-networkd that starts with a broken one."""
    world.hosts[1].backend.write_file(PATH, "not JSON")
    restart(world.hosts[1])
    assert set(remembered(world)) == {"xenbr0", "xapi0", "xapi1", "xenbr3"}
