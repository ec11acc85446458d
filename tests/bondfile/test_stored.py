"""What a bond file asks for survives being stored with a run, and old runs can still be read."""

import msgspec
import pytest

from tests.support.bond_files import DESCRIBED
from xsbond.bondfile import parse_bond_file
from xsbond.model import DesiredBond


@pytest.mark.parametrize("heading", DESCRIBED)
def test_stored_bonds_are_the_same(heading: str) -> None:
    """Through JSON and back, nothing is lost."""
    desired = parse_bond_file(DESCRIBED[heading])
    stored = msgspec.json.encode(desired, enc_hook=str)
    assert msgspec.json.decode(stored, type=tuple[DesiredBond, ...]) == desired


def test_bonds_that_an_earlier_release_stored_are_read() -> None:
    """It wrote static addresses as text, and an MTU for every bond."""
    stored = b"""{"network": "NAS", "nics": ["eth2", "eth4"], "mode": "active-backup", "mtu": 1500,
        "properties": {}, "addresses": {"xs-1": "172.16.0.35/28"}}"""
    bond = msgspec.json.decode(stored, type=DesiredBond)
    assert str(bond.ipv4_on("xs-1")) == "172.16.0.35/28"
    assert (bond.ipv4_on("xs-2"), bond.nics, bond.mtu) == (None, ("eth2", "eth4"), 1500)
