"""What happens to hosts, the master and connections in the middle of an apply."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.applying import apply_over
from tests.support.labs import connected, quiet
from tests.support.moments import at_call, at_restart
from tests.support.provisioning import bonds, events, finish, is_right, lock_of, networks
from tests.support.tiers import slow
from xsbond.apply.provisioning import Stopped
from xsbond.errors import MasterMoved
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial
from xsbond.lab.timing.clock import Clock
from xsbond.model import Inherit


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A lab of three hosts without the guest bond."""
    with Lab(tutorial(3)) as lab:
        yield lab


def stopped(lab: Lab, journal: Path, **settings: Any) -> tuple[Stopped, list[str]]:
    """Apply, expect it to stop half-way without a lock, and return how, and what was said."""
    said: list[str] = []
    with connected(lab) as connections, pytest.raises(Stopped) as caught:
        apply_over(connections, journal, said.append, **settings)
    assert lock_of(lab) is None
    assert events(lab, journal)[-1]["outcome"] == "stopped"
    return caught.value, said


def agent(lab: Lab, name: str) -> Any:
    """Return the xapi process of a host."""
    world = lab.world
    return next(a for h, a in zip(world.hosts, world.agents, strict=True) if h.name == name)


def world_host(lab: Lab, name: str) -> Any:
    """Return a host as the world has it."""
    return next(host for host in lab.world.hosts if host.name == name)


# --- answers that are lost ---


@pytest.mark.parametrize("call", ["network.create", "Async.Bond.create"])
def test_lost_answer_is_recognised_as_done(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lab: Lab, call: str
) -> None:
    """The connection is cut after the pool has done it: the run finds it, and goes on."""
    with at_call(monkeypatch, lab, call, lambda: None, lose_answer=True) as once:
        finish(lab, tmp_path)
    known = [each["made"].get("known") for each in events(lab, tmp_path) if "made" in each]
    assert (once.happened, known.count("found"), is_right(lab)) == (True, 1, True)


def test_lost_answer_to_the_lock_is_recognised_as_done(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lab: Lab
) -> None:
    """The lock that was taken although no answer came is this run's."""
    call = "pool.add_to_other_config"
    with at_call(monkeypatch, lab, call, lambda: None, lose_answer=True) as once:
        finish(lab, tmp_path)
    assert (once.happened, is_right(lab)) == (True, True)


def test_call_that_never_arrived_is_no_success(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lab: Lab
) -> None:
    """The connection is cut before the pool has heard of it: the run says so, and stops."""

    def cut() -> None:
        from xsbond.lab.contracts import ToolstackDown  # noqa: PLC0415 - as its server does

        raise ToolstackDown("xs-1")

    with at_call(monkeypatch, lab, "Async.Bond.create", cut):
        error, _ = stopped(lab, tmp_path, deadline=2)
    assert "Bond.create: no answer to the call" in error.reason
    assert error.reason.endswith("it was not seen to end") or "shows nothing of it" in error.reason
    finish(lab, tmp_path)
    assert is_right(lab)


# --- the master ---


def test_master_that_restarts_while_a_member_does_is_sat_out(tmp_path: Path, lab: Lab) -> None:
    """Sessions and events of the master are gone; the run logs in again and goes on."""
    once = at_restart(lab, "xs-2", lambda: restart_soon(lab, "xs-1"))
    finish(lab, tmp_path)
    assert (once.happened, is_right(lab)) == (True, True)


def restart_soon(lab: Lab, name: str) -> None:
    """Let a host's xapi die and start anew."""
    agent(lab, name).respawn()


@pytest.mark.slow
def test_master_that_restarts_in_a_bond_create_is_survived(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lab: Lab
) -> None:
    """Its task is gone: the bond is looked for, or the next run makes it; never two of them."""
    with (
        at_call(monkeypatch, lab, "task.get_status", lambda: restart_soon(lab, "xs-1")),
        connected(lab) as connections,
        # Whether the bond was made depends on where the restart has caught it.
        contextlib.suppress(Stopped),
    ):
        apply_over(connections, tmp_path, quiet, deadline=20)
    for _ in range(2):
        finish(lab, tmp_path)
    assert is_right(lab)


def test_another_master_ends_the_run(tmp_path: Path, lab: Lab) -> None:
    """What was planned for the old master is not done with the new one, which has the lock back."""

    def move() -> None:
        with lab.world.lock:
            new = world_host(lab, "xs-3").ref
        lab.world.dispatch(lab.world.hosts[0], "pool.designate_new_master", [new])
        lab.world.clock.skip(60)

    at_restart(lab, "xs-2", move)
    error, _ = stopped(lab, tmp_path)
    assert isinstance(error.__cause__, MasterMoved)
    assert error.reason.endswith(f"pool master: {lab.host('xs-3').address} is the pool master now")
    assert [line.partition(":")[0] for line in error.standing] == ["xs-3", "xs-1", "xs-2"]


# --- members ---


