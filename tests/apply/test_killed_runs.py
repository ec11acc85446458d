"""SIGKILL at every single moment of an apply: the next run adopts what is there and ends right.

Each is a process of its own, which is what is killed; a few stand for all unless `slow` is wanted.
"""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.moments import Victim, at_call, at_restart
from tests.support.provisioning import (
    apply,
    bonds,
    doomed,
    events,
    finish,
    is_right,
    lock_of,
    made,
    networks,
    started,
    started_undo,
    undo,
)
from tests.support.tiers import sampled, slow
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial

LINES = (
    "run",
    "take-lock",
    "has-lock",
    "plan",
    "create-network",
    "has-network",
    "create-bond",
    "has-bond",
    "restart-agent",
    "has-inherited",
    "give-lock-back",
    "end",
)
"""What the lines of the journal of the tutorial's apply are about, in order."""
WRITTEN = {f"after-{line}": f"after {number}" for number, line in enumerate(LINES, 1)}
UNWRITTEN = {
    f"before-{line}": f"before {LINES.index(line) + 1}"
    for line in ("has-lock", "has-network", "has-bond", "has-inherited", "end")
}
"""The change is made, its result is not written."""
CALLS = (
    "pool.add_to_other_config",
    "network.create",
    "Async.Bond.create",
    "pool.remove_from_other_config",
)


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A lab of two hosts without the guest bond, which outlives the runs."""
    with Lab(tutorial(2)) as lab:
        yield lab


def assert_finished(lab: Lab, journal: Path) -> None:
    """Apply once more, and expect the wanted state, with nothing twice."""
    finish(lab, journal)
    assert is_right(lab)


SAMPLE = {"after-create-network", "before-has-bond", "after-restart-agent"}
"""Of a change that is meant, one that is made and not written, one that dom0 goes on with."""


@pytest.mark.parametrize("moment", sampled([*WRITTEN, *UNWRITTEN], SAMPLE))
def test_killed_apply_is_finished_by_the_next(tmp_path: Path, lab: Lab, moment: str) -> None:
    """Kill -9 between any change and the next: the next run adopts what is there."""
    with doomed(lab, tmp_path, (WRITTEN | UNWRITTEN)[moment]) as run:
        printed = run.communicate()[0]
    assert run.returncode == -signal.SIGKILL, printed
    assert_finished(lab, tmp_path)
    assert made(lab, tmp_path) == (["PUB"], 2)


@pytest.mark.parametrize("call", sampled(CALLS, {"network.create"}))
def test_apply_killed_in_a_call_is_finished_by_the_next(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lab: Lab, call: str
) -> None:
    """Kill -9 while the pool carries out a call, which it does to the end."""
    victim = Victim()
    with at_call(monkeypatch, lab, call, victim.kill) as once:
        victim.run = doomed(lab, tmp_path)
        with victim.run as run:
            printed = run.communicate()[0]
    assert (once.happened, run.returncode) == (True, -signal.SIGKILL), printed
    assert_finished(lab, tmp_path)


def test_apply_killed_in_a_restart_is_finished_by_the_next(
    pytester: pytest.Pytester, tmp_path: Path, lab: Lab
) -> None:
    """Kill -9 while a member's xapi restarts: dom0 brings that to its end, whoever is gone."""
    victim = Victim()
    once = at_restart(lab, "xs-2", victim.kill)
    victim.run = started(lab, tmp_path)
    with victim.run as run:
        run.communicate()
    assert (once.happened, run.returncode) == (True, -signal.SIGKILL)
    again = apply(pytester, lab, tmp_path)
    assert (again.exit_status, again.not_passed(), is_right(lab)) == (0, {}, True)


def test_lines_of_an_undisturbed_apply_are_those(tmp_path: Path, lab: Lab) -> None:
    """The moments above are all there are."""
    finish(lab, tmp_path)
    assert len(events(lab, tmp_path)) == len(LINES)


@pytest.mark.parametrize("moment", ["before 6", slow("before 10"), slow("before 12")])
def test_killed_undo_is_finished_by_the_next(
    pytester: pytest.Pytester, tmp_path: Path, lab: Lab, moment: str
) -> None:
    """Kill -9 in the middle of taking back: the next undo takes back the rest, and no more."""
    before = networks(lab), bonds(lab)
    finish(lab, tmp_path)
    with started_undo(lab, tmp_path, moment) as run:
        printed = run.communicate()[0]
    assert run.returncode == -signal.SIGKILL, printed
    assert undo(pytester, lab, tmp_path) == 0
    assert (networks(lab), bonds(lab), lock_of(lab)) == (*before, None)
    lab.world.check()
