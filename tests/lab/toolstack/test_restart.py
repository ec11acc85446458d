"""What a stopped, killed or restarted xapi leaves behind, and what not."""

import threading
import xmlrpc.client
from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab.worlds import (
    PASSWORD,
    ask,
    bond_on,
    eventually,
    is_complete,
    new_bond,
    new_network,
    pif,
    restart,
    running,
    serving,
)
from xsbond.lab.contracts import Failure, ToolstackDown
from xsbond.lab.timing.delays import Delays
from xsbond.lab.world import World


@pytest.fixture
def world() -> Iterator[World]:
    """The tutorial's pool."""
    with running() as world:
        yield world


def test_start_returns_before_the_bond_is_there() -> None:
    """The service has started long before the host inherited."""
    with running(delays=Delays(inheriting=500.0)) as world:
        network = new_network(world)
        new_bond(world, world.hosts[0], network, "eth1", "eth5")
        world.hosts[1].toolstack.stop()
        world.hosts[1].toolstack.start()
        assert bond_on(world, world.hosts[1], network) is None


def test_stopped_xapi_has_no_cookies(world: World) -> None:
    """Neither of start-up nor of its completion."""
    host = world.hosts[1]
    host.toolstack.stop()
    for name in ("startup", "init_complete"):
        with pytest.raises(FileNotFoundError):
            host.backend.read_file(f"/var/run/xapi_{name}.cookie")


def test_stopped_xapi_hears_nobody(world: World) -> None:
    """Its Unix socket is dead."""
    world.hosts[1].toolstack.stop()
    with pytest.raises(ToolstackDown):
        world.hosts[1].toolstack.call("host.get_all")


def test_call_for_a_stopped_host_fails_at_the_master(world: World) -> None:
    """The master knows that it said good-bye."""
    world.hosts[1].toolstack.stop()
    with pytest.raises(Failure) as caught:
        new_bond(world, world.hosts[1], new_network(world), "eth1", "eth5")
    assert (caught.value.code, caught.value.arguments) == ("HOST_OFFLINE", (world.hosts[1].ref,))


def test_killed_host_seems_alive(world: World) -> None:
    """Without good-bye the master only notices that nobody answers."""
    world.agents[1].kill()
    with pytest.raises(Failure) as caught:
        new_bond(world, world.hosts[1], new_network(world), "eth1", "eth5")
    assert caught.value.code == "CANNOT_CONTACT_HOST"


def test_killed_host_is_missed_after_ten_minutes(world: World) -> None:
    """Then it counts as dead."""
    world.agents[1].kill()
    world.clock.skip(601)
    metrics = ask(world, "host.get_metrics", world.hosts[1].ref)
    assert eventually(lambda: ask(world, "host_metrics.get_live", metrics) is False)


def test_members_records_stay_while_it_restarts(world: World) -> None:
    """Nothing is forgotten of a stopped host."""
    before = len(ask(world, "PIF.get_all"))
    world.hosts[1].toolstack.stop()
    assert len(ask(world, "PIF.get_all")) == before


def test_restart_of_the_master_ends_all_sessions(world: World) -> None:
    """Sessions and tasks live in its process."""
    with serving(world) as connect:
        session = _log_in(connect(world.hosts[0]))
        restart(world.hosts[0])
        reply: dict[str, Any] = connect(world.hosts[0]).host.get_all(session)  # type: ignore[assignment]
    assert reply["ErrorDescription"] == ["SESSION_INVALID", session]


def test_restart_of_a_member_ends_no_session(world: World) -> None:
    """They are the master's."""
    with serving(world) as connect:
        session = _log_in(connect(world.hosts[0]))
        restart(world.hosts[1])
        reply: dict[str, Any] = connect(world.hosts[0]).host.get_all(session)  # type: ignore[assignment]
    assert reply["Status"] == "Success"


def _log_in(proxy: xmlrpc.client.ServerProxy) -> str:
    reply: dict[str, Any] = proxy.session.login_with_password("root", PASSWORD)  # type: ignore[assignment]
    return str(reply["Value"])


def test_restart_of_the_master_forgets_given_bridge_names(world: World) -> None:
    """The lowest free one is given again."""
    ask(world, "network.destroy", new_network(world))
    restart(world.hosts[0])
    assert ask(world, "network.get_bridge", new_network(world)) == "xapi1"


def test_agent_can_be_restarted_through_the_master(world: World) -> None:
    """host.restart_agent answers first; the start time tells when it happened."""
    before = _start_time(world)
    ask(world, "host.restart_agent", world.hosts[1].ref)
    assert eventually(lambda: _start_time(world) != before and is_complete(world.hosts[1]))


def _start_time(world: World) -> str:
    return str(ask(world, "host.get_other_config", world.hosts[1].ref)["agent_start_time"])


def test_bridge_deleted_by_hand_comes_back(world: World) -> None:
    """A starting host plugs what should be plugged."""
    world.hosts[1].backend.delete_bridge("xenbr3")
    restart(world.hosts[1])
    assert "xenbr3" in world.hosts[1].backend.bridges()


def test_attached_is_what_has_a_bridge(world: World) -> None:
    """A restart believes dom0, not the database."""
    eth3 = pif(world, world.hosts[1], "eth3")
    with world.lock:
        world.database.set("PIF", eth3, currently_attached=False)
    restart(world.hosts[1])
    assert ask(world, "PIF.get_currently_attached", eth3) is True


def test_interrupted_start_can_be_started_again(world: World) -> None:
    """The first start goes no further, the second one ends well."""
    host = world.hosts[1]
    host.toolstack.stop()
    host.toolstack.start()
    host.toolstack.stop()
    restart(host)
    assert ask(world, "host.get_enabled", host.ref) is True


def test_start_that_is_stopped_halfway_ends() -> None:
    """Whoever waits for it gets an answer, and xapi does not come up later."""
    with running(delays=Delays(launch=1e9)) as world:
        host = world.hosts[1]
        host.toolstack.stop()
        starter = threading.Thread(target=host.toolstack.start)
        starter.start()
        assert eventually(lambda: "xapi of xs-2" in {each.name for each in threading.enumerate()})
        host.toolstack.stop()
        starter.join(20)
        assert (starter.is_alive(), host.toolstack.running()) == (False, False)


def test_host_is_live_and_not_enabled_when_the_command_returns() -> None:
    """It is enabled, and copies the master's bonds, after that (recorded from a real pool)."""
    with running(delays=Delays(enabling=500.0)) as world:
        host, network = world.hosts[1], new_network(world)
        new_bond(world, world.hosts[0], network, "eth1", "eth5")
        host.toolstack.stop()
        host.toolstack.start()
        record = ask(world, "host.get_record", host.ref)
        live = ask(world, "host_metrics.get_live", record["metrics"])
        bond = bond_on(world, host, network)
    assert (live, record["enabled"], bond) == (True, False, None)


def test_host_stays_not_enabled_for_about_five_seconds() -> None:
    """4.5 to 5 of them, as recorded; its bond is attached 1 to 1.8 s later."""
    delays = Delays()
    enabled = delays.hello + delays.refresh + delays.enabling
    assert 4.5 <= enabled <= 5.0
    assert 1.0 <= delays.inheriting + delays.plug <= 1.8
