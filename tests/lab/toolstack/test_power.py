"""Hosts that are disabled, go down, come back, and are woken."""

from collections.abc import Iterator

import pytest

from tests.lab.callers import call, log_in, refusal
from tests.lab.toolstack.asking import field, web
from tests.lab.worlds import (
    PASSWORD,
    ask,
    eventually,
    is_complete,
    running,
)
from xsbond.lab.timing.delays import Delays
from xsbond.lab.world import World


def test_free_memory_is_what_the_guests_leave(world: World, session: str) -> None:
    """The second host has one guest more than the first."""
    free = [call(world, "host.compute_free_memory", session, host.ref) for host in world.hosts]
    assert free[0] - free[1] == 2**30


def test_disabled_host_may_be_rebooted(world: World, session: str) -> None:
    """The operations that are allowed change with it."""
    call(world, "host.disable", session, world.hosts[0].ref)
    assert {"reboot", "shutdown"} <= set(field(world, 0, "allowed_operations"))


def test_disabled_host_is_enabled_by_its_next_start(world: World, session: str) -> None:
    """Only xapi's process remembered it."""
    host = world.hosts[1]
    call(world, "host.disable", session, host.ref)
    host.toolstack.stop()
    host.toolstack.start()
    assert eventually(lambda: is_complete(host))
    assert field(world, 1, "enabled") is True


def test_host_disabled_for_good_stays_so(world: World, session: str) -> None:
    """With auto_enable false."""
    host = world.hosts[1]
    call(world, "host.disable", session, host.ref, False)
    host.toolstack.stop()
    host.toolstack.start()
    assert eventually(lambda: is_complete(host))
    assert field(world, 1, "enabled") is False


def test_starting_host_cannot_be_enabled() -> None:
    """It enables itself when it is as far."""
    with running(delays=Delays(enabling=1e9)) as world:
        session, host = log_in(world, "root", PASSWORD), world.hosts[1]
        before = field(world, 1, "other_config")
        host.toolstack.stop()
        host.toolstack.start()
        assert eventually(lambda: field(world, 1, "other_config") != before)
        assert refusal(world, "host.enable", session, host.ref) == ("HOST_STILL_BOOTING",)


def test_host_with_a_running_guest_does_not_go_down(world: World, session: str) -> None:
    """The guest is named."""
    host = world.hosts[1].ref
    call(world, "host.disable", session, host)
    assert refusal(world, "host.reboot", session, host) == ("HOST_IN_USE", host, "vm", web(world))


@pytest.fixture
def empty() -> Iterator[World]:
    """The tutorial's pool without guests; what goes down stays down for a while."""
    with running(delays=Delays(shutdown=1e6)) as world:
        yield world


def test_host_that_goes_down_counts_as_dead_at_once(empty: World) -> None:
    """The call is answered before it is."""
    session, host = log_in(empty, "root", PASSWORD), empty.hosts[1]
    call(empty, "host.disable", session, host.ref)
    call(empty, "host.shutdown", session, host.ref)
    live = ask(empty, "host_metrics.get_live", field(empty, 1, "metrics"))
    assert (live, host.running) == (False, True)


def test_host_that_goes_down_cannot_be_enabled_any_more(empty: World) -> None:
    """Not before its next boot."""
    session, host = log_in(empty, "root", PASSWORD), empty.hosts[0]
    call(empty, "host.disable", session, host.ref)
    call(empty, "host.reboot", session, host.ref)
    assert refusal(empty, "host.enable", session, host.ref) == ("HOST_DISABLED_UNTIL_REBOOT",)


def test_host_that_goes_down_does_nothing_else(empty: World) -> None:
    """A second order meets the first one."""
    session, host = log_in(empty, "root", PASSWORD), empty.hosts[1].ref
    call(empty, "host.disable", session, host)
    call(empty, "host.shutdown", session, host)
    answer = refusal(empty, "host.reboot", session, host)
    assert answer == ("OTHER_OPERATION_IN_PROGRESS", "host", host, "shutdown")


def test_host_that_goes_down_is_a_task(empty: World) -> None:
    """It outlives the call, and the host shows it."""
    session, host = log_in(empty, "root", PASSWORD), empty.hosts[1].ref
    call(empty, "host.disable", session, host)
    call(empty, "host.reboot", session, host)
    (task,) = ask(empty, "task.get_by_name_label", "Host is rebooting")
    assert field(empty, 1, "current_operations") == {task: "reboot"}


def test_host_that_shut_down_stays_off() -> None:
    """Its xapi is gone with it."""
    with running() as world:
        session, host = log_in(world, "root", PASSWORD), world.hosts[1]
        call(world, "host.disable", session, host.ref)
        call(world, "host.shutdown", session, host.ref)
        assert eventually(lambda: not host.powered)
        assert not host.running


def test_host_that_rebooted_is_enabled_again() -> None:
    """Once its xapi has started."""
    with running() as world:
        session, host = log_in(world, "root", PASSWORD), world.hosts[1]
        call(world, "host.disable", session, host.ref)
        call(world, "host.reboot", session, host.ref)
        assert eventually(lambda: not host.powered or not host.running)
        assert eventually(lambda: is_complete(host) and field(world, 1, "enabled"))


def test_host_that_lives_needs_no_power(world: World, session: str) -> None:
    """Nor can it be declared dead, or forgotten."""
    host = world.hosts[1].ref
    methods = ("host.power_on", "host.declare_dead", "host.destroy")
    assert {refusal(world, method, session, host) for method in methods} == {("HOST_IS_LIVE", host)}


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("", ("HOST_POWER_ON_MODE_DISABLED",)),
        ("wake-on-lan", ("XENAPI_MISSING_PLUGIN", "power-on-host")),
    ],
)
def test_dead_host_cannot_be_woken(
    mode: str, expected: tuple[str, ...], world: World, session: str
) -> None:
    """No lab host has the plugin for it."""
    host = world.hosts[1]
    host.toolstack.stop()
    with world.lock:
        world.database.set("host", host.ref, power_on_mode=mode)
    assert refusal(world, "host.power_on", session, host.ref) == expected


def test_host_that_does_not_answer_can_be_declared_dead(world: World, session: str) -> None:
    """Before the master notices by itself."""
    world.agents[1].kill()
    call(world, "host.declare_dead", session, world.hosts[1].ref)
    assert ask(world, "host_metrics.get_live", field(world, 1, "metrics")) is False


def test_host_that_lost_its_power_stays_live_and_enabled_for_minutes(world: World) -> None:
    """Unchanged after 170 s on a real pool; xapi gives a host up after ten minutes of silence."""
    world.switch_off(world.hosts[1])
    for seconds, live in ((170, True), (600, False)):
        with world.lock:
            world.clock.skip(seconds)
            world.monitor.sample()
        assert ask(world, "host_metrics.get_live", field(world, 1, "metrics")) is live
        assert field(world, 1, "enabled") is True
