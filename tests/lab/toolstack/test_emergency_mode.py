"""Hosts without a pool master: they are told of one, wait for one, or take over."""

from collections.abc import Iterator

import pytest

from tests.lab.callers import call, refusal
from tests.lab.toolstack.masters import (
    POOL_CONF,
    XS_1,
    XS_2,
    as_root,
    assert_everybody_is_back,
    files,
    local_session,
)
from tests.lab.worlds import (
    PASSWORD,
    eventually,
    is_complete,
    running,
)
from xsbond.lab.contracts import Failure, ToolstackDown
from xsbond.lab.world import World


@pytest.fixture
def world() -> Iterator[World]:
    """Three hosts, the first of which is the master."""
    with running(3) as world:
        yield world


def test_member_takes_over_from_a_dead_master(world: World) -> None:
    """An administrator's decision, made at the member itself."""
    world.agents[0].kill()
    call(world, "pool.emergency_transition_to_master", local_session(world, 1), at=1)
    assert eventually(lambda: world.pool.is_served and world.pool.master is world.hosts[1])


def test_members_are_recovered_by_the_new_master(world: World) -> None:
    """All that can be reached are told whom to follow."""
    world.agents[0].kill()
    call(world, "pool.emergency_transition_to_master", local_session(world, 1), at=1)
    assert eventually(lambda: is_complete(world.hosts[1]) and world.pool.is_served)
    told = as_root(world, "pool.recover_slaves", at=1)
    assert (told, files(world)) == (
        [world.hosts[2].ref],
        ["master", "master", f"slave:{XS_2}"],
    )


def test_second_master_gives_way_to_the_first(world: World) -> None:
    """A starting master that finds another one follows it."""
    call(world, "pool.emergency_transition_to_master", local_session(world, 1), at=1)
    assert eventually(lambda: files(world)[1] == f"slave:{XS_1}")
    assert_everybody_is_back(world)


def test_member_can_be_told_another_master(world: World) -> None:
    """It looks there from its next start on, in vain where there is none."""
    session = local_session(world, 2)
    call(world, "pool.emergency_reset_master", session, XS_2, at=2)
    assert files(world)[2] == f"slave:{XS_2}"
    assert eventually(lambda: emergency(world, 2) == "HOST_STILL_BOOTING")


def emergency(world: World, number: int) -> str:
    """Return what a host's xapi answers everything with; empty if it does not."""
    failure = world.hosts[number].emergency
    return failure.code if failure else ""


def test_master_nobody_can_resolve_is_refused(world: World) -> None:
    """In the words of its exception."""
    answer = refusal(world, "pool.emergency_reset_master", local_session(world, 1), "nowhere", at=1)
    assert answer == ("INTERNAL_ERROR", 'Failure("Couldn\'t resolve hostname: nowhere")')


@pytest.mark.parametrize(("at", "is_slave"), [(0, False), (1, True)])
def test_host_knows_its_role(at: int, is_slave: bool, world: World) -> None:
    """Whatever host the call is about."""
    session = local_session(world, at)
    assert call(world, "pool.is_slave", session, world.hosts[0].ref, at=at) is is_slave


def test_member_without_master_is_in_emergency_mode(world: World) -> None:
    """It started, and waits for somebody to say hello to."""
    world.agents[0].kill()
    world.hosts[1].toolstack.stop()
    world.hosts[1].toolstack.start()
    assert refusal(world, "session.login_with_password", "root", PASSWORD, at=1) == (
        "HOST_STILL_BOOTING",
    )


def test_waiting_member_goes_on_once_the_master_is_back(world: World) -> None:
    """Nobody has to do anything about it."""
    world.agents[0].kill()
    world.hosts[1].toolstack.stop()
    world.hosts[1].toolstack.start()
    world.hosts[0].toolstack.start()
    assert_everybody_is_back(world)
    assert as_root(world, "host.get_enabled", world.hosts[1].ref, at=0) is True


def test_member_that_is_to_follow_itself_says_so(world: World) -> None:
    """Its pool.conf has its own address."""
    world.hosts[1].backend.write_file(POOL_CONF, f"slave:{XS_2}")
    world.hosts[1].toolstack.stop()
    world.hosts[1].toolstack.start()
    assert eventually(lambda: emergency(world, 1) == "HOST_ITS_OWN_SLAVE")


def test_host_without_a_role_is_broken(world: World) -> None:
    """Nothing but the emergency calls works there."""
    world.hosts[1].backend.write_file(POOL_CONF, "nonsense")
    world.hosts[1].toolstack.stop()
    world.hosts[1].toolstack.start()
    with pytest.raises(Failure) as caught:
        as_root(world, "host.get_all", at=1)
    assert caught.value.code == "HOST_BROKEN"


def test_member_cannot_ask_a_master_that_is_gone(world: World) -> None:
    """Its own programs get the error of the connection."""
    world.hosts[0].toolstack.stop()
    with pytest.raises(Failure) as caught:
        as_root(world, "host.get_all", at=1)
    assert caught.value.code == "INTERNAL_ERROR"


def test_stopped_host_answers_nothing_at_all(world: World) -> None:
    """Not even the emergency calls."""
    world.hosts[1].toolstack.stop()
    with pytest.raises(ToolstackDown):
        as_root(world, "host.is_in_emergency_mode", at=1)
