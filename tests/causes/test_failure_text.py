"""A failed claim tells what was wanted and seen, what others show, why, and what to type."""

from collections.abc import Callable

import pytest

from pytest_xsbond.advice import Advice
from pytest_xsbond.causes.failure import explain, judged_elsewhere
from pytest_xsbond.causes.grouping import grouped
from pytest_xsbond.causes.runbook import runbook
from pytest_xsbond.causes.table import CAUSES
from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.results import Result, Verdict
from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.spec.test_bonds import test_bond_has_the_wanted_mode as mode_claim
from pytest_xsbond.spec.test_switches import (
    test_switch_has_one_bond_of_the_wanted_nics as switch_claim,
)
from tests.support.build import Draft
from tests.support.views import view

Claim = Callable[..., object]


def other_mode(recorded: Stages) -> BondOnHost:
    """Return the member's view of a pool in which its bond has another mode."""
    draft = Draft(recorded.now)
    draft.bond("xs-2", "bond1")["mode"] = "active-backup"
    return view(draft.read())


def text(seen: BondOnHost, claim: Claim) -> list[str]:
    """Return the lines of a failed claim about the member."""
    others = judged_elsewhere(claim, {"here": seen})
    del others["xs-2"]
    failure = explain(
        seen,
        ["PM-4.3.2", "M-3.3.2"],
        claim="Bond.mode is the wanted mode.",
        seen="active-backup",
        wanted="balance-slb",
        others=others,
    )
    return list(failure.lines())


def test_text_is_complete(recorded: Stages) -> None:
    """Every part of it stands on a line of its own, what to type last."""
    seen, (cause, *_) = other_mode(recorded), [c for c in CAUSES if c.name == "mode differs"]
    assert text(seen, mode_claim) == [
        "claim   PM-4.3.2 M-3.3.2: Bond.mode is the wanted mode.",
        "host    xs-2, network PUB",
        "wanted  balance-slb",
        "seen    active-backup",
        "others  xs-1: as wanted",
        f"cause   {cause.name}: {cause.says}",
        f"do:     xs-1# xe bond-set-mode uuid={seen.bond.uuid} mode=balance-slb",
    ]


def test_others_that_fail_alike_are_told(recorded: Stages) -> None:
    """A claim that fails everywhere is no matter of one host."""
    draft = Draft(recorded.now)
    for host in ("xs-1", "xs-2"):
        draft.bond(host, "bond1")["mode"] = "active-backup"
    others = judged_elsewhere(mode_claim, {"here": view(draft.read())})
    assert set(others) == {"xs-1", "xs-2"}
    assert "as wanted" not in others.values()


def test_other_that_nobody_could_look_at_is_told(recorded: Stages) -> None:
    """An unreachable host is neither right nor wrong."""
    draft = Draft(recorded.now)
    draft.unreachable("xs-1", "connection refused")
    others = judged_elsewhere(switch_claim, {"here": view(draft.read())})
    assert others["xs-1"] == "could not be looked at: xs-1: dom0: connection refused"


def test_what_cannot_be_looked_at_is_possible(recorded: Stages) -> None:
    """With nothing known, every cause that is not ruled out is named as possible."""
    draft = Draft(recorded.now)
    draft.unreachable("xs-2", "connection refused")
    failure = explain(
        view(draft.read()), ["M-3.5.2"], claim="It is there.", seen="", wanted="", others={}
    )
    assert [cause.name for cause in failure.causes] == ["dom0 was not reached"]
    assert failure.next == (Advice(mark="look", line="ssh root@xs-2 true"),)


def result(outcome: str, verdict: Verdict = "FAIL", host: str = "xs-2") -> Result:
    """Return what came of one claim."""
    return Result(
        test=outcome,
        host=host,
        network="PUB",
        outcomes=(outcome,),
        claim="A claim.",
        verdict=verdict,
        message="it does not hold",
    )


@pytest.fixture
def not_inherited(recorded: Stages) -> Stages:
    """A pool whose member was never restarted, as a verifying run sees it."""
    assert recorded.created is not None
    return Stages(desired=recorded.desired, now=recorded.created)


def test_failures_of_one_cause_are_told_together(not_inherited: Stages) -> None:
    """Nine claims fail because of one restart that is missing."""
    ids = ("PM-3", "M-3.2", "M-3.3.1", "M-3.3.2", "M-3.3.3", "M-3.4", "M-3.5.1", "M-3.5.2")
    groups, alone = grouped(not_inherited, [result(id_) for id_ in (*ids, "H-both-views")])
    assert [group.title() for group in groups] == ["xs-2: bond not inherited: 9 claims"]
    restart = Advice(mark="do", line="xs-2# service xapi restart")
    assert (groups[0].next, alone) == ((restart,), ())


def test_failure_of_another_cause_stays_alone(not_inherited: Stages) -> None:
    """What the cause does not explain is told as itself."""
    stranger = result("H-backend")
    groups, alone = grouped(not_inherited, [result("M-3.2"), result("M-3.4"), stranger])
    assert (len(groups), alone) == (1, (stranger,))


def test_single_failure_makes_no_group(not_inherited: Stages) -> None:
    """One failure is best told in its own words."""
    groups, alone = grouped(not_inherited, [result("M-3.2")])
    assert (groups, len(alone)) == ((), 1)


def test_hosts_are_grouped_apart(not_inherited: Stages) -> None:
    """The master, which has the bond, is no part of the member's group."""
    on_master = result("M-3.2", host="xs-1")
    groups, alone = grouped(not_inherited, [result("M-3.2"), result("M-3.4"), on_master])
    assert ([group.host for group in groups], alone) == (["xs-2"], (on_master,))


def test_what_holds_is_in_no_group(not_inherited: Stages) -> None:
    """Neither a pass nor what could not be judged needs a cause."""
    fine = [result("M-3.2", "pass"), result("M-3.4", "pass"), result("PM-3", "n/j")]
    assert grouped(not_inherited, fine) == ((), ())


def test_warning_alone_makes_no_group(not_inherited: Stages) -> None:
    """A warning is told with the failures of its cause, and as itself without any."""
    warnings = [result("H-naming", "warn"), result("H-alerts", "warn")]
    assert grouped(not_inherited, warnings) == ((), tuple(warnings))


def test_runbook_has_a_section_for_every_cause() -> None:
    """What a failure names, the runbook explains."""
    assert "### Bond not inherited\n" in runbook()
    assert "xs-2# service xapi restart" in runbook()


def test_cause_is_looked_for_after_the_change(pytester: pytest.Pytester) -> None:
    """A claim that is about no bond is explained by what the pool is now, not by its first look."""
    options = ("-p", "no:randomly", "--pool=lab", "--xsbond-lab-fault=host-disabled@xs-2")
    result = pytester.runpytest_subprocess(*options, "-k", "live_and_enabled")
    result.stdout.fnmatch_lines(
        ["1. host is in maintenance: 1 of 2 hosts*", "*do: *xe host-enable uuid=*"]
    )
