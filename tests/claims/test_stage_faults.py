"""Each claim about the stages of a run fails when its stage shows something else.

The stages are the recorded ones; one thing is changed in one of them. They are stored, loaded as a
replay loads them, and judged in this process.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_xsbond.claims.stages import Stages, load_stages
from tests.support.build import Draft
from tests.support.judging import judge
from tests.support.spec_run import store

Change = Callable[[Draft], object]
FAIL = "FAIL"


def stray_network(draft: Draft) -> None:
    """Nobody asked for this network."""
    record = {**draft.network("NAS"), "name_label": "stray", "bridge": "xapi7", "PIFs": []}
    draft.records["network"]["OpaqueRef:stray"] = record


def second_pif(draft: Draft) -> None:
    """Two PIFs of one host are on the network."""
    twin = {**draft.pif("xs-1", "bond1"), "uuid": "twin", "bond_master_of": []}
    draft.records["PIF"]["OpaqueRef:zz-twin"] = twin


def pif_before_its_time(draft: Draft) -> None:
    """The member has a PIF on the network already."""
    twin = {**draft.pif("xs-1", "bond1"), "uuid": "early", "bond_master_of": []}
    twin["host"] = draft.host("xs-2")
    draft.records["PIF"]["OpaqueRef:zz-early"] = twin


def replaced(host: str, name: str, old: str, new: str) -> Change:
    """Return a change of what a host answered to one command."""

    def change(draft: Draft) -> None:
        text = draft.stdout(host, name)
        assert old in text
        draft.answer(host, name, text.replace(old, new))

    return change


def not_live(draft: Draft) -> None:
    """The member has not come back."""
    metrics = draft.records["host"][draft.host("xs-2")]["metrics"]
    draft.records["host_metrics"][metrics]["live"] = False


def same_start_time(draft: Draft) -> None:
    """The member's agent was never restarted."""
    draft.records["host"][draft.host("xs-2")]["other_config"]["agent_start_time"] = "1."


def one_leg(draft: Draft) -> None:
    """The master's bond joins one NIC."""
    draft.pif("xs-1", "eth5")["bond_slave_of"] = "OpaqueRef:NULL"
    bond = draft.bond("xs-1", "bond1")
    bond["slaves"] = [bond["primary_slave"]]


def shared_bond(draft: Draft) -> None:
    """XAPI shows the same Bond for both hosts."""
    draft.bond("xs-2", "bond1")["uuid"] = draft.bond("xs-1", "bond1")["uuid"]


