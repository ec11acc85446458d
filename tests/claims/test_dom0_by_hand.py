"""What looks as if somebody had meddled with dom0, and is in order or soon will be."""

from pathlib import Path

import pytest

from pytest_xsbond.claims.stages import Stages
from tests.claims.test_health_pools import HOSTS, judged_draft, linux_bridge
from tests.support.build import Draft
from tests.support.judging import Judgement
from tests.support.spec_run import PUB

TARGET = "tcp:10.0.0.1:6653"


def _said(judged: Judgement, host: str, id_: str) -> str:
    (text,) = (r.message for r in judged.results if r.host == host and id_ in r.outcomes)
    return text


@pytest.mark.parametrize("id_", ["H-bridge", "H-flows"])
def test_flows_of_a_controller_are_not_judged(recorded: Stages, tmp_path: Path, id_: str) -> None:
    """An SDN controller may let frames through, or drop them, as it likes; it is named."""
    draft = Draft(recorded.now)
    old = "    Bridge xapi1\n"
    draft.replace("xs-2", "ovs-show", old, f'{old}        Controller "{TARGET}"\n')
    judged = judged_draft(draft, tmp_path, [PUB])
    assert judged.verdicts("xs-2")[id_] == "n/j"
    assert _said(judged, "xs-2", id_).endswith(f"those of the controller {TARGET}")


def test_leg_that_was_disabled_waits_for_its_updelay(recorded: Stages, tmp_path: Path) -> None:
    """Who looks at once is told so; tests/claims/test_faults.py waits, and finds nothing wrong."""
    draft = Draft(recorded.now)
    draft.replace("xs-2", "ovs-bond-show", "eth5: enabled", "eth5: disabled")
    judged = judged_draft(draft, tmp_path, [PUB])
    assert judged.verdicts("xs-2")["H-legs-up"] == "FAIL"
    assert "updelay runs" in judged.causes


def test_kernel_that_is_not_understood_is_asked_itself(recorded: Stages, tmp_path: Path) -> None:
    """Where no Open vSwitch runs, nobody is sent to its commands."""
    draft = Draft(recorded.now)
    linux_bridge(draft)
    draft.answer(HOSTS[1], "kernel-bonds", "?\n")
    advice = judged_draft(draft, tmp_path, [PUB]).advice
    assert f"{HOSTS[1]}# cat /proc/net/bonding/*; brctl show; ifconfig -a" in advice
    assert not any("ovs-appctl bond/list" in line for line in advice)
