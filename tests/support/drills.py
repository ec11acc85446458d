"""Failover drills for tests: who set which interface down and up, and runs one can interrupt.

In a hurried lab the updelay of a leg that is set up is over at once: a drill waits for nothing else
that takes long.
"""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from tests.lab.worlds import eventually
from tests.support.labs import connected, pool_arguments, provisioned_lab, quiet, verify
from tests.support.spec_run import SpecRun
from xsbond.bondfile import TUTORIAL
from xsbond.collect.observe import observe
from xsbond.failover.drill import FailoverDrill, Traffic
from xsbond.failover.leg_facts import LegDrill
from xsbond.lab import Lab
from xsbond.lab.anylab import AnyLab
from xsbond.lab.blueprint import Blueprint
from xsbond.lab.lab import LabHost
from xsbond.lab.shell.machine import Process
from xsbond.model import BondMode

LOCK = "/var/run/xsbond-failover"
_IP = ("/sbin/ip", "/usr/sbin/ip")
_APPCTL = "/usr/bin/ovs-appctl"
ONLY_THE_DRILL = ("--pyargs", "pytest_xsbond.spec.test_failover")
_UPDELAY = 40.0
"""Lab seconds; XAPI's own is 31."""
_LONGEST_LOOK = 60.0
"""Real seconds that a look is held at most."""


PASSES = dict.fromkeys(("F-carries-on", "F-counted", "F-returns"), "pass")
ERRORS = dict.fromkeys(PASSES, "ERROR")


def failover(verdicts: Mapping[str, str]) -> dict[str, str]:
    """Return the verdicts on the drill's outcomes."""
    return {id_: verdict for id_, verdict in verdicts.items() if id_.startswith("F-")}


def recorded_settings(lab: Lab) -> list[tuple[str, str, str]]:
    """Return a list that grows with each (host, interface, state) that `ip link set` is told."""
    settings: list[tuple[str, str, str]] = []
    for host in lab.hosts:
        _record(host, settings)
    return settings


def _record(host: LabHost, settings: list[tuple[str, str, str]]) -> None:
    def note(leg: str, state: str) -> None:
        settings.append((host.name, leg, state))

    _tell(host, note)


def _tell(host: LabHost, act: Callable[[str, str], object], *, afterwards: bool = False) -> None:
    """Let `act` know each interface and state that a host's `ip link set` is told."""
    known = host.machine.programs[_IP[0]]

    def telling(process: Process) -> int:
        setting = process.arguments[2:4] if process.arguments[:2] == ("link", "set") else ()
        if setting and not afterwards:
            act(*setting)
        status = known(process)
        if setting and afterwards:
            act(*setting)
        return status

    host.machine.programs.update(dict.fromkeys(_IP, telling))


@contextmanager
def hurried_lab(
    blueprint: Blueprint | None = None, mode: BondMode = BondMode.BALANCE_SLB
) -> Iterator[Lab]:
    """Keep a provisioned lab in which no updelay is waited for, neither now nor in a drill."""
    with provisioned_lab(blueprint, mode) as lab:
        lab.pass_time(_UPDELAY)
        for host in lab.hosts:
            _tell(host, lambda _, state: _skip_updelay(lab, state), afterwards=True)
        yield lab


def _skip_updelay(lab: Lab, state: str) -> None:
    if state != "up":
        return
    # The link is found first: an updelay begins when a leg has a carrier.
    with lab.world.lock:
        lab.clock.skip(1)
        lab.world.monitor.sample()
    lab.pass_time(_UPDELAY)


def drilled(pytester: pytest.Pytester, lab: AnyLab[Any], *arguments: str) -> SpecRun:
    """Run the drill, and judge nothing else."""
    return verify(pytester, lab, "--xsbond-failover", *ONLY_THE_DRILL, *arguments)


def is_as_before(lab: Lab) -> bool:
    """Tell whether no interface of any dom0 is set down, and no drill is under way."""
    return not any(host.dom0.downed or host.dom0.files.exists(LOCK) for host in lab.hosts)


@contextmanager
def drilling(lab: Lab, traffic: Traffic | None = None) -> Iterator[Callable[[str], LegDrill]]:
    """Take legs of xs-2 down as a run does, after a look at a pool in which nothing is wrong."""
    with connected(lab) as connections:
        snapshot = observe(connections)
        drills = FailoverDrill(connections=connections, patience=5, traffic=traffic)
        ref = snapshot.host_ref("xs-2")
        yield lambda leg: drills.take_leg(snapshot, ref, TUTORIAL[0], leg, unfit=(), say=quiet)


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
    pytester: pytest.Pytester, lab: AnyLab[Any], *arguments: str, prefix: Sequence[str] = ()
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the drill in a process of its own, which is gone afterwards."""
    off = [word for name in ("randomly", "cacheprovider") for word in ("-p", f"no:{name}")]
    command = [sys.executable, "-m", "pytest", *off, *pool_arguments(lab), "--xsbond-failover"]
    run = pytester.popen([*prefix, *command, *arguments], stdin=subprocess.DEVNULL)
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
