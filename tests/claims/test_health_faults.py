"""Each claim about the health of a bond fails on the host that is ill, and nothing else does.

The pool is the recorded one with a third host, so that most hosts can be told from the odd one; one
thing is changed in the look at it. The look is stored, loaded as a replay loads it, and judged in
this process, but for the text of a failure, which is the run's.
"""

from pathlib import Path

import pytest

from pytest_xsbond.claims.stages import Stages, load_stages
from tests.support.build import Draft
from tests.support.illnesses import (
    Change,
    alert,
    clock_off,
    leg_without_carrier,
    management_moved,
    miscounted,
    nic_is_gone,
    one_leg_in_the_switch,
    own_metrics,
    renamed,
    replaced,
    slots,
    software,
    stale_mac,
    twin_mac,
    vlan_gone,
    vlan_missing,
    vlan_mistagged,
    without,
)
from tests.support.judging import Judgement, judge
from tests.support.spec_run import PUB, run_spec, store

Verdicts = dict[tuple[str, str], str]
FAIL, ERROR, WARN = "FAIL", "ERROR", "warn"


CASES: dict[str, tuple[Change, Verdicts]] = {
    "one-leg-in-the-switch": (
        one_leg_in_the_switch,
        {
            ("xs-2", "M-3.5.2"): FAIL,
            ("xs-2", "H-both-views"): FAIL,
            ("xs-2", "H-legs-up"): FAIL,
            ("xs-2", "H-slb-not-lacp"): FAIL,
        },
    ),
    "nic-gone": (
        nic_is_gone,
        {
            ("xs-2", "M-3.5.2"): FAIL,
            ("xs-2", "H-both-views"): FAIL,
            ("xs-2", "H-legs-up"): FAIL,
            ("xs-2", "H-mac"): FAIL,
            ("xs-2", "H-mtu"): FAIL,
            ("xs-2", "H-slb-not-lacp"): FAIL,
            ("xs-2", "H-nics"): FAIL,
        },
    ),
    "no-carrier": (leg_without_carrier, {("xs-2", "H-legs-up"): FAIL}),
    "links-up-stale": (
        miscounted(10.0),
        {("xs-2", "H-legs-up"): FAIL},
    ),
    "links-up-within-its-lag": (
        miscounted(0.0),
        {("xs-2", "H-legs-up"): "n/j"},
    ),
    "slot-changed": (slots, {("xs-2", "H-same-nics"): FAIL}),
    "mac-stale": (stale_mac, {("xs-2", "H-mac"): FAIL}),
    "mac-twice": (twin_mac, {("xs-2", "H-mac"): FAIL}),
    "leg-with-small-frames": (
        replaced("xs-2", "sysfs-net", "eth5 mtu 1500", "eth5 mtu 1400"),
        {("xs-2", "H-mtu"): FAIL},
    ),
    "bridge-with-small-frames": (
        replaced("xs-2", "sysfs-net", "xapi1 mtu 1500", "xapi1 mtu 1400"),
        {("xs-2", "H-mtu"): FAIL},
    ),
    "pif-with-large-frames": (
        lambda draft: draft.pif("xs-2", "bond1").update(MTU="9000"),
        {("xs-2", "H-mtu"): FAIL},
    ),
    "two-speeds": (
        lambda draft: own_metrics(draft, "xs-2", "eth5", speed="1000"),
        {("xs-2", "H-speed"): FAIL},
    ),
    "half-duplex": (
        lambda draft: own_metrics(draft, "xs-2", "eth5", duplex=False),
        {("xs-2", "H-speed"): FAIL},
    ),
    "vlan-missing": (vlan_missing, {("xs-2", "H-vlans"): FAIL}),
    "vlan-with-another-tag": (vlan_mistagged, {("xs-2", "H-vlans"): FAIL}),
    "vlan-that-is-not-there": (
        vlan_gone,
        {("xs-2", "H-vlans"): FAIL, ("xs-2", "H-vlans-run"): FAIL},
    ),
    "leg-with-an-address": (
        lambda draft: draft.pif("xs-2", "eth5").update(IP="10.0.0.1"),
        {("xs-2", "H-leg-clean"): FAIL},
    ),
    "leg-set-to-dhcp": (
        lambda draft: draft.pif("xs-2", "eth5").update(ip_configuration_mode="DHCP"),
        {("xs-2", "H-leg-clean"): FAIL},
    ),
    "leg-on-its-own": (
        lambda draft: draft.pif("xs-2", "eth5").update(currently_attached=True),
        {("xs-2", "H-leg-clean"): FAIL},
    ),
    "leg-with-a-vlan": (
        lambda draft: draft.add_vlan("xs-2", "eth5", "V7", 7),
        {("xs-2", "H-leg-clean"): FAIL},
    ),
    "no-management": (
        lambda draft: draft.pif("xs-2", "eth0").update(management=False),
        {("xs-2", "H-one-management"): FAIL},
    ),
    "management-twice": (
        lambda draft: draft.pif("xs-2", "eth3").update(management=True),
        {("xs-2", "H-one-management"): FAIL},
    ),
    "management-on-the-guest-bond": (management_moved, {("xs-2", "H-one-management"): FAIL}),
    "another-release": (software("product_version", "8.2.1"), {("xs-2", "H-backend"): FAIL}),
    "backend-to-change": (
        replaced("xs-2", "network-conf", "openvswitch", "bridge"),
        {("xs-2", "H-backend"): FAIL},
    ),
    "rebalances-every-10-s": (
        replaced("xs-2", "ovs-ports", '"1800000"', '"10000"'),
        {("xs-2", "H-slb-not-lacp"): FAIL},
    ),
    "no-updelay": (
        replaced("xs-2", "ovs-bond-show", "updelay: 31000 ms", "updelay: 0 ms"),
        {("xs-2", "H-slb-not-lacp"): FAIL},
    ),
    "lacp-on-an-slb-bond": (
        replaced("xs-2", "ovs-bond-show", "lacp_status: off", "lacp_status: configured"),
        {("xs-2", "H-slb-not-lacp"): FAIL},
    ),
    "lacp-set-on-the-port": (
        replaced("xs-2", "ovs-ports", '["bond1","off"', '["bond1","active"'),
        {("xs-2", "H-slb-not-lacp"): FAIL},
    ),
    "override-on-the-pif": (
        lambda draft: draft.pif("xs-2", "bond1")["other_config"].update({"bond-updelay": "0"}),
        {("xs-2", "H-slb-not-lacp"): FAIL},
    ),
    "alert": (
        alert("The status of the eth1+eth5 bond changed: 1/2 up (was 2/2)"),
        {("xs-2", "H-alerts"): WARN},
    ),
    "alert-of-ha": (
        alert("The network bond has lost a link", "HA_NETWORK_BONDING_ERROR"),
        {("xs-2", "H-alerts"): WARN},
    ),
    "not-live": (
        lambda draft: draft.records["host"][draft.host("xs-2")].update(metrics="OpaqueRef:NULL"),
        {("xs-2", "H-hosts"): FAIL},
    ),
    "not-enabled": (
        lambda draft: draft.records["host"][draft.host("xs-2")].update(enabled=False),
        {("xs-2", "H-hosts"): FAIL},
    ),
    "clock-behind": (clock_off(-4), {("xs-2", "H-hosts"): FAIL}),
    "clock-ahead": (clock_off(5), {("xs-2", "H-hosts"): FAIL}),
    "another-number": (renamed, {("xs-2", "H-naming"): WARN}),
    "messages-not-asked-for": (
        without("message"),
        {(host, "H-alerts"): WARN for host in ("xs-1", "xs-2", "xs-3")},
    ),
}
"""Case -> what is changed, and all that does not pass then."""


