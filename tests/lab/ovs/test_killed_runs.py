"""SIGKILL at every step of an apply on real Open vSwitch: the next run ends right.

Each is a process of its own, which is what is killed; one stands for all unless `slow` is wanted.
"""

import signal
from pathlib import Path

import pytest

from tests.apply.test_killed_runs import LINES, UNWRITTEN
from tests.lab.ovs.ground import members, needs_namespaces
from tests.support.provisioning import doomed, finish, is_right, made
from tests.support.tiers import sampled
from xsbond.lab.blueprint import tutorial
from xsbond.lab.namespaced.lab import OvsLab

pytestmark = needs_namespaces
INTENDED = {
    f"after-{line}": f"after {LINES.index(line) + 1}"
    for line in ("take-lock", "create-network", "create-bond", "restart-agent", "give-lock-back")
}
"""The change is written down, and not made."""


SAMPLE = {"before-has-bond"}


@pytest.mark.parametrize("moment", sampled([*INTENDED, *UNWRITTEN], SAMPLE))
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
