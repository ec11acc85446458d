"""Each fault fails exactly its outcomes, on exactly its host, and is told by its cause.

The faults strike one lab after the other, which is looked at over the wire and judged in this
process: tests/claims/test_judging.py claims that a whole run comes to the same.
"""

from pathlib import Path

import pytest

from pytest_xsbond.claims.outcomes import CATALOGUE, Needs
from tests.support import drift_table, fault_causes, fault_table
from tests.support.drift_table import DRIFT
from tests.support.fault_page import fault_page
from tests.support.fault_table import DRILLED, EXPECTED
from tests.support.judging import judge
from tests.support.kept_labs import STRUCK, KeptLabs
from tests.support.labs import look_at, provisioned_lab
from tests.support.pool_runs import drilled_stages
from tests.support.spec_run import run_spec
from tests.support.tiers import sampled
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial
from xsbond.lab.faults import FAULTS, FaultError, parse_fault, strike
from xsbond.model import BondMode

HOSTS = ("xs-1", "xs-2", "xs-3")


def expected(fault: str) -> dict[tuple[str, str], str]:
    """Return (host, outcome) -> verdict of everything that is to come of a fault but passes."""
    tables = (
        {STRUCK: EXPECTED[fault], **fault_table.ELSEWHERE.get(fault, {})},
        {STRUCK: DRIFT.get(fault, {}), **drift_table.ELSEWHERE.get(fault, {})},
    )
    return {
        (host, id_): verdict
        for by_host in tables
        for host, verdicts in by_host.items()
        for id_, verdict in verdicts.items()
    }


QUICK = {
    # Of records, declarations, the switch, NICs, hosts and answers: those that fail most.
    *("bond-deleted", "one-legged-bond", "mtu-of-network", "vlan-on-one-host", "ipv6-on-bond-pif"),
    *("mode-in-switch", "port-tagged", "flow-drops", "bridge-gone", "leg-down", "leg-gone"),
    *("mac-twice", "lacp-two-switches", "host-dead", "noise-in-answer"),
}
"""Tried before every commit."""


@pytest.mark.parametrize("fault", sampled(sorted(set(EXPECTED) - DRILLED), QUICK))
def test_fault_fails_its_outcomes_and_no_others(labs: KeptLabs, fault: str) -> None:
    """Nothing passes by accident, nothing else fails, and the cause is named."""
    with labs.struck_by(fault) as kept:
        judged = kept.judged_after(fault)
    assert judged.not_passed() == expected(fault)
    cause = fault_causes.CAUSES.get(fault)
    assert cause is None or cause in judged.causes


@pytest.mark.parametrize("fault", sampled(sorted(DRILLED), {"leg-stays-down"}))
def test_fault_is_found_by_a_drill(fault: str) -> None:
    """A lab for each: what watches a leg in dom0 may outlive the drill."""
    with provisioned_lab(tutorial(len(HOSTS))) as lab:
        baseline = look_at(lab)
        strike(lab, f"{fault}@{STRUCK}")
        judged = judge(drilled_stages(lab, baseline=baseline))
    assert judged.not_passed() == expected(fault)
    assert fault_causes.CAUSES[fault] in judged.causes


def test_healthy_lab_passes(labs: KeptLabs) -> None:
    """Without a fault everything holds, whatever has struck the lab before."""
    assert labs.of(BondMode.BALANCE_SLB).judged().not_passed() == {}


def test_table_is_complete() -> None:
    """Every fault of the lab has its row, and fails something unless it is no fault at all."""
    assert set(EXPECTED) == set(FAULTS)
    silent = {fault for fault in EXPECTED if not EXPECTED[fault]}
    drifting = {fault for fault in silent if fault in DRIFT} - set(fault_table.WHILE_CHANGING)
    assert silent - drifting == fault_table.HARMLESS | set(fault_table.WHILE_CHANGING)
    assert drifting == fault_table.OF_NOTHING_WANTED


def test_every_outcome_is_the_first_to_catch_some_fault() -> None:
    """No claim is there only to fail along with others."""
    first = {min(verdicts, key=list(CATALOGUE).index) for verdicts in EXPECTED.values() if verdicts}
    members = {id_ for id_, outcome in CATALOGUE.items() if outcome.is_about(master=False)}
    elsewhere = CHANGING | DECLARED | COMPARING
    every = {id_ for id_ in members if CATALOGUE[id_].needs not in elsewhere}
    assert every - first == FOLLOWING | IN_OTHER_POOLS


