"""How sessions come, stay fresh and go."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.lab import callers
from tests.lab.callers import call, refusal
from tests.lab.worlds import PASSWORD, eventually, running
from xsbond.lab.blueprint import AccountBlueprint, tutorial
from xsbond.lab.pool.values import date
from xsbond.lab.timing.delays import Delays
from xsbond.lab.world import World
from xsbond.lab.xapi.collection import Collector

SLOW = 1.0
"""A clock nothing happens on by itself while a test runs."""
HOUR = 3600.0
READERS = (
    AccountBlueprint(name="ann", role="read-only", password="pw"),
    AccountBlueprint(name="bob", role="pool-operator", password="pw"),
)


@pytest.fixture
def world() -> Iterator[World]:
    """A pool in which lab time passes when a test says so."""
    blueprint = replace(tutorial(2), accounts=READERS)
    with running(blueprint=blueprint, scale=SLOW, delays=Delays(login_refusal=0.0)) as world:
        yield world


def log_in(world: World, user: str = "root", originator: str = "") -> str:
    """Log in at the master."""
    password = PASSWORD if user == "root" else "pw"
    return callers.log_in(world, user, password, originator)


def collect(world: World) -> None:
    """Let the collector pass once."""
    with world.lock:
        Collector(world.pool).collect()


def is_known(world: World, session: str) -> bool:
    """Tell whether a session is valid."""
    with world.lock:
        return world.database.has("session", session)


def moment(world: World) -> str:
    """Return the lab's date."""
    with world.lock:
        return date(world.clock.time())


def test_use_after_ten_minutes_refreshes_a_session(world: World) -> None:
    """The next call says when it was."""
    session = log_in(world)
    world.clock.skip(601.0)
    call(world, "host.get_all", session)
    before = call(world, "session.get_last_active", session, session)
    assert before >= date(world.clock.time() - 60.0)


def test_use_within_ten_minutes_leaves_a_session_as_it_is(world: World) -> None:
    """The database is not to be written at each call."""
    session = log_in(world)
    before = call(world, "session.get_last_active", session, session)
    world.clock.skip(500.0)
    assert call(world, "session.get_last_active", session, session) == before


def test_session_idle_for_a_day_is_collected(world: World) -> None:
    """Its reference is as good as none."""
    session = log_in(world)
    world.clock.skip(24 * HOUR + 2.0)
    collect(world)
    assert refusal(world, "host.get_all", session) == ("SESSION_INVALID", session)


def test_session_idle_for_less_than_a_day_stays(world: World) -> None:
    """To the second."""
    session = log_in(world)
    world.clock.skip(23 * HOUR)
    collect(world)
    assert is_known(world, session)


def test_session_with_a_pending_task_stays(world: World) -> None:
    """However long ago it was used."""
    session = log_in(world)
    call(world, "task.create", session, "long", "")
    world.clock.skip(24 * HOUR + 2.0)
    collect(world)
    assert is_known(world, session)


def test_session_whose_task_has_ended_goes(world: World) -> None:
    """Nothing holds it any more."""
    session = log_in(world)
    task = call(world, "task.create", session, "short", "")
    call(world, "task.set_status", session, task, "success")
    world.clock.skip(24 * HOUR + 2.0)
    collect(world)
    assert not is_known(world, session)


def test_collector_runs_by_itself() -> None:
    """Every half minute of the lab."""
    with running() as world:
        session = log_in(world)
        world.clock.skip(24 * HOUR + 2.0)
        assert eventually(lambda: not is_known(world, session))


@pytest.mark.parametrize(
    ("user", "originator", "limit"),
    [("root", "", 400), ("root", "tool", 500), ("ann", "", 500), ("ann", "tool", 500)],
    ids=["root", "root with an originator", "user", "user with an originator"],
)
def test_oldest_sessions_beyond_the_limit_go(
    user: str, originator: str, limit: int, world: World
) -> None:
    """Root's without an originator are fewer."""
    sessions = [log_in(world, user, originator) for _ in range(limit + 3)]
    collect(world)
    assert [is_known(world, each) for each in sessions] == [False] * 3 + [True] * limit


def test_originators_have_a_limit_each(world: World) -> None:
    """One tool does not push out another."""
    sessions = [log_in(world, originator=name) for name in ("a", "b") for _ in range(300)]
    collect(world)
    assert all(is_known(world, each) for each in sessions)


def events_of(world: World, session: str, end: Callable[[], object]) -> tuple[str, ...]:
    """Wait for events in a session that is ended meanwhile; return what one hears."""
    found: list[tuple[str, ...]] = []
    call(world, "event.register", session, ["bond"])
    waiting = threading.Thread(
        target=lambda: found.append(refusal(world, "event.next", session)), daemon=True
    )
    waiting.start()
    end()
    waiting.join(10)
    return found[0]


def test_logout_wakes_whoever_waits_for_events(world: World) -> None:
    """With the failure of a session that is gone."""
    session = log_in(world)
    heard = events_of(world, session, lambda: call(world, "session.logout", session))
    assert heard == ("SESSION_INVALID", session)


def test_collected_session_wakes_whoever_waits_for_events(world: World) -> None:
    """As one that logged out."""
    session = log_in(world)

    def expires() -> bool:
        world.clock.skip(24 * HOUR + 2.0)
        collect(world)
        return not is_known(world, session)

    heard = events_of(world, session, lambda: eventually(expires))
    assert heard == ("SESSION_INVALID", session)


