"""Ctrl-C, once or more, at any moment of a run: it is told in lines, never by a traceback."""

import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pytest_xsbond.session import opening
from tests.support.spec_run import run_spec
from xsbond.errors import PoolError

ENDED = pytest.ExitCode.INTERRUPTED
Run = Callable[..., tuple[int, str]]


@pytest.fixture(autouse=True)
def _foreground() -> Iterator[None]:
    """Hear Ctrl-C as a run in the foreground does."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def run(
    pytester: pytest.Pytester, capfd: pytest.CaptureFixture[str], recorded_tutorial: Path
) -> Run:
    """A run on a stored pool; these hooks interrupt it. Its status, and all that it has shown."""

    def started(*hooks: str) -> tuple[int, str]:
        act = "signal.raise_signal(signal.SIGINT)"
        lines = ["import signal", *(f"def {hook}():\n    {act}" for hook in hooks)]
        pytester.makepyfile(pressing="\n".join(lines))
        pytester.syspathinsert()
        words = (f"--xsbond-replay={recorded_tutorial}", "-p", "pressing", "-k", "one_network")
        status = run_spec(pytester, *words).exit_status
        return status, "".join(capfd.readouterr())

    return started


def interrupt(*_: object) -> None:
    """Press Ctrl-C."""
    signal.raise_signal(signal.SIGINT)


def test_interrupt_while_the_pool_is_opened(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    """The run says that it has changed nothing."""
    monkeypatch.setattr(opening, "ReplayRun", interrupt)
    status, shown = run()
    assert status == ENDED
    assert shown.endswith("\ninterrupted before anything was changed\n")
    assert "Traceback" not in shown


def test_interrupt_while_plugins_are_loaded(run: Run) -> None:
    """Before there is anybody who could tell it."""
    assert run("pytest_configure") == (ENDED, "interrupted before anything was changed\n")


def test_second_interrupt_while_the_first_is_told(run: Run) -> None:
    """The page is written to its end."""
    pressed = "pytest_runtest_protocol", "pytest_keyboard_interrupt", "pytest_sessionfinish"
    status, shown = run(*pressed, "pytest_unconfigure")
    assert status == ENDED
    assert re.search("^=+ xsbond: .* =+$", shown, re.MULTILINE)
    assert "Traceback" not in shown


@pytest.mark.parametrize("hook", ["pytest_sessionfinish", "pytest_unconfigure"])
def test_interrupt_at_the_end(run: Run, hook: str) -> None:
    """Where pytest itself would show a traceback."""
    status, shown = run(hook)
    assert status == ENDED
    assert shown.endswith("interrupted\n")
    assert "Traceback" not in shown


@pytest.mark.parametrize("word", ["--xsbond-plan", "--xsbond-undo"])
def test_interrupt_before_anything_is_asked(
    pytester: pytest.Pytester,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    word: str,
) -> None:
    """While the program itself is read from the disk."""
    monkeypatch.setattr("pytest_xsbond.options.flag", lambda *_: interrupt())
    assert run_spec(pytester, "--pool=xs-1", word).exit_status == ENDED
    assert capfd.readouterr() == ("", "interrupted\n")


def test_error_is_no_interrupt(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    """Whatever else ends the opening is told as what it is."""

    def fail(*_: object) -> None:
        raise PoolError("xs-1", "login", "no answer")

    monkeypatch.setattr(opening, "ReplayRun", fail)
    status, shown = run()
    assert status == pytest.ExitCode.USAGE_ERROR
    assert shown == "ERROR: xs-1: login: no answer\n\n"
