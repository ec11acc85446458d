"""SIGKILL at every step of an apply on real Open vSwitch: the next run ends right."""

import signal
from pathlib import Path

import pytest

from tests.lab_ovs.ground import members, needs_namespaces
from tests.provisioning import doomed, finish, is_right, made
from tests.test_killed_runs import LINES, UNWRITTEN
from xsbond.lab.blueprint import tutorial
from xsbond.lab.namespaced.lab import OvsLab

pytestmark = needs_namespaces
INTENDED = {
    f"after-{line}": f"after {LINES.index(line) + 1}"
    for line in ("take-lock", "create-network", "create-bond", "restart-agent", "give-lock-back")
}
"""The change is written down, and not made."""


@pytest.mark.parametrize("moment", [*INTENDED, *UNWRITTEN])
def test_killed_apply_is_finished_by_the_next(tmp_path: Path, moment: str) -> None:
    """Before and after each change: XAPI has every bond once, and so has each host's switch."""
    with OvsLab(tutorial(2)) as lab:
        with doomed(lab, tmp_path, (INTENDED | UNWRITTEN)[moment]) as run:
            printed = run.communicate()[0]
        assert run.returncode == -signal.SIGKILL, printed
        finish(lab, tmp_path)
        assert is_right(lab)
        assert made(lab, tmp_path) == (["PUB"], 2)
        assert [set(members(host)) for host in lab.hosts] == [{"eth1", "eth5"}] * 2
