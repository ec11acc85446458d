"""A pool that is not at rest is waited for, and never judged by half of a restart."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.labs import (
    connected,
    db,
    pif_ref,
    provision,
    provisioned_lab,
    quiet,
    verify,
    wait_for_member,
)
from xsbond.bondfile import TUTORIAL
from xsbond.collect.observe import observe
from xsbond.collect.settle import restless, settled, starting, waiting_line
from xsbond.errors import PoolError
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial
from xsbond.lab.shell.machine import Process
from xsbond.lab.timing.delays import Delays

APPCTL = "/usr/bin/ovs-appctl"


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A lab of two hosts with the guest bond, at rest."""
    with provisioned_lab(tutorial(2)) as lab:
        lab.world.clock.skip(60)
        with lab.world.lock:
            lab.world.monitor.sample()
            lab.world.monitor.sample()
        yield lab


@contextmanager
def unplugged(lab: Lab, seconds: float) -> Iterator[None]:
    """Unplug the member's bond, and let somebody plug it after so many seconds."""
    with lab.world.lock:
        pif = pif_ref(lab, "xs-2", "bond1")
    call = lab.host("xs-2").toolstack.call
    call("PIF.unplug", pif)
    plug = threading.Timer(seconds, call, ("PIF.plug", pif))
    plug.start()
    yield
    plug.join()


def test_claims_that_do_not_hold_yet_are_waited_for(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str], lab: Lab
) -> None:
    """With --xsbond-wait a bond that is plugged meanwhile passes, and the time is told."""
    with unplugged(lab, seconds=2):
        run = verify(pytester, lab, "--xsbond-wait=60")
    assert (run.not_passed(), run.exit_status) == ({}, 0)
    assert "everything holds after " in capsys.readouterr().out


def test_without_the_option_the_pool_is_judged_as_it_is(
    pytester: pytest.Pytester, lab: Lab
) -> None:
    """Nobody waits for what is not under way."""
    with unplugged(lab, seconds=20):
        run = verify(pytester, lab)
        assert run.not_passed()["xs-2", "M-3.2"] == "FAIL"


def test_end_of_the_wait_tells_what_is_left(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str], lab: Lab
) -> None:
    """What still does not hold is counted, and fails."""
    with lab.world.lock:
        pif = pif_ref(lab, "xs-2", "bond1")
        db(lab).set("PIF", pif, currently_attached=False)
    run = verify(pytester, lab, "--xsbond-wait=1.5")
    with lab.world.lock:
        db(lab).set("PIF", pif, currently_attached=True)
    assert run.not_passed() == {("xs-2", "M-3.2"): "FAIL"}
    assert "s of waiting 1 claims still do not hold" in capsys.readouterr().out


@contextmanager
def restarted_by_looking(lab: Lab) -> Iterator[None]:
    """Let the member's xapi be restarted, once, at the moment its dom0 is asked."""
    host = lab.host("xs-2")
    program = host.machine.programs[APPCTL]

    def restart(process: Process) -> int:
        host.machine.programs[APPCTL] = program
        host.toolstack.stop()
        host.toolstack.start()
        return program(process)

    host.machine.programs[APPCTL] = restart
    try:
        yield
    finally:
        host.machine.programs[APPCTL] = program
        # The next test finds the lab at rest.
        wait_for_member(lab, "xs-2")


def test_host_restarted_during_the_look_is_named(lab: Lab) -> None:
    """Records from before and answers from after the restart are no look at one host."""
    with connected(lab) as connections, restarted_by_looking(lab):
        snapshot = observe(connections)
    member = snapshot.host_ref("xs-2")
    assert restless(snapshot) == ("the restart of xs-2",)
    with pytest.raises(PoolError, match="xapi was restarted while the pool was looked at"):
        snapshot.output(member, "ovs-bond-list")


def test_restart_during_the_look_is_waited_for(lab: Lab) -> None:
    """The next look, after the restart, is what is judged."""
    with connected(lab) as connections, restarted_by_looking(lab):
        first = observe(connections)
        last = settled(connections, first, TUTORIAL, 60, quiet)
    assert (len(restless(first)), restless(last)) == (1, ())


def test_start_of_xapi_that_is_under_way_is_waited_for(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    """Right after `service xapi restart`, typed as advised, nothing is judged too early."""
    # A host with much to do: 6 s here until it is enabled, and as many until it has its bonds.
    with Lab(tutorial(2), delays=Delays(enabling=120.0, inheriting=120.0)) as slow:
        provision(slow)
        with connected(slow) as connections:
            look = observe(connections)
            dom0 = connections.dom0(look.hosts[look.host_ref("xs-2")])
            assert dom0.run("service xapi restart").exit == 0
        run = verify(pytester, slow)
    assert (run.not_passed(), run.exit_status) == ({}, 0)
    assert "waiting for the start of xapi on xs-2" in capsys.readouterr().out


def test_host_that_was_disabled_by_hand_is_not_waited_for(lab: Lab) -> None:
    """A host in maintenance, whose xapi has run for long, is judged at once."""
    member = lab.host("xs-2").ref
    lab.world.clock.skip(3600)
    with lab.world.lock:
        db(lab).set("host", member, enabled=False)
    try:
        with connected(lab) as connections:
            assert starting(observe(connections)) == ()
    finally:
        with lab.world.lock:
            db(lab).set("host", member, enabled=True)


def test_host_whose_xapi_was_stopped_is_not_waited_for(lab: Lab) -> None:
    """No start is under way where xapi does not run."""
    lab.host("xs-2").toolstack.stop()
    try:
        with connected(lab) as connections:
            assert starting(observe(connections)) == ()
    finally:
        lab.host("xs-2").toolstack.start()
        wait_for_member(lab, "xs-2")


def test_what_is_waited_for_is_named_once() -> None:
    """Two bonds of a host may wait for the same thing."""
    names = ["Bond.links_up of xs-2", "Bond.links_up of xs-2", "eth1 of xs-3"]
    assert waiting_line(names) == "waiting for Bond.links_up of xs-2, eth1 of xs-3"
