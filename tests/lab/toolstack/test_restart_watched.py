"""What can be watched of a member's restart: events at the master, answers of its own port."""

import threading
import xmlrpc.client
from collections.abc import Callable
from itertools import groupby
from typing import Any

import pytest

from tests.lab.worlds import (
    PASSWORD,
    ask,
    eventually,
    new_bond,
    new_network,
    restart,
    running,
    serving,
)
from xsbond.lab.blueprint import XENSERVER_6_2
from xsbond.lab.timing.delays import Delays
from xsbond.lab.world import World
from xsbond.lab.xapi.wire import http


def changes_during(world: World, work: Callable[[], None]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return every change of the database while `work` runs: class, reference, what is new."""
    seen: list[tuple[str, str, dict[str, Any]]] = []
    known = {ref: record for table in world.dump().values() for ref, record in table.items()}
    with world.lock:
        since = world.database.generation
    ended = threading.Event()

    def watch() -> None:
        nonlocal since
        classes, token = ["host", "host_metrics", "pif", "bond"], f"{since:020d},{0:020d}"
        while not ended.is_set():
            batch = ask(world, "event.from", classes, token, 0.05)
            token = batch["token"]
            for event in batch["events"]:
                record = event.get("snapshot", {})
                before = known.get(event["ref"], {})
                new = {key: value for key, value in record.items() if before.get(key) != value}
                known[event["ref"]] = record
                seen.append((event["class"], event["ref"], new))

    watcher = threading.Thread(target=watch)
    watcher.start()
    work()
    ended.set()
    watcher.join()
    return seen


MILESTONES: dict[str, Callable[[str, dict[str, Any]], bool]] = {
    "disabled": lambda name, new: name == "host" and new.get("enabled") is False,
    "not live": lambda name, new: name == "host_metrics" and new.get("live") is False,
    "live": lambda name, new: name == "host_metrics" and new.get("live") is True,
    "new start time": lambda name, new: name == "host" and "other_config" in new,
    "enabled": lambda name, new: name == "host" and new.get("enabled") is True,
    "bond recorded": lambda name, new: name == "bond" and "uuid" in new,
    "bond attached": lambda name, new: name == "pif" and new.get("currently_attached") is True,
}


def milestones(changes: list[tuple[str, str, dict[str, Any]]]) -> list[str]:
    """Return the milestones in the order they were passed."""
    return [
        milestone
        for name, _, new in changes
        for milestone, passed in MILESTONES.items()
        if passed(name, new)
    ]


SLOW = Delays(plug=20.0, farewell=20.0, exit=20.0, refresh=20.0, enabling=20.0, inheriting=20.0)
"""Long enough for each change to be an event of its own."""


def test_member_passes_the_recorded_milestones() -> None:
    """Live before the new start time, enabled before the bond, the record before the bridge."""
    with running(delays=SLOW) as world:
        new_bond(world, world.hosts[0], new_network(world), "eth1", "eth5")
        changes = changes_during(world, lambda: restart(world.hosts[1]))
    assert milestones(changes) == [
        "disabled",
        "not live",
        "live",
        "new start time",
        "enabled",
        "bond recorded",
        "bond attached",
    ]


def test_old_release_copies_the_bond_before_it_is_enabled() -> None:
    """Up to 6.5 the bonds come first."""
    with running(delays=SLOW, profile=XENSERVER_6_2) as world:
        new_bond(world, world.hosts[0], new_network(world), "eth1", "eth5")
        changes = changes_during(world, lambda: restart(world.hosts[1]))
    passed = milestones(changes)
    assert passed.index("bond attached") < passed.index("enabled")


def test_bond_is_detached_when_it_is_recorded() -> None:
    """Whoever sees the record only cannot tell that the bond works."""
    with running(delays=SLOW) as world:
        new_bond(world, world.hosts[0], new_network(world), "eth1", "eth5")
        changes = changes_during(world, lambda: restart(world.hosts[1]))
    (first,) = [new for name, _, new in changes if name == "pif" and new.get("device") == "bond1"]
    assert first["currently_attached"] is False


ANSWERS = [
    "HOST_IS_SLAVE",
    "closed",
    "HOST_IS_SLAVE",
    "refused",
    "HOST_HAS_NO_MANAGEMENT_IP",
    "HOST_STILL_BOOTING",
    "HOST_IS_SLAVE",
]
"""A login at the member itself, from before the stop on, as recorded on port 443."""


def answer(proxy: xmlrpc.client.ServerProxy) -> str:
    """Try to log in and return what came of it."""
    try:
        reply: dict[str, Any] = proxy.session.login_with_password("root", PASSWORD)  # type: ignore[assignment]
    except ConnectionRefusedError:
        return "refused"
    except OSError:
        return "closed"
    return str(reply["ErrorDescription"][0])


# Python 3.11 forgets to close a socket that is reset between TCP and TLS (ssl.py, _create).
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_member_itself_answers_as_recorded() -> None:
    """Asked all the time from before the stop until it is back."""
    delays = Delays(
        exit=20.0,
        launch=60.0,
        database_link=60.0,
        tls_restart=60.0,
        management_address=60.0,
        hello=60.0,
    )
    with running(delays=delays, scale=0.005) as world, serving(world) as connect:
        seen = [answer(connect(world.hosts[1]))]
        thread = threading.Thread(target=lambda: restart(world.hosts[1]))
        thread.start()
        while thread.is_alive():
            seen.append(answer(connect(world.hosts[1])))
        thread.join()
    runs = [(answer, len(list(same))) for answer, same in groupby(seen)]
    # What came once only was cut off by the very change to the next.
    assert [answer for answer, times in runs if times > 1 or answer == runs[0][0]] == ANSWERS


def test_emergency_answer_of_json_rpc_is_an_array() -> None:
    """Raised before the call is looked at: no object, and id 0 (api_server.ml)."""
    with running(delays=Delays(hello=500.0)) as world:
        host = world.hosts[1]
        host.toolstack.stop()
        host.toolstack.start()
        assert eventually(
            lambda: host.emergency is not None and host.emergency.code == "HOST_STILL_BOOTING"
        )
        body = b'{"jsonrpc":"2.0","method":"host.get_all","params":["x"],"id":7}'
        reply = http.answer(
            "/jsonrpc", body, lambda name, params: world.dispatcher.call(host, name, params)
        )
        assert reply.body == b'{"jsonrpc":"2.0","error":["HOST_STILL_BOOTING"],"id":0}'