def changed(recorded: Stages, at: Path, change: Change) -> Path:
    """Store the recorded pool of three hosts after a change."""
    draft = Draft(recorded.now)
    draft.add_host("xs-3", like="xs-2")
    change(draft)
    return store(at / "s", [PUB], now=draft.read())


def judged(recorded: Stages, at: Path, change: Change) -> Judgement:
    """Judge the recorded pool of three hosts after a change."""
    return judge(load_stages(changed(recorded, at, change)))


@pytest.mark.parametrize("case", CASES)
def test_illness_fails_its_claims_and_no_others(
    recorded: Stages, tmp_path: Path, case: str
) -> None:
    """Exactly the listed outcomes do not pass, on exactly the host that is ill."""
    change, expected = CASES[case]
    found = judged(recorded, tmp_path, change)
    assert found.not_passed() == expected


UNREADABLE: dict[str, tuple[str, ...]] = {
    "sysfs-net": ("H-nics", "H-both-views", "H-legs-up", "H-mac", "H-mtu"),
    "ovs-show": ("M-3.5.2", "H-both-views", "H-vlans-run", "H-bridge", "H-flows"),
    "ovs-bond-show": ("H-legs-up", "H-slb-not-lacp"),
    "ovs-ports": ("H-slb-not-lacp",),
    "network-conf": ("H-backend",),
    "clock": ("H-hosts",),
}
"""Command -> the claims that rest on its answer."""