def test_member_that_never_returns_is_reported(tmp_path: Path, lab: Lab) -> None:
    """The deadline ends the run before the next member, and tells where each host stands."""
    at_restart(lab, "xs-2", lambda: lab.world.cut_link(world_host(lab, "xs-2")))
    error, said = stopped(lab, tmp_path, deadline=3)
    assert "xs-2 did not come back within 3 s, waiting for " in error.reason
    assert [step.host for step in error.left] == ["xs-3"]
    xs_1, xs_2, xs_3 = error.standing
    assert xs_1 == "xs-1: live, enabled; bond of eth1+eth5 on PUB"
    assert xs_2.startswith("xs-2: ")
    assert xs_2.endswith("no bond on PUB")
    assert xs_3 == "xs-3: live, enabled; no bond on PUB"
    assert any("xs-2: waiting for xapi to " in line for line in said)


def test_member_in_emergency_mode_is_named_so(tmp_path: Path, lab: Lab) -> None:
    """A member whose xapi runs and does not reach the master is told from one that is gone."""
    at_restart(lab, "xs-2", lambda: lab.world.cut_link(world_host(lab, "xs-2")))
    error, _ = stopped(lab, tmp_path, deadline=4)
    assert "it is in emergency mode: its xapi does not reach the pool master" in error.reason
    assert error.standing[1] == "xs-2: in emergency mode; no bond on PUB"


def test_member_that_went_offline_is_named(tmp_path: Path, lab: Lab) -> None:
    """HOST_OFFLINE stops the run in words, and the members after it are left alone."""

    def die() -> None:
        agent(lab, "xs-2").stop()

    with connected(lab) as connections, pytest.raises(Stopped) as caught:
        apply_over(
            connections,
            tmp_path,
            lambda line: die() if line.startswith("create a") and "xs-2" in line else None,
            inherit=Inherit.CREATE,
        )
    assert "HOST_OFFLINE" in caught.value.reason
    assert "(the pool takes this host for dead)" in caught.value.reason
    assert bonds(lab) == {"xs-1": ["NAS", "PUB"], "xs-2": ["NAS"], "xs-3": ["NAS"]}


# --- connections ---


@pytest.mark.slow
def test_ssh_that_is_cut_in_a_restart_does_not_stop_it(tmp_path: Path, lab: Lab) -> None:
    """Dom0 restarts xapi to the end without the connection, and the run sees it in the pool."""

    def cut() -> None:
        with lab.host("xs-2").without_ssh():
            pass

    once = at_restart(lab, "xs-2", cut)
    said: list[str] = []
    with connected(lab) as connections:
        apply_over(connections, tmp_path, said.append)
    assert any("whether xapi restarts will show in the pool" in line for line in said)
    assert (once.happened, is_right(lab)) == (True, True)


def test_restart_through_xapi_needs_no_ssh(tmp_path: Path, lab: Lab) -> None:
    """With restart-agent a member whose SSH is closed inherits, and the run says what it missed."""
    said: list[str] = []
    with connected(lab) as connections, lab.host("xs-2").without_ssh():
        apply_over(connections, tmp_path, said.append, inherit=Inherit.RESTART_AGENT)
    (line,) = [line for line in said if line.startswith("xs-2: has inherited PUB")]
    assert line.endswith("as XAPI has it; its dom0 was not asked, since SSH does not reach it")
    assert [line for line in said if "dom0 was not asked" in line] == [line]
    assert is_right(lab)


def test_slow_pool_is_given_up_at_the_deadline(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A call that gets no answer takes no longer than the step may, and its end is looked for."""
    with Lab(tutorial(2), clock=Clock(1 / 20)) as lab:
        slow = 0.0

        def wait() -> None:
            with lab.world.lock:
                lab.world.pool.pause(1e6, unless=lambda: slow > 0)

        with at_call(monkeypatch, lab, "network.create", wait):
            error, _ = stopped(lab, tmp_path, deadline=2)
            slow = 1.0
            with lab.world.lock:
                lab.world.pool.wake()
        assert "network.create: no answer in time (TimeoutError)" in error.reason
        assert error.done == ()
        finish(lab, tmp_path)
        assert networks(lab).count("PUB") == 1


# --- Ctrl-C ---


@pytest.mark.slow
@pytest.mark.parametrize(
    "moment",
    [
        slow("create network"),
        "create a balance-slb",
        slow("xs-1: has the bond"),
        slow("restart xapi on xs-2"),
        "xs-2: service xapi restart",
        slow("xs-2: waiting for"),
        slow("xs-2: has inherited"),
        slow("restart xapi on xs-3"),
    ],
)
def test_interrupt_at_any_step_leaves_no_lock(tmp_path: Path, lab: Lab, moment: str) -> None:
    """Ctrl-C wherever the run is: it says so, gives the lock back, and a rerun ends right."""

    def interrupt(line: str) -> None:
        if line.startswith(moment):
            raise KeyboardInterrupt

    with connected(lab) as connections, pytest.raises(Stopped) as caught:
        apply_over(connections, tmp_path, interrupt)
    assert (caught.value.reason, lock_of(lab)) == ("interrupted", None)
    assert len(caught.value.standing) == 3
    finish(lab, tmp_path)
    assert is_right(lab)
