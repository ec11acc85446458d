"""What is looked up in a snapshot: what Open vSwitch calls a mode."""

import pytest

from xsbond.model import BondMode, DesiredBond
from xsbond.snapshot.lookup import ovs_mode

HASHED = {"hashing_algorithm": "src_mac"}


@pytest.mark.parametrize(
    ("mode", "properties", "word"),
    [
        (BondMode.BALANCE_SLB, {}, "balance-slb"),
        (BondMode.ACTIVE_BACKUP, {}, "active-backup"),
        (BondMode.LACP, {}, "balance-tcp"),
        (BondMode.LACP, HASHED, "balance-slb"),
        # A property that is left over from when the bond ran lacp; set_mode keeps it.
        (BondMode.ACTIVE_BACKUP, HASHED, "active-backup"),
    ],
)
def test_switch_has_its_own_word_for_a_mode(
    mode: BondMode, properties: dict[str, str], word: str
) -> None:
    """As xcp-networkd configures it."""
    bond = DesiredBond(network="PUB", nics=("eth1", "eth5"), mode=mode, properties=properties)
    assert ovs_mode(bond) == word
