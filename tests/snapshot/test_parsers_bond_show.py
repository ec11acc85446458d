"""The state of bonds is read from every wording of `ovs-appctl bond/show`, or refused."""

from pathlib import Path

import pytest

from xsbond.errors import UnexpectedOutput
from xsbond.model import OvsBondMember, OvsBondStatus
from xsbond.snapshot.parsers import parse_bond_show

CORPUS = Path(__file__).parent / "corpus" / "dom0"


def member(name: str, state: str) -> OvsBondMember:
    """Return a member of these words: enabled, active, able (may_enable)."""
    words = state.split()
    return OvsBondMember(
        name=name,
        enabled="enabled" in words,
        active="active" in words,
        may_enable="able" in words,
    )


def bond(name: str, mode: str, lacp_status: str, *members: OvsBondMember) -> OvsBondStatus:
    """Return a bond with the delays that xcp-networkd sets."""
    return OvsBondStatus(
        name=name,
        bond_mode=mode,
        updelay=31000,
        downdelay=200,
        lacp_status=lacp_status,
        members=members,
    )


NAS = bond(
    "bond0",
    "active-backup",
    "off",
    member("eth2", "enabled able"),
    member("eth4", "enabled active able"),
)
PUB = bond(
    "bond1",
    "balance-slb",
    "off",
    member("eth1", "enabled able"),
    member("eth5", "enabled active able"),
)

SITUATIONS = {
    "bond-show-ovs-1.4-asked-one-by-one": (
        bond(
            "bond0",
            "active-backup",
            "",
            member("eth4", "enabled active able"),
            member("eth2", "enabled able"),
        ),
        bond(
            "bond1",
            "balance-slb",
            "",
            member("eth5", "enabled active able"),
            member("eth1", "enabled able"),
        ),
    ),
    "bond-show-ovs-1.10-loads": (PUB,),
    "bond-show-ovs-2.5-one-link-down": (
        bond(
            "bond1",
            "balance-slb",
            "off",
            member("eth1", "enabled active able"),
            member("eth5", "disabled"),
        ),
    ),
    "bond-show-ovs-2.5-downdelay-runs": (
        bond(
            "bond0",
            "active-backup",
            "off",
            member("eth2", "enabled able"),
            member("eth4", "enabled active"),
        ),
    ),
    "bond-show-ovs-2.17-lacp-negotiated": (
        bond(
            "bond2",
            "balance-tcp",
            "negotiated",
            member("eth0", "enabled able"),
            member("eth3", "enabled active able"),
            member("eth5", "disabled"),
        ),
    ),
    "bond-show-ovs-2.17-all-links-down": (
        bond("bond1", "balance-slb", "off", member("eth1", "disabled"), member("eth5", "disabled")),
    ),
    "bond-show-ovs-3.5-waits-for-updelay": (
        bond(
            "bond1",
            "balance-slb",
            "off",
            member("eth1", "disabled able"),
            member("eth5", "enabled active able"),
        ),
        NAS,
    ),
    "bond-show-ovs-3.5-all-links-up": (PUB, NAS),
}

SMALL = """\
---- b ----
bond_mode: active-backup
updelay: 0 ms
downdelay: 0 ms
lacp_status: off
active member mac: 00:1f:29:c4:9f:3c(e1)

member e1: enabled
  active member
  may_enable: true

member e2: disabled
  updelay expires in 9 ms
  may_enable: true

"""

