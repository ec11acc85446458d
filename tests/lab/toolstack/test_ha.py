"""High availability: what it needs, and what it forbids."""

from tests.lab.callers import call, refusal
from tests.lab.toolstack.asking import local
from tests.lab.worlds import (
    ask,
    new_network,
    pif,
)
from xsbond.lab.world import World


def test_ha_needs_storage(world: World, session: str) -> None:
    """There is no SR for its state file."""
    answer = refusal(world, "pool.enable_ha", session, [], {})
    assert answer == ("CANNOT_CREATE_STATE_FILE",)


def test_ha_advises_to_keep_storage_pifs_plugged(world: World, session: str) -> None:
    """The tutorial's NAS could be unplugged on both hosts."""
    refusal(world, "pool.enable_ha", session, [], {})
    (alert,) = call(world, "message.get_all_records", session).values()
    lines = alert["body"].splitlines()
    assert (alert["name"], alert["cls"], sorted(line.split(" (")[0] for line in lines[1:])) == (
        "IP_CONFIGURED_PIF_CAN_UNPLUG",
        "Pool",
        ["xs-1: bond0", "xs-2: bond0"],
    )


def test_ha_needs_all_hosts(world: World, session: str) -> None:
    """A dead one is named before storage is."""
    world.hosts[1].toolstack.stop()
    answer = refusal(world, "pool.enable_ha", session, [], {})
    assert answer == ("HOST_OFFLINE", world.hosts[1].ref)


def test_ha_that_is_on_cannot_be_switched_on(world: World, session: str) -> None:
    """Nor can it be off twice."""
    world.arm_ha()
    first = refusal(world, "pool.enable_ha", session, [], {})
    call(world, "pool.disable_ha", session)
    assert (first, refusal(world, "pool.disable_ha", session)) == (
        ("HA_IS_ENABLED",),
        ("HA_NOT_ENABLED",),
    )


def test_ha_keeps_the_management_interface(world: World, session: str) -> None:
    """It heartbeats there."""
    world.arm_ha()
    wanted = pif(world, world.hosts[1], "bond0")
    assert refusal(world, "host.management_reconfigure", session, wanted) == ("HA_IS_ENABLED",)


def test_ha_keeps_the_management_interface_out_of_bonds(world: World, session: str) -> None:
    """The bond's code is its own."""
    world.arm_ha()
    members = [pif(world, world.hosts[0], device) for device in ("eth0", "eth1")]
    answer = refusal(
        world, "Bond.create", session, new_network(world), members, "", "balance-slb", {}
    )
    assert answer[0] == "HA_CANNOT_CHANGE_BOND_STATUS_OF_MGMT_IFACE"


def test_ha_can_be_left_in_an_emergency(world: World) -> None:
    """Without asking anybody."""
    world.arm_ha()
    call(world, "host.emergency_ha_disable", local(world, 1), at=1)
    assert ask(world, "pool.get_all_records").popitem()[1]["ha_enabled"] is False
