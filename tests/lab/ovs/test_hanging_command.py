"""A command that hangs in a dom0 costs one answer, and leaves no process behind."""

import os

from tests.lab.ovs.ground import needs_namespaces
from tests.lab.worlds import eventually
from tests.support.labs import connected
from xsbond.collect.observe import observe
from xsbond.lab.blueprint import tutorial
from xsbond.lab.namespaced.lab import OvsHost, OvsLab

pytestmark = needs_namespaces
TOKEN = 1_777_777
"""Seconds that the command sleeps, by which its processes are known."""
SICK = f"""#!/bin/sh
if [ "$1" = --version ]; then sleep {TOKEN} & wait; fi
PATH=/usr/bin:/bin exec ovs-vsctl "$@"
"""
"""An ovs-vsctl, first in $PATH, that hangs in a child when it is asked for its version."""
LOOKS = 2
"""A look takes as long as the command may: 10 s."""


def processes(host: OvsHost) -> list[str]:
    """Return the command lines of all that runs in a dom0, but the question itself.

    A look has its answers a moment before its own shell has ended: whoever compares, waits.
    """
    done = host.machine.run("ps", "-eo", "args")
    assert done.code == 0, done.stderr
    return sorted(line for line in done.stdout.splitlines()[1:] if not line.startswith("ps "))


def test_command_that_hangs_leaves_no_process_behind() -> None:
    """However often a pool is looked at, dom0 runs afterwards what it ran before."""
    with OvsLab(tutorial(1)) as lab:
        (host,) = lab.hosts
        with connected(lab) as connections:
            uuid = next(iter(observe(connections).hosts.values())).uuid
            assert eventually(lambda: not any("xsbond-" in line for line in processes(host)))
            before = processes(host)
            host.machine.write("/opt/xensource/bin/ovs-vsctl", SICK, mode=0o755)
            for _ in range(int(os.environ.get("LOOKS_WHILE_HANGING", LOOKS))):
                answers = observe(connections).raw.dom0[uuid].outputs
                assert "does not end within" in answers["ovs-version"].trouble
                assert answers["ovs-list-br"].exit == 0
            assert eventually(lambda: processes(host) == before), processes(host)
