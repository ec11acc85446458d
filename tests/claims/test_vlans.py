"""The VLANs on a bond: which host is told where hosts differ, and what of them dom0 runs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_xsbond.claims import health
from pytest_xsbond.claims.declared import vlans
from pytest_xsbond.claims.stages import Stages, load_stages
from tests.support.build import Draft
from tests.support.judging import Judgement, judge
from tests.support.spec_run import PUB, store
from tests.support.views import view
from xsbond.snapshot.snapshot import Snapshot

Change = Callable[[Draft], object]


def vlan_everywhere(draft: Draft) -> None:
    """A VLAN runs on the bond of every host."""
    for host in ("xs-1", "xs-2", "xs-3"):
        draft.add_vlan(host, "bond1", "V100", 100)


def vlan_detached(draft: Draft) -> None:
    """XAPI has the VLAN of one host unplugged, though its bridge is still there."""
    vlan_everywhere(draft)
    draft.records["PIF"]["OpaqueRef:pif-xs-2-V100"]["currently_attached"] = False


def vlan_without_bridge(draft: Draft) -> None:
    """XAPI has the VLAN of one host attached, and its dom0 has no bridge for it."""
    vlan_everywhere(draft)
    draft.replace("xs-2", "ovs-list-br", "xapi100\n", "")
    shown = "        Port xapi100\n            tag: 100\n            Interface xapi100\n"
    draft.replace("xs-2", "ovs-show", f"{shown}                type: internal\n", "")


def vlan_tagged_by_hand(draft: Draft) -> None:
    """The port of a VLAN has another tag than XAPI says."""
    vlan_everywhere(draft)
    draft.replace("xs-2", "ovs-show", "tag: 100\n", "tag: 101\n")


def vlan_on_another_bridge(draft: Draft) -> None:
    """The bridge of a VLAN is on the bridge of another NIC."""
    vlan_everywhere(draft)
    shown = "        Port xapi100\n            tag: 100\n            Interface xapi100\n"
    port = f"{shown}                type: internal\n"
    draft.replace("xs-2", "ovs-show", port, "")
    draft.replace("xs-2", "ovs-show", "    Bridge xenbr3\n", f"    Bridge xenbr3\n{port}")


def vlan_disconnected(draft: Draft) -> None:
    """XAPI has no carrier for the VLAN of one host, whose legs are all up."""
    vlan_everywhere(draft)
    pif = draft.records["PIF"]["OpaqueRef:pif-xs-2-V100"]
    metrics = {**draft.records["PIF_metrics"][pif["metrics"]], "carrier": False}
    draft.records["PIF_metrics"]["OpaqueRef:of-vlan"] = metrics
    pif["metrics"] = "OpaqueRef:of-vlan"


def vlan_missing_on_master(draft: Draft) -> None:
    """The pool master missed a VLAN that both members have."""
    for host in ("xs-2", "xs-3"):
        draft.add_vlan(host, "bond1", "V100", 100)


CASES: dict[str, tuple[Change, set[tuple[str, str]], str]] = {
    "not-attached": (
        vlan_detached,
        {("xs-2", "H-vlans")},
        "VLAN 100 for network V100 is not attached on xs-2",
    ),
    "without-a-bridge": (
        vlan_without_bridge,
        {("xs-2", "H-vlans-run")},
        "dom0 of xs-2 has no bridge xapi100 for VLAN 100 for network V100",
    ),
    "tagged-by-hand": (
        vlan_tagged_by_hand,
        {("xs-2", "H-vlans-run")},
        "Open vSwitch has tag 101 on the port xapi100 of VLAN 100 for network V100",
    ),
    "on-another-bridge": (
        vlan_on_another_bridge,
        {("xs-2", "H-vlans-run")},
        "port xapi100 of VLAN 100 for network V100 on xenbr3, and not on xapi1",
    ),
    "disconnected": (
        vlan_disconnected,
        {("xs-2", "H-legs-up")},
        "XAPI's PIF_metrics.carrier of VLAN 100 of bond1 is stale: every leg of it is up",
    ),
    "on-one-member": (
        lambda draft: draft.add_vlan("xs-2", "bond1", "V7", 7),
        {("xs-2", "H-vlans")},
        "VLAN 7 for network V7 is on xs-2, and not on the pool master xs-1 and xs-3",
    ),
    "on-the-master-alone": (
        lambda draft: draft.add_vlan("xs-1", "bond1", "V7", 7),
        {("xs-2", "H-vlans"), ("xs-3", "H-vlans")},
        "xs-2 has no VLAN 7 for network V7, which is on the pool master xs-1",
    ),
    "missing-on-the-master": (
        vlan_missing_on_master,
        {("xs-1", "H-vlans")},
        "xs-1 has no VLAN 100 for network V100, which is on xs-2 and xs-3",
    ),
}
"""Case -> what is changed in a pool of three, what fails then, and what is said."""


def changed(recorded: Stages, change: Change, hosts: int = 3) -> Snapshot:
    """Return the recorded pool of two hosts, or with a twin of the member, after a change."""
    draft = Draft(recorded.now)
    for number in range(3, hosts + 1):
        draft.add_host(f"xs-{number}", like="xs-2")
    change(draft)
    return draft.read()


def judged(recorded: Stages, at: Path, change: Change, hosts: int) -> Judgement:
    """Judge it."""
    return judge(load_stages(store(at / "s", [PUB], now=changed(recorded, change, hosts))))


def said(recorded: Stages, change: Change, host: str, hosts: int = 3) -> str:
    """Return what is said of a host's VLANs."""
    here = view(changed(recorded, change, hosts), host)
    found = (*vlans.vlan_differences(here), *vlans.vlans_that_do_not_run(here))
    return "; ".join((*found, *health.lame_legs(here)))


