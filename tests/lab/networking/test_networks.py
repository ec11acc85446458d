"""The messages of class network beyond the recorded ones."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.lab.guest_pools import refusal
from tests.lab.worlds import ask, network, new_network, pif, running
from xsbond.lab.blueprint import GuestBlueprint, tutorial
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.world import World

_GUESTS = (
    GuestBlueprint(name="busy", host="xs-1", power_state="Running", networks=("xenbr1",)),
    GuestBlueprint(name="resting", networks=("xenbr3",)),
)


@pytest.fixture
def world() -> Iterator[World]:
    """A pool with a running guest on xenbr1 and a resting one on xenbr3."""
    with running(blueprint=replace(tutorial(2), guests=_GUESTS)) as world:
        yield world


def vif(world: World, guest: str) -> str:
    """Return a guest's only VIF."""
    (vm,) = ask(world, "VM.get_by_name_label", guest)
    (ref,) = ask(world, "VM.get_VIFs", vm)
    return str(ref)


def test_network_in_use_is_not_destroyed(world: World) -> None:
    """A guest that runs on it is named before its PIFs are."""
    wanted = ("NETWORK_CONTAINS_VIF", vif(world, "busy"))
    assert refusal(world, "network.destroy", network(world, "xenbr1")) == wanted


def test_vif_at_rest_does_not_keep_its_network(world: World) -> None:
    """The PIFs do."""
    code, *_ = refusal(world, "network.destroy", network(world, "xenbr3"))
    assert code == "NETWORK_CONTAINS_PIF"


def test_vifs_at_rest_go_with_their_network(world: World) -> None:
    """Once it has no PIF."""
    net = new_network(world)
    ask(world, "VIF.move", vif(world, "resting"), net)
    ask(world, "network.destroy", net)
    assert ask(world, "VIF.get_all") == [vif(world, "busy")]


def test_locking_mode_of_a_network_in_use_stays(world: World) -> None:
    """VIF_IN_USE names network and VIF."""
    net = network(world, "xenbr1")
    wanted = ("VIF_IN_USE", net, vif(world, "busy"))
    assert refusal(world, "network.set_default_locking_mode", net, "disabled") == wanted


def test_unmanaged_network_gets_a_bridge_name(world: World) -> None:
    """The next free one, like any other."""
    record = {"name_label": "un", "other_config": {}, "managed": False}
    made = ask(world, "network.create", record)
    assert ask(world, "network.get_bridge", made) == "xapi1"


def test_purposes_exclude_each_other_over_the_pool(world: World) -> None:
    """Neither nbd nor insecure_nbd goes with the other, on whichever networks."""
    ask(world, "network.add_purpose", network(world, "xenbr1"), "nbd")
    wanted = ("NETWORK_INCOMPATIBLE_PURPOSES", "insecure_nbd", "nbd")
    other = network(world, "xenbr3")
    assert refusal(world, "network.add_purpose", other, "insecure_nbd") == wanted


def test_attached_network_has_its_bridge(world: World) -> None:
    """One without a PIF is made for guests alone."""
    net = new_network(world)
    ask(world, "network.attach", net, world.hosts[1].ref)
    assert ask(world, "network.get_bridge", net) in world.hosts[1].backend.bridges()


def test_network_of_a_leg_is_not_attached(world: World) -> None:
    """The leg is named."""
    eth2 = pif(world, world.hosts[0], "eth2")
    net = ask(world, "PIF.get_network", eth2)
    wanted = ("CANNOT_PLUG_BOND_SLAVE", eth2)
    assert refusal(world, "network.attach", net, world.hosts[0].ref) == wanted


def test_unmanaged_network_is_attached_if_its_bridge_is_there(world: World) -> None:
    """None is made."""
    record = {"name_label": "un", "other_config": {}, "managed": False, "bridge": "mybr0"}
    net = ask(world, "network.create", record)
    wanted = ("BRIDGE_NOT_AVAILABLE", "mybr0")
    assert refusal(world, "network.attach", net, world.hosts[0].ref) == wanted


def test_networks_of_a_guest_are_attached_and_detached(world: World) -> None:
    """As a migration does beforehand and afterwards."""
    net = new_network(world)
    bridge = ask(world, "network.get_bridge", net)
    ask(world, "VIF.move", vif(world, "resting"), net)
    (vm,) = ask(world, "VM.get_by_name_label", "resting")
    host = world.hosts[1]
    ask(world, "network.attach_for_vm", host.ref, vm)
    attached = bridge in host.backend.bridges()
    ask(world, "network.detach_for_vm", host.ref, vm)
    assert (attached, bridge in host.backend.bridges()) == (True, False)


def test_introduced_network_is_stored_as_told(world: World) -> None:
    """Even a bridge that clients may not name."""
    made = ask(world, "network.pool_introduce", "x", "", 1500, {}, "xapi77", True, [])
    assert ask(world, "network.get_bridge", made) == "xapi77"


def test_internal_bridge_has_a_mac_of_its_own(world: World) -> None:
    """None is set, so other_config has no hwaddr."""
    net = new_network(world)
    ask(world, "network.attach", net, world.hosts[0].ref)
    dom0 = world.hosts[0].backend
    assert isinstance(dom0, SimulatedDom0)
    bridge = dom0.bridges_by_name[ask(world, "network.get_bridge", net)]
    assert (bridge.settings.mac, bridge.mac) == ("", bridge.drawn_mac)
