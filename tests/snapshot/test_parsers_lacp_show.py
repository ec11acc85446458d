"""What LACP agreed on is read from every wording of `ovs-appctl lacp/show`, or refused."""

from pathlib import Path

import pytest

from xsbond.errors import UnexpectedOutput
from xsbond.model import LacpBond, LacpMember
from xsbond.snapshot.parsers import parse_lacp_show

CORPUS = Path(__file__).parent / "corpus" / "dom0"
ONE, OTHER, NOBODY = "00:1c:73:0a:10:01", "00:1c:73:0a:20:01", "00:00:00:00:00:00"
WORKS = frozenset({"activity", "aggregation", "synchronized", "collecting", "distributing"})


def leg(name: str, says: str, partner: str, *numbers: int, state: frozenset[str]) -> LacpMember:
    """Return a leg: status and place, its partner, then own key, the partner's key and port."""
    key, partner_key, partner_port = numbers
    return LacpMember(
        name=name,
        status=says.split(maxsplit=1)[0],
        attached=says.endswith(" attached"),
        key=key,
        partner=partner,
        partner_key=partner_key,
        partner_port=partner_port,
        partner_state=state,
    )


SITUATIONS = {
    "lacp-show-ovs-1.4-heartbeat": (
        LacpBond(
            name="bond1",
            is_negotiated=True,
            rate="custom",
            members=(
                leg("eth5", "current attached", ONE, 2, 11, 12, state=WORKS),
                leg("eth1", "defaulted detached", NOBODY, 2, 0, 0, state=frozenset()),
            ),
        ),
    ),
    "lacp-show-ovs-2.5-two-lags": (
        LacpBond(
            name="bond1",
            is_negotiated=True,
            rate="slow",
            members=(
                leg("eth1", "current attached", ONE, 1, 11, 12, state=WORKS),
                leg(
                    *("eth5", "current detached", ONE, 1, 12, 13),
                    state=frozenset({"activity", "aggregation"}),
                ),
            ),
        ),
    ),
    "lacp-show-ovs-2.17-two-systems": (
        LacpBond(
            name="bond1",
            is_negotiated=True,
            rate="fast",
            members=(
                leg("eth1", "current attached", ONE, 1, 11, 12, state=WORKS),
                leg("eth5", "current detached", OTHER, 1, 11, 12, state=WORKS),
            ),
        ),
        LacpBond(name="bond2", is_negotiated=False, rate="slow", members=()),
    ),
    "lacp-show-ovs-2.17-partner-fell-silent": (
        LacpBond(
            name="bond1",
            is_negotiated=True,
            rate="slow",
            members=(
                leg("eth1", "current attached", ONE, 1, 11, 12, state=WORKS),
                leg(
                    *("eth5", "expired attached", ONE, 1, 11, 13),
                    state=frozenset(
                        {"activity", "timeout", "aggregation", "collecting", "distributing"}
                    ),
                ),
            ),
        ),
    ),
    "lacp-show-ovs-3.5-negotiated": (
        LacpBond(
            name="bond1",
            is_negotiated=True,
            rate="slow",
            members=(
                leg("eth1", "current attached", ONE, 1, 11, 12, state=WORKS),
                leg("eth5", "current attached", ONE, 1, 11, 13, state=WORKS),
            ),
        ),
    ),
    "lacp-show-ovs-3.5-no-partner": (
        LacpBond(
            name="bond1",
            is_negotiated=False,
            rate="slow",
            members=(
                leg("eth1", "defaulted attached", NOBODY, 1, 0, 0, state=frozenset()),
                leg("eth5", "defaulted attached", NOBODY, 1, 0, 0, state=frozenset()),
            ),
        ),
    ),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_lacp_is_read_as_it_was_meant(situation: str) -> None:
    """The values are typed by hand, from what a person reads in the file."""
    text = (CORPUS / f"{situation}.txt").read_text(encoding="utf-8")
    assert parse_lacp_show(text) == SITUATIONS[situation]


def test_no_text_means_no_bond_speaks_lacp() -> None:
    """The command has no header."""
    assert parse_lacp_show("") == ()


DAMAGE = {
    "no-title": ("---- bond1 ----\n", ""),
    "banner-first": ("---- bond1 ----\n", "Welcome\n---- bond1 ----\n"),
    "unknown-status": ("active\n", "on\n"),
    "no-status": ("  status: active\n", ""),
    "unknown-rate": ("lacp_time: slow", "lacp_time: never"),
    "unknown-leg-status": ("eth5: defaulted", "eth5: lost"),
    "unknown-flag": ("actor state: activity", "actor state: asleep"),
    "leg-twice": ("member: eth5:", "member: eth1:"),
    "two-words": ("member: eth5:", "slave: eth5:"),
    "no-partner-key": (
        "  partner key: 0\n  partner state:\n\nmember",
        "  partner state:\n\nmember",
    ),
    "key-too-big": ("actor key: 1\n", "actor key: 65536\n"),
    "partner-of-a-deaf-leg": ("partner key: 0", "partner key: 7"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_no_open_vswitch_prints_is_refused(damage: str) -> None:
    """What is not understood is no LACP without a partner."""
    text = (CORPUS / "lacp-show-ovs-3.5-no-partner.txt").read_text(encoding="utf-8")
    old, new = DAMAGE[damage]
    assert old in text
    with pytest.raises(UnexpectedOutput):
        parse_lacp_show(text.replace(old, new, 1))
