"""Another host becomes the pool's master: what it takes, and what everybody sees of it."""

from collections.abc import Iterator

import pytest

from tests.lab.callers import call, log_in, refusal
from tests.lab.toolstack.masters import (
    XS_1,
    XS_2,
    XS_3,
    as_root,
    assert_everybody_is_back,
    designate,
    files,
    local_session,
)
from tests.lab.worlds import (
    PASSWORD,
    bond_on,
    devices_of,
    eventually,
    new_bond,
    new_network,
    restart,
    running,
)
from xsbond.lab.timing.delays import Delays
from xsbond.lab.world import World


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
