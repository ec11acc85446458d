"""A NIC that is shared out by SR-IOV: refused where it is to be bonded, a leg where it is one."""

from collections.abc import Iterator

import pytest

from tests.lab.sriov_pools import sriov_pool
from tests.support.labs import connected, pif_ref, pool_arguments, provision, verify
from xsbond.bondfile import TUTORIAL
from xsbond.collect.observe import observe
from xsbond.lab import Lab
from xsbond.model import Inherit
from xsbond.plan.plan import plan_for

ETH1 = "eth1"


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A pool of two hosts whose NICs can do SR-IOV."""
    with Lab(sriov_pool()) as lab:
        yield lab


def share_out(lab: Lab, host: str, device: str = ETH1) -> None:
    """Enable SR-IOV on a NIC, with a VLAN on it."""
    call = lab.host(host).toolstack.call
    nic = pif_ref(lab, host, device)
    networks = [
        call("network.create", {"name_label": name, "other_config": {}}) for name in ("VF", "VF 7")
    ]
    sriov = call("network_sriov.create", nic, networks[0])
    logical = call("network_sriov.get_logical_PIF", sriov)
    call("VLAN.create", logical, 7, networks[1])


@pytest.mark.parametrize("host", ["xs-1", "xs-2"])
def test_plan_refuses_a_wanted_nic_with_the_reason(lab: Lab, host: str) -> None:
    """On the master and on a member; the NIC itself is found although another PIF has its name."""
    share_out(lab, host)
    with connected(lab) as connections:
        plan = plan_for(TUTORIAL, observe(connections), Inherit.RESTART)
    assert [(each.rule, each.where) for each in plan.refusals] == [("nic-sriov", host)]


def test_command_says_why(lab: Lab, pytester: pytest.Pytester) -> None:
    """In one line with host, NIC, reason and what to do; nothing is changed."""
    share_out(lab, "xs-2")
    result = pytester.runpytest_inprocess(*pool_arguments(lab), "--xsbond-apply")
    result.stderr.fnmatch_lines(["*xs-2: NIC eth1: is shared out by SR-IOV; choose another NIC*"])
    assert result.ret == pytest.ExitCode.USAGE_ERROR


def test_leg_with_sriov_is_judged_as_a_leg(lab: Lab, pytester: pytest.Pytester) -> None:
    """Whatever else has its name: all that holds of a leg is asked of the NIC."""
    provision(lab)
    lab.pass_time(60)
    share_out(lab, "xs-2")
    run = verify(pytester, lab)
    assert (run.not_passed(), run.exit_status) == ({}, 0)


def test_fault_of_such_a_leg_is_found(lab: Lab, pytester: pytest.Pytester) -> None:
    """The claims look at the NIC, not at what SR-IOV made of it."""
    provision(lab)
    share_out(lab, "xs-2")
    lab.host("xs-2").dom0.set_interface(ETH1, up=False, by="ifconfig down")
    lab.pass_time(60)
    run = verify(pytester, lab)
    assert run.not_passed()["xs-2", "H-legs-up"] == "FAIL"
