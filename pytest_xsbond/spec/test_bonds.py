"""The Bonds of every host, as XAPI has them (tutorial steps PM-3, PM-4.3 and M-3.3)."""

from pytest_xsbond import BondOnHost, outcome
from pytest_xsbond.claims import pool_health


@outcome("PM-3")
def test_bond_joins_the_wanted_nics(here: BondOnHost) -> None:
    """The bond joins the wanted NICs, no more and no fewer."""
    assert here.legs == frozenset(here.wanted.nics)


@outcome("PM-4.3.1", "M-3.3.3")
def test_bond_master_is_the_pif_on_the_network(here: BondOnHost) -> None:
    """Bond.master is this host's own PIF on the network."""
    assert (here.bond.master,) == here.pif_refs


@outcome("PM-4.3.2", "M-3.3.2")
def test_bond_has_the_wanted_mode(here: BondOnHost) -> None:
    """Bond.mode is the wanted mode."""
    assert here.bond.mode == here.wanted.mode.value


@outcome("M-3.3.1")
def test_member_has_a_bond_of_its_own(here: BondOnHost) -> None:
    """The member has its own Bond object."""
    assert pool_health.sharing(here) == ()