DAMAGE = {
    "no-name": ("---- b ----\n", ""),
    "banner-first": ("---- b ----\n", "Welcome\n---- b ----\n"),
    "banner-paragraph-first": ("---- b ----\n", "Welcome\n\n---- b ----\n"),
    "unknown-mode": ("active-backup", "balance-alb"),
    "no-mode": ("bond_mode: active-backup\n", ""),
    "mode-twice": ("updelay: 0", "bond_mode: active-backup\nupdelay: 0"),
    "no-updelay": ("updelay: 0 ms\ndown", "down"),
    "updelay-in-seconds": ("updelay: 0 ms\n", "updelay: 0 s\n"),
    "no-lacp": ("lacp_status: off\n", ""),
    "lacp-unknown": ("lacp_status: off", "lacp_status: <unknown>"),
    "lacp-said-both-ways": ("lacp_status: off\n", "lacp_status: off\nlacp_negotiated: true\n"),
    "unknown-setting": ("lacp_status: off\n", "lacp_status: off\nlacp_speed: fast\n"),
    "setting-in-a-member": ("  may_enable: true\n\nm", "updelay: 0 ms\n\nm"),
    "member-unnamed": ("member e1: enabled\n", ""),
    "member-in-another-state": ("e1: enabled", "e1: waiting"),
    "member-may-or-may-not": ("  may_enable: true\n\nm", "\nm"),
    "member-twice": ("member e2", "member e1"),
    "members-called-slaves": ("member e2", "slave e2"),
    "not-indented": ("  active member", "active member"),
    "nobody-active": ("  active member\n", ""),
    "two-active": ("  updelay expires in 9 ms\n", "  active member\n"),
    "enabled-and-waiting-for-updelay": ("e2: disabled", "e2: enabled"),
    "active-one-is-no-member": ("(e1)", "(e7)"),
    "bad-mac": ("9f:3c(e1)", "9f(e1)"),
    "no-blank-line-between": ("true\n\nmember e2", "true\nmember e2"),
    "one-blank-line-too-many": ("true\n\nmember e2", "true\n\n\nmember e2"),
    "last-line-cut": ("true\n\n", "tru"),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_bond_show_gives_the_state_of_each_wording(situation: str) -> None:
    """Each generation of Open vSwitch gives the bonds and members that it describes."""
    text = (CORPUS / f"{situation}.txt").read_text()
    assert parse_bond_show(text) == SITUATIONS[situation]


def test_no_text_is_no_bonds() -> None:
    """`bond/show` prints nothing where there is no bond, since it has no header."""
    assert parse_bond_show("") == ()


def test_undamaged_answer_is_read() -> None:
    """What the damaged answers below start from is understood."""
    assert [bond.name for bond in parse_bond_show(SMALL)] == ["b"]


@pytest.mark.parametrize(("old", "new"), DAMAGE.values(), ids=DAMAGE)
def test_bond_show_refuses(old: str, new: str) -> None:
    """Whatever one thing is wrong, the answer is refused rather than guessed at."""
    damaged = new.join(SMALL.rsplit(old, 1))
    assert damaged != SMALL
    with pytest.raises(UnexpectedOutput):
        parse_bond_show(damaged)


def test_bond_described_twice_is_refused() -> None:
    """Two answers in a row are not two bonds."""
    with pytest.raises(UnexpectedOutput, match="describes a bond twice"):
        parse_bond_show(SMALL + SMALL)


def test_bond_with_one_member_is_refused() -> None:
    """Open vSwitch makes an ordinary port of it, so the other member's paragraph is missing."""
    with pytest.raises(UnexpectedOutput, match="fewer than two"):
        parse_bond_show(SMALL[: SMALL.index("member e2")])


def test_single_bond_of_ovs_1_without_its_name_is_refused() -> None:
    """Open vSwitch 1.x describes the one bond it was asked for and does not repeat its name."""
    with pytest.raises(UnexpectedOutput, match="name of a bond"):
        parse_bond_show(SMALL.removeprefix("---- b ----\n"))


def test_lacp_status_is_empty_where_only_the_negotiation_is_told() -> None:
    """Before there was a status, a bond told whether LACP had been negotiated."""
    (bond,) = parse_bond_show(SMALL.replace("lacp_status: off", "lacp_negotiated: false"))
    assert bond.lacp_status == ""


def test_configured_lacp_is_told_from_negotiated() -> None:
    """A partner that does not answer leaves LACP configured only."""
    (bond,) = parse_bond_show(SMALL.replace("lacp_status: off", "lacp_status: configured"))
    assert bond.lacp_status == "configured"
