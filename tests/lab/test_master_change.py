"""Another host becomes the pool's master: what it takes, and what everybody sees of it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab.callers import call, log_in, refusal
from tests.lab.worlds import (
    PASSWORD,
    bond_on,
    devices_of,
    eventually,
    is_complete,
    new_bond,
    new_network,
    restart,
    running,
)
from xsbond.lab.contracts import Failure, ToolstackDown
from xsbond.lab.delays import Delays
from xsbond.lab.world import World

XS_1, XS_2, XS_3 = "127.16.0.10", "127.16.0.12", "127.16.0.14"
POOL_CONF = "/etc/xensource/pool.conf"


@pytest.fixture
def world() -> Iterator[World]:
    """Three hosts, the first of which is the master."""
    with running(3) as world:
        yield world


@pytest.fixture
def slow() -> Iterator[World]:
    """A pool whose hosts take for ever to act on a change of the master."""
    with running(3, delays=Delays(fuse=1e9)) as world:
        yield world


def designate(world: World, number: int) -> None:
    """Let a host become the master and wait until everybody is back."""
    session = log_in(world, "root", PASSWORD)
    call(world, "pool.designate_new_master", session, world.hosts[number].ref)
    assert eventually(lambda: world.pool.master is world.hosts[number])
    assert_everybody_is_back(world)


def assert_everybody_is_back(world: World) -> None:
    """Wait until there is a master, and every host's start-up is complete."""
    assert eventually(
        lambda: world.pool.is_served and all(is_complete(host) for host in world.hosts)
    )


def as_root(world: World, method: str, *params: Any, at: int) -> Any:
    """Call as root at a host's own socket."""
    return world.dispatch(world.hosts[at], method, params)


def local_session(world: World, at: int) -> str:
    """Log in at a host that need not be the master."""
    method = "session.slave_local_login_with_password"
    session: str = call(world, method, "root", PASSWORD, at=at)
    return session


def files(world: World) -> list[str]:
    """Return every host's pool.conf."""
    return [host.backend.read_file(POOL_CONF) for host in world.hosts]


def test_designated_host_is_the_master(world: World) -> None:
    """The pool object refers to it, and it says so itself."""
    designate(world, 1)
    (pool,) = as_root(world, "pool.get_all_records", at=1).values()
    assert pool["master"] == world.hosts[1].ref


def test_every_pool_conf_names_the_new_master(world: World) -> None:
    """As soon as the call is answered; it counts from the next start."""
    session = log_in(world, "root", PASSWORD)
    call(world, "pool.designate_new_master", session, world.hosts[1].ref)
    assert files(world) == [f"slave:{XS_2}", "master", f"slave:{XS_2}"]


@pytest.mark.parametrize("at", [0, 2])
def test_members_lead_to_the_new_master(at: int, world: World) -> None:
    """The old master is one of them."""
    designate(world, 1)
    answer = refusal(world, "session.login_with_password", "root", "any", at=at)
    assert answer == ("HOST_IS_SLAVE", XS_2)


def test_old_master_serves_until_its_fuse_is_burnt(slow: World) -> None:
    """There is time to answer."""
    session = log_in(slow, "root", PASSWORD)
    call(slow, "pool.designate_new_master", session, slow.hosts[1].ref)
    assert len(call(slow, "host.get_all", session)) == 3


def test_new_master_leads_to_the_old_one_until_then(slow: World) -> None:
    """Its xapi read pool.conf when it started."""
    session = log_in(slow, "root", PASSWORD)
    call(slow, "pool.designate_new_master", session, slow.hosts[1].ref)
    answer = refusal(slow, "session.login_with_password", "root", PASSWORD, at=1)
    assert answer == ("HOST_IS_SLAVE", XS_1)


def test_sessions_end_with_the_old_master(world: World) -> None:
    """They lived in its process."""
    session = log_in(world, "root", PASSWORD)
    designate(world, 1)
    assert refusal(world, "host.get_all", session, at=1) == ("SESSION_INVALID", session)


def test_tasks_end_with_the_old_master(world: World) -> None:
    """They lived there, too."""
    session = log_in(world, "root", PASSWORD)
    call(world, "task.create", session, "mine", "")
    designate(world, 1)
    assert as_root(world, "task.get_by_name_label", "mine", at=1) == []


def test_new_master_raises_one_alert(world: World) -> None:
    """POOL_MASTER_TRANSITION about the host, priority 4, no body."""
    designate(world, 1)
    restart(world.hosts[1])
    messages = as_root(world, "message.get_all_records", at=1).values()
    alerts = [each for each in messages if each["name"] == "POOL_MASTER_TRANSITION"]
    assert [(each["obj_uuid"], each["priority"], each["body"]) for each in alerts] == [
        (world.hosts[1].uuid, 4, "")
    ]


def test_old_master_copies_the_bonds_of_the_new_one(world: World) -> None:
    """It starts as a member, and members inherit."""
    network = new_network(world)
    new_bond(world, world.hosts[1], network, "eth1", "eth5")
    designate(world, 1)
    bond = bond_on(world, world.hosts[0], network)
    assert bond
    assert devices_of(world, bond) == {"eth1", "eth5"}


