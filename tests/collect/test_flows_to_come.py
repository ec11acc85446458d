"""A bridge that was just made has no flow for a moment, and is looked at again."""

import pytest

from pytest_xsbond.claims.stages import Stages
from tests.support.build import Draft
from xsbond.bondfile import TUTORIAL
from xsbond.collect.settle import waits_for_flows
from xsbond.model import CommandOutput

_TITLE = "==== xapi1 ====\nNXST_FLOW reply (xid=0x4):\n"
_FLOW = " cookie=0x0, duration=85.3s, table=0, n_packets=6, n_bytes=60, priority=0 actions=NORMAL\n"
_BRIDGE = "    Bridge xapi1\n"


@pytest.mark.parametrize(
    ("flows", "more", "expected"),
    [
        ("", "        fail_mode: standalone\n", ("the flows of xapi1 of xs-2",)),
        ("", "        fail_mode: secure\n", ()),
        ("", '        Controller "tcp:10.0.0.1:6653"\n', ()),
        (_FLOW, "        fail_mode: standalone\n", ()),
    ],
    ids=["none-yet", "none-ever", "of-a-controller", "there"],
)
def test_flows_that_come_by_themselves_are_waited_for(
    recorded: Stages, flows: str, more: str, expected: tuple[str, ...]
) -> None:
    """A secure bridge gets none, and a controller sends them as it likes."""
    draft = Draft(recorded.now)
    shown = draft.stdout("xs-2", "ovs-show").replace("        fail_mode: standalone\n", "")
    draft.answer("xs-2", "ovs-show", shown.replace(_BRIDGE, _BRIDGE + more))
    text = _TITLE + flows
    draft.add_answer("xs-2", "ovs-flows", CommandOutput(command="", exit=0, stdout=text, stderr=""))
    assert waits_for_flows(draft.read(), TUTORIAL) == expected
