"""SR-IOV beside bonds, VLANs and tunnels: what goes together and what does not.

Where each rule was learnt: xapi's own unit tests (test_network_sriov.ml, test_bond.ml,
test_vlan.ml, test_tunnel.ml) and the checks they try (xapi_network_sriov.ml,
xapi_network_helpers.ml, xapi_pif_helpers.ml); plugging and forgetting: xapi_pif.ml.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.lab.sriov_pools import (
    network_of,
    new_bond_of,
    nic,
    on_vlan_over_sriov,
    sriov,
    sriov_pool,
    vlan,
)
from tests.lab.worlds import ask, bond_on, new_bond, new_network, restart, running
from xsbond.lab.contracts import Failure
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.world import World


@pytest.fixture
def world() -> Iterator[World]:
    """A pool of two hosts."""
    with running(blueprint=sriov_pool()) as world:
        yield world


def bond_there(world: World, network: str) -> None:
    """Bond two NICs of the master on a network."""
    new_bond(world, world.hosts[0], network, "eth3", "eth5")


def tunnel_there(world: World, network: str) -> None:
    """Put a tunnel of the master on a network."""
    ask(world, "tunnel.create", nic(world, "eth3"), network, "gre")


def vlan_there(world: World, network: str) -> None:
    """Put a VLAN of a NIC of the master on a network."""
    vlan(world, nic(world, "eth3"), network, tag=9)


def vlan_over_sriov_there(world: World, network: str) -> None:
    """Put a VLAN over SR-IOV of the master on a network."""
    vlan(world, sriov(world, "eth5", new_network(world, "own")), network, tag=9)


def on_member(world: World) -> str:
    """Return a network with SR-IOV of the member."""
    return network_of(world, sriov(world, "eth1", host=1))


def tagged_on_member(world: World) -> str:
    """Return a network with a VLAN over SR-IOV of the member."""
    return network_of(world, vlan(world, sriov(world, "eth1", host=1)))


def plainly_tagged_on_member(world: World) -> str:
    """Return a network with a VLAN of a NIC of the member."""
    return network_of(world, vlan(world, nic(world, "eth1", host=1)))


Network = Callable[[World], str]
Act = Callable[[World, str], None]
MIXED: dict[tuple[Network, Act], str] = {
    (on_member, bond_there): "NETWORK_INCOMPATIBLE_WITH_BOND",
    (tagged_on_member, bond_there): "NETWORK_INCOMPATIBLE_WITH_BOND",
    (on_member, tunnel_there): "NETWORK_INCOMPATIBLE_WITH_TUNNEL",
    (tagged_on_member, tunnel_there): "NETWORK_INCOMPATIBLE_WITH_TUNNEL",
    (on_member, vlan_there): "NETWORK_INCOMPATIBLE_WITH_VLAN_ON_BRIDGE",
    (tagged_on_member, vlan_there): "NETWORK_INCOMPATIBLE_WITH_VLAN_ON_BRIDGE",
    (plainly_tagged_on_member, vlan_over_sriov_there): "NETWORK_INCOMPATIBLE_WITH_VLAN_ON_SRIOV",
    (on_member, vlan_over_sriov_there): "NETWORK_INCOMPATIBLE_WITH_VLAN_ON_SRIOV",
}
"""Network, what else is to be put on it -> code of the refusal, whose argument is the network."""


@pytest.mark.parametrize(
    ("networks", "act"), MIXED, ids=lambda each: each.__name__.replace("_", "-")
)
def test_network_is_all_sriov_or_not_at_all(networks: Network, act: Act, world: World) -> None:
    """Whatever else the network's first PIF is."""
    network = networks(world)
    with pytest.raises(Failure) as refused:
        act(world, network)
    assert (refused.value.code, *refused.value.arguments) == (MIXED[networks, act], network)


def test_boards_of_two_kinds_share_no_vlan(world: World) -> None:
    """The arguments are the PIF and the network."""
    network = network_of(world, vlan(world, sriov(world, "eth3", host=1)))
    logical = sriov(world, "eth1", new_network(world, "own"))
    with pytest.raises(Failure) as refused:
        vlan(world, logical, network)
    assert (refused.value.code, *refused.value.arguments) == (
        "NETWORK_HAS_INCOMPATIBLE_VLAN_ON_SRIOV_PIFS",
        logical,
        network,
    )


@pytest.mark.parametrize(
    ("transports", "code"),
    [
        (sriov, "CANNOT_ADD_TUNNEL_TO_SRIOV_LOGICAL"),
        (on_vlan_over_sriov, "CANNOT_ADD_TUNNEL_TO_VLAN_ON_SRIOV_LOGICAL"),
    ],
    ids=["SR-IOV", "VLAN over SR-IOV"],
)
def test_no_tunnel_runs_over_it(
    transports: Callable[[World], str], code: str, world: World
) -> None:
    """The argument is the PIF."""
    transport = transports(world)
    with pytest.raises(Failure) as refused:
        ask(world, "tunnel.create", transport, new_network(world, "tunnel"), "gre")
    assert (refused.value.code, *refused.value.arguments) == (code, transport)


