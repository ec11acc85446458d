"""What real pools have shown gets the right verdict, cause and next step, and nothing besides."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.cases import Case, judged_case
from tests.support.judging import judge as judged_in_process
from xsbond.plan.plan import plan_for

Judge = Callable[[str], Case]

_JUDGED: dict[str, Case] = {}


@pytest.fixture
def judge(tmp_path: Path, pytester: pytest.Pytester) -> Judge:
    """A case by its name, judged once for all tests."""

    def judged(name: str) -> Case:
        if name not in _JUDGED:
            _JUDGED[name] = judged_case(name, tmp_path, pytester)
        return _JUDGED[name]

    return judged


# --- right, or wrong in one thing only ---


def test_mtu_that_the_file_asks_for_is_no_drift(judge: Judge) -> None:
    """Network, bond, bridge and legs have the wanted MTU, which they had not at the baseline."""
    case = judge("drift-mtu-of-legs")
    assert (case.exit_status, case.not_passed()) == (0, {})


def test_network_that_is_missing_is_told_once(judge: Judge) -> None:
    """Nothing fails of the bond that is right, although another one is missing."""
    case = judge("other-network-missing")
    assert {network for _, network, _ in case.failed} == {"PUB"}
    assert case.causes == ["network is missing"]


def test_bond_that_the_master_lacks_is_told_of_the_master(judge: Judge) -> None:
    """The member's bond is whole."""
    case = judge("master-lacks-bond")
    assert {host for host, _, _ in case.failed} == {"xs-1"}
    assert [finding.hosts for finding in case.page.findings] == [("xs-1",)]


def test_address_that_differs_is_given_by_one_command(judge: Judge) -> None:
    """The wanted address can be set; nothing is taken away and no bond is destroyed for it."""
    case = judge("wanted-address-differs")
    assert {host for host, _, _ in case.failed} == {"xs-1"}
    assert "mode=static IP=172.16.0.45 netmask=255.255.255.240" in case.advice
    assert "mode=none" not in case.advice
    assert "destroy" not in case.advice
    assert "run xe pif-reconfigure-ip uuid=" in case.plan
    assert "mode=static IP=172.16.0.45 netmask=255.255.255.240" in case.plan


# --- what the bond file declares ---


def test_mtu_of_the_bond_file_is_judged_and_planned(judge: Judge) -> None:
    """A network that has kept its own MTU fails on every host, with the command that sets it."""
    case = judge("mtu-of-bond-file")
    assert case.failed == {(host, "PUB", "H-mtu") for host in ("xs-1", "xs-2")}
    assert case.causes == ["network has another MTU"]
    set_mtu, plug = case.next_of("network has another MTU")
    assert "xe network-param-set uuid=" in set_mtu
    assert set_mtu.endswith("MTU=9000")
    assert "xe pif-plug uuid=" in plug
    assert "its MTU is 1500, wanted 9000" in case.plan


def test_each_property_that_differs_is_named_with_its_command(judge: Judge) -> None:
    """What is wanted of a lacp bond beyond its mode is compared, and not only used to make it."""
    case = judge("properties-not-judged")
    assert case.failed == {(host, "PUB", "H-properties") for host in ("xs-1", "xs-2")}
    finding = case.finding("property of the bond differs")
    (seen,) = finding.seen
    assert seen.seen.splitlines() == [
        "lacp-time is slow, wanted fast",
        "lacp-fallback-ab is true, wanted false",
        "lacp-aggregation-key is none, wanted 7",
    ]
    keys = ("lacp-time=fast", "lacp-fallback-ab=false", "lacp-aggregation-key=7")
    for line, key in zip(case.next_of("property of the bond differs"), keys, strict=True):
        assert "xe bond-param-set uuid=" in line
        assert line.endswith(f"properties:{key}")
        assert f"properties:{key}" in case.plan


def test_hash_that_differs_in_xapi_is_no_change_by_hand(judge: Judge) -> None:
    """Open vSwitch does what XAPI tells it to: the property is wrong, on one host."""
    case = judge("hashing-differs")
    assert {host for host, _, _ in case.failed} == {"xs-2"}
    assert ("xs-2", "PUB", "H-properties") in case.failed
    assert case.causes == ["property of the bond differs"]
    finding = case.finding("property of the bond differs")
    assert "hashing_algorithm is src_mac, wanted tcpudp_ports" in str(finding.seen)
    assert case.advice.endswith("properties:hashing_algorithm=tcpudp_ports")


def test_explicit_mac_is_to_be_declared(judge: Judge) -> None:
    """XAPI and dom0 agree about it, so that nothing is gained by plugging the bond anew."""
    case = judge("explicit-mac")
    assert case.failed == {("xs-1", "PUB", "PM-4.4.3")}
    finding = case.finding("bond has an explicit MAC")
    assert "02:ab:cd:00:00:01, an explicit MAC: XAPI and dom0 agree" in str(finding.seen)
    assert (
        'write mac.xs-1 = "02:ab:cd:00:00:01" for network PUB'
        in case.next_of("bond has an explicit MAC")[1]
    )
    assert "plug" not in case.advice


