"""Faults that are really done fail what they fail in the simulated lab, and nothing else."""

from pathlib import Path

import pytest

from tests import fault_table
from tests.lab_ovs.ground import bonded_lab, needs_namespaces
from tests.labs import verify
from xsbond.lab.blueprint import tutorial
from xsbond.lab.faults import FAULTS, FaultError, parse_fault, strike
from xsbond.lab.namespaced.faults import REAL, SAME
from xsbond.lab.namespaced.lab import OvsLab
from xsbond.model import BondMode

STRUCK, HOSTS = "xs-2", ("xs-1", "xs-2", "xs-3")

SAMPLE = (
    "one-leg-in-switch",
    "lacp-on-slb",
    "lacp-fallen-back",
    "bridge-down",
    "leg-down",
    "leg-deaf",
    "leg-gone",
    "switch-daemon-dead",
)
"""Of each kind one: port, partner, fall-back, interface, cable, VLAN, NIC, daemon."""
OTHERWISE = {"lacp-fallen-back": {"H-lacp": fault_table.FAIL}}
"""Open vSwitch 3.1 that has fallen back calls all legs enabled, and one of them active."""

SIMULATED_ONLY = {
    # No namespace has hardware.
    *("leg-half-duplex", "leg-slow", "leg-in-other-slot", "legs-tied", "link-lost-for-good"),
    # The clock and the version of Open vSwitch are this machine's.
    *("clock-off", "old-wording"),
    # Garbled on their way to whoever asked; what dom0 runs is in order.
    *("answer-cut-short", "line-cut-short", "noise-in-answer", "not-utf-8"),
}


def test_every_fault_is_done_or_refused() -> None:
    """None is forgotten, and none is both."""
    assert SAME | set(REAL) | SIMULATED_ONLY == set(FAULTS)
    assert not SAME & set(REAL)
    assert not (SAME | set(REAL)) & SIMULATED_ONLY


@pytest.mark.parametrize("name", sorted(SIMULATED_ONLY))
def test_fault_of_the_simulation_is_refused_in_one_line(name: str) -> None:
    """Before the lab is started."""
    with pytest.raises(FaultError) as refused:
        parse_fault(f"{name}@{STRUCK}", HOSTS, simulated=False)
    assert str(refused.value) == f"{name} is of the simulated lab only, that is --pool=lab"


@needs_namespaces
@pytest.mark.parametrize("fault", SAMPLE)
def test_fault_fails_its_outcomes_and_no_others(pytester: pytest.Pytester, fault: str) -> None:
    """The same outcomes, on the same hosts, as docs/faults.md lists."""
    mode = BondMode.LACP if fault in fault_table.LACP_ONLY else BondMode.BALANCE_SLB
    bonds = bond_file(pytester.path, mode)
    with bonded_lab(tutorial(len(HOSTS)), mode) as lab:
        strike(lab, f"{fault}@{STRUCK}")
        run = verify(
            pytester, lab, f"--xsbond-bonds={bonds}", *fault_table.ARGUMENTS.get(fault, ())
        )
    own = OTHERWISE.get(fault, fault_table.EXPECTED[fault])
    by_host = {STRUCK: own, **fault_table.ELSEWHERE.get(fault, {})}
    assert run.not_passed() == {
        (host, id_): verdict
        for host, verdicts in by_host.items()
        for id_, verdict in verdicts.items()
    }


def bond_file(directory: Path, mode: BondMode) -> Path:
    """Write a bond file for the tutorial's bond in a mode."""
    path = directory / "bonds.toml"
    path.write_text(f'[[bond]]\nnetwork = "PUB"\nnics = ["eth1", "eth5"]\nmode = "{mode}"\n')
    return path


@needs_namespaces
def test_lacp_fault_of_another_bond_is_refused(lab: OvsLab) -> None:
    """A balance-slb bond has nothing to fall back from."""
    with pytest.raises(FaultError, match="speaks no LACP"):
        strike(lab, "lacp-fallen-back@xs-2")
