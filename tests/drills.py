"""Failover drills for tests: who set which interface down and up, and runs one can interrupt."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from tests.labs import pool_arguments
from xsbond.lab import Lab
from xsbond.lab.lab import LabHost
from xsbond.lab.shell.machine import Process

LOCK = "/var/run/xsbond-failover"
_IP = ("/sbin/ip", "/usr/sbin/ip")


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


@contextmanager
def running_drill(
    pytester: pytest.Pytester, lab: Lab, *arguments: str
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
