"""What ends an apply from outside: it says where it ended, and unlocks, wherever it was started.

Each is a whole process: a signal is for a process.
"""

import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.moments import at_call
from tests.support.provisioning import BACKGROUND, lock_of, started
from xsbond.interrupts import ends_in_order, undisturbed
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial

if TYPE_CHECKING:
    import subprocess

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A lab of two hosts without the guest bond."""
    with Lab(tutorial(2)) as lab:
        yield lab


def ended_while_it_changes(
    monkeypatch: pytest.MonkeyPatch,
    lab: Lab,
    journal: Path,
    numbers: Sequence[signal.Signals],
    prefix: Sequence[str] = (),
) -> tuple[int, str]:
    """Send signals to an apply that is about to make a bond; return status and output."""
    runs: list[subprocess.Popen[str]] = []

    def send() -> None:
        for number in numbers:
            runs[0].send_signal(number)

    with at_call(monkeypatch, lab, "Async.Bond.create", send):
        runs.append(started(lab, journal, prefix=prefix))
        with runs[0] as run:
            printed = run.communicate()[0]
    return run.returncode, printed


def assert_ended_in_order(lab: Lab, status: int, printed: str) -> None:
    """Claim that the run has said where it ended, and given the lock back."""
    assert status == pytest.ExitCode.INTERRUPTED, printed
    assert "STOPPED: stopped while it was to create a balance-slb bond" in printed
    assert lock_of(lab) is None


@pytest.mark.parametrize("number", ENDING, ids=lambda number: number.name)
def test_signal_ends_the_run_in_order(
    monkeypatch: pytest.MonkeyPatch, lab: Lab, tmp_path: Path, number: signal.Signals
) -> None:
    """Ctrl-C, a cancelled job, a lost terminal: the run says where it ended, and unlocks."""
    status, printed = ended_while_it_changes(monkeypatch, lab, tmp_path, [number])
    assert_ended_in_order(lab, status, printed)


@pytest.mark.slow
@pytest.mark.parametrize("number", ENDING[1:], ids=lambda number: number.name)
def test_signal_ends_a_run_in_the_background_in_order(
    monkeypatch: pytest.MonkeyPatch, lab: Lab, tmp_path: Path, number: signal.Signals
) -> None:
    """A job behind `&` hears no Ctrl-C; it is ended by these."""
    status, printed = ended_while_it_changes(monkeypatch, lab, tmp_path, [number], BACKGROUND)
    assert_ended_in_order(lab, status, printed)


def test_run_in_the_background_hears_no_interrupt(
    monkeypatch: pytest.MonkeyPatch, lab: Lab, tmp_path: Path
) -> None:
    """Ctrl-C is for what is in the foreground: the apply goes on to its end."""
    numbers = [signal.SIGINT]
    status, printed = ended_while_it_changes(monkeypatch, lab, tmp_path, numbers, BACKGROUND)
    assert (status, lock_of(lab)) == (0, None), printed


# --- what it is made of ---


@pytest.mark.parametrize("number", ENDING[1:], ids=lambda number: number.name)
def test_request_to_end_is_an_interrupt(number: signal.Signals) -> None:
    """It is raised where the work is, and what was set before is set again."""
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt, match=number.name), ends_in_order():
        signal.raise_signal(number)
    assert signal.getsignal(number) is before


@pytest.mark.parametrize("number", ENDING, ids=lambda number: number.name)
def test_nothing_disturbs_what_is_left_in_order(number: signal.Signals) -> None:
    """Whoever is impatient sends more than one signal."""
    with ends_in_order():
        with undisturbed():
            signal.raise_signal(number)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number if number is not signal.SIGINT else signal.SIGTERM)
