"""What LACP tells of each leg is judged, from recorded-looking answers of every Open vSwitch."""

from pathlib import Path

import pytest

from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.dom0.lacp import left_out, partners
from pytest_xsbond.claims.health import unlike_links
from pytest_xsbond.claims.stages import Stages, load_stages
from pytest_xsbond.claims.view import view_of
from tests.claims.test_health_pools import LACP, judged_draft, lacp
from tests.support.build import Draft
from tests.support.spec_run import store

ONE, OTHER = "system 00:1c:73:0a:10:01", "system 00:1c:73:0a:20:01"
APART = "the legs end in 2 switches that are not one stack"
ALONE = "has no partner: the switch port sends no LACPDU"
LEGS_TOLD: dict[str, list[str]] = {
    "ovs-1.4-heartbeat": [
        f"eth1 {ALONE}",
        "bond1 asks for LACPDUs at the rate custom, wanted slow",
    ],
    "ovs-2.5-two-lags": [
        f"eth5 is detached: its switch port is in another LAG ({ONE}, key 12, port 13)"
    ],
    "ovs-2.17-partner-fell-silent": [
        f"eth5 has lost its partner ({ONE}, key 11, port 13): it fell silent"
    ],
    "ovs-3.5-no-partner": [f"eth1 {ALONE}", f"eth5 {ALONE}"],
    "ovs-3.5-negotiated": [],
}
"""Answer -> what is told of the legs."""
PARTNERS_TOLD: dict[str, list[str]] = {
    "ovs-2.5-two-lags": [
        f"the legs end in 2 LAGs of one switch: eth1: {ONE} key 11; eth5: {ONE} key 12"
    ],
    "ovs-2.17-two-systems": [
        f"{APART}: eth1: {ONE} key 11; eth5: {OTHER} key 11",
    ],
    "ovs-2.17-partner-fell-silent": [],
    "ovs-3.5-negotiated": [],
}
"""Answer -> what is told of their partners."""


def seen(recorded: Stages, at: Path, situation: str) -> BondOnHost:
    """Return the bond of a host whose Open vSwitch told this of its LACP."""
    draft = Draft(recorded.now)
    lacp(draft)
    draft.lacp("xs-2", situation)
    return view_of(load_stages(store(at / "s", [LACP], now=draft.read())), "xs-2", "PUB")


@pytest.mark.parametrize("situation", LEGS_TOLD)
def test_leg_that_lacp_leaves_out_is_told_with_its_partner(
    recorded: Stages, tmp_path: Path, situation: str
) -> None:
    """Why it is out, and who is at the other end."""
    assert list(left_out(seen(recorded, tmp_path, situation))) == LEGS_TOLD[situation]


@pytest.mark.parametrize("situation", PARTNERS_TOLD)
def test_legs_that_end_in_several_lags_are_told_with_them(
    recorded: Stages, tmp_path: Path, situation: str
) -> None:
    """Whether these are two LAGs, or two switches."""
    assert list(partners(seen(recorded, tmp_path, situation))) == PARTNERS_TOLD[situation]


def test_partner_is_not_judged_where_no_leg_hears_one(recorded: Stages, tmp_path: Path) -> None:
    """That each leg is without is told of the legs."""
    with pytest.raises(pytest.skip.Exception, match="no leg hears a LACP partner"):
        partners(seen(recorded, tmp_path, "ovs-3.5-no-partner"))


def test_rate_that_is_not_wanted_is_told(recorded: Stages, tmp_path: Path) -> None:
    """LACPDUs once a second, where XAPI's default is every 30 s."""
    draft = Draft(recorded.now)
    lacp(draft)
    draft.replace("xs-2", "ovs-lacp", "lacp_time: slow", "lacp_time: fast")
    found = judged_draft(draft, tmp_path, [LACP])
    assert found.not_passed() == {("xs-2", "H-lacp-legs"): "FAIL"}


def test_look_that_did_not_ask_for_lacp_is_not_judged(recorded: Stages, tmp_path: Path) -> None:
    """Looks of older releases are stored; nobody can ask again."""
    draft = Draft(recorded.now)
    lacp(draft)
    draft.forget("xs-2", "ovs-lacp")
    found = judged_draft(draft, tmp_path, [LACP])
    assert found.not_passed() == {
        ("xs-2", "H-lacp-legs"): "n/j",
        ("xs-2", "H-lacp-partner"): "n/j",
    }


def test_leg_that_the_answer_lacks_is_an_error(recorded: Stages, tmp_path: Path) -> None:
    """bond/show has two: an answer that ends early is no smaller truth."""
    draft = Draft(recorded.now)
    lacp(draft)
    whole = draft.stdout("xs-2", "ovs-lacp")
    draft.answer("xs-2", "ovs-lacp", whole[: whole.index("\nmember: eth5")])
    found = judged_draft(draft, tmp_path, [LACP])
    assert {found.verdicts("xs-2")[each] for each in ("H-lacp-legs", "H-lacp-partner")} == {"ERROR"}


def test_leg_that_is_disabled_is_told_with_the_reason(recorded: Stages, tmp_path: Path) -> None:
    """It has its link: whoever reads of the leg wants to know what keeps it out."""
    draft = Draft(recorded.now)
    lacp(draft)
    draft.lacp("xs-2", "ovs-2.5-two-lags")
    draft.replace("xs-2", "ovs-bond-show", *ACTIVE)
    draft.replace("xs-2", "ovs-bond-show", *OUT)
    here = view_of(load_stages(store(tmp_path / "s", [LACP], now=draft.read())), "xs-2", "PUB")
    assert unlike_links(here)[0] == (
        "Open vSwitch keeps eth5 disabled, though it has a carrier:"
        f" eth5 is detached: its switch port is in another LAG ({ONE}, key 12, port 13)"
    )


ACTIVE = ("member eth1: enabled\n", "member eth1: enabled\n  active member\n")
OUT = (
    "member eth5: enabled\n  active member\n  may_enable: true",
    "member eth5: disabled\n  may_enable: false",
)
"""What bond/show says instead where the second leg is out."""
