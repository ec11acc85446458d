"""Failover drills for tests: who set which interface down and up, and runs one can interrupt."""

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from tests.lab.worlds import eventually
from tests.labs import pool_arguments
from xsbond.lab import Lab
from xsbond.lab.anylab import AnyLab
from xsbond.lab.lab import LabHost
from xsbond.lab.shell.machine import Process

LOCK = "/var/run/xsbond-failover"
_IP = ("/sbin/ip", "/usr/sbin/ip")
_APPCTL = "/usr/bin/ovs-appctl"
_LONGEST_LOOK = 60.0
"""Real seconds that a look is held at most."""


def recorded_settings(lab: Lab) -> list[tuple[str, str, str]]:
    """Return a list that grows with each (host, interface, state) that `ip link set` is told."""
    settings: list[tuple[str, str, str]] = []
    for host in lab.hosts:
        _record(host, settings)
    return settings


def _record(host: LabHost, settings: list[tuple[str, str, str]]) -> None:
    known = host.machine.programs[_IP[0]]

    def recording(process: Process) -> int:
        if process.arguments[:2] == ("link", "set"):
            settings.append((host.name, process.arguments[2], process.arguments[3]))
        return known(process)

    host.machine.programs.update(dict.fromkeys(_IP, recording))


def is_as_before(lab: Lab) -> bool:
    """Tell whether no interface of any dom0 is set down, and no drill is under way."""
    return not any(host.dom0.downed or host.dom0.files.exists(LOCK) for host in lab.hosts)


class HeldLook:
    """A run's look at a leg that is down: it gets no answer until it is released.

    A leg stays down for seconds of the lab, which a busy machine may let pass unused.
    """

    def __init__(self, host: LabHost, leg: str) -> None:
        known = host.machine.programs[_APPCTL]
        self._begun, self._released = threading.Event(), threading.Event()

        def held(process: Process) -> int:
            if leg in host.dom0.downed:
                self._begun.set()
                self._released.wait(_LONGEST_LOOK)
            return known(process)

        host.machine.programs[_APPCTL] = held

    def wait(self) -> None:
        """Return when the leg is down and the run looks at it."""
        assert eventually(self._begun.is_set)

    def release(self) -> None:
        """Let the look, and all later ones, be answered."""
        self._released.set()


@contextmanager
def running_drill(
    pytester: pytest.Pytester, lab: AnyLab[Any], *arguments: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the drill in a process of its own, which is gone afterwards."""
    off = [word for name in ("randomly", "cacheprovider") for word in ("-p", f"no:{name}")]
    command = [sys.executable, "-m", "pytest", *off, *pool_arguments(lab), "--xsbond-failover"]
    run = pytester.popen([*command, *arguments], stdin=subprocess.DEVNULL)
    try:
        yield run
    finally:
        run.kill()
        run.communicate()


def read_until(run: "subprocess.Popen[bytes]", text: str) -> str:
    """Return what a run has printed when it has printed this."""
    assert run.stdout
    printed = ""
    while text not in printed:
        line = run.stdout.readline().decode()
        assert line, f"{text!r} was never printed:\n{printed}"
        printed += line
    return printed


def told(printed: str, beginnings: Sequence[str] = ("disturbed", "LEFT", "PERHAPS")) -> list[str]:
    """Return the lines of the summary about legs that were taken down."""
    return [line for line in printed.splitlines() if line.startswith(tuple(beginnings))]
