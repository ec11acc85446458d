"""What a client can subscribe to, and how long it waits for an event."""

import threading
from collections.abc import Iterator

import pytest

from tests.lab.callers import call, log_in, refusal
from tests.lab.worlds import (
    PASSWORD,
    ask,
    eventually,
    new_network,
    pif,
    running,
)
from xsbond.lab.contracts import Failure
from xsbond.lab.timing.delays import Delays
from xsbond.lab.world import World


@pytest.fixture
def world() -> Iterator[World]:
    """The tutorial's pool, its links not sampled."""
    with running(delays=Delays(monitoring=1e9)) as world:
        yield world


@pytest.fixture
def session(world: World) -> str:
    """A session of root's at the master."""
    return log_in(world, "root", PASSWORD)


def test_task_can_be_watched_alone(world: World, session: str) -> None:
    """An Async call's, from its beginning to its end."""
    task = call(world, "Async.network.destroy", session, new_network(world))
    classes = [f"task/{task}"]
    assert eventually(lambda: ask(world, "task.get_status", task) == "success")
    (event,) = call(world, "event.from", session, classes, "", 0.0)["events"]
    assert (event["ref"], event["snapshot"]["name_label"]) == (task, "Async.network.destroy")


def test_token_of_an_injection_is_that_of_the_moment_before(world: World, session: str) -> None:
    """Whoever listens from there gets the event."""
    eth3 = pif(world, world.hosts[0], "eth3")
    token = call(world, "event.inject", session, "pif", eth3)
    events = call(world, "event.from", session, ["*"], token, 0.0)["events"]
    assert [(each["class"], each["ref"]) for each in events] == [("pif", eth3)]


def test_current_id_grows_with_every_change(world: World, session: str) -> None:
    """It is the database's generation."""
    before = call(world, "event.get_current_id", session)
    new_network(world)
    assert call(world, "event.get_current_id", session) > before


def test_timeout_may_be_text(world: World, session: str) -> None:
    """A number all the same."""
    answer = call(world, "event.from", session, ["nosuchclass"], "", "0.0")
    assert answer["events"] == []


@pytest.mark.parametrize("pattern", ["*/", "bond/x/y"])
def test_odd_subscriptions_match_nothing(pattern: str, world: World, session: str) -> None:
    """They are no failure."""
    answer = call(world, "event.from", session, [pattern], "", 0.0)
    assert (answer["events"], answer["token"]) == ([], f"{0:020d},{0:020d}")


def test_registration_grows_and_shrinks(world: World, session: str) -> None:
    """Class by class; without any it is gone."""
    call(world, "event.register", session, ["pif"])
    call(world, "event.register", session, ["network"])
    call(world, "event.unregister", session, ["pif"])
    network = new_network(world)
    events = call(world, "event.next", session)
    call(world, "event.unregister", session, ["network"])
    failure = refusal(world, "event.next", session)
    assert ([each["ref"] for each in events], failure[0]) == ([network], "SESSION_NOT_REGISTERED")


def test_next_event_has_a_time(world: World, session: str) -> None:
    """Unlike those of event.from."""
    call(world, "event.register", session, ["network"])
    new_network(world)
    (event,) = call(world, "event.next", session)
    assert float(event["timestamp"]) > 0


def test_listener_to_the_pool_hears_a_heartbeat(world: World, session: str) -> None:
    """Twice a minute, though nothing happened."""
    call(world, "event.register", session, ["pool"])
    (event,) = call(world, "event.next", session)
    assert (event["class"], event["operation"], event["snapshot"]["master"]) == (
        "pool",
        "mod",
        world.hosts[0].ref,
    )


def test_heartbeat_is_no_event_of_event_from(world: World, session: str) -> None:
    """Nothing changed in the database."""
    token = call(world, "event.from", session, ["pool"], "", 0.0)["token"]
    call(world, "event.register", session, ["pool"])
    call(world, "event.next", session)
    assert call(world, "event.from", session, ["pool"], token, 0.0)["events"] == []


def test_listener_that_was_away_for_too_long_has_lost_events(world: World, session: str) -> None:
    """It is told once, and goes on from there."""
    call(world, "event.register", session, ["network"])
    network = new_network(world)
    with world.lock:
        for _ in range(3000):
            world.database.touch("network", network)
    lost = refusal(world, "event.next", session)
    later = new_network(world, "later")
    events = call(world, "event.next", session)
    assert (lost, [each["ref"] for each in events]) == (("EVENTS_LOST",), [later])


def test_logout_ends_the_wait_for_the_next_event(world: World, session: str) -> None:
    """With SESSION_INVALID."""
    call(world, "event.register", session, ["bond"])
    failures: list[str] = []

    def wait() -> None:
        with pytest.raises(Failure) as caught:
            call(world, "event.next", session)
        failures.append(caught.value.code)

    thread = threading.Thread(target=wait)
    thread.start()
    call(world, "session.logout", session)
    thread.join(20)
    assert failures in (["SESSION_INVALID"], ["SESSION_NOT_REGISTERED"])
