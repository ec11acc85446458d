"""The phases of a restart, view by view, in the order in which a real pool was seen to pass them.

Whoever waits in the lab asks its clock how long; the watcher looks at everything right then, so
that no phase is too short for it.
"""

from collections.abc import Iterator
from itertools import accumulate

import pytest

from tests.lab.callers import call, log_in
from tests.lab.toolstack.watching import (
    View,
    Watcher,
    Watching,
    answer,
    bridges,
    http,
    https,
    process,
    through_master,
    watched,
)
from tests.lab.worlds import (
    PASSWORD,
    ask,
    eventually,
    is_complete,
    new_bond,
    new_network,
    restart,
    running,
)
from xsbond.lab.blueprint import XENSERVER_6_2
from xsbond.lab.contracts import Failure
from xsbond.lab.pool.state import Host
from xsbond.lab.timing.delays import Delays
from xsbond.lab.world import World


@pytest.fixture(scope="module")
def restarted() -> Iterator[Watcher]:
    """The recorded restart: a bond on the master, then the member's xapi restarted."""
    clock = Watching()
    with running(clock=clock) as world:
        new_bond(world, world.hosts[0], new_network(world), "eth1", "eth5")
        watcher = Watcher(world=world, host=world.hosts[1])
        with world.lock:
            clock.look = watcher.look
            watcher.look()
        restart(world.hosts[1])
        with world.lock:
            watcher.look()
            clock.look = lambda: None
        yield watcher


RECORDED: tuple[tuple[View, list[str]], ...] = (
    (
        through_master,
        [
            "enabled live",
            "disabled dead",
            "disabled live",
            "enabled live",
            "enabled live detached",
            "enabled live attached",
        ],
    ),
    (
        https,
        [
            "HOST_IS_SLAVE",
            "dropping",
            "HOST_IS_SLAVE",
            "refusing",
            "HOST_HAS_NO_MANAGEMENT_IP",
            "HOST_STILL_BOOTING",
            "HOST_IS_SLAVE",
        ],
    ),
    (
        http,
        [
            "HOST_IS_SLAVE",
            "refusing",
            "HOST_IS_SLAVE",
            "HOST_HAS_NO_MANAGEMENT_IP",
            "HOST_STILL_BOOTING",
            "HOST_IS_SLAVE",
        ],
    ),
    (
        process,
        [
            "running startup init_complete",
            "running",
            "",
            "running",
            "running startup",
            "running startup init_complete",
        ],
    ),
)


@pytest.mark.parametrize(("view", "recorded"), RECORDED, ids=[v.__name__ for v, _ in RECORDED])
def test_restart_of_a_member_is_seen_as_recorded(
    view: View, recorded: list[str], restarted: Watcher
) -> None:
    """Every change of the view, and no other."""
    assert restarted.seen[view] == recorded


def test_bridges_of_a_restarted_member_are_the_recorded_ones(restarted: Watcher) -> None:
    """Those of the legs go, that of the bond comes; in between neither is there."""
    assert restarted.seen[bridges] == [
        "xapi0 xenbr0 xenbr1 xenbr3 xenbr5",
        "xapi0 xenbr0 xenbr3",
        "xapi0 xapi1 xenbr0 xenbr3",
    ]


SINCE_THE_COMMAND = {
    "farewell": 0.1,
    "exit": 1.1,
    "launch": 2.0,
    "database_link": 9.0,
    "tls_restart": 9.2,
    "management_address": 9.3,
    "hello": 9.4,
    "refresh": 9.8,
    "enabling": 14.1,
    "inheriting": 15.0,
    "plug": 15.2,
    "completion": 15.5,
}
"""Phase -> seconds from the command to its end, as recorded.

Of two recordings the first was enabled 1.5 s after the command had returned (with `hello`), the
second 4.5 to 5 s, its bond attached 1 to 1.8 s later; the lab takes after the second, since whoever
acts as soon as the command returns meets a host that is live and not enabled.
"""


def test_phases_take_as_long_as_recorded() -> None:
    """To a quarter of a second each."""
    delays = Delays()
    ends = accumulate(getattr(delays, name) for name in SINCE_THE_COMMAND)
    assert list(ends) == [pytest.approx(end, abs=0.25) for end in SINCE_THE_COMMAND.values()]


def test_old_release_copies_the_bond_before_it_is_enabled() -> None:
    """Up to XenServer 6.2, so that enabled says that all is done."""
    seen = watched(lambda world: restart(world.hosts[1]), through_master, profile=XENSERVER_6_2)
    assert seen == [
        "enabled live",
        "disabled dead",
        "disabled live",
        "disabled live detached",
        "disabled live attached",
        "enabled live attached",
    ]


