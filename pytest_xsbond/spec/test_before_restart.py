"""What a member shows between the bond on the master and its own (tutorial steps M-1 and M-2)."""

from pytest_xsbond import BondOnHost, outcome


@outcome("M-1.1", looks_at=["own_networks"])
def test_new_network_is_visible_from_the_member(created: BondOnHost) -> None:
    """The new network is there for this member already, in XAPI and to `xe` typed on it."""
    network = created.network
    assert created.own_networks & {(network.name_label, network.bridge)} == {
        (created.wanted.network, network.bridge)
    }


@outcome("M-1.2")
def test_member_has_no_pif_on_it_yet(created: BondOnHost) -> None:
    """The member has no PIF on the new network yet."""
    assert created.network
    assert created.pif_refs == ()


@outcome("M-1.3")
def test_bond_of_the_master_is_visible(created_at_master: BondOnHost) -> None:
    """The master's bond is visible pool-wide."""
    assert created_at_master.legs == frozenset(created_at_master.wanted.nics)


@outcome("M-1.4", looks_at=["interfaces"])
def test_dom0_interfaces_are_as_before(created: BondOnHost, before: BondOnHost) -> None:
    """Nothing has changed in this member's dom0 interfaces."""
    assert created.interfaces == before.interfaces


@outcome("M-1.5.1", looks_at=["bridges"])
def test_bridges_of_the_legs_are_still_there(created: BondOnHost) -> None:
    """The new bridge does not exist on this member yet, the bridges of the legs still do."""
    bridge = created.network.bridge
    assert created.leg_bridges, "the legs have no bridges of their own"
    assert created.bridges & ({bridge} | created.leg_bridges) == created.leg_bridges


@outcome("M-1.5.2", looks_at=["ovs_bonds"])
def test_switch_has_no_such_bond_yet(created: BondOnHost) -> None:
    """Open vSwitch of this member has no bond with the wanted NICs yet."""
    assert created.ovs_bonds == ()


@outcome("M-2")
def test_agent_was_restarted_and_is_back(here: BondOnHost, created: BondOnHost) -> None:
    """The member's xapi was started anew, and the host is live and enabled."""
    started = here.start_time > created.start_time
    seen = {"started anew": started, "live": here.is_live, "enabled": here.record.enabled}
    assert seen == dict.fromkeys(seen, True)