@pytest.mark.parametrize("case", CASES)
def test_vlan_that_is_wrong_is_told_of_its_host(
    recorded: Stages, tmp_path: Path, case: str
) -> None:
    """Exactly the listed claims fail, and name the VLAN, its network and the hosts."""
    change, failing, says = CASES[case]
    found = judged(recorded, tmp_path, change, hosts=3)
    assert found.not_passed() == dict.fromkeys(failing, "FAIL")
    assert says in said(recorded, change, min(failing)[0])


@pytest.mark.parametrize(("host", "failing"), [("xs-1", "xs-2"), ("xs-2", "xs-2")])
def test_master_decides_between_two_hosts(
    recorded: Stages, tmp_path: Path, host: str, failing: str
) -> None:
    """A member lacks what the master has; what the master lacks, the member has for itself."""
    found = judged(recorded, tmp_path, lambda d: d.add_vlan(host, "bond1", "V7", 7), hosts=2)
    assert found.not_passed() == {(failing, "H-vlans"): "FAIL"}


def other_tag_on_member(draft: Draft) -> None:
    """Two hosts have different tags for one network."""
    draft.add_vlan("xs-1", "bond1", "V7", 7)
    draft.add_vlan("xs-2", "bond1", "V7", 8)


def test_tag_of_the_master_is_right_between_two_hosts(recorded: Stages, tmp_path: Path) -> None:
    """The member is told, with both tags."""
    found = judged(recorded, tmp_path, other_tag_on_member, hosts=2)
    assert found.not_passed() == {("xs-2", "H-vlans"): "FAIL"}
    words = "network V7 has tag 8 on xs-2, but 7 on the pool master xs-1"
    assert said(recorded, other_tag_on_member, "xs-2", hosts=2) == words


def test_vlan_of_the_bond_file_is_right_on_every_host(recorded: Stages, tmp_path: Path) -> None:
    """What is declared needs no vote: the host that has it is right, alone or not."""
    draft = Draft(recorded.now)
    draft.add_vlan("xs-2", "bond1", "V7", 7)
    wanted = {**PUB, "vlans": [{"network": "V7", "tag": 7}]}
    found = judge(load_stages(store(tmp_path / "s", [wanted], now=draft.read())))
    assert {host for host, id_ in found.not_passed() if id_ == "H-vlans"} == {"xs-1"}
