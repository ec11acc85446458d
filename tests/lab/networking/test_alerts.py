"""What the pool says when a bond changes, and the class its alerts belong to."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from tests.lab.callers import call, log_in, refusal
from tests.lab.worlds import PASSWORD, ask, new_bond, new_network, restart, running
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.pool.state import Host
from xsbond.lab.timing.delays import Delays
from xsbond.lab.world import World
from xsbond.lab.xapi.collection import MOST_MESSAGES

NAS = "The status of the eth2+eth4 bond"
PUB = "The status of the eth1+eth5 bond"
NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def world() -> Iterator[World]:
    """The tutorial's pool, sampled only when a test says so."""
    with running(delays=Delays(monitoring=1e9), scale=1.0) as world:
        yield world


@pytest.fixture
def session(world: World) -> str:
    """A session of root's at the master."""
    return log_in(world, "root", PASSWORD)


@pytest.fixture
def sample(world: World) -> Callable[[float], None]:
    """Lets lab seconds pass and samples the links."""

    def after(seconds: float) -> None:
        world.clock.skip(seconds)
        with world.lock:
            world.monitor.sample()

    return after


Sample = Callable[[float], None]


def cable(host: Host, *devices: str, plugged: bool) -> None:
    """Plug the cables of NICs in, or pull them."""
    dom0 = host.backend
    assert isinstance(dom0, SimulatedDom0)
    for device in devices:
        dom0.nics_by_device[device] = replace(dom0.nics_by_device[device], carrier=plugged)


def bodies(world: World) -> list[str]:
    """Return what the alerts say, oldest first."""
    events = ask(world, "event.from", ["message"], "", 0.0)["events"]
    events.sort(key=lambda event: int(event["id"]))
    return [event["snapshot"]["body"] for event in events]


def test_lacp_begins_with_no_link(world: World, sample: Sample) -> None:
    """Both partners have to agree before a leg carries anything."""
    new_bond(world, world.hosts[0], new_network(world), "eth1", "eth5", mode="lacp")
    sample(0.2)
    sample(5)
    assert bodies(world) == [f"{PUB} is: 0/2 up", f"{PUB} changed: 2/2 up (was 0/2)"]


def test_active_backup_begins_with_one_link(world: World, sample: Sample) -> None:
    """The second one waits for its up delay."""
    new_bond(world, world.hosts[0], new_network(world), "eth1", "eth5", mode="active-backup")
    sample(4)
    sample(36)
    assert bodies(world) == [f"{PUB} is: 1/2 up", f"{PUB} changed: 2/2 up (was 1/2)"]


def test_lost_link_is_told_and_its_return(world: World, sample: Sample) -> None:
    """The return after the up delay only."""
    cable(world.hosts[0], "eth2", plugged=False)
    sample(5)
    cable(world.hosts[0], "eth2", plugged=True)
    sample(5)
    sample(31)
    assert bodies(world) == [f"{NAS} changed: 1/2 up (was 2/2)", f"{NAS} changed: 2/2 up (was 1/2)"]


def test_loss_of_all_links_is_one_change(world: World, sample: Sample) -> None:
    """If one sample sees it all."""
    cable(world.hosts[0], "eth2", "eth4", plugged=False)
    sample(5)
    assert bodies(world) == [f"{NAS} changed: 0/2 up (was 2/2)"]


def test_first_link_to_return_does_not_wait(world: World, sample: Sample) -> None:
    """The up delay is for those that come beside another."""
    cable(world.hosts[0], "eth2", "eth4", plugged=False)
    sample(5)
    cable(world.hosts[0], "eth2", "eth4", plugged=True)
    sample(1)
    assert bodies(world)[-1] == f"{NAS} changed: 1/2 up (was 0/2)"


def test_link_that_is_back_within_its_down_delay_was_never_gone(
    world: World, sample: Sample
) -> None:
    """A fifth of a second."""
    cable(world.hosts[0], "eth2", plugged=False)
    world.clock.skip(0.1)
    cable(world.hosts[0], "eth2", plugged=True)
    sample(5)
    assert bodies(world) == []


def test_same_state_is_told_once(world: World, sample: Sample) -> None:
    """However often it is sampled."""
    cable(world.hosts[0], "eth2", plugged=False)
    for _ in range(3):
        sample(5)
    assert len(bodies(world)) == 1