def test_every_kind_of_drift_is_caught_by_some_fault() -> None:
    """No claim about what has changed is there only to hold."""
    caught = {id_ for verdicts in DRIFT.values() for id_ in verdicts} | {
        id_
        for by_host in drift_table.ELSEWHERE.values()
        for verdicts in by_host.values()
        for id_ in verdicts
    }
    drift = {id_ for id_, outcome in CATALOGUE.items() if outcome.needs in COMPARING}
    assert drift - caught == drift_table.BY_CHANGE


CHANGING = {Needs.A_CHANGE, Needs.A_RESTART, Needs.INHERITANCE}
"""What only a run that provisions can judge is proven by changed stages."""
DECLARED = {Needs.MANAGEMENT, Needs.VLANS, Needs.IPV6, Needs.OVERRIDES, Needs.DEVICE}
"""What only a bond file with more in it lets be judged is proven key by key (tests/described)."""
COMPARING = {Needs.A_BASELINE, Needs.LACP_BASELINE}
"""What only a run with a baseline can judge is proven by drift_table."""
FOLLOWING = {
    # What comes of a lost NIC fails as well; that it is lost is said by this claim alone, and
    # before the member's bond is there (tests/claims/test_cases.py).
    "H-nics",
    # No call and no dom0 brings a member another host's Bond: proven by changed stages.
    "M-3.3.1",
    "M-3.3.3",
    # A leg that is out of its LAG, or in another one, is no working leg: these say why.
    "H-lacp-legs",
    "H-lacp-partner",
    # Two views that differ cannot both be as wanted; this one says which of them is wrong.
    "H-both-views",
}
"""Outcomes that never fail alone, nor first."""
IN_OTHER_POOLS = {"H-standby-speed", "H-modes"}
"""Outcomes of another mode or backend: proven by tests/claims/test_other_modes.py."""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("leg-dwn@xs-2", "there is no fault 'leg-dwn'; is it leg-down"),
        ("leg-down", "'leg-down' names none of the lab's hosts: leg-down@{xs-1,xs-2,xs-3}"),
        ("leg-down@xs-9", "'leg-down@xs-9' names none of the lab's hosts"),
        ("one-legged-bond@xs-1", "one-legged-bond cannot happen to xs-1, the pool master"),
        ("@", "there is no fault ''; python -m xsbond.lab --list-faults prints all"),
    ],
)
def test_fault_that_cannot_be_is_refused(text: str, reason: str) -> None:
    """The refusal names the fault, the host and what to write instead."""
    with pytest.raises(FaultError) as refused:
        parse_fault(text, HOSTS)
    assert str(refused.value).startswith(reason)


def test_fault_without_a_bond_is_refused() -> None:
    """A lab that nobody provisioned has no bond to strike."""
    with Lab(tutorial(2)) as lab, pytest.raises(FaultError, match="has no bond beside those"):
        strike(lab, "leg-down@xs-2")


def test_lacp_fault_of_another_bond_is_refused(labs: KeptLabs) -> None:
    """A balance-slb bond has nothing to fall back from."""
    slb = labs.of(BondMode.BALANCE_SLB)
    with slb.for_a_while() as lab, pytest.raises(FaultError, match="speaks no LACP"):
        strike(lab, "lacp-fallen-back@xs-2")


@pytest.mark.parametrize("fault", fault_table.WHILE_CHANGING)
def test_fault_shows_in_the_run_that_provisions(pytester: pytest.Pytester, fault: str) -> None:
    """Only who knows what was there before can tell: a whole run, which makes the bond itself."""
    run = run_spec(pytester, "--pool=lab", f"--xsbond-lab-fault={fault}@{STRUCK}")
    verdicts = fault_table.WHILE_CHANGING[fault]
    assert run.not_passed() == {(STRUCK, id_): verdict for id_, verdict in verdicts.items()}


def test_table_of_the_documentation_is_this_one() -> None:
    """docs/faults.md is made of the table, and up to date."""
    page = Path(__file__).parents[2] / "docs" / "faults.md"
    assert page.read_text(encoding="utf-8") == fault_page()
