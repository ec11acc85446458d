"""The failover drill on real Open vSwitch, with guests whose packets are counted."""

import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from pytest_xsbond.claims.stages import load_stages
from tests.lab.ovs.ground import bonded_lab, members, needs_namespaces, shown
from tests.lab.worlds import eventually
from tests.support.drills import LOCK, read_until, running_drill, told
from tests.support.labs import connected, quiet, verify
from tests.support.spec_run import run_spec
from xsbond.bondfile import TUTORIAL
from xsbond.collect.observe import observe
from xsbond.failover import leg_facts
from xsbond.failover.drill import FailoverDrill
from xsbond.failover.leg_facts import LegDrill, LegScripts
from xsbond.lab.namespaced.lab import OvsHost, OvsLab

pytestmark = needs_namespaces

PASSES = dict.fromkeys(("F-carries-on", "F-counted", "F-returns"), "pass")
WHOLE = {"eth1": "enabled", "eth5": "enabled"}
DOWN = "xs-2: eth1 goes down"
ON_XS_2 = ("-k", "xs-2 and eth1")


def is_as_before(lab: OvsLab) -> bool:
    """Tell whether every leg is set up, and no drill is under way on any host."""
    return all(is_up(host, leg) and not has_lock(host) for host in lab.hosts for leg in WHOLE)


def is_up(host: OvsHost, leg: str) -> bool:
    """Tell whether an interface is set up."""
    return ",UP" in shown(host, "ip", "link", "show", "dev", leg).replace("<UP", ",UP")


def has_lock(host: OvsHost) -> bool:
    """Tell whether a drill is under way."""
    return host.machine.run("test", "-e", LOCK).code == 0


@pytest.fixture
def uncounted() -> Iterator[OvsLab]:
    """A lab that counts no links on its second host, so that a leg stays down for a minute."""
    with bonded_lab() as lab:
        with lab.world.lock:
            lab.world.pool.unwatched.add(lab.hosts[1].ref)
        yield lab


