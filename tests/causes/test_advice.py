"""What failures advise is typed literally, and mends: each fault on a lab, judged before and after.

Only faults that lines for a dom0 can mend are here; UNMENDED says of every other one why not.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support import fault_causes, fault_table
from tests.support.judging import Judgement
from tests.support.kept_labs import STRUCK, KeptLabs
from tests.support.proof import (
    MENDED,
    REPLACED,
    UNMENDED,
    head,
    proved,
    unmended_rows,
)
from tests.support.tiers import sampled
from xsbond.plan.plan import plan_for

PAGE = Path(__file__).parents[2] / "docs" / "advice.md"
IN_PLACE = (
    *("wrong-mode", "mode-overridden", "updelay-overridden", "one-legged-bond"),
    *("bond-pif-unplugged", "detached-in-record", "bridge-gone", "bridge-mtu", "leg-mtu"),
    *("mode-in-switch", "one-leg-in-switch"),
)
"""Those of the mended ones that a plan would change in place."""
QUICK = {"wrong-mode", "one-legged-bond", "one-leg-in-switch", "vlan-missing"}
"""Set in place; scanned and restarted; unplugged and plugged; created."""

_OPEN = re.compile(r"=(?!DIR$|NEW-FILE$|MTU$)[A-Z]{3,}|\b(?:dev|del) [A-Z]{3,}")
"""A placeholder."""
_DESTROYS = re.compile(r"xe (bond-destroy|pif-forget)")


class Advised:
    """What is advised about each fault, looked at once."""

    def __init__(self, labs: KeptLabs) -> None:
        self._labs = labs
        self._told: dict[str, Judgement] = {}

    def about(self, fault: str) -> Judgement:
        """Judge a lab that the fault has struck."""
        if fault not in self._told:
            with self._labs.struck_by(fault) as kept:
                self._told[fault] = kept.judged_after(fault)
        return self._told[fault]


@pytest.fixture(scope="module")
def advised(labs: KeptLabs) -> Advised:
    """Keep what was advised."""
    return Advised(labs)


@pytest.mark.parametrize("fault", sampled([*MENDED, *REPLACED], QUICK))
def test_lines_that_are_typed_mend_the_fault(labs: KeptLabs, fault: str) -> None:
    """What failed is right afterwards, nothing else is wrong, and docs/advice.md says just that.

    A bond is not destroyed, and a NIC not forgotten, where less is enough; and no line leaves to
    the reader what the pool shows. All three are claims about the same lines, which cost a lab.
    `python -m tests.support.proof > docs/advice.md` is run after each change of what is advised.
    """
    proof = proved(labs, fault)
    assert proof.is_mended, proof
    assert proof.row() in PAGE.read_text().splitlines()
    assert left_open(proof.advised) == []
    if fault in MENDED:
        assert [line for line in proof.advised if _DESTROYS.search(line)] == []


def left_open(lines: Sequence[str]) -> list[str]:
    """Return the lines with a word in capitals, but for a file that is for the reader to choose."""
    return [line for line in lines if _OPEN.search(line)]


def test_page_has_a_row_for_every_fault() -> None:
    """Those that cannot be mended by typing say why not."""
    text = PAGE.read_text()
    assert text.startswith(head())
    assert text.endswith("\n".join(unmended_rows()) + "\n")
    assert text.count("\n| `") == len(MENDED) + len(REPLACED) + len(UNMENDED)


@pytest.mark.parametrize("fault", sampled(sorted(UNMENDED), {"leg-down", "vlan-on-one-host"}))
def test_no_line_leaves_a_name_to_the_reader_that_the_pool_shows(
    advised: Advised, fault: str
) -> None:
    """Of faults that no line mends, either."""
    assert left_open(advised.about(fault).advice) == []


@pytest.mark.parametrize("fault", sampled(IN_PLACE, QUICK & {*IN_PLACE}))
def test_plan_shows_the_step_that_is_advised(labs: KeptLabs, fault: str) -> None:
    """Both know the difference, and end it by the same commands."""
    with labs.struck_by(fault) as kept:
        now = kept.look()
        advised = {line.partition("# ")[2] for line in kept.judged_after(fault).advice}
    plan = plan_for(kept.desired, now)
    commands = {part for step in plan.changes for part in step.command.split(" && ")}
    assert commands
    assert {each.removeprefix(f"ssh root@{STRUCK} ") for each in commands} <= advised


@pytest.mark.parametrize("fault", ["leg-gone", "nic-renamed", "nics-swapped"])
def test_nic_that_is_elsewhere_is_not_taken_for_another_board(advised: Advised, fault: str) -> None:
    """Neither a NIC that is gone, nor one that was renamed or changed places."""
    causes = advised.about(fault).causes
    assert not {"board was replaced", "dom0 was changed by hand"} & causes


def test_every_fault_is_mended_or_says_why_not() -> None:
    """No fault that a claim finds is left out."""
    known = {*fault_causes.CAUSES} - fault_table.DRILLED
    assert known - {*MENDED, *REPLACED} - UNMENDED.keys() == set()