def test_bond_of_the_old_master_alone_stays(world: World) -> None:
    """Inheriting takes nothing away."""
    network = new_network(world)
    new_bond(world, world.hosts[0], network, "eth1", "eth5")
    designate(world, 1)
    assert bond_on(world, world.hosts[0], network)


def test_bond_of_the_old_master_alone_is_not_copied(world: World) -> None:
    """The master copies from nobody, nor does anybody from a member."""
    network = new_network(world)
    new_bond(world, world.hosts[0], network, "eth1", "eth5")
    designate(world, 1)
    assert [bond_on(world, world.hosts[n], network) for n in (1, 2)] == [None, None]


def test_old_token_is_good_at_the_new_master(world: World) -> None:
    """Nothing that still exists is missed."""
    before = as_root(world, "event.from", ["*"], "", 0.0, at=0)["token"]
    designate(world, 1)
    events = as_root(world, "event.from", ["pool"], before, 0.0, at=1)["events"]
    assert [event["snapshot"]["master"] for event in events] == [world.hosts[1].ref]


def test_master_can_come_back(world: World) -> None:
    """To where it was."""
    designate(world, 1)
    as_root(world, "pool.designate_new_master", world.hosts[0].ref, at=1)
    assert eventually(lambda: world.pool.master is world.hosts[0])
    assert_everybody_is_back(world)
    assert files(world) == ["master", f"slave:{XS_1}", f"slave:{XS_1}"]


def test_master_that_is_master_stays_it(world: World) -> None:
    """Nothing happens, not even a restart."""
    session = log_in(world, "root", PASSWORD)
    call(world, "pool.designate_new_master", session, world.hosts[0].ref)
    assert files(world) == ["master", f"slave:{XS_1}", f"slave:{XS_1}"]


@pytest.mark.parametrize("stopped", [1, 2])
def test_no_change_while_a_host_is_down(stopped: int, world: World) -> None:
    """All hosts must get the database first, the others as well."""
    session = log_in(world, "root", PASSWORD)
    world.hosts[stopped].toolstack.stop()
    answer = refusal(world, "pool.designate_new_master", session, world.hosts[1].ref)
    assert answer == ("HOST_OFFLINE", world.hosts[stopped].ref)


def test_no_change_to_a_host_that_was_killed(world: World) -> None:
    """It is taken for alive and does not answer."""
    session = log_in(world, "root", PASSWORD)
    world.agents[1].kill()
    answer = refusal(world, "pool.designate_new_master", session, world.hosts[1].ref)
    assert answer == ("CANNOT_CONTACT_HOST", world.hosts[1].ref)


def test_no_change_to_a_host_nobody_knows(world: World) -> None:
    """It is as good as dead."""
    session = log_in(world, "root", PASSWORD)
    assert refusal(world, "pool.designate_new_master", session, "OpaqueRef:gone") == (
        "HOST_OFFLINE",
        "OpaqueRef:gone",
    )


@pytest.mark.parametrize("method", ["pool.designate_new_master", "host.declare_dead"])
def test_no_change_with_ha(method: str, world: World) -> None:
    """HA chooses the master itself, and who is dead."""
    session = log_in(world, "root", PASSWORD)
    if method == "host.declare_dead":
        world.agents[1].kill()
    world.arm_ha()
    assert refusal(world, method, session, world.hosts[1].ref) == ("HA_IS_ENABLED",)


def test_host_that_agreed_to_one_agrees_to_no_other(world: World) -> None:
    """Two changes at a time would end badly."""
    session = local_session(world, 1)
    call(world, "host.propose_new_master", session, XS_3, True, at=1)
    answer = refusal(world, "host.propose_new_master", session, XS_1, True, at=1)
    assert answer[0] == "HA_ABORT_NEW_MASTER"


def test_nobody_agrees_for_long_once_one_has_objected(world: World) -> None:
    """The others are told to forget it."""
    call(world, "host.propose_new_master", local_session(world, 2), XS_3, True, at=2)
    session = log_in(world, "root", PASSWORD)
    refusal(world, "pool.designate_new_master", session, world.hosts[1].ref)
    assert [host.next_master for host in world.hosts] == ["", "", XS_3]


@pytest.mark.parametrize(
    ("proposed", "text"),
    [
        ("", "Received commit_new_master(127.16.0.14) but never received a proposal"),
        (
            XS_1,
            (
                "Received commit_new_master(127.16.0.14) but previously received proposal for"
                " 127.16.0.10"
            ),
        ),
    ],
)
def test_commit_must_be_what_was_agreed(proposed: str, text: str, world: World) -> None:
    """In xapi's words."""
    session = local_session(world, 1)
    if proposed:
        call(world, "host.propose_new_master", session, proposed, True, at=1)
    answer = refusal(world, "host.commit_new_master", session, XS_3, at=1)
    assert answer == ("HA_ABORT_NEW_MASTER", text)


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