@pytest.mark.parametrize(
    ("members", "code"),
    [(sriov, "PIF_IS_SRIOV_LOGICAL"), (on_vlan_over_sriov, "PIF_VLAN_EXISTS")],
    ids=["SR-IOV", "VLAN over SR-IOV"],
)
def test_no_bond_is_made_of_it(members: Callable[[World], str], code: str, world: World) -> None:
    """Of its NIC one is, however."""
    pifs = [members(world), nic(world, "eth5")]
    with pytest.raises(Failure, match=code):
        ask(world, "Bond.create", new_network(world, "bond"), pifs, "", "balance-slb", {})


def test_its_nic_can_be_bonded(world: World) -> None:
    """SR-IOV goes on."""
    logical = sriov(world)
    bond = ask(world, "Bond.get_record", new_bond_of(world, "eth1", "eth5"))
    assert nic(world, "eth1") in bond["slaves"]
    assert ask(world, "PIF.get_currently_attached", logical) is True


def test_leg_can_get_it(world: World) -> None:
    """A leg is a NIC like any other."""
    new_bond_of(world, "eth1", "eth5")
    assert ask(world, "PIF.get_currently_attached", sriov(world)) is True


def test_it_goes_down_with_the_bond_of_its_nic(world: World) -> None:
    """And comes up with it again only when it is plugged itself."""
    logical = sriov(world)
    master = ask(world, "Bond.get_master", new_bond_of(world, "eth1", "eth5"))
    ask(world, "PIF.unplug", master)
    assert ask(world, "PIF.get_currently_attached", logical) is False
    ask(world, "PIF.plug", logical)
    assert ask(world, "PIF.get_currently_attached", master) is True


def test_it_goes_down_with_its_nic_and_takes_its_vlans_along(world: World) -> None:
    """PIF.unplug of the NIC."""
    logical = sriov(world)
    tagged = vlan(world, logical)
    ask(world, "PIF.unplug", nic(world, "eth1"))
    found = [ask(world, "PIF.get_currently_attached", each) for each in (logical, tagged)]
    assert found == [False, False]


def test_vlan_over_it_brings_it_up(world: World) -> None:
    """PIF.plug of the VLAN."""
    logical = sriov(world)
    tagged = vlan(world, logical)
    ask(world, "PIF.unplug", logical)
    ask(world, "PIF.plug", tagged)
    found = [ask(world, "PIF.get_currently_attached", each) for each in (logical, tagged)]
    assert found == [True, True]


@pytest.mark.parametrize(
    ("which", "code"),
    [("logical", "CANNOT_FORGET_SRIOV_LOGICAL"), ("physical", "PIF_SRIOV_STILL_EXISTS")],
)
def test_neither_pif_can_be_forgotten(which: str, code: str, world: World) -> None:
    """Not before SR-IOV is destroyed."""
    pifs = {"logical": sriov(world), "physical": nic(world, "eth1")}
    with pytest.raises(Failure, match=code):
        ask(world, "PIF.forget", pifs[which])


def test_member_gets_it_from_the_master(world: World) -> None:
    """With the VLANs on it, whose records come unplugged."""
    logical = sriov(world)
    network, tagged = network_of(world, logical), network_of(world, vlan(world, logical))
    restart(world.hosts[1])
    mine = {
        record["network"]: record["currently_attached"]
        for record in ask(world, "PIF.get_all_records").values()
        if record["host"] == world.hosts[1].ref
    }
    assert (mine[network], mine[tagged]) == (True, False)


def test_second_restart_adds_nothing(world: World) -> None:
    """Neither SR-IOV nor PIFs."""
    vlan(world, sriov(world))
    restart(world.hosts[1])
    before = set(ask(world, "PIF.get_all"))
    restart(world.hosts[1])
    assert set(ask(world, "PIF.get_all")) == before


def test_it_survives_the_restart_of_its_host(world: World) -> None:
    """Although it has no bridge that tells that it is up."""
    logical = sriov(world)
    restart(world.hosts[0])
    assert ask(world, "PIF.get_currently_attached", logical) is True


def test_member_bonds_its_nic_all_the_same(world: World) -> None:
    """SR-IOV on a NIC does not hide it from the copying of bonds."""
    sriov(world, host=1)
    bond = ask(world, "Bond.get_master", new_bond_of(world, "eth1", "eth5"))
    restart(world.hosts[1])
    assert bond_on(world, world.hosts[1], network_of(world, bond))


def test_capability_is_found_at_every_start(world: World) -> None:
    """A board that was put in later."""
    dom0 = world.hosts[1].backend
    assert isinstance(dom0, SimulatedDom0)
    dom0.nics_by_device["eth0"] = replace(dom0.nics_by_device["eth0"], virtual_functions=2)
    restart(world.hosts[1])
    assert ask(world, "PIF.get_capabilities", nic(world, "eth0", host=1)) == ["sriov"]
