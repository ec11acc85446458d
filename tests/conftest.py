"""What all tests share: nothing of the person's own environment reaches them."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_xsbond.claims.stages import Stages, load_stages

if TYPE_CHECKING:
    from tests.support.kept_labs import KeptLabs

_OF_BACKGROUND = ("SIGINT", "SIGHUP")
"""What a shell, or nohup, lets its background jobs ignore."""
_NOT_WANTED = ("hypothesispytest", "randomly")
"""Plugins that a run of pytest within a test has no use for; the first costs it a second."""


def pytest_configure() -> None:
    """Keep compiled modules, here and in children: hundreds of runs import the same ones.

    Where PYTHONDONTWRITEBYTECODE is set, each of them would rewrite the spec's assertions anew.
    """
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return how many workers `-n auto` means: half of the time a test waits for a lab."""
    return 2 * len(os.sched_getaffinity(0))


@pytest.fixture(scope="session", autouse=True)
def _children_can_be_interrupted() -> Iterator[None]:
    """Let processes that tests start have the default disposition of signals ignored here.

    They would inherit an ignored signal; one that is caught is reset when they begin (execve(2)).
    The tests themselves go on ignoring it, as whoever started them in the background expects.
    """
    numbers = [getattr(signal, name) for name in _OF_BACKGROUND if hasattr(signal, name)]
    ignored = [each for each in numbers if signal.getsignal(each) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, lambda *_: None)
    yield
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)


@pytest.fixture(scope="session")
def _nobodys_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home for the many tests that write nothing: a directory for each would take its time."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Hide the person's SSH configuration, known hosts, password and options of pytest."""
    writes = "tmp_path" in request.fixturenames
    home = request.getfixturevalue("tmp_path" if writes else "_nobodys_home")
    monkeypatch.setenv("HOME", str(home))
    own = [name for name in os.environ if name.startswith("XSBOND_")]
    for name in (*own, "XDG_STATE_HOME", "SSH_AUTH_SOCK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(f"-p no:{name}" for name in _NOT_WANTED))


@pytest.fixture(scope="session")
def recorded(recorded_tutorial: Path) -> Stages:
    """The recorded stages, loaded the way a replay loads them."""
    return load_stages(recorded_tutorial)


@pytest.fixture(scope="session")
def labs() -> "Iterator[KeptLabs]":
    """A lab of three hosts for each mode; whoever borrows one gives it back as it was."""
    from tests.support.kept_labs import KeptLabs  # noqa: PLC0415 - few files need the lab

    with KeptLabs(3) as labs:
        yield labs
