"""A pool whose hosts run the kernel's own bridges: to XAPI all is as with Open vSwitch."""

import pytest

from tests.lab.worlds import (
    ask,
    bond_on,
    devices_of,
    eventually,
    new_bond,
    new_network,
    restart,
    running,
)
from xsbond.lab.blueprint import tutorial

BRIDGED = tutorial(2, network_backend="bridge")


def test_host_names_its_backend() -> None:
    """Clients choose what to ask dom0 by it."""
    with running(blueprint=BRIDGED) as world:
        said = ask(world, "host.get_software_version", world.hosts[1].ref)
    assert said["network_backend"] == "bridge"


@pytest.mark.parametrize("mode", ["balance-slb", "active-backup", "lacp"])
def test_bond_of_every_mode_counts_its_links(mode: str) -> None:
    """XAPI refuses none of them, and reads the driver's word."""
    with running(blueprint=BRIDGED) as world:
        bond = new_bond(world, world.hosts[0], new_network(world), "eth1", "eth5", mode=mode)
        assert eventually(lambda: ask(world, "Bond.get_links_up", bond) == 2)


def test_member_inherits() -> None:
    """As ever."""
    with running(blueprint=BRIDGED) as world:
        network = new_network(world)
        new_bond(world, world.hosts[0], network, "eth1", "eth5")
        restart(world.hosts[1])
        bond = bond_on(world, world.hosts[1], network)
        assert bond
        assert devices_of(world, bond) == {"eth1", "eth5"}