def test_second_restart_changes_no_bond() -> None:
    """As recorded: nothing but the host's own comings and goings."""

    def twice(world: World) -> None:
        restart(world.hosts[1])
        restart(world.hosts[1])

    assert watched(twice, through_master) == [
        "enabled live",
        "disabled dead",
        "disabled live",
        "enabled live",
        "enabled live detached",
        "enabled live attached",
        "disabled dead attached",
        "disabled live attached",
        "enabled live attached",
    ]


def test_member_answers_alike_while_the_master_restarts() -> None:
    """It needs no database to say where the master is."""
    assert watched(lambda world: restart(world.hosts[0]), https) == ["HOST_IS_SLAVE"]


def test_members_stay_as_they_are_while_the_master_restarts() -> None:
    """They are neither disabled nor taken for dead."""
    assert watched(lambda world: restart(world.hosts[0]), through_master) == ["enabled live"]


def test_killed_member_stays_live_until_it_is_back() -> None:
    """Only its hello shows that something happened."""

    def kill(world: World) -> None:
        world.agents[1].kill()
        world.hosts[1].toolstack.start()

    assert watched(kill, through_master) == [
        "enabled live",
        "disabled live",
        "enabled live",
        "enabled live detached",
        "enabled live attached",
    ]


def test_restart_of_the_whole_toolstack_closes_the_port() -> None:
    """Without stunnel nobody accepts, where a restart of xapi alone leaves it to hang up."""

    def through_the_api(world: World) -> None:
        ask(world, "host.restart_agent", world.hosts[1].ref)
        assert eventually(lambda: not is_complete(world.hosts[1]))

    assert watched(through_the_api, https)[:3] == ["HOST_IS_SLAVE", "refusing", "HOST_IS_SLAVE"]


def test_restart_of_the_master_is_answered_by_nobody_for_a_while() -> None:
    """A client of the master is hung up on; a new login works once it serves again."""
    refused = "SESSION_AUTHENTICATION_FAILED"
    seen = watched(lambda world: restart(world.hosts[0]), https_quickly, number=0)
    assert seen == [refused, "dropping", refused]


def https_quickly(world: World, host: Host) -> str:
    """Say what port 443 of the master does, without the wait for a wrong password."""
    agent = world.agents[world.hosts.index(host)]
    return "SESSION_AUTHENTICATION_FAILED" if agent.door == "open" else agent.door


def test_pool_whose_hosts_all_restart_comes_back() -> None:
    """Members that are earlier than the master wait for it."""

    def all_at_once(world: World) -> None:
        for host in world.hosts:
            host.toolstack.stop()
        for host in reversed(world.hosts):
            host.process.begin()

    assert watched(all_at_once, through_master)[-1] == "enabled live attached"


def test_member_whose_link_is_cut_cannot_be_contacted() -> None:
    """The master tries for a long while."""
    with running(delays=Delays(unreachable=1.0)) as world:
        session = log_in(world, "root", PASSWORD)
        world.cut_link(world.hosts[1])
        with pytest.raises(Failure) as caught:
            call(world, "host.get_servertime", session, world.hosts[1].ref)
    assert caught.value.code == "CANNOT_CONTACT_HOST"


def test_member_whose_link_is_cut_counts_as_dead_in_the_end() -> None:
    """After ten minutes without a heartbeat."""
    with running() as world:
        world.cut_link(world.hosts[1])
        world.clock.skip(601)
        assert eventually(lambda: through_master(world, world.hosts[1]) == "enabled dead")


def test_member_whose_link_is_mended_is_live_at_once() -> None:
    """Its xapi never stopped."""
    with running() as world:
        world.cut_link(world.hosts[1])
        world.clock.skip(601)
        assert eventually(lambda: through_master(world, world.hosts[1]) == "enabled dead")
        world.mend_link(world.hosts[1])
        assert through_master(world, world.hosts[1]) == "enabled live"


def test_member_that_starts_with_its_link_cut_never_returns() -> None:
    """It is in emergency mode until the link is mended."""
    with running() as world:
        world.cut_link(world.hosts[1])
        world.hosts[1].toolstack.stop()
        world.hosts[1].toolstack.start()
        before = answer(world, world.hosts[1])
        world.mend_link(world.hosts[1])
        assert eventually(lambda: is_complete(world.hosts[1]))
    assert before == "HOST_STILL_BOOTING"


def test_member_without_power_starts_when_it_has_it_again() -> None:
    """After its boot."""
    with running() as world:
        world.switch_off(world.hosts[1])
        world.hosts[1].toolstack.start()
        assert not world.hosts[1].running
        world.switch_on(world.hosts[1])
        assert eventually(lambda: is_complete(world.hosts[1]))