BOND1_ROW = "bond1\tbalance-slb\t1\teth1, eth5\n"
CASES: dict[str, tuple[str, Change, dict[tuple[str, str], str]]] = {
    "network-nobody-wanted": (
        "now",
        stray_network,
        {("xs-1", "PM-4.1"): FAIL, ("xs-2", "PM-4.1"): FAIL, ("xs-2", "M-3.1"): FAIL},
    ),
    "network-gone": (
        "now",
        lambda draft: draft.network("NAS").update(name_label="NAS2"),
        {
            ("xs-1", "PM-4.1"): FAIL,
            ("xs-1", "PM-4.2.2"): FAIL,
            ("xs-2", "PM-4.1"): FAIL,
            ("xs-2", "PM-4.2.2"): FAIL,
            ("xs-2", "M-3.1"): FAIL,
        },
    ),
    "nic-lost-its-address": (
        "now",
        lambda draft: draft.pif("xs-1", "eth0").update(IP="172.16.0.99"),
        {("xs-1", "PM-4.2.1"): FAIL},
    ),
    "other-bond-lost-its-address": (
        "now",
        lambda draft: draft.pif("xs-2", "bond0").update(IP=""),
        {("xs-2", "PM-4.2.2"): FAIL},
    ),
    "two-pifs-on-the-network": (
        "now",
        second_pif,
        {("xs-1", "PM-4.2.3"): FAIL, ("xs-1", "PM-4.3.1"): FAIL},
    ),
    "third-leg-in-the-switch": (
        "now",
        replaced("xs-1", "ovs-bond-list", "eth1, eth5", "eth1, eth3, eth5"),
        {("xs-1", "PM-4.5.1"): FAIL, ("xs-1", "H-both-views"): FAIL},
    ),
    "another-name-in-the-switch": (
        "now",
        replaced("xs-1", "ovs-bond-list", "bond1\t", "bond7\t"),
        {("xs-1", "PM-4.5.1"): FAIL},
    ),
    "another-mode-in-the-switch": (
        "now",
        replaced("xs-1", "ovs-bond-list", "balance-slb", "balance-tcp"),
        {("xs-1", "PM-4.5.2"): FAIL, ("xs-1", "H-both-views"): FAIL},
    ),
    "address-on-a-leg": (
        "now",
        replaced(
            "xs-1",
            "ifconfig-a",
            "        ether 00:1f:29:c4:9f:3c  txqueuelen 1000  (Ethernet)\n        RX packets 214",
            "        inet 10.0.0.1  netmask 255.0.0.0  broadcast 10.255.255.255\n"
            "        ether 00:1f:29:c4:9f:3c  txqueuelen 1000  (Ethernet)\n        RX packets 214",
        ),
        {("xs-1", "PM-4.4.1"): FAIL, ("xs-1", "H-leg-clean"): FAIL},
    ),
    "both-hosts-share-a-bond": ("now", shared_bond, {("xs-2", "M-3.3.1"): FAIL}),
    "member-is-not-back": (
        "now",
        not_live,
        {("xs-2", "M-2"): FAIL, ("xs-2", "H-hosts"): FAIL},
    ),
    "member-is-not-enabled": (
        "now",
        lambda draft: draft.records["host"][draft.host("xs-2")].update(enabled=False),
        {("xs-2", "M-2"): FAIL, ("xs-2", "H-hosts"): FAIL},
    ),
    "member-was-not-restarted": ("now", same_start_time, {("xs-2", "M-2"): FAIL}),
    "network-unknown-to-the-member": (
        "created",
        replaced("xs-2", "network-list", "( RW): PUB", "( RW): PUP"),
        {("xs-2", "M-1.1"): FAIL},
    ),
    "pif-before-the-restart": ("created", pif_before_its_time, {("xs-2", "M-1.2"): FAIL}),
    "bond-of-the-master-incomplete": ("created", one_leg, {("xs-2", "M-1.3"): FAIL}),
    "dom0-changed-before-the-restart": (
        "created",
        replaced("xs-2", "ifconfig-a", "mtu 1500", "mtu 9000"),
        {("xs-2", "M-1.4"): FAIL},
    ),
    "bridge-of-a-leg-gone-too-early": (
        "created",
        replaced("xs-2", "ovs-list-br", "xenbr1\n", ""),
        {("xs-2", "M-1.5.1"): FAIL},
    ),
    "bond-in-the-switch-too-early": (
        "created",
        replaced(
            "xs-2",
            "ovs-bond-list",
            "bond0\t",
            BOND1_ROW + "bond0\t",
        ),
        {("xs-2", "M-1.5.2"): FAIL},
    ),
    "unknown-wording": (
        "now",
        replaced("xs-1", "ovs-bond-list", "recircID", "recirculation"),
        {
            ("xs-1", "PM-4.5.1"): "ERROR",
            ("xs-1", "PM-4.5.2"): "ERROR",
            ("xs-1", "H-both-views"): "ERROR",
            ("xs-1", "H-modes"): "ERROR",
        },
    ),
}
"""Case -> the stage that is changed, how, and what must not pass then."""


@pytest.mark.parametrize("case", CASES)
def test_changed_stage_fails_its_outcomes_and_no_others(
    recorded: Stages, tmp_path: Path, case: str
) -> None:
    """Exactly the listed outcomes do not pass."""
    stage, change, expected = CASES[case]
    assert recorded.before is not None
    assert recorded.created is not None
    drafts = {"created": Draft(recorded.created), "now": Draft(recorded.now)}
    change(drafts[stage])
    stages = store(
        tmp_path / "s",
        before=recorded.before,
        created=drafts["created"].read(),
        after=drafts["now"].read(),
    )
    assert judge(load_stages(stages)).not_passed() == expected
