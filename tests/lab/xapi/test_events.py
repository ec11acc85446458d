"""event.from tells what changed since a token, and waits for it."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.lab.worlds import (
    PASSWORD,
    ask,
    eventually,
    new_bond,
    new_network,
    pif,
    recorded,
    running,
    serving,
)
from xsbond.lab.contracts import Failure
from xsbond.lab.pool.state import Host
from xsbond.lab.timing.delays import Delays
from xsbond.lab.world import World

FOR_EVER = Delays(monitoring=1e9)
"""No sample disturbs the events of these tests."""


@pytest.fixture
def world() -> Iterator[World]:
    """The tutorial's pool."""
    with running(delays=FOR_EVER) as world:
        yield world


def events(world: World, token: str, *classes: str) -> list[tuple[str, str, str]]:
    """Return class, operation and reference of what happened since a token."""
    batch = ask(world, "event.from", list(classes), token, 0.0)
    return [(each["class"], each["operation"], each["ref"]) for each in batch["events"]]


def now(world: World) -> str:
    """Return a token of this moment."""
    return str(ask(world, "event.from", ["*"], "", 0.0)["token"])


def test_empty_token_gives_everything(world: World) -> None:
    """One addition per object of the class."""
    found = events(world, "", "pif")
    assert sorted(found) == sorted(("pif", "add", ref) for ref in ask(world, "PIF.get_all"))


def test_snapshot_is_the_record(world: World) -> None:
    """Clients need not ask again."""
    (event,) = ask(world, "event.from", ["pool"], "", 0.0)["events"]
    assert event["snapshot"] == ask(world, "pool.get_record", event["ref"])


def test_class_nobody_knows_gives_the_zero_token(world: World) -> None:
    """Nothing matched, so nothing was seen."""
    assert ask(world, "event.from", ["nosuchclass"], "", 0.0)["token"] == f"{0:020d},{0:020d}"


def test_nothing_new_keeps_the_token(world: World) -> None:
    """The answer can be used for the next call."""
    token = now(world)
    assert ask(world, "event.from", ["*"], token, 0.0)["token"] == token


@pytest.mark.parametrize("name", ["network", "NETWORK", "Network"])
def test_class_names_have_no_case(name: str, world: World) -> None:
    """Any spelling is understood."""
    token = now(world)
    network = new_network(world)
    assert events(world, token, name) == [("network", "add", network)]


def test_one_object_can_be_watched(world: World) -> None:
    """`class/ref` leaves the others out."""
    one, other = new_network(world, "one"), new_network(world, "other")
    token = now(world)
    for network in (one, other):
        ask(world, "network.set_MTU", network, 9000)
    assert events(world, token, f"network/{one}") == [("network", "mod", one)]


def test_created_and_changed_is_an_addition(world: World) -> None:
    """One event per object."""
    token = now(world)
    network = new_network(world)
    ask(world, "network.set_MTU", network, 9000)
    assert events(world, token, "network") == [("network", "add", network)]


def test_deletion_has_no_snapshot(world: World) -> None:
    """There is no record any more."""
    network = new_network(world)
    token = now(world)
    ask(world, "network.destroy", network)
    (event,) = ask(world, "event.from", ["network"], token, 0.0)["events"]
    assert (event["operation"], "snapshot" in event) == ("del", False)


def test_created_and_deleted_is_nothing(world: World) -> None:
    """Nobody saw it."""
    token = now(world)
    ask(world, "network.destroy", new_network(world))
    assert events(world, token, "network") == []


def test_sessions_are_no_events(world: World) -> None:
    """Not even with `*`."""
    token = now(world)
    world.dispatcher.call(world.hosts[0], "session.login_with_password", ["root", PASSWORD])
    assert events(world, token, "*") == []


def test_bond_create_touches_what_it_refers_to(world: World) -> None:
    """As recorded: both ends of every relation change, the networks of the legs, too."""
    host, network = world.hosts[0], new_network(world)
    token = now(world)
    bond = new_bond(world, host, network, "eth1", "eth5")
    master = ask(world, "Bond.get_master", bond)
    found = events(world, token, "bond", "pif", "network", "host", "pif_metrics")
    assert found == [
        ("pif", "add", master),
        ("pif_metrics", "add", ask(world, "PIF.get_metrics", master)),
        ("bond", "add", bond),
        ("host", "mod", host.ref),
        *sorted(("network", "mod", ref) for ref in (network, *_networks(world, host))),
        *sorted(("pif", "mod", pif(world, host, device)) for device in ("eth1", "eth5")),
    ]


def _networks(world: World, host: Host) -> list[str]:
    return [ask(world, "PIF.get_network", pif(world, host, device)) for device in ("eth1", "eth5")]


def test_bond_create_comes_in_the_recorded_steps() -> None:
    """Records and legs first, then the bond's PIF attached."""
    with running(delays=Delays(monitoring=1e9, plug=100.0)) as world:
        token = now(world)
        network = new_network(world)
        thread = threading.Thread(
            target=lambda: new_bond(world, world.hosts[0], network, "eth1", "eth5")
        )
        thread.start()
        assert eventually(lambda: bool(events(world, token, "bond")))
        attached = ask(world, "PIF.get_currently_attached", pif(world, world.hosts[0], "bond1"))
        thread.join()
        later = ask(world, "PIF.get_currently_attached", pif(world, world.hosts[0], "bond1"))
    assert (attached, later) == (False, True)


