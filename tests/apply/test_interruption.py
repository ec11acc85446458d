"""Ctrl-C in the middle of an apply: nothing half-done is hidden, and a rerun finishes it."""

import signal
import subprocess
import sys

import pytest

from tests.support.labs import pool_arguments, verify
from tests.support.moments import at_restart
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial
from xsbond.lab.timing.clock import Clock
from xsbond.lab.timing.delays import Delays


def test_interrupted_apply_names_what_it_left(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C while a member restarts: done, doing and not done are named, and a rerun finishes."""
    # The restart is still going on when the next run begins, however busy this machine is.
    with Lab(tutorial(3), clock=Clock(1 / 4), delays=Delays(enabling=12.0)) as lab:
        command = [sys.executable, "-m", "pytest", "-p", "no:randomly", *pool_arguments(lab)]
        apply = ("--xsbond-apply", f"--xsbond-journal={pytester.path / 'journal'}")
        at_restart(lab, "xs-2", lambda: run.send_signal(signal.SIGINT))
        run = pytester.popen([*command, *apply], stdin=subprocess.DEVNULL)
        printed = run.communicate()[0].decode()
        assert run.returncode == pytest.ExitCode.INTERRUPTED
        (stopped,) = [line for line in printed.splitlines() if line.startswith("STOPPED: ")]
        assert stopped == (
            "STOPPED: stopped while it was to restart xapi on xs-2, to inherit the bond of PUB:"
            " interrupted | done: create network PUB; create a balance-slb bond of eth1+eth5 on"
            " xs-1, network PUB | not done: restart xapi on xs-3, to inherit the bond of PUB"
        )
        again = verify(pytester, lab, *apply)
        told = capsys.readouterr().out
        assert (again.exit_status, again.not_passed()) == (0, {}), told
        assert "waiting for xs-2 to come back: an earlier run began its restart at " in told