@pytest.mark.parametrize("name", UNREADABLE)
def test_answer_that_is_not_there_is_an_error(recorded: Stages, tmp_path: Path, name: str) -> None:
    """A claim whose answer was never asked for neither passes nor fails."""
    found = judged(recorded, tmp_path, lambda draft: draft.forget("xs-2", name))
    assert found.not_passed() == {("xs-2", id_): ERROR for id_ in UNREADABLE[name]}


@pytest.mark.parametrize("name", UNREADABLE)
def test_answer_that_is_not_understood_is_an_error(
    recorded: Stages, tmp_path: Path, name: str
) -> None:
    """A claim never passes on a text that no parser knows."""
    found = judged(recorded, tmp_path, lambda draft: draft.answer("xs-2", name, "?\n"))
    assert found.not_passed() == {("xs-2", id_): ERROR for id_ in UNREADABLE[name]}


def test_time_that_was_not_asked_for_judges_no_clock(recorded: Stages, tmp_path: Path) -> None:
    """Without the master's time nothing is said of any clock."""
    found = judged(recorded, tmp_path, lambda draft: setattr(draft, "clock", ()))
    assert found.not_passed() == {(host, "H-hosts"): ERROR for host in ("xs-1", "xs-2", "xs-3")}


@pytest.mark.parametrize(
    ("change", "id_"),
    [
        (software("product_version", "8.2.1"), "H-backend"),
        (clock_off(60), "H-hosts"),
        (lambda draft: draft.add_vlan("xs-2", "bond1", "V7", 7), "H-vlans"),
    ],
    ids=["releases", "clocks", "vlans"],
)
def test_two_hosts_that_differ_leave_it_open_which_is_odd(
    recorded: Stages, tmp_path: Path, change: Change, id_: str
) -> None:
    """A tie of clocks names both hosts.

    Of VLANs and of what hosts run the pool master decides, whose VLANs its members copy.
    """
    draft = Draft(recorded.now)
    change(draft)
    found = judge(load_stages(store(tmp_path / "s", [PUB], now=draft.read())))
    hosts = {"H-vlans": ("xs-2",), "H-backend": ("xs-2",)}.get(id_, ("xs-1", "xs-2"))
    assert found.not_passed() == {(host, id_): FAIL for host in hosts}


CULPRITS: dict[str, tuple[Change, str]] = {
    "one-leg-in-the-switch": (
        one_leg_in_the_switch,
        (
            "Open vSwitch is wrong: eth1 is an ordinary port, no bond runs;"
            " Open vSwitch is wrong: it lacks eth5, which XAPI joins and the kernel has"
        ),
    ),
    "nic-gone": (
        nic_is_gone,
        (
            "Open vSwitch is wrong: eth1 is in its port, but no bond runs; the kernel has no eth5,"
            " so the NIC is gone; XAPI's record and Open vSwitch are stale"
            " (Open vSwitch says: could not open network device eth5 (No such device))"
        ),
    ),
    "mode-of-the-record": (
        lambda draft: draft.bond("xs-2", "bond1").update(mode="active-backup"),
        (
            "XAPI's record is wrong about the mode: XAPI means active-backup, Open vSwitch runs"
            " balance-slb, the bond file wants balance-slb"
        ),
    ),
}
"""Case -> what is changed, and who is said to be wrong."""


@pytest.mark.parametrize("case", CULPRITS)
def test_failure_says_which_view_is_wrong(
    pytester: pytest.Pytester, recorded: Stages, tmp_path: Path, case: str
) -> None:
    """The views' disagreement is told in one line that names the culprit and the reason."""
    change, message = CULPRITS[case]
    run = run_spec(pytester, "--xsbond-replay", changed(recorded, tmp_path, change))
    said = [r.message for r in run.results if (r.host, *r.outcomes) == ("xs-2", "H-both-views")]
    assert said == [message]
