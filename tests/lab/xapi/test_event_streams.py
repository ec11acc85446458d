"""Streams of events, batch by batch, as a real pool was heard to send them.

Whoever waits in the lab asks its clock how long; the listener asks for events right then.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.lab.worlds import (
    FAST,
    ask,
    new_bond,
    new_network,
    restart,
    running,
)
from xsbond.lab.blueprint import GuestBlueprint, tutorial
from xsbond.lab.timing.clock import Clock
from xsbond.lab.timing.delays import Delays
from xsbond.lab.world import World

Batch = list[tuple[str, str]]
"""Class and operation of each event, in the order they came."""

NETWORKING = ("bond", "pif", "network", "host", "pif_metrics", "task")
EVERYTHING = (*NETWORKING, "host_metrics", "message")


class Listening(Clock):
    """A clock that lets somebody listen whenever a wait begins."""

    def __init__(self) -> None:
        super().__init__(FAST)
        self.listen: Callable[[], None] = lambda: None

    def real(self, seconds: float) -> float:
        """Return how many real seconds so many lab seconds take."""
        self.listen()
        return super().real(seconds)


@dataclass(kw_only=True)
class Listener:
    """Keeps all batches of a subscription."""

    world: World
    classes: tuple[str, ...]
    token: str = ""
    batches: list[list[dict[str, Any]]] = field(default_factory=list)

    def listen(self) -> None:
        """Take what happened since the last time."""
        answer = ask(self.world, "event.from", list(self.classes), self.token, 0.0)
        if self.token and answer["events"]:
            self.batches.append(answer["events"])
        self.token = answer["token"]

    def names(self) -> list[Batch]:
        """Return the batches without their records."""
        return [[(each["class"], each["operation"]) for each in batch] for batch in self.batches]

    def tasks(self) -> list[tuple[str, str]]:
        """Return operation and name of each event of a task."""
        named = {
            each["ref"]: each["snapshot"]["name_label"]
            for batch in self.batches
            for each in batch
            if each["class"] == "task" and "snapshot" in each
        }
        return [
            (each["operation"], named[each["ref"]])
            for batch in self.batches
            for each in batch
            if each["ref"] in named
        ]


def heard(work: Callable[[World], None], *classes: str, delays: Delays | None = None) -> Listener:
    """Return what is heard while something is done to a pool that nothing else disturbs."""
    clock = Listening()
    with running(clock=clock, delays=delays or Delays(monitoring=1e9)) as world:
        new_network(world)
        listener = Listener(world=world, classes=classes)
        with world.lock:
            listener.listen()
            clock.listen = listener.listen
        work(world)
        with world.lock:
            listener.listen()
            clock.listen = lambda: None
        return listener


def bond_on_master(world: World) -> None:
    """Bond two NICs of the master, as the recorded call did."""
    (network,) = ask(world, "network.get_by_name_label", "PUB")
    new_bond(world, world.hosts[0], network, "eth1", "eth5")


CREATED = {
    ("pif", "add"): 1,
    ("pif_metrics", "add"): 1,
    ("bond", "add"): 1,
    ("host", "mod"): 1,
    ("network", "mod"): 3,
    ("pif", "mod"): 2,
}
"""What the recorded Bond.create said first, its task left out."""


def test_bond_create_says_first_what_is_there() -> None:
    """Records, both ends of their relations, and the networks of the legs."""
    first = heard(bond_on_master, *NETWORKING).names()[0]
    assert Counter(each for each in first if each[0] != "task") == CREATED


def test_bond_create_says_additions_before_changes() -> None:
    """Within one answer, and deletions last."""
    first = heard(bond_on_master, *NETWORKING).names()[0]
    operations = [operation for _, operation in first]
    assert operations == sorted(operations, key=["add", "mod", "del"].index)


def test_bond_create_says_then_that_the_bond_is_attached() -> None:
    """One change of one PIF, and the end of the task."""
    *_, last = heard(bond_on_master, *NETWORKING).batches
    assert [
        (each["class"], each["operation"])
        for each in last
        if each["class"] == "task" or each["snapshot"]["device"] == "bond1"
    ] == [("pif", "mod"), ("task", "del")]


def test_bond_create_is_a_task_meanwhile() -> None:
    """By its own name."""
    assert heard(bond_on_master, *NETWORKING).tasks() == [
        ("add", "Bond.create"),
        ("del", "Bond.create"),
    ]


def test_coalesced_bond_has_its_slaves() -> None:
    """Whoever asks after the call sees one addition with all of it."""
    additions = [
        each
        for batch in heard(bond_on_master, "bond").batches
        for each in batch
        if each["operation"] == "add"
    ]
    assert [len(each["snapshot"]["slaves"]) for each in additions] == [2]


def restart_of_member(world: World) -> None:
    """Bond on the master, then restart the member, as recorded."""
    bond_on_master(world)
    restart(world.hosts[1])


@pytest.fixture(scope="module")
def restarted() -> Listener:
    """All that is heard of the recorded restart."""
    return heard(restart_of_member, *EVERYTHING)


def test_restarting_member_shows_the_recorded_tasks(restarted: Listener) -> None:
    """Its hello, and the synchronisation of its record."""
    tasks = restarted.tasks()[2:]
    names = ["pool.hello", "dbsync (update_env)"]
    assert [[name for each, name in tasks if each == end] for end in ("add", "del")] == [names] * 2


def test_restarting_member_changes_its_liveness_twice(restarted: Listener) -> None:
    """It goes, and it comes."""
    lives = [
        each["snapshot"]["live"]
        for batch in restarted.batches
        for each in batch
        if each["class"] == "host_metrics"
    ]
    assert lives == [False, True]


def test_restarting_member_says_its_bond_like_any_other(restarted: Listener) -> None:
    """In the batches of its own Bond.create."""
    batches = [Counter(batch) for batch in restarted.names()]
    (created,) = (each for each in batches[2:] if each["bond", "add"])
    assert {key: created[key] for key in CREATED} == CREATED


def test_restarted_member_writes_all_metrics_of_its_links_anew() -> None:
    """Six NICs, and the bond it has had all the time."""

    def work(world: World) -> None:
        restart(world.hosts[1])
        with world.lock:
            world.monitor.sample()

    listener = heard(work, "pif_metrics")
    assert listener.names()[-1] == [("pif_metrics", "mod")] * 7


def test_running_guest_is_an_event() -> None:
    """So are its interface and where it runs."""
    guest = GuestBlueprint(name="web", networks=("Pool-wide network 3",))
    with running(blueprint=replace(tutorial(), guests=(guest,))) as world:
        listener = Listener(world=world, classes=("vm", "vif", "host"))
        listener.listen()
        (vm,) = ask(world, "VM.get_by_name_label", "web")
        ask(world, "VM.start", vm, False, False)
        listener.listen()
    assert {name for batch in listener.names() for name, _ in batch} == {"vm", "vif", "host"}