def test_synchronous_call_is_a_task_while_it_lasts() -> None:
    """It has the call's name, and goes with its answer."""
    with running(delays=Delays(monitoring=1e9, plug=100.0)) as world:
        network = new_network(world)
        thread = threading.Thread(
            target=lambda: new_bond(world, world.hosts[0], network, "eth1", "eth5")
        )
        thread.start()
        assert eventually(lambda: bool(ask(world, "task.get_by_name_label", "Bond.create")))
        thread.join()
        assert ask(world, "task.get_all") == []


def test_counted_classes_are_the_recorded_ones(world: World) -> None:
    """In their order, every one an integer on the wire."""
    counts = ask(world, "event.from", ["pool"], "", 0.0)["valid_ref_counts"]
    assert list(counts) == recorded("counted-classes.json")


def test_counts_are_of_all_objects(world: World) -> None:
    """Watched or not."""
    counts = ask(world, "event.from", ["pool"], "", 0.0)["valid_ref_counts"]
    assert (counts["pif"], counts["bond"], counts["host"], counts["vm"]) == (14, 2, 2, 2)


def waiting(world: World, *classes: str) -> tuple[threading.Thread, list[Any]]:
    """Start to wait for an event; return the thread and where its answer will be."""
    token, answers = now(world), list[Any]()

    def wait() -> None:
        answers.append(ask(world, "event.from", list(classes), token, 30.0)["events"])

    thread = threading.Thread(target=wait)
    thread.start()
    return thread, answers


def test_change_ends_the_waiting(world: World) -> None:
    """The answer comes with the event, long before the timeout."""
    network = new_network(world)
    thread, answers = waiting(world, "network")
    ask(world, "network.set_name_label", network, "renamed")
    thread.join(20)
    assert [event["snapshot"]["name_label"] for event in answers[0]] == ["renamed"]


def test_other_classes_do_not_end_the_waiting(world: World) -> None:
    """Only what is watched counts."""
    token = now(world)
    new_network(world)
    assert ask(world, "event.from", ["bond"], token, 0.05)["events"] == []


def test_logout_ends_the_waiting(world: World) -> None:
    """With SESSION_INVALID."""
    master, call = world.hosts[0], world.dispatcher.call
    session = call(master, "session.login_with_password", ["root", PASSWORD])
    token, failures = now(world), list[Failure]()

    def wait() -> None:
        with pytest.raises(Failure) as caught:
            call(master, "event.from", [session, ["bond"], token, 30.0])
        failures.append(caught.value)

    thread = threading.Thread(target=wait)
    thread.start()
    call(master, "session.logout", [session])
    thread.join(20)
    assert failures[0].code == "SESSION_INVALID"


def test_closing_the_lab_ends_the_waiting() -> None:
    """Nobody keeps a closed lab alive."""
    with running(delays=FOR_EVER) as world:
        thread, answers = waiting(world, "network")
    thread.join(20)
    assert answers == [[]]


def test_message_has_a_generation_of_its_own(world: World) -> None:
    """A token's second half counts alerts only."""
    token = now(world)
    ask(world, "message.create", "HELLO", 3, "Host", world.hosts[0].uuid, "text")
    batch = ask(world, "event.from", ["message"], token, 0.0)
    assert (batch["token"][:20], batch["token"][21:] > token[21:]) == (token[:20], True)


def test_deletions_are_forgotten_with_the_master() -> None:
    """An old token is accepted after its restart, and no deletion from before comes."""
    with running(delays=FOR_EVER) as world:
        network = new_network(world)
        token = now(world)
        ask(world, "network.destroy", network)
        world.hosts[0].toolstack.stop()
        world.hosts[0].toolstack.start()
        assert events(world, token, "network") == []


def test_unregistered_session_has_no_next_event(world: World) -> None:
    """The complaint names the session's digest."""
    master, call = world.hosts[0], world.dispatcher.call
    session = call(master, "session.login_with_password", ["root", PASSWORD])
    with pytest.raises(Failure) as caught:
        call(master, "event.next", [session])
    assert caught.value.code == "SESSION_NOT_REGISTERED"


def test_registered_session_gets_the_next_event(world: World) -> None:
    """Once, and not what happened before."""
    ask(world, "event.register", ["network"])
    network = new_network(world)
    assert [event["ref"] for event in ask(world, "event.next")] == [network]


def test_injected_event_comes(world: World) -> None:
    """The object seems changed."""
    token = now(world)
    ask(world, "event.inject", "host", world.hosts[1].ref)
    assert events(world, token, "host") == [("host", "mod", world.hosts[1].ref)]


def test_events_travel_over_the_wire(world: World) -> None:
    """A real client gets integers as integers in the counts only."""
    with serving(world) as connect:
        proxy = connect(world.hosts[0])
        login: dict[str, Any] = proxy.session.login_with_password("root", PASSWORD)  # type: ignore[assignment]
        method: Callable[..., Any] = getattr(proxy, "event.from")
        value = method(login["Value"], ["bond"], "", 0.0)["Value"]
    assert (value["valid_ref_counts"]["bond"], value["events"][0]["snapshot"]["links_up"]) == (
        2,
        "2",
    )
