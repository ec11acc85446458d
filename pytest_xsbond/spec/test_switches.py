"""Open vSwitch on every host (tutorial steps PM-4.5 and M-3.5)."""

from pytest_xsbond import BondOnHost, outcome
from pytest_xsbond.claims.dom0 import bridge
from xsbond.snapshot.switch import mode_of


@outcome("PM-4.5.1", "M-3.5.2", looks_at=["ovs_bonds", "ports", "devices"])
def test_switch_has_one_bond_of_the_wanted_nics(here: BondOnHost) -> None:
    """The switch has one bond, of the wanted NICs, by its PIF's name, untagged on its bridge."""
    assert {(bond.name, bond.members) for bond in here.ovs_bonds} == {
        (here.pif.device, frozenset(here.wanted.nics))
    }
    assert bridge.misplaced(here) == ()


@outcome("PM-4.5.2", "M-3.5.2", looks_at=["ovs_bonds"])
def test_switch_runs_the_bond_in_the_wanted_mode(here: BondOnHost) -> None:
    """Open vSwitch runs the bond in the wanted mode."""
    assert here.ovs_bond.type == mode_of(here.snapshot, here.host, here.wanted)


@outcome("PM-4.5.3", "M-3.5.1", looks_at=["bridges"])
def test_bridge_replaces_those_of_its_legs(here: BondOnHost) -> None:
    """The network's bridge is there, and the bridges of its legs are gone."""
    own = here.network.bridge
    assert here.bridges & ({own} | here.leg_bridges) == {own}
