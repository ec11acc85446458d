"""Guests that leave a host, or cannot."""

from tests.lab.callers import call, refusal
from tests.lab.toolstack.asking import web
from tests.lab.worlds import (
    ask,
    new_bond,
    new_network,
)
from xsbond.lab.world import World


def test_evacuated_guest_runs_on_another_host(world: World, session: str) -> None:
    """With its interface in that host's dom0."""
    call(world, "host.evacuate", session, world.hosts[1].ref)
    assert ask(world, "VM.get_resident_on", web(world)) == world.hosts[0].ref


def test_guest_without_another_host_prevents_evacuation(world: World, session: str) -> None:
    """All others are disabled."""
    call(world, "host.disable", session, world.hosts[0].ref)
    host = world.hosts[1].ref
    found = call(world, "host.get_vms_which_prevent_evacuation", session, host)
    assert found == {web(world): ["NO_HOSTS_AVAILABLE", web(world)]}


def test_guest_whose_network_is_bonded_elsewhere_prevents_evacuation(
    world: World, session: str
) -> None:
    """Its network is that of a bond's leg on the other host."""
    new_bond(world, world.hosts[0], new_network(world), "eth3", "eth5")
    (network,) = ask(world, "network.get_by_name_label", "Pool-wide network 3")
    answer = refusal(world, "host.assert_can_evacuate", session, world.hosts[1].ref)
    text = f"HOST_CANNOT_ATTACH_NETWORK,{world.hosts[0].ref},{network}"
    assert answer == ("CANNOT_EVACUATE_HOST", text)


def test_guest_that_cannot_leave_is_named_by_the_evacuation(world: World, session: str) -> None:
    """As the reason it has."""
    call(world, "host.disable", session, world.hosts[0].ref)
    answer = refusal(world, "host.evacuate", session, world.hosts[1].ref)
    assert answer == ("NO_HOSTS_AVAILABLE", web(world))