def test_bond_that_was_destroyed_and_made_again_is_a_new_one(world: World, sample: Sample) -> None:
    """It is said to be, not to have changed."""
    network = new_network(world)
    for _ in range(2):
        bond = new_bond(world, world.hosts[0], network, "eth1", "eth5")
        sample(4)
        ask(world, "Bond.destroy", bond)
        sample(5)
    assert bodies(world) == [f"{PUB} is: 1/2 up"] * 2


def test_host_out_of_reach_tells_nothing(world: World, sample: Sample) -> None:
    """Its messages would have to go through the master."""
    world.cut_link(world.hosts[1])
    cable(world.hosts[1], "eth2", plugged=False)
    sample(5)
    assert bodies(world) == []


def test_without_a_master_nothing_is_told(world: World, sample: Sample) -> None:
    """The pool's messages are the master's."""
    world.agents[0].kill()
    cable(world.hosts[1], "eth2", plugged=False)
    sample(5)
    with world.lock:
        assert world.database.refs("message") == []


def test_alerts_outlive_the_master() -> None:
    """They are files on its disk."""
    with running() as world:
        session = log_in(world, "root", PASSWORD)
        pool = ask(world, "pool.get_all_records").popitem()[1]["uuid"]
        call(world, "message.create", session, "HELLO", 3, "Pool", pool, "text")
        restart(world.hosts[0])
        assert bodies(world) == ["text"]


@pytest.mark.parametrize("cls", ["Host", "Pool", "VM"])
def test_alert_is_about_something(cls: str, world: World, session: str) -> None:
    """Class and uuid must fit."""
    answer = refusal(world, "message.create", session, "HELLO", 3, cls, NOBODY, "text")
    assert answer == ("UUID_INVALID", cls, NOBODY)


def test_alerts_of_nothing_cannot_be_read(world: World, session: str) -> None:
    """The code comes without arguments."""
    answer = refusal(world, "message.get", session, "Host", NOBODY, "19700101T00:00:00Z")
    assert answer == ("UUID_INVALID",)


def test_alerts_of_one_object_are_read_alone(world: World, session: str) -> None:
    """By class and uuid."""
    for host in world.hosts:
        call(world, "message.create", session, "HELLO", 3, "Host", host.uuid, host.name)
    found = call(world, "message.get", session, "Host", world.hosts[1].uuid, "19700101T00:00:00Z")
    assert [each["body"] for each in found.values()] == ["xs-2"]


def test_alerts_are_read_since_a_moment(world: World, session: str) -> None:
    """Later ones, not those of that very second."""
    create = partial(
        call, world, "message.create", session, "HELLO", 3, "Host", world.hosts[0].uuid
    )
    create("early")
    moment = call(world, "host.get_servertime", session, world.hosts[0].ref)
    world.clock.skip(10)
    create("late")
    found = call(world, "message.get_since", session, moment)
    assert [each["body"] for each in found.values()] == ["late"]


@pytest.mark.parametrize("expression", ["true", 'field "name"="nothing"', "nonsense"])
def test_search_for_alerts_finds_all(expression: str, world: World, session: str) -> None:
    """Nobody looks at the expression."""
    call(world, "message.create", session, "HELLO", 3, "Host", world.hosts[0].uuid, "text")
    assert len(call(world, "message.get_all_records_where", session, expression)) == 1


def test_alerts_are_destroyed_together(world: World, session: str) -> None:
    """Those that are named, and no other."""
    create = partial(
        call, world, "message.create", session, "HELLO", 3, "Host", world.hosts[0].uuid
    )
    refs = [create(body) for body in ("one", "two", "three")]
    call(world, "message.destroy_many", session, refs[:2])
    assert call(world, "message.get_all", session) == refs[2:]


def test_destroyed_alert_is_gone(world: World, session: str) -> None:
    """A second time it is no message."""
    uuid = world.hosts[0].uuid
    ref = call(world, "message.create", session, "HELLO", 3, "Host", uuid, "text")
    call(world, "message.destroy", session, ref)
    assert refusal(world, "message.destroy", session, ref) == ("HANDLE_INVALID", "message", ref)


def test_oldest_alerts_go_when_there_are_too_many(world: World) -> None:
    """Ten thousand stay."""
    with world.lock:
        first, *_ = [_record_alert(world) for _ in range(MOST_MESSAGES + 1)]
        world.collector.collect()
        kept = world.database.refs("message")
    assert (len(kept), first in kept) == (10_000, False)


def _record_alert(world: World) -> Any:
    return world.database.create("message", name="HELLO", timestamp=world.pool.date())
