"""The picture of a lacp bond: which leg LACP leaves out, and who is at the other end."""

import pytest

from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.evidence.picture import Box, drawing
from pytest_xsbond.evidence.topology import pictures
from tests.claims.test_health_pools import lacp
from tests.support.build import Draft

APART = {"ovs-2.17-two-systems"}
LEG_OUT = ("member eth5: enabled\n", "member eth5: disabled\n")
"""What bond/show says where LACP leaves the second leg out."""


def boxes(recorded: Stages, situation: str) -> dict[str, Box]:
    """Return text -> box of the member, whose Open vSwitch told this of its LACP."""
    draft = Draft(recorded.now)
    lacp(draft)
    draft.lacp("xs-2", situation)
    if situation in APART:
        draft.replace("xs-2", "ovs-bond-show", *LEG_OUT)
    found = pictures({"now": draft.read()}, recorded.desired, {("xs-2", "PUB")})
    (picture,) = (each for each in found if "xs-2" in each.hosts)
    return {box.text: box for box in drawing(picture.stages["now"], 1).boxes}


def test_leg_that_lacp_leaves_out_is_marked(recorded: Stages) -> None:
    """With the reason, where the mouse rests on it."""
    leg = boxes(recorded, "ovs-2.17-two-systems")["eth5"]
    assert leg.note == "LACP out"
    assert (
        "its switch port is in another LAG (system 00:1c:73:0a:20:01, key 11, port 12)" in leg.title
    )


@pytest.mark.parametrize(
    ("situation", "note"),
    [("ovs-3.5-negotiated", "LACP ok"), ("ovs-2.17-two-systems", "LACP 1 of 2")],
)
def test_bond_says_on_how_many_legs_lacp_agreed(
    recorded: Stages, situation: str, note: str
) -> None:
    """A bond that negotiated on one leg is not all right."""
    assert boxes(recorded, situation)["bond1"].note == f"lacp, {note}"


def test_leg_that_takes_part_names_its_partner(recorded: Stages) -> None:
    """Where the mouse rests on it."""
    title = boxes(recorded, "ovs-3.5-negotiated")["eth1"].title
    assert title.endswith("LACP partner: system 00:1c:73:0a:10:01, key 11, port 12")
