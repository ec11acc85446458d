"""Faults that are really done fail what they fail in the simulated lab, and nothing else.

The lab is looked at over XAPI and SSH, and judged in this process.
"""

import pytest

from tests.lab.ovs.ground import bonded_lab, needs_namespaces
from tests.support import fault_causes, fault_table
from tests.support.fault_table import UNJUDGED
from tests.support.judging import Judgement, judge
from tests.support.pool_runs import stages_of, tutorial_bond
from tests.support.tiers import sampled
from tests.support.typed_advice import typed
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
    "lacp-port-out",
    "lacp-two-lags",
    "lacp-two-switches",
    "lacp-other-switch",
    "bridge-down",
    "leg-down",
    "leg-deaf",
    "leg-gone",
    "switch-daemon-dead",
    "networkd-stopped",
    "power-lost",
    "clock-off",
    "vlan-on-leg",
    "lacp-with-fallback",
    "port-on-other-bridge",
    "bridge-secure",
    "flow-drops",
    "leg-policed",
    "leg-disabled",
    "ipv6-on-leg",
    "second-storage-address",
    "device-on-leg",
    "address-of-another-host",
    "vlan-tag-in-switch",
    "vlan-unplugged",
)
"""Of each kind one: port, partner, fall-back, interface, cable, VLAN, NIC, daemon, service, power,
clock, record."""
QUICK = {"one-leg-in-switch", "leg-down", "leg-deaf", "port-on-other-bridge"}
"""What is tried unless `slow` is wanted."""
_MOST_LISTENINGS = 60

SIMULATED_ONLY = {
    # No namespace has hardware.
    *("leg-half-duplex", "leg-slow", "leg-in-other-slot", "legs-tied", "link-lost-for-good"),
    # The version of Open vSwitch is this machine's.
    "old-wording",
    # Not every kernel has VLAN devices.
    "address-on-vlan-device",
    # No Open vSwitch keeps a port out of a LAG that is as it should be.
    "lacp-leg-refused",
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
@pytest.mark.parametrize("fault", sampled(SAMPLE, QUICK))
def test_fault_fails_its_outcomes_and_no_others(fault: str) -> None:
    """The same outcomes, on the same hosts, as docs/faults.md lists."""
    mode = fault_table.mode_of(fault)
    with bonded_lab(tutorial(len(HOSTS)), mode) as lab:
        strike(lab, f"{fault}@{STRUCK}")
        judged = judged_by_run(lab, fault, mode)
    by_host = {STRUCK: fault_table.EXPECTED[fault], **fault_table.ELSEWHERE.get(fault, {})}
    assert judged.not_passed() == {
        (host, id_): verdict
        for host, verdicts in by_host.items()
        for id_, verdict in verdicts.items()
    }, judged.complaints()
    if fault in fault_table.LACP_ONLY & set(fault_causes.CAUSES):
        assert judged.causes == {fault_causes.CAUSES[fault]}


@needs_namespaces
@pytest.mark.slow
@pytest.mark.parametrize("fault", ["port-on-other-bridge", "leg-policed", "device-on-leg"])
def test_lines_that_are_typed_mend_what_only_a_real_switch_obeys(fault: str) -> None:
    """The simulated lab's ovs-vsctl changes nothing: tests/causes/test_advice.py has the others."""
    with bonded_lab(tutorial(len(HOSTS)), BondMode.BALANCE_SLB) as lab:
        strike(lab, f"{fault}@{STRUCK}")
        advised = judge(stages_of(lab, desired=tutorial_bond(BondMode.BALANCE_SLB)))
        done = typed(lab, advised.advice)
        after = judge(stages_of(lab, desired=tutorial_bond(BondMode.BALANCE_SLB)))
    assert (advised.fails, after.not_passed()) == (True, {}), done


def judged_by_run(lab: OvsLab, fault: str, mode: BondMode) -> Judgement:
    """Judge what a run sees; one that listens does so again where too few frames came.

    How long they take is up to the machine: real frames travel through real switches.
    """
    listen = 1.0 if fault in fault_table.LISTENED_FOR else 0.0
    for _ in range(_MOST_LISTENINGS):
        judged = judge(stages_of(lab, desired=tutorial_bond(mode), listen=listen))
        if UNJUDGED not in {judged.verdicts(host).get("H-leg-hears") for host in HOSTS}:
            break
    return judged


@needs_namespaces
def test_lacp_fault_of_another_bond_is_refused(lab: OvsLab) -> None:
    """A balance-slb bond has nothing to fall back from."""
    with pytest.raises(FaultError, match="speaks no LACP"):
        strike(lab, "lacp-fallen-back@xs-2")
