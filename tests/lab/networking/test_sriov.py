"""SR-IOV: who may have it, and what it makes.

Where each rule was learnt: xapi's own unit tests (test_network_sriov.ml, test_bond.ml,
test_vlan.ml, test_tunnel.ml) and the checks they try (xapi_network_sriov.ml,
xapi_network_helpers.ml, xapi_pif_helpers.ml); plugging and forgetting: xapi_pif.ml.
"""

from collections.abc import Callable, Iterator

import pytest

from tests.lab.sriov_pools import (
    FUNCTIONS,
    network_of,
    nic,
    on_vlan_over_sriov,
    sriov,
    sriov_pool,
    vlan,
)
from tests.lab.worlds import ask, new_bond, new_network, running
from xsbond.lab.contracts import Failure
from xsbond.lab.world import World


@pytest.fixture
def world() -> Iterator[World]:
    """A pool of two hosts."""
    with running(blueprint=sriov_pool()) as world:
        yield world


def on_vlan(world: World) -> str:
    """A VLAN's PIF."""
    return vlan(world, nic(world, "eth1"))


def on_tunnel(world: World) -> str:
    """A tunnel's access PIF."""
    transport = nic(world, "eth1")
    ask(world, "PIF.reconfigure_ip", transport, "Static", "10.0.0.1", "255.0.0.0", "", "")
    tunnel = ask(world, "tunnel.create", transport, new_network(world, "tunnel"), "gre")
    return str(ask(world, "tunnel.get_access_PIF", tunnel))


def on_bond(world: World) -> str:
    """A bond's PIF."""
    return str(ask(world, "Bond.get_master", ask(world, "Bond.get_all")[0]))


def already_enabled(world: World) -> str:
    """A NIC that has it."""
    sriov(world)
    return nic(world, "eth1")


def unmanaged(world: World) -> str:
    """A NIC that xapi leaves alone."""
    with world.lock:
        world.database.set("PIF", nic(world, "eth1"), managed=False)
    return nic(world, "eth1")


REFUSED: dict[Callable[[World], str], str] = {
    on_vlan: "PIF_IS_NOT_PHYSICAL",
    on_vlan_over_sriov: "PIF_IS_NOT_PHYSICAL",
    on_tunnel: "PIF_IS_NOT_PHYSICAL",
    on_bond: "PIF_IS_NOT_PHYSICAL",
    sriov: "PIF_IS_NOT_PHYSICAL",
    already_enabled: "NETWORK_SRIOV_ALREADY_ENABLED",
    unmanaged: "PIF_UNMANAGED",
    lambda world: nic(world, "eth0"): "PIF_IS_NOT_SRIOV_CAPABLE",
}
"""What SR-IOV is asked for -> the code of the refusal, whose argument is the PIF."""


@pytest.mark.parametrize("prepare", REFUSED, ids=lambda each: each.__name__)
def test_pif_that_cannot_have_it_is_refused(prepare: Callable[[World], str], world: World) -> None:
    """The argument is the PIF."""
    pif = prepare(world)
    with pytest.raises(Failure) as refused:
        ask(world, "network_sriov.create", pif, new_network(world, "other"))
    assert (refused.value.code, *refused.value.arguments) == (REFUSED[prepare], pif)


def only_on_member(world: World) -> str:
    """Return a network that has a PIF on the member only."""
    network = new_network(world, "lone")
    new_bond(world, world.hosts[1], network, "eth1", "eth5")
    return network


@pytest.mark.parametrize(
    ("networks", "code"),
    [
        (lambda world: network_of(world, nic(world, "eth3")), "NETWORK_ALREADY_CONNECTED"),
        (only_on_member, "NETWORK_INCOMPATIBLE_WITH_SRIOV"),
        (
            lambda world: network_of(world, sriov(world, "eth3", host=1)),
            "NETWORK_HAS_INCOMPATIBLE_SRIOV_PIFS",
        ),
    ],
    ids=["this host is on it", "another host's NIC is on it", "another kind of board is on it"],
)
def test_network_that_cannot_have_it_is_refused(
    networks: Callable[[World], str], code: str, world: World
) -> None:
    """All PIFs of a network are SR-IOV's, on boards of one kind, or none is."""
    network = networks(world)
    with pytest.raises(Failure, match=code):
        ask(world, "network_sriov.create", nic(world, "eth1"), network)


def test_boards_of_one_kind_share_a_network(world: World) -> None:
    """One on each host."""
    network = network_of(world, sriov(world, "eth1"))
    assert network_of(world, sriov(world, "eth1", network, host=1)) == network


# --- what it makes ---


def test_logical_pif_stands_beside_the_nic(world: World) -> None:
    """Same device, same metrics, no VLAN, not physical, attached, a MAC of no meaning."""
    logical = ask(world, "PIF.get_record", sriov(world))
    physical = ask(world, "PIF.get_record", nic(world, "eth1"))
    assert (logical["device"], logical["metrics"]) == ("eth1", physical["metrics"])
    assert (logical["VLAN"], logical["physical"], logical["MAC"]) == (
        -1,
        False,
        "fe:ff:ff:ff:ff:ff",
    )
    assert logical["currently_attached"] is True
    assert logical["sriov_logical_PIF_of"] == physical["sriov_physical_PIF_of"]


def test_it_has_no_bridge(world: World) -> None:
    """The NIC goes on being a port of its own bridge."""
    logical = sriov(world)
    bridge = ask(world, "network.get_bridge", network_of(world, logical))
    bridges = world.hosts[0].backend.bridges()
    assert (bridge in bridges, "xenbr1" in bridges) == (False, True)


def test_it_is_configured_by_sysfs(world: World) -> None:
    """No boot is needed."""
    sriov(world)
    (record,) = ask(world, "network_sriov.get_all_records").values()
    assert (record["configuration_mode"], record["requires_reboot"]) == ("sysfs", False)


def test_capacity_is_what_the_board_has(world: World) -> None:
    """While no guest uses it."""
    sriov(world)
    (ref,) = ask(world, "network_sriov.get_all")
    assert ask(world, "network_sriov.get_remaining_capacity", ref) == FUNCTIONS


def test_destroy_leaves_the_nic(world: World) -> None:
    """Logical PIF and SR-IOV are gone."""
    logical = sriov(world)
    (ref,) = ask(world, "network_sriov.get_all")
    ask(world, "network_sriov.destroy", ref)
    pifs = ask(world, "PIF.get_all_records")
    assert (logical in pifs, pifs[nic(world, "eth1")]["sriov_physical_PIF_of"]) == (False, [])


def test_destroy_refuses_while_vlans_are_on_it(world: World) -> None:
    """The argument is the logical PIF."""
    logical = sriov(world)
    vlan(world, logical)
    (ref,) = ask(world, "network_sriov.get_all")
    with pytest.raises(Failure) as refused:
        ask(world, "network_sriov.destroy", ref)
    assert (refused.value.code, refused.value.arguments) == ("PIF_VLAN_STILL_EXISTS", (logical,))
