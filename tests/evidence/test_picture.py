"""The picture of a pool: hosts that look alike once, the odd ones apart, each leg as it is."""

from collections.abc import Callable

import pytest

from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.evidence.picture import WIDTH, drawing
from pytest_xsbond.evidence.topology import Connection, HostPicture, Leg, Row, pictures
from tests.support.build import Draft
from tests.support.closing_pages import (
    SCENES,
    Scene,
    one_legged,
    other_mode,
    out_of_reach,
    snapshot_of,
)
from tests.support.illnesses import leg_without_carrier, one_leg_in_the_switch


def drawn(recorded: Stages, scene: Scene, *failed: tuple[str, str]) -> tuple[HostPicture, ...]:
    """Return the pictures of a pool as it is now."""
    return pictures({"now": snapshot_of(scene, recorded).read()}, recorded.desired, failed)


def legs(picture: HostPicture, network: str = "PUB") -> dict[str, tuple[bool, bool | None]]:
    """Return device -> whether it is in XAPI's bond, and in the switch's."""
    (row,) = (row for row in picture.stages["now"] if row.connection.network == network)
    return {leg.device: (leg.in_bond, leg.in_switch) for leg in row.connection.legs}


def test_64_hosts_that_are_alike_are_one_picture(recorded: Stages) -> None:
    """It can be read at any number of hosts."""
    (picture,) = drawn(recorded, SCENES["healthy-64"])
    assert len(picture.hosts) == 64
    assert picture.master == "xs-1"


def test_odd_host_is_apart_and_first(recorded: Stages) -> None:
    """The others are told by how many they are."""
    scene = Scene(hosts=16, changes=(one_legged("xs-7"),))
    odd, others = drawn(recorded, scene, ("xs-7", "PUB"))
    assert (odd.hosts, odd.is_odd) == (("xs-7",), True)
    assert (len(others.hosts), others.is_odd) == (15, False)


def test_hosts_that_are_odd_in_the_same_way_are_one_picture(recorded: Stages) -> None:
    """Two hosts in another mode, and those as they should be."""
    scene = Scene(hosts=5, changes=(other_mode("xs-3"), other_mode("xs-5")))
    found = drawn(recorded, scene, ("xs-3", "PUB"), ("xs-5", "PUB"))
    assert [picture.hosts for picture in found] == [("xs-3", "xs-5"), ("xs-1", "xs-2", "xs-4")]


def test_wanted_leg_that_is_none_is_drawn(recorded: Stages) -> None:
    """XAPI's bond lacks it."""
    odd, _ = drawn(recorded, Scene(hosts=3, changes=(one_legged("xs-2"),)), ("xs-2", "PUB"))
    assert legs(odd) == {"eth1": (True, True), "eth5": (False, None)}


def test_bond_that_is_missing_is_drawn(recorded: Stages) -> None:
    """What is wanted stands in the picture, and says that it is not there."""
    (picture,) = drawn(recorded, SCENES["network-missing-16"])
    assert picture.stages["now"][-1].state == "missing"
    picture_of_it = drawing(picture.stages["now"], 16)
    notes = {box.text: box.note for box in picture_of_it.boxes if "missing" in box.kind}
    assert notes == {
        "eth1": "no leg",
        "eth5": "no leg",
        "not there": "balance-slb",
        "PUB": "not there",
    }


def test_leg_that_the_switch_lacks_is_marked(recorded: Stages) -> None:
    """XAPI calls it a leg; Open vSwitch does not know it."""
    scene = Scene(hosts=3, changes=(one_leg_in_the_switch,))
    (picture,) = (each for each in drawn(recorded, scene) if "xs-2" in each.hosts)
    assert set(legs(picture).values()) == {(True, False)}
    notes = [box.note for box in drawing(picture.stages["now"], 1).boxes]
    assert notes.count("not in switch") == 2


def test_leg_without_a_link_is_marked(recorded: Stages) -> None:
    """In words, too: not everybody tells red from green."""
    odd, _ = drawn(recorded, Scene(hosts=3, changes=(leg_without_carrier,)), ("xs-2", "PUB"))
    assert odd.hosts == ("xs-2",)
    notes = [box.note for box in drawing(odd.stages["now"], 1).boxes if "down" in box.kind]
    assert notes == ["no link"]


def test_active_leg_may_differ_between_hosts_that_are_alike(recorded: Stages) -> None:
    """The switch decides it anew at any time; the picture counts."""

    def other_is_active(draft: Draft) -> None:
        on, off = "  active member\n  may_enable: true", "  may_enable: true"
        draft.replace("xs-3", "ovs-bond-show", f"eth5: enabled\n{on}", f"eth5: enabled\n{off}")
        draft.replace("xs-3", "ovs-bond-show", f"eth1: enabled\n{off}", f"eth1: enabled\n{on}")
        draft.replace("xs-3", "ovs-bond-show", "(eth5)", "(eth1)")

    (picture,) = drawn(recorded, Scene(hosts=3, changes=(other_is_active,)))
    notes = {box.text: box.note for box in drawing(picture.stages["now"], 3).boxes}
    assert {notes["eth1"], notes["eth5"]} == {"active: 1", "active: 2"}


def test_name_of_a_nic_has_room_beside_its_note() -> None:
    """However many of the 64 hosts use the leg."""
    leg = Leg(device="eth10", link=True, active=tuple(f"xs-{number}" for number in range(1, 33)))
    of = Connection(network="PUB", bridge="xapi1", device="bond1", attached=True, legs=(leg,))
    (nic, *_) = drawing((Row(connection=of),), 64).boxes
    assert (nic.shown, nic.note) == ("eth10", "active: 32")


def test_host_that_nobody_saw_has_no_marks_of_its_switch(recorded: Stages) -> None:
    """XAPI's record is drawn; nothing is made up about the rest."""
    found = drawn(recorded, Scene(hosts=3, changes=(out_of_reach("xs-3"),)))
    (picture,) = (each for each in found if each.hosts == ("xs-3",))
    assert set(legs(picture).values()) == {(True, None)}


def vlan(draft: Draft) -> None:
    """Put a VLAN on every host's bond."""
    for host in ("xs-1", "xs-2"):
        draft.add_vlan(host, "bond1", "DMZ", 100)


@pytest.mark.parametrize("change", [vlan, one_legged("xs-2"), leg_without_carrier])
def test_boxes_stand_within_the_picture_and_never_on_each_other(
    recorded: Stages, change: Callable[[Draft], None]
) -> None:
    """What is drawn can be read."""
    for picture in drawn(recorded, Scene(hosts=2, changes=(change,))):
        found = drawing(picture.stages["now"], len(picture.hosts))
        for box in found.boxes:
            assert 0 <= box.x < box.x + box.width <= WIDTH
            assert 0 <= box.y < box.y + box.height <= found.height
            others = [each for each in found.boxes if each is not box and each.x == box.x]
            assert all(
                each.y >= box.y + box.height or each.y + each.height <= box.y for each in others
            )


def test_vlan_shares_the_nics_of_its_bond(recorded: Stages) -> None:
    """One bond, two networks above it."""
    (picture,) = drawn(recorded, Scene(hosts=2, changes=(vlan,)))
    boxes = drawing(picture.stages["now"], 2).boxes
    assert len([box for box in boxes if box.text == "bond1"]) == 1
    assert [box.note for box in boxes if "VLAN" in box.note] == ["VLAN 100"]
