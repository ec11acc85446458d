"""Moments of an apply or an undo: tests let something happen there, such as the end of the run.

As a plugin of a run (`-p tests.support.moments`) it ends that run with SIGKILL, at the line of the
journal that the environment names.
"""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from xsbond.apply.journal import Journal
from xsbond.lab import Lab
from xsbond.lab.contracts import ToolstackDown
from xsbond.lab.shell.machine import Process

if TYPE_CHECKING:
    import subprocess

KILL = "XSBOND_TESTS_KILL"
"""`before 3`: SIGKILL when the third line is about to be written; `after 3`: when it is."""
_SERVICE = "service"


def pytest_addoption() -> None:
    """Let the journal end this process; an undo is over before pytest is configured."""
    arm()


def arm() -> None:
    """Let the journal end this process where the environment says so."""
    if moment := os.environ.get(KILL):
        when, number = moment.split()
        _kill_at(int(number), before=when == "before")


def _kill_at(number: int, *, before: bool) -> None:
    known, count = Journal._append, iter(range(1, 1000))

    def append(self: Journal, line: bytes) -> None:
        reached = next(count) == number
        if not (reached and before):
            known(self, line)
        if reached:
            os.kill(os.getpid(), signal.SIGKILL)

    Journal._append = append  # type: ignore[method-assign]  # this process is there to be killed


class Victim:
    """A process that is killed once it has been started."""

    def __init__(self) -> None:
        self.run: subprocess.Popen[str] | None = None

    def kill(self) -> None:
        """Kill it."""
        assert self.run is not None
        self.run.kill()


class Once:
    """Does something the first time it is asked to."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act, self.happened = act, False

    def __call__(self) -> None:
        """Do it, unless it was done."""
        if not self.happened:
            self.happened = True
            self._act()


@contextmanager
def at_call(
    monkeypatch: pytest.MonkeyPatch,
    lab: Lab,
    method: str,
    act: Callable[[], object],
    *,
    lose_answer: bool = False,
) -> Iterator[Once]:
    """Let `act` happen when a client first calls a method, before it is carried out.

    With `lose_answer` the call is carried out, and the connection cut instead of the answer.
    """
    known, once = lab.world.dispatcher.call, Once(act)

    def call(host: Any, name: str, parameters: Sequence[Any], *origin: Any) -> Any:
        mine = name == method and not once.happened
        if mine:
            once()
        answer = known(host, name, parameters, *origin)
        if mine and lose_answer:
            raise ToolstackDown(host.name)
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(lab.world.dispatcher, "call", call)
        yield once


def at_restart(lab: Lab, name: str, act: Callable[[], object]) -> Once:
    """Let `act` happen when a host's dom0 is first told to restart a service, before it does."""
    once, programs = Once(act), lab.host(name).machine.programs
    for path in [path for path in programs if path.rpartition("/")[2] == _SERVICE]:
        programs[path] = _preceded(programs[path], once)
    return once


def _preceded(program: Callable[[Process], int], once: Once) -> Callable[[Process], int]:
    def run(process: Process) -> int:
        once()
        return program(process)

    return run
