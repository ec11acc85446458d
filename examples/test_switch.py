"""A claim about Open vSwitch that says what it rests on."""

from pytest_xsbond import BondOnHost, DesiredBond, outcome


@outcome("X-SPREAD", claim="The bond has two NICs or more in the switch.", looks_at=["ovs_bonds"])
def test_switch_has_several_nics(here: BondOnHost, bond: DesiredBond) -> None:
    """`looks_at`: if the switch's answer cannot be read, this is an ERROR and no FAILED."""
    assert len(here.ovs_bond.members) >= 2, f"{bond.network} would not survive a cut cable"  # noqa: PLR2004
