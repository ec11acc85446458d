"""Each fault fails exactly its outcomes, on exactly its host, and is told by its cause."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pytest_xsbond.outcomes import CATALOGUE, Needs
from tests import drift_table, fault_table
from tests.drift_table import DRIFT
from tests.fault_table import EXPECTED
from tests.labs import keep_baseline, provisioned_lab, verify
from tests.spec_run import SpecRun, run_spec
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial
from xsbond.lab.faults import FAULTS, FaultError, parse_fault, strike
from xsbond.model import BondMode

STRUCK = "xs-2"
HOSTS = ("xs-1", "xs-2", "xs-3")


@contextmanager
def struck_lab(*faults: str, mode: BondMode = BondMode.BALANCE_SLB) -> Iterator[Lab]:
    """Keep a lab of three hosts that faults `NAME@HOST` have struck."""
    with provisioned_lab(tutorial(len(HOSTS)), mode=mode) as lab:
        for fault in faults:
            strike(lab, fault)
        yield lab


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


def judged(pytester: pytest.Pytester, fault: str) -> SpecRun:
    """Verify a lab that one fault has struck since its baseline was taken."""
    mode = BondMode.LACP if fault in fault_table.LACP_ONLY else BondMode.BALANCE_SLB
    bonds = pytester.path / "bonds.toml"
    bonds.write_text(f'[[bond]]\nnetwork = "PUB"\nnics = ["eth1", "eth5"]\nmode = "{mode.value}"\n')
    arguments = fault_table.ARGUMENTS.get(fault, ())
    with struck_lab(mode=mode) as lab:
        baseline = keep_baseline(lab, pytester.path / "baseline.json")
        strike(lab, f"{fault}@{STRUCK}")
        compared = f"--xsbond-baseline={baseline}"
        return verify(pytester, lab, f"--xsbond-bonds={bonds}", compared, *arguments)


@pytest.mark.parametrize("fault", EXPECTED)
def test_fault_fails_its_outcomes_and_no_others(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    """Nothing passes by accident, nothing else fails, and the cause is named first."""
    run = judged(pytester, fault)
    assert run.not_passed() == expected(fault)
    fails = {fault_table.FAIL, fault_table.ERROR} & set(expected(fault).values())
    assert run.exit_status == (1 if fails else 0)
    if cause := fault_table.CAUSES.get(fault):
        assert f"cause   {cause}: " in capsys.readouterr().out


def test_healthy_lab_passes(pytester: pytest.Pytester) -> None:
    """Without a fault everything holds."""
    with struck_lab() as lab:
        run = verify(pytester, lab)
    assert (run.not_passed(), run.exit_status) == ({}, 0)


def test_table_is_complete() -> None:
    """Every fault of the lab has its row, and fails something unless it is no fault at all."""
    assert set(EXPECTED) == set(FAULTS)
    silent = {fault for fault in EXPECTED if not EXPECTED[fault]}
    assert silent == fault_table.HARMLESS | set(fault_table.WHILE_CHANGING)


def test_every_outcome_is_the_first_to_catch_some_fault() -> None:
    """No claim is there only to fail along with others."""
    first = {min(verdicts, key=list(CATALOGUE).index) for verdicts in EXPECTED.values() if verdicts}
    members = {id_ for id_, outcome in CATALOGUE.items() if outcome.is_about(master=False)}
    every = {id_ for id_ in members if CATALOGUE[id_].needs not in CHANGING | {Needs.A_BASELINE}}
    assert every - first == FOLLOWING


def test_every_kind_of_drift_is_caught_by_some_fault() -> None:
    """No claim about what has changed is there only to hold."""
    caught = {id_ for verdicts in DRIFT.values() for id_ in verdicts} | {
        id_
        for by_host in drift_table.ELSEWHERE.values()
        for verdicts in by_host.values()
        for id_ in verdicts
    }
    drift = {id_ for id_, outcome in CATALOGUE.items() if outcome.needs is Needs.A_BASELINE}
    assert drift - caught == drift_table.BY_CHANGE


CHANGING = {Needs.A_CHANGE, Needs.A_RESTART, Needs.INHERITANCE}
"""What only a run that provisions can judge is proven by changed stages."""
FOLLOWING = {
    # No call and no dom0 brings a member another host's Bond: proven by changed stages.
    "M-3.3.1",
    "M-3.3.3",
    # Two views that differ cannot both be as wanted; this one says which of them is wrong.
    "H-both-views",
    # Legs that have no partner are disabled; this one says why.
    "H-lacp",
}
"""Outcomes that never fail alone, nor first."""


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


def test_lacp_fault_of_another_bond_is_refused() -> None:
    """A balance-slb bond has nothing to fall back from."""
    with struck_lab() as lab, pytest.raises(FaultError, match="speaks no LACP"):
        strike(lab, "lacp-fallen-back@xs-2")


@pytest.mark.parametrize("fault", fault_table.WHILE_CHANGING)
def test_fault_shows_in_the_run_that_provisions(pytester: pytest.Pytester, fault: str) -> None:
    """Only who knows what was there before can tell."""
    run = run_spec(pytester, "--pool=lab", f"--xsbond-lab-fault={fault}@{STRUCK}")
    verdicts = fault_table.WHILE_CHANGING[fault]
    assert run.not_passed() == {(STRUCK, id_): verdict for id_, verdict in verdicts.items()}


def test_table_of_the_documentation_is_this_one() -> None:
    """docs/faults.md is made of the table, and up to date."""
    page = Path(__file__).parent.parent / "docs" / "faults.md"
    assert page.read_text(encoding="utf-8") == fault_page()


def fault_page() -> str:
    """Return docs/faults.md."""
    lines = [_HEAD, "| fault | what it does | fails | cause that is named |", "|---|---|---|---|"]
    for name, verdicts in EXPECTED.items():
        shown = {**verdicts, **fault_table.WHILE_CHANGING.get(name, {}), **DRIFT.get(name, {})}
        cells = [f"{id_}{_NOTES[verdict]}" for id_, verdict in shown.items()]
        cause = fault_table.CAUSES.get(name, "")
        lines.append(f"| `{name}` | {FAULTS[name].says} | {' '.join(cells) or '-'} | {cause} |")
    return "\n".join(lines) + "\n"


_NOTES = {"FAIL": "", "ERROR": " (error)", "warn": " (warns)", "n/j": " (not judged)"}
_HEAD = """\
# Faults

`pytest --pool=lab --xsbond-lab-fault NAME@HOST` lets a fault strike a host of the lab once it is
provisioned, to see what a failure looks like; the option may be repeated.
Every row is a test: struck by the fault, exactly these outcomes do not pass, on exactly that host.
The ids are those of a member; on the master the same claims go by their PM ids.
On `--pool=lab:ovs` [most of them are really done](lab-ovs.md#faults).
`D-…` outcomes are judged where a baseline was taken before the fault struck.

"""
