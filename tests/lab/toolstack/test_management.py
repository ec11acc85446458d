"""The management interface of a host is moved, and taken away."""

import xmlrpc.client

import pytest

from tests.lab.callers import call, refusal
from tests.lab.toolstack.asking import local
from tests.lab.worlds import (
    ask,
    eventually,
    pif,
    running,
    serving,
)
from xsbond.lab.world import World


def test_host_is_managed_through_another_pif(world: World, session: str) -> None:
    """One that has an address."""
    wanted = pif(world, world.hosts[1], "bond0")
    call(world, "host.management_reconfigure", session, wanted)
    host = world.hosts[1].ref
    assert call(world, "host.get_management_interface", session, host) == wanted


@pytest.mark.parametrize(
    ("device", "code"),
    [("eth2", "CANNOT_PLUG_BOND_SLAVE"), ("eth3", "PIF_HAS_NO_NETWORK_CONFIGURATION")],
)
def test_host_is_not_managed_through_every_pif(
    device: str, code: str, world: World, session: str
) -> None:
    """Neither through a leg of a bond nor through a PIF without an address."""
    wanted = pif(world, world.hosts[1], device)
    assert refusal(world, "host.management_reconfigure", session, wanted)[0] == code


def test_host_is_not_managed_through_an_address_of_another_kind(world: World, session: str) -> None:
    """All management addresses of a host are IPv4, or all are IPv6."""
    wanted = pif(world, world.hosts[1], "bond0")
    with world.lock:
        world.database.set("PIF", wanted, primary_address_type="IPv6")
    answer = refusal(world, "host.management_reconfigure", session, wanted)
    assert answer == ("PIF_INCOMPATIBLE_PRIMARY_ADDRESS_TYPE",)


def test_member_cannot_do_without_management(world: World) -> None:
    """The master would lose it."""
    answer = refusal(world, "host.management_disable", local(world, 1), at=1)
    assert answer == ("SLAVE_REQUIRES_MANAGEMENT_INTERFACE",)


def test_master_without_management_closes_its_port() -> None:
    """Its own dom0 still reaches it, and opens it again."""
    with running() as world, serving(world) as connect:
        eth0 = pif(world, world.hosts[0], "eth0")
        ask(world, "host.management_disable")
        assert eventually(lambda: world.agents[0].door == "refusing")
        refused = _is_refused(connect(world.hosts[0]))
        ask(world, "host.management_reconfigure", eth0)
        assert eventually(lambda: not _is_refused(connect(world.hosts[0])))
    assert refused


def _is_refused(proxy: xmlrpc.client.ServerProxy) -> bool:
    try:
        proxy.system.listMethods()
    except OSError:
        return True
    return False


def test_host_without_management_has_no_interface_for_it(world: World, session: str) -> None:
    """In the words of its exception."""
    ask(world, "host.management_disable")
    answer = refusal(world, "host.get_management_interface", session, world.hosts[0].ref)
    assert answer == ("INTERNAL_ERROR", "Not_found")


def test_local_management_is_for_emergencies(world: World) -> None:
    """Otherwise there is a database to change."""
    answer = refusal(world, "host.local_management_reconfigure", local(world, 1), "xenbr1", at=1)
    assert answer == ("POOL_NOT_IN_EMERGENCY_MODE",)


def test_host_in_an_emergency_can_be_managed_through_a_bridge(world: World) -> None:
    """The inventory has it for the next start."""
    host = world.hosts[1]
    world.agents[0].kill()
    host.toolstack.stop()
    host.toolstack.start()
    call(world, "host.local_management_reconfigure", local(world, 1), "xenbr1", at=1)
    inventory = host.backend.read_file("/etc/xensource-inventory")
    assert "MANAGEMENT_INTERFACE='xenbr1'" in inventory
