"""What the bond file asked for is no drift; what came along with it is."""

from dataclasses import replace

from pytest_xsbond.claims.stages import Stages
from tests.drift.test_drift import lines
from tests.support.build import Draft
from tests.support.changes import (
    new_network,
    other_address,
    other_board,
    other_mode,
    running_otherwise,
)
from xsbond.bondfile import TUTORIAL
from xsbond.model import BondMode, DesiredBond


def test_bond_that_was_made_as_wanted_is_no_drift(recorded: Stages) -> None:
    """The recorded run made the tutorial's bond: network, PIFs, bond and bridges are its doing."""
    assert recorded.before is not None
    assert lines(recorded.before, recorded.now) == []


def test_bond_that_nobody_wants_is_drift(recorded: Stages) -> None:
    """The same bond counts on every host if another one is wanted."""
    assert recorded.before is not None
    other = (DesiredBond(network="other", nics=("eth1", "eth3")),)
    found = lines(recorded.before, recorded.now, other)
    assert {line.split(":")[0] for line in found} == {
        "xs-1 networks",
        *(f"{host} {area}" for host in ("xs-1", "xs-2") for area in ("pifs", "bonds", "bridges")),
        *(f"{host} mtus" for host in ("xs-1", "xs-2")),
    }


def test_what_came_along_with_the_wanted_bond_is_drift(recorded: Stages) -> None:
    """Making a bond explains no other address, MAC or network."""
    assert recorded.before is not None
    draft = Draft(recorded.now)
    for change in (new_network, other_address, other_board):
        change(draft)
    found = lines(recorded.before, draft.read())
    assert [line.split(" ", 3)[:3] for line in found] == [
        ["xs-1", "networks:", "added"],
        ["xs-2", "nics:", "changed"],
        ["xs-2", "addresses:", "changed"],
    ]


def test_second_network_of_the_wanted_name_is_drift(recorded: Stages) -> None:
    """Nobody wants two of them."""
    assert recorded.before is not None
    draft = Draft(recorded.now)
    twin = {**draft.network("PUB"), "uuid": "twin", "bridge": "xapi9", "PIFs": []}
    draft.records["network"]["OpaqueRef:twin"] = twin
    found = lines(recorded.before, draft.read())
    assert [line.split(": bridge")[0] for line in found] == [
        "xs-1 networks: added network PUB",
        "xs-1 networks: added network PUB",
    ]


def test_change_to_the_wanted_mode_is_no_drift(recorded: Stages) -> None:
    """What the bond file asks for is not what it was, on purpose."""
    wanted = (replace(TUTORIAL[0], mode=BondMode.ACTIVE_BACKUP),)
    draft = Draft(recorded.now)
    other_mode(draft)
    running_otherwise(draft)
    assert lines(recorded.now, draft.read(), wanted) == []
    assert len(lines(draft.read(), recorded.now, wanted)) == 2