def test_subjects_of_sessions_are_listed_once(world: World) -> None:
    """Root is none."""
    root = log_in(world)
    for user in ("ann", "ann", "bob"):
        log_in(world, user)
    found = call(world, "session.get_all_subject_identifiers", root)
    assert sorted(found) == ["u1000", "u1001"]


def test_subject_is_logged_out_everywhere(world: World) -> None:
    """Nobody else is."""
    root, ann, bob = log_in(world), log_in(world, "ann"), log_in(world, "bob")
    call(world, "session.logout_subject_identifier", root, "u1000")
    assert [is_known(world, each) for each in (root, ann, bob)] == [True, False, True]


def test_subject_that_logs_itself_out_keeps_the_session_it_does_so_in(world: World) -> None:
    """The others go."""
    this, other = log_in(world, "bob"), log_in(world, "bob")
    call(world, "session.logout_subject_identifier", this, "u1001")
    assert [is_known(world, each) for each in (this, other)] == [True, False]


def test_changed_password_is_good_at_once(world: World) -> None:
    """The old one is not even looked at."""
    call(world, "session.change_password", log_in(world), "whatever", "new")
    assert call(world, "session.login_with_password", "root", "new").startswith("OpaqueRef:")


def test_changed_password_ends_the_old_one(world: World) -> None:
    """Sessions stay."""
    call(world, "session.change_password", log_in(world), PASSWORD, "new")
    found = refusal(world, "session.login_with_password", "root", PASSWORD)
    assert found == ("SESSION_AUTHENTICATION_FAILED", "root", "Authentication failure")


def test_empty_password_is_rejected(world: World) -> None:
    """PAM takes none."""
    found = refusal(world, "session.change_password", log_in(world), PASSWORD, "")
    assert found[0] == "CHANGE_PASSWORD_REJECTED"


def test_secret_of_the_pool_is_in_dom0(world: World) -> None:
    """Three uuids, the same on each host."""
    secrets = {host.backend.read_file("/etc/xensource/ptoken") for host in world.hosts}
    assert [len(secret.split("/")) for secret in secrets] == [3]


def test_host_logs_in_with_the_secret(world: World) -> None:
    """Such a session is the pool's own."""
    secret = world.hosts[1].backend.read_file("/etc/xensource/ptoken")
    session = call(world, "session.slave_login", world.hosts[1].ref, secret)
    assert call(world, "session.get_pool", session, session) is True


def test_session_of_a_host_is_good_on_members(world: World) -> None:
    """Others are sent to the master."""
    session = call(world, "session.slave_login", world.hosts[1].ref, world.pool.secret)
    assert len(call(world, "host.get_all", session, at=1)) == 2


def test_wrong_secret_is_refused(world: World) -> None:
    """In xapi's own words, not PAM's."""
    host = world.hosts[1].ref
    found = refusal(world, "session.slave_login", host, "wrong")
    assert found == ("SESSION_AUTHENTICATION_FAILED", host, "Pool credentials invalid")


def test_local_login_by_secret_works_on_a_member(world: World) -> None:
    """The session is that host's."""
    session = call(world, "session.slave_local_login", world.pool.secret, at=1)
    assert call(world, "session.local_logout", session, at=1) is None


def test_wrong_secret_of_a_local_login_is_refused(world: World) -> None:
    """It names no host."""
    found = refusal(world, "session.slave_local_login", "wrong", at=1)
    assert found == ("SESSION_AUTHENTICATION_FAILED", "localhost", "Pool credentials invalid")


def test_user_has_no_local_login(world: World) -> None:
    """Root alone does."""
    found = refusal(world, "session.slave_local_login_with_password", "bob", "pw", at=1)
    assert found == ("SESSION_AUTHENTICATION_FAILED", "bob", "Authentication failure")


def test_local_session_ends_with_its_logout(world: World) -> None:
    """Its reference is as good as none."""
    method = "session.slave_local_login_with_password"
    session = call(world, method, "root", PASSWORD, at=1)
    call(world, "session.local_logout", session, at=1)
    assert refusal(world, "session.local_logout", session, at=1) == ("SESSION_INVALID", session)


def test_local_session_is_good_on_its_host_only(world: World) -> None:
    """It lives in that xapi's memory."""
    method = "session.slave_local_login_with_password"
    session = call(world, method, "root", PASSWORD, at=1)
    assert refusal(world, "host.get_all", session) == ("SESSION_INVALID", session)


def test_session_of_the_pool_is_not_good_on_a_member(world: World) -> None:
    """Whatever the message is: the master's address is the answer."""
    found = refusal(world, "session.local_logout", log_in(world), at=1)
    assert found == ("HOST_IS_SLAVE", world.hosts[0].address)


def test_dump_that_is_not_there_is_an_internal_error(world: World) -> None:
    """session.create_from_db_file shows the exception."""
    found = refusal(world, "session.create_from_db_file", log_in(world), "/no/such")
    assert found == ("INTERNAL_ERROR", 'Sys_error("/no/such: No such file or directory")')


def test_session_shows_its_tasks(world: World) -> None:
    """Those made in it."""
    session = log_in(world)
    task = call(world, "task.create", session, "x", "")
    assert call(world, "session.get_tasks", session, session) == [task]


def test_record_of_a_task_does_not_show_its_session(world: World) -> None:
    """The field is xapi's own."""
    session = log_in(world)
    task = call(world, "task.create", session, "x", "")
    assert "session" not in call(world, "task.get_record", session, task)
