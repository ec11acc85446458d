"""What XAPI shows of links changes with the links, not with what is done to its database."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.lab.worlds import new_bond, new_network, pif, restart, running
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.timing.delays import Delays
from xsbond.lab.world import World


@pytest.fixture
def world() -> Iterator[World]:
    """The tutorial's pool, sampled only when a test says so."""
    with running(delays=Delays(monitoring=1e9), scale=0.001) as world:
        yield world


def sample(world: World) -> None:
    """Let a while pass, then sample twice."""
    world.clock.skip(60)
    with world.lock:
        world.monitor.sample()
        world.monitor.sample()


def carrier(world: World, **fields: Any) -> bool:
    """Return, or first set, what XAPI has about eth1 of the member."""
    with world.lock:
        record = world.database.get("PIF", pif(world, world.hosts[1], "eth1"))
        world.database.set("PIF_metrics", record["metrics"], **fields)
        return bool(world.database.get("PIF_metrics", record["metrics"])["carrier"])


def pull(world: World, *, back: bool) -> None:
    """Pull the cable of eth1 of the member, or put it back."""
    dom0 = world.hosts[1].backend
    assert isinstance(dom0, SimulatedDom0)
    dom0.nics_by_device["eth1"] = replace(dom0.nics_by_device["eth1"], carrier=back)
    sample(world)


def test_value_changed_in_the_database_stays(world: World) -> None:
    """A sample is compared with the last sample."""
    carrier(world, carrier=False)
    sample(world)
    assert not carrier(world)


def test_change_of_the_link_puts_it_right(world: World) -> None:
    """The next news of the link is written."""
    carrier(world, carrier=False)
    pull(world, back=False)
    pull(world, back=True)
    assert carrier(world)


def test_restart_of_the_agent_puts_it_right(world: World) -> None:
    """A new agent has nothing to compare with."""
    carrier(world, carrier=False)
    restart(world.hosts[1])
    sample(world)
    assert carrier(world)


def test_count_changed_in_the_database_stays(world: World) -> None:
    """Bond.links_up is no exception."""
    bond = new_bond(world, world.hosts[0], new_network(world), "eth1", "eth5")
    sample(world)
    with world.lock:
        world.database.set("Bond", bond, links_up=0)
    sample(world)
    with world.lock:
        assert world.database.get("Bond", bond)["links_up"] == 0