def test_explicit_mac_that_is_declared_is_right(judge: Judge) -> None:
    """Nothing fails, and a plan has nothing to say."""
    stages = judge("explicit-mac").stages
    wanted = tuple(replace(bond, macs={"xs-1": "02:ab:cd:00:00:01"}) for bond in stages.desired)
    declared = replace(stages, desired=wanted)
    plan = plan_for(wanted, declared.now, declared.inherit)
    assert judged_in_process(declared).not_passed() == {}
    assert (plan.steps, plan.refusals) == ((), ())


def test_vlan_that_is_not_attached_is_named_with_its_plug(judge: Judge) -> None:
    """It fails on the host that has it unplugged, by network and tag."""
    case = judge("vlan-not-attached")
    assert case.failed == {("xs-2", "PUB", "H-vlans"), ("xs-2", "PUB", "H-vlans-run")}
    finding = case.finding("VLAN is not attached")
    assert "VLAN 44 for network v44 is not attached on xs-2" in str(finding.seen)
    assert case.next_of("VLAN is not attached") == ("xs-1# xe pif-plug uuid=OpaqueRef:pif-xs-2",)


def test_management_on_a_guest_bond_is_to_be_declared(judge: Judge) -> None:
    """The way to declare it is named, and nothing that XAPI refuses or that cuts the host off."""
    case = judge("management-on-guest-bond")
    assert case.failed == {("xs-1", "PUB", "PM-4.2.4"), ("xs-1", "", "H-one-management")}
    assert case.causes == ["management is on a guest bond"]
    (where, way_out) = case.next_of("management is on a guest bond")
    assert where.startswith("xs-1# xe pif-list host-uuid=")
    assert 'write management = true, and addresses with xs-1 = "172.16.0.10/27"' in way_out
    assert "for network PUB" in way_out
    assert "mode=none" not in case.advice
    assert "destroy" not in case.advice + case.plan
    assert "write management = true and this address for network PUB" in case.plan


# --- what has changed since a baseline ---


def test_drift_of_something_else_is_not_blamed_on_a_missing_bond(judge: Judge) -> None:
    """The member had no bond at the baseline, either: it changed an address and a key."""
    case = judge("drift-blamed-on-inheritance")
    drift = {(host, id_) for host, _, id_ in case.failed if id_.startswith("D-")}
    assert drift == {("xs-2", "D-addresses"), ("xs-2", "D-pifs")}
    finding = case.finding("set up otherwise than at the baseline")
    assert (finding.hosts, set(finding.ids)) == (("xs-2",), {"D-addresses", "D-pifs"})
    assert "172.16.0.13" in str(finding.seen)
    assert not {"D-addresses", "D-pifs"} & set(case.finding("bond not inherited").ids)


# --- NICs that xapi cannot bond ---


def test_nic_that_is_in_another_bond_is_no_missing_restart(judge: Judge) -> None:
    """The member was restarted, and xapi made nothing: the NIC is a leg of the storage bond."""
    case = judge("nic-in-another-bond")
    finding = next(each for each in case.page.findings if "xs-2" in each.hosts)
    assert finding.cause == "NIC is in another bond"
    assert "eth5 is a leg of bond0 on network NAS, another bond of xs-2" in str(finding.seen)
    assert "take eth5 out of bond0 (network NAS) on xs-2" in case.advice
    assert "restart" not in case.advice
    assert "xs-2: NIC eth5: is a leg of another bond" in case.plan


def test_nic_that_is_gone_is_told_before_the_restart(judge: Judge) -> None:
    """A restart would take the other leg down as well: the plan refuses it, nothing advises it."""
    case = judge("nic-gone-before-restart")
    finding = next(each for each in case.page.findings if "xs-2" in each.hosts)
    assert finding.cause == "NIC is gone from the kernel"
    assert "eth5 is not in dom0 of xs-2, though XAPI still lists it" in str(finding.seen)
    assert "restart" not in case.advice
    assert "xs-2: NIC eth5: is not in dom0 of xs-2" in case.plan


def test_nic_that_is_gone_is_the_only_cause_after_the_restart(judge: Judge) -> None:
    """What XAPI and Open vSwitch show of the bond comes of it; nothing of it was done by hand."""
    case = judge("nic-gone-after-restart")
    assert {host for host, _, _ in case.failed} == {"xs-2"}
    assert case.causes == ["NIC is gone from the kernel"]
    assert "pif-plug" not in case.advice
    assert "destroy" not in case.advice
