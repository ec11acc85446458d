"""xcp-networkd is a service of its own: what xapi does without it.

Seen on a real pool (xapi 26.17): with xcp-networkd stopped `service xapi restart` had not returned
after 300 s, the host was not live, and links_up and carrier stayed what they were.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.lab.worlds import (
    ask,
    eventually,
    is_complete,
    new_bond,
    new_network,
    pif,
    restart,
    running,
)
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.pool.hosts import is_live
from xsbond.lab.world import World

A_WHILE = 600.0
"""Lab seconds after which a wait of a real pool had not ended by far."""


@pytest.fixture
def world() -> Iterator[World]:
    """A pool whose member's xcp-networkd is stopped."""
    with running() as world:
        world.hosts[1].toolstack.stop_networkd()
        yield world


@pytest.fixture
def behind(world: World) -> Iterator[Callable[[Callable[[], object]], threading.Thread]]:
    """Start what may never end; it ends once xcp-networkd is back."""
    threads: list[threading.Thread] = []

    def start(work: Callable[[], object]) -> threading.Thread:
        threads.append(threading.Thread(target=work))
        threads[-1].start()
        return threads[-1]

    yield start
    world.hosts[1].toolstack.start_networkd()
    for thread in threads:
        thread.join()


Behind = Callable[[Callable[[], object]], threading.Thread]


def is_stuck(world: World, thread: threading.Thread) -> bool:
    """Tell whether work has not ended after a long while."""
    world.clock.sleep(A_WHILE)
    return thread.is_alive()


def restarting(world: World, behind: Behind) -> threading.Thread:
    """Restart the member's xapi."""
    toolstack = world.hosts[1].toolstack

    def work() -> None:
        toolstack.stop()
        toolstack.start()

    return behind(work)


def test_restart_of_xapi_does_not_return(world: World, behind: Behind) -> None:
    """Nor does the start complete."""
    thread = restarting(world, behind)
    assert (is_stuck(world, thread), is_complete(world.hosts[1])) == (True, False)


def test_host_is_not_live_meanwhile(world: World, behind: Behind) -> None:
    """Nobody says hello to the master."""
    assert is_stuck(world, restarting(world, behind))
    with world.lock:
        assert not is_live(world.pool, world.hosts[1])


def test_restart_returns_once_networkd_is_started(world: World, behind: Behind) -> None:
    """And the host comes back as after any restart."""
    thread = restarting(world, behind)
    assert is_stuck(world, thread)
    world.hosts[1].toolstack.start_networkd()
    thread.join()
    assert eventually(lambda: is_complete(world.hosts[1]))


def test_restart_of_the_toolstack_starts_networkd(world: World) -> None:
    """It is xe-toolstack-restart that mends this."""
    world.hosts[1].toolstack.restart()
    assert world.hosts[1].toolstack.networkd_running()
    assert eventually(lambda: is_complete(world.hosts[1]))


def test_plug_waits_for_networkd(world: World, behind: Behind) -> None:
    """The call does not answer before."""
    eth1 = pif(world, world.hosts[1], "eth1")
    thread = behind(lambda: ask(world, "PIF.plug", eth1))
    assert is_stuck(world, thread)


def test_other_hosts_go_on(world: World) -> None:
    """The master's own xcp-networkd runs."""
    bond = new_bond(world, world.hosts[0], new_network(world), "eth1", "eth5")
    master = ask(world, "Bond.get_master", bond)
    assert ask(world, "PIF.get_currently_attached", master) is True


def test_bridges_stay(world: World) -> None:
    """What it made goes on without it."""
    assert {"xenbr0", "xapi0"} <= world.hosts[1].backend.bridges()


def pull(world: World, device: str) -> None:
    """Pull a cable of the member, and let the pool look for a minute."""
    dom0 = world.hosts[1].backend
    assert isinstance(dom0, SimulatedDom0)
    with world.lock:
        dom0.nics_by_device[device] = replace(dom0.nics_by_device[device], carrier=False)
        world.clock.skip(60)
        world.monitor.sample()
        world.monitor.sample()


def links_up(world: World) -> int:
    """Return how many legs XAPI says are up on the member."""
    bond = ask(world, "PIF.get_bond_master_of", pif(world, world.hosts[1], "bond0"))[0]
    return int(ask(world, "Bond.get_links_up", bond))


def test_links_in_the_database_stay_what_they_were(world: World) -> None:
    """XAPI knows of links what xcp-networkd tells it."""
    pull(world, "eth2")
    assert links_up(world) == 2


def test_links_are_told_once_networkd_is_started(world: World) -> None:
    """Within a sample."""
    pull(world, "eth2")
    world.hosts[1].toolstack.start_networkd()
    with world.lock:
        world.monitor.sample()
    assert links_up(world) == 1


def test_networkd_is_there_after_a_boot(world: World) -> None:
    """Every service is."""
    world.switch_off(world.hosts[1])
    world.switch_on(world.hosts[1])
    assert eventually(world.hosts[1].toolstack.networkd_running)
    assert eventually(lambda: is_complete(world.hosts[1]))


def test_second_stop_changes_nothing(world: World) -> None:
    """Nor does a second start."""
    toolstack = world.hosts[1].toolstack
    toolstack.stop_networkd()
    toolstack.start_networkd()
    toolstack.start_networkd()
    restart(world.hosts[1])
    assert toolstack.networkd_running()
