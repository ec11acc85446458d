"""The life of a task."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab.callers import call, refusal
from tests.lab.worlds import PASSWORD, eventually, network, new_network, pif, running
from xsbond.lab.pool.tasks import Origin
from xsbond.lab.timing.delays import INSTANT
from xsbond.lab.world import World
from xsbond.lab.xapi.collection import Collector

HOUR = 3600.0
TAIL = (
    '(process"/opt/xensource/bin/xapi @ xs-1")(filename xen-api/ocaml/xapi/server_helpers.ml)'
    "(line 78)(chars_start 14)(chars_end 44)(name Server_helpers.exec_with_context.exec)"
    "(is_inline false)(is_raise false)))"
)
"""How a recorded stack of a failed call ends."""


@pytest.fixture
def world() -> Iterator[World]:
    """A pool in which lab time passes when a test says so, and nothing takes any."""
    with running(scale=1.0, delays=INSTANT) as world:
        yield world


@pytest.fixture
def session(world: World) -> str:
    """A session of root."""
    session: str = call(world, "session.login_with_password", "root", PASSWORD)
    return session


def collect(world: World, times: int = 1) -> None:
    """Let the collector pass."""
    collector = Collector(world.pool)
    with world.lock:
        for _ in range(times):
            collector.collect()


def new_task(world: World, session: str, status: str = "pending") -> str:
    """Make a task that is as far as this."""
    task: str = call(world, "task.create", session, "x", "")
    with world.lock:
        finished = world.pool.date()
        world.database.set("task", task, status=status, finished=finished)
    return task


def ended(world: World, session: str, task: str) -> dict[str, Any]:
    """Return the record of a task when it is over."""
    assert eventually(lambda: call(world, "task.get_status", session, task) != "pending")
    record: dict[str, Any] = call(world, "task.get_record", session, task)
    return record


def is_known(world: World, task: str) -> bool:
    """Tell whether a task is there."""
    with world.lock:
        return world.database.has("task", task)


def bond(world: World, session: str, **options: Any) -> dict[str, Any]:
    """Bond two NICs in the background and return the task's record."""
    legs = [pif(world, world.hosts[0], device) for device in ("eth1", "eth5")]
    pub = new_network(world)
    task = call(world, "Async.Bond.create", session, pub, legs, "", **options)
    return ended(world, session, task)


def failed(world: World, session: str) -> dict[str, Any]:
    """Fail to bond in the background and return the task's record."""
    task = call(world, "Async.Bond.create", session, network(world, "xenbr3"), [], "")
    return ended(world, session, task)


@pytest.mark.parametrize("status", ["success", "failure", "cancelled"])
def test_ended_task_is_collected_after_65_minutes(status: str, world: World, session: str) -> None:
    """However it ended."""
    task = new_task(world, session, status)
    world.clock.skip(65 * 60 + 2.0)
    collect(world)
    assert not is_known(world, task)


def test_ended_task_stays_for_an_hour(world: World, session: str) -> None:
    """Clients come back late."""
    task = new_task(world, session, "success")
    world.clock.skip(HOUR)
    collect(world)
    assert is_known(world, task)


def test_pending_task_gets_a_second_chance_after_a_day(world: World, session: str) -> None:
    """It may be slow."""
    task = new_task(world, session)
    world.clock.skip(24 * HOUR + 2.0)
    collect(world)
    assert is_known(world, task)


def test_pending_task_that_does_not_move_is_collected_after_a_day(
    world: World, session: str
) -> None:
    """Between two passes it got nowhere."""
    task = new_task(world, session)
    world.clock.skip(24 * HOUR + 2.0)
    collect(world, times=2)
    assert not is_known(world, task)


def test_oldest_of_more_than_200_tasks_go(world: World, session: str) -> None:
    """As long as they have ended."""
    tasks = []
    for _ in range(203):
        tasks.append(new_task(world, session, "success"))
        world.clock.skip(1.0)
    collect(world)
    assert [is_known(world, task) for task in tasks] == [False] * 3 + [True] * 200


def test_pending_tasks_are_never_too_many(world: World, session: str) -> None:
    """Only ended ones make room."""
    tasks = [new_task(world, session) for _ in range(203)]
    collect(world)
    assert all(is_known(world, task) for task in tasks)


