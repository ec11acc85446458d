"""A drill that is ended by force: the leg is up again afterwards, by the run or by dom0 itself.

Each is a whole process: what ends it is a signal, or a connection that breaks.
"""

import signal
from collections.abc import Iterator

import pytest

from tests.lab.worlds import eventually
from tests.support.drills import (
    ONLY_THE_DRILL,
    HeldLook,
    hurried_lab,
    is_as_before,
    read_until,
    running_drill,
    told,
)
from tests.support.provisioning import BACKGROUND
from xsbond.lab import Lab
from xsbond.lab.faults import strike

DOWN, UP_AGAIN = "xs-2: eth1 goes down", "and is set up again"
ON_XS_2 = (*ONLY_THE_DRILL, "-k", "xs-2 and eth1")


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A lab whose second host counts no links, so that a leg stays down until time is over."""
    with hurried_lab() as lab:
        strike(lab, "monitor-stopped@xs-2")
        yield lab


@pytest.fixture
def look(lab: Lab) -> Iterator[HeldLook]:
    """The first look at eth1 of xs-2 while it is down: it lasts until the test is over."""
    look = HeldLook(lab.host("xs-2"), "eth1")
    yield look
    look.release()


def test_interrupted_drill_sets_the_leg_up(
    pytester: pytest.Pytester, lab: Lab, look: HeldLook
) -> None:
    """Ctrl-C while a leg is down: it is set up first, and the summary names it."""
    with running_drill(pytester, lab, *ON_XS_2) as run:
        read_until(run, DOWN)
        look.wait()
        run.send_signal(signal.SIGINT)
        printed = run.communicate()[0].decode()
    assert run.returncode == pytest.ExitCode.INTERRUPTED
    (line,) = told(printed)
    assert line.startswith("disturbed: eth1 of xs-2 (PUB) was down for ")
    assert line.endswith(" s; the drill did not go to its end: interrupted")
    assert is_as_before(lab)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda each: each.name)
def test_drill_in_the_background_is_ended_in_order(
    pytester: pytest.Pytester, lab: Lab, look: HeldLook, number: signal.Signals
) -> None:
    """A job behind `&` hears no Ctrl-C: a request to end, or a lost terminal, is taken as one."""
    with running_drill(pytester, lab, *ON_XS_2, prefix=BACKGROUND) as run:
        read_until(run, DOWN)
        look.wait()
        run.send_signal(number)
        printed = run.communicate()[0].decode()
    assert run.returncode == pytest.ExitCode.INTERRUPTED
    (line,) = told(printed)
    assert line.endswith(" s; the drill did not go to its end: interrupted")
    assert is_as_before(lab)


@pytest.mark.parametrize(
    "moment",
    [DOWN, *(pytest.param(m, marks=pytest.mark.slow) for m in (" pass", UP_AGAIN))],
)
def test_interrupt_at_any_moment_leaves_no_leg_down(pytester: pytest.Pytester, moment: str) -> None:
    """At a leg's going down and after it, and once its host is judged: no leg is left down."""
    with hurried_lab() as lab, running_drill(pytester, lab) as run:
        read_until(run, moment.replace("xs-2", "xs-1"))
        run.send_signal(signal.SIGINT)
        run.communicate()
        assert run.returncode == pytest.ExitCode.INTERRUPTED
        assert is_as_before(lab)


@pytest.mark.slow
def test_impatient_interrupts_do_not_leave_the_leg_down(
    pytester: pytest.Pytester, lab: Lab, look: HeldLook
) -> None:
    """Ctrl-C again and again while the leg is set up: it is up in the end."""
    with running_drill(pytester, lab, *ON_XS_2) as run:
        read_until(run, DOWN)
        look.wait()
        for _ in range(2):
            run.send_signal(signal.SIGINT)
        run.communicate()
    assert eventually(lambda: is_as_before(lab))


@pytest.mark.slow
def test_interrupted_distributed_run_tells_what_it_disturbed(
    pytester: pytest.Pytester, lab: Lab, look: HeldLook
) -> None:
    """With -n there is one process all the same, and its summary tells what was disturbed."""
    with running_drill(pytester, lab, "-n", "2", *ONLY_THE_DRILL) as run:
        read_until(run, DOWN)
        look.wait()
        run.send_signal(signal.SIGINT)
        printed = run.communicate()[0].decode()
    assert "disturbed: eth1 of xs-2 (PUB) was down for " in printed
    assert is_as_before(lab)


@pytest.mark.slow
def test_killed_run_leaves_the_leg_to_dom0(
    pytester: pytest.Pytester, lab: Lab, look: HeldLook
) -> None:
    """Kill -9 while a leg is down: dom0 sets it up when its time is over, and unlocks it."""
    with running_drill(pytester, lab, *ON_XS_2) as run:
        read_until(run, DOWN)
        look.wait()
        run.kill()
        run.communicate()
    assert eventually(lambda: is_as_before(lab))


@pytest.mark.slow
def test_lost_ssh_leaves_the_leg_to_dom0(
    pytester: pytest.Pytester, lab: Lab, look: HeldLook
) -> None:
    """SSH is cut while a leg is down: dom0 sets it up, and the run says that it did not see it."""
    with running_drill(pytester, lab, *ON_XS_2, "--xsbond-wait=3") as run:
        read_until(run, DOWN)
        look.wait()
        with lab.host("xs-2").without_ssh():
            printed = run.communicate()[0].decode()
            assert eventually(lambda: is_as_before(lab))
    assert run.returncode == pytest.ExitCode.TESTS_FAILED
    (line,) = told(printed)
    assert line.startswith("PERHAPS LEFT DOWN: eth1 of xs-2 (PUB) was not seen up again: xs-2: ")
    assert "  next: xs-2# ip link set eth1 up" in printed


@pytest.mark.slow
def test_ssh_that_comes_back_is_used(pytester: pytest.Pytester, lab: Lab, look: HeldLook) -> None:
    """A short outage of SSH ends the drill, and the run itself sets the leg up."""
    with running_drill(pytester, lab, *ON_XS_2) as run:
        read_until(run, DOWN)
        look.wait()
        with lab.host("xs-2").without_ssh():
            pass
        printed = run.communicate()[0].decode()
    (line,) = told(printed)
    assert line.startswith("disturbed: eth1 of xs-2 (PUB) was down for ")
    assert "; the drill did not go to its end: xs-2: SSH: " in line
    assert is_as_before(lab)


@pytest.mark.slow
def test_leg_that_cannot_be_set_up_is_the_last_word(pytester: pytest.Pytester) -> None:
    """What is left down comes after everything else, with the command that ends it."""
    with hurried_lab() as lab:
        strike(lab, "leg-stays-down@xs-2")
        with running_drill(pytester, lab, *ONLY_THE_DRILL) as run:
            printed = run.communicate()[0].decode()
    lines = [line for line in printed.splitlines() if line]
    place = next(n for n, line in enumerate(lines) if line.startswith("LEFT DOWN: eth5 of xs-2"))
    assert "RTNETLINK answers: Input/output error" in lines[place]
    assert lines[place + 1] == "  next: xs-2# ip link set eth5 up"
    assert lines[place + 2].startswith("What to do next: ")