def test_drill_passes_and_tells_the_packets_lost(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every leg of every host goes down and comes back, and guests ping all the while."""
    run = run_spec(pytester, "--pool=lab:ovs", "--xsbond-failover", "--xsbond-save=kept")
    verdicts = [run.verdicts(host) for host in ("xs-1", "xs-2")]
    assert [{k: v for k, v in each.items() if k[0] == "F"} for each in verdicts] == [PASSES] * 2
    assert run.exit_status == 0
    lines = told(capsys.readouterr().out)
    assert len(lines) == 4
    for line in lines:
        assert re.search(r" was down for \S+ s, \d+ of \d+ packets of guests were lost$", line)
    for each in load_stages(pytester.path / "kept").failover:
        assert each.loss
        assert each.loss.sent > 50
        assert each.loss.lost < each.loss.sent / 2


def test_nothing_goes_down_unless_asked_for(pytester: pytest.Pytester, lab: OvsLab) -> None:
    """The kernel counts how often each leg lost its carrier."""
    before = [carrier_losses(host) for host in lab.hosts]
    assert verify(pytester, lab).exit_status == 0
    assert [carrier_losses(host) for host in lab.hosts] == before


def carrier_losses(host: OvsHost) -> list[str]:
    """Return how often each NIC's carrier has gone."""
    files = [f"/sys/class/net/eth{number}/carrier_down_count" for number in range(6)]
    return [host.machine.read(file) for file in files]


def test_legs_of_the_bond_alone_are_set_down(pytester: pytest.Pytester, lab: OvsLab) -> None:
    """Each exactly once, on the host that -k names; management and storage stay as they are."""
    before = [list(map(int, carrier_losses(host))) for host in lab.hosts]
    run = verify(pytester, lab, "--xsbond-failover", "-k", "xs-2")
    assert run.exit_status == 0
    after = [list(map(int, carrier_losses(host))) for host in lab.hosts]
    gone = [
        [late - early for early, late in zip(*each, strict=True)]
        for each in zip(before, after, strict=True)
    ]
    assert gone == [[0] * 6, [0, 1, 0, 0, 0, 1]]


# --- whatever ends it ---


@pytest.mark.slow
def test_interrupted_drill_sets_the_leg_up(pytester: pytest.Pytester, uncounted: OvsLab) -> None:
    """Ctrl-C while a leg is down: it is set up first, and the summary names it."""
    with running_drill(pytester, uncounted, *ON_XS_2) as run:
        read_until(run, DOWN)
        assert eventually(lambda: not is_up(uncounted.hosts[1], "eth1"))
        run.send_signal(signal.SIGINT)
        printed = run.communicate()[0].decode()
    assert run.returncode == pytest.ExitCode.INTERRUPTED
    (line,) = told(printed)
    assert line.startswith("disturbed: eth1 of xs-2 (PUB) was down for ")
    assert line.endswith("; the drill did not go to its end: interrupted")
    assert eventually(lambda: is_as_before(uncounted))


@pytest.mark.slow
def test_killed_run_leaves_the_leg_to_dom0(pytester: pytest.Pytester, uncounted: OvsLab) -> None:
    """After kill -9, dom0's watchman sets the leg up: here because the other one dies, too."""
    host = uncounted.hosts[1]
    with running_drill(pytester, uncounted, *ON_XS_2) as run:
        read_until(run, DOWN)
        assert eventually(lambda: not is_up(host, "eth1"))
        run.kill()
        run.communicate()
    assert not is_up(host, "eth1")
    uncounted.rig.switch.unplug(host.name, "eth5")
    assert eventually(lambda: is_as_before(uncounted))


def test_lost_ssh_leaves_the_leg_to_dom0(pytester: pytest.Pytester, uncounted: OvsLab) -> None:
    """SSH is gone while a leg is down: the run says that it did not see the leg up again."""
    host = uncounted.hosts[1]
    with running_drill(pytester, uncounted, *ON_XS_2, "--xsbond-wait=2") as run:
        read_until(run, DOWN)
        assert eventually(lambda: not is_up(host, "eth1"))
        with host.without_ssh():
            uncounted.rig.switch.unplug(host.name, "eth5")
            printed = run.communicate()[0].decode()
            assert eventually(lambda: is_as_before(uncounted))
    assert run.returncode == pytest.ExitCode.TESTS_FAILED
    (line,) = told(printed)
    assert line.startswith("PERHAPS LEFT DOWN: eth1 of xs-2 (PUB) was not seen up again: xs-2: ")


def test_watchman_sets_the_leg_up_when_its_time_is_over(
    lab: OvsLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """He needs neither the run nor SSH."""
    monkeypatch.setattr(leg_facts, "LONGEST_DOWN", 2)
    host = lab.hosts[0]
    scripts = LegScripts(leg="eth1", others=("eth5",), token="eth1.0123abcd")
    with connected(lab) as connections:
        dom0 = connections.dom0(observe(connections).hosts[host.ref])
        watchman = dom0.run(scripts.arm)
        assert dom0.run(scripts.take_down(int(watchman.stdout))).exit == 0
    assert not is_up(host, "eth1")
    assert eventually(lambda: is_as_before(lab))


# --- what is refused ---


@contextmanager
def drilling(lab: OvsLab) -> Iterator[Callable[[str], LegDrill]]:
    """Take legs of xs-2 down as a run does, after a look at a pool in which nothing is wrong."""
    with connected(lab) as connections:
        snapshot = observe(connections)
        drills = FailoverDrill(connections=connections, patience=5)
        ref = snapshot.host_ref("xs-2")
        yield lambda leg: drills.take_leg(snapshot, ref, TUTORIAL[0], leg, unfit=(), say=quiet)


def test_last_live_leg_is_not_touched(lab: OvsLab) -> None:
    """A cable that was pulled since the look is noticed."""
    host = lab.hosts[1]
    lab.pass_time(60)
    with drilling(lab) as take:
        lab.rig.switch.unplug(host.name, "eth5")
        assert eventually(lambda: members(host)["eth5"] == "disabled")
        before = carrier_losses(host)
        found = take("eth1")
    assert found.trouble == (
        "xs-2: not drilled: eth5 is not enabled, so eth1 may be the last live leg"
    )
    assert (carrier_losses(host), has_lock(host)) == (before, False)
    lab.rig.switch.plug(host.name, "eth5")
    lab.pass_time(60)