def test_destroyed_task_that_ended_is_gone(world: World, session: str) -> None:
    """At once."""
    task = new_task(world, session, "success")
    call(world, "task.destroy", session, task)
    assert refusal(world, "task.get_status", session, task) == ("HANDLE_INVALID", "task", task)


def test_destroyed_task_that_is_pending_is_marked(world: World, session: str) -> None:
    """It says so itself."""
    task = new_task(world, session)
    call(world, "task.destroy", session, task)
    assert call(world, "task.get_current_operations", session, task) == {"task": "destroy"}


def test_marked_task_is_collected_when_it_has_ended(world: World, session: str) -> None:
    """At the next pass."""
    task = new_task(world, session)
    call(world, "task.destroy", session, task)
    call(world, "task.set_status", session, task, "success")
    collect(world)
    assert not is_known(world, task)


def test_task_is_marked_once(world: World, session: str) -> None:
    """The second mark finds the first."""
    task = new_task(world, session)
    call(world, "task.destroy", session, task)
    found = refusal(world, "task.destroy", session, task)
    assert found == ("MAP_DUPLICATE_KEY", "task", "current_operations", task, "task")


def test_cancelled_task_stays_pending(world: World, session: str) -> None:
    """The wish is on record; nobody has to follow it."""
    task = new_task(world, session)
    call(world, "task.cancel", session, task)
    record = call(world, "task.get_record", session, task)
    assert (record["status"], list(record["current_operations"].values())) == (
        "pending",
        ["cancel"],
    )


def test_cancelling_a_task_nobody_knows_is_refused(world: World, session: str) -> None:
    """As everything else is."""
    assert refusal(world, "task.cancel", session, "OpaqueRef:x") == (
        "HANDLE_INVALID",
        "task",
        "OpaqueRef:x",
    )


def test_task_of_a_call_keeps_the_status_a_client_gave_it(world: World, session: str) -> None:
    """Only a pending task can succeed."""
    with world.lock:
        legs = [pif(world, world.hosts[0], device) for device in ("eth1", "eth5")]
        task = call(world, "Async.Bond.create", session, new_network(world), legs, "")
        call(world, "task.set_status", session, task, "cancelled")
    assert eventually(lambda: len(call(world, "Bond.get_all", session)) == 3)
    assert call(world, "task.get_status", session, task) == "cancelled"


def test_task_is_named_as_the_client_spelt_the_call(world: World, session: str) -> None:
    """With its prefix."""
    assert bond(world, session)["name_label"] == "Async.Bond.create"


def test_task_of_a_bond_can_be_neither_cancelled_nor_anything_else(
    world: World, session: str
) -> None:
    """No operation is allowed on it."""
    record = bond(world, session)
    assert (record["allowed_operations"], record["current_operations"]) == ([], {})


def test_task_that_succeeded_has_no_stack(world: World, session: str) -> None:
    """As recorded."""
    assert bond(world, session)["backtrace"] == "()"


def test_task_that_failed_has_the_stack_of_every_call(world: World, session: str) -> None:
    """Its outermost frame is the one that was recorded."""
    backtrace = failed(world, session)["backtrace"]
    assert (backtrace[:11], backtrace.endswith(TAIL)) == ('(((process"', True)


def test_header_becomes_an_entry_of_other_config(world: World, session: str) -> None:
    """x-http-other-config-NAME, by NAME (context.ml)."""
    record = bond(world, session, origin=Origin(other_config={"user": "ann"}))
    assert record["other_config"] == {"http:user": "ann"}


def test_header_makes_a_subtask(world: World, session: str) -> None:
    """Its parent lists it."""
    parent = new_task(world, session)
    record = bond(world, session, origin=Origin(subtask_of=parent))
    children = call(world, "task.get_subtasks", session, parent)
    assert (record["subtask_of"], len(children)) == (parent, 1)


def test_task_of_a_member_is_resident_there(world: World, session: str) -> None:
    """Where the call runs."""
    member = world.hosts[1].ref
    record = ended(world, session, call(world, "Async.PIF.scan", session, member))
    assert record["resident_on"] == member


def test_task_of_a_synchronous_call_goes_with_it(world: World, session: str) -> None:
    """Nobody finds it later."""
    eth3 = pif(world, world.hosts[0], "eth3")
    call(world, "PIF.unplug", session, eth3)
    assert call(world, "task.get_all", session) == []
