"""The health of every bond, beyond what the tutorial looks at: what users' outages began with."""

from pytest_xsbond import BondOnHost, HostInPool, outcome
from pytest_xsbond.claims import health, pool_health
from pytest_xsbond.claims.declared import nics, vlans
from pytest_xsbond.claims.dom0 import bridge, gained, lacp, settings
from xsbond.snapshot.lookup import ovs_mode


@outcome("H-nics", looks_at=["nics"])
def test_wanted_nics_can_be_used(here: BondOnHost) -> None:
    """Each wanted NIC that XAPI lists is in dom0, and no leg of another bond of the host."""
    assert nics.unusable_nics(here) == ()


@outcome("H-both-views", looks_at=["ovs_bonds", "ports", "nics"])
def test_both_views_of_the_bond_agree(here: BondOnHost) -> None:
    """XAPI, the switch and the kernel agree about the bond's legs and its mode."""
    assert health.disagreements(here) == ()


@outcome("H-legs-up", looks_at=["nics", "statuses"])
def test_every_leg_is_up(here: BondOnHost) -> None:
    """Every leg has a carrier and is enabled in the switch, and Bond.links_up counts them."""
    assert health.lame_legs(here) == ()


@outcome("H-leg-hears", looks_at=["heard"])
def test_no_leg_is_deaf(here: BondOnHost) -> None:
    """While one leg receives frames, no other one stays silent."""
    assert health.deaf_legs(here) == ()


@outcome("H-same-nics")
def test_legs_are_the_same_nics_on_every_host(here: BondOnHost) -> None:
    """The legs have the names of most hosts, and the slots that most hosts of the model have."""
    assert pool_health.odd_positions(here) == ()


@outcome("H-mac", looks_at=["nics"])
def test_legs_have_the_macs_of_their_nics(here: BondOnHost) -> None:
    """PIF.MAC of each leg is the MAC of its NIC, and no other NIC of the pool has it."""
    assert health.twins(here) == ()
    assert health.record_macs(here) == health.real_macs(here)


@outcome("H-mtu", looks_at=["nics"])
def test_mtu_is_the_same_all_the_way(here: BondOnHost) -> None:
    """Network, bond PIF, bridge and legs have the MTU of the bond file, or else the network's."""
    mtus = health.mtus(here)
    assert mtus == dict.fromkeys(mtus, health.wanted_mtu(here))


@outcome("H-speed")
def test_legs_run_at_one_speed(here: BondOnHost) -> None:
    """The legs run at full duplex, and at one speed unless they are active-backup."""
    assert health.speeds(here) == health.wanted_speeds(here)


@outcome("H-vlans")
def test_vlans_of_the_bond_are_on_every_host(here: BondOnHost) -> None:
    """The bond has the VLANs that the pool's bonds have, with their tags, and each is attached."""
    assert vlans.vlan_differences(here) == ()


@outcome("H-vlans-run", looks_at=["bridges", "ports"])
def test_vlans_of_the_bond_run_in_dom0(here: BondOnHost) -> None:
    """Each VLAN on the bond has its bridge in dom0, on the bond's bridge and with its tag."""
    assert vlans.vlans_that_do_not_run(here) == ()


@outcome("H-leg-clean", looks_at=["interfaces", "addresses", "devices", "policing"])
def test_legs_carry_nothing_of_their_own(here: BondOnHost) -> None:
    """No leg has an address, a device on it or a network of its own, or is held back."""
    assert health.burdens(here) == ()
    assert bridge.held_back(here) == ()


@outcome("H-one-management")
def test_host_has_one_management_interface(this_host: HostInPool) -> None:
    """The host has exactly one management PIF, and it is on no guest bond."""
    seen = {
        "management PIFs": len(this_host.management_pifs),
        "on guest bonds": this_host.management_on_guest_bonds,
    }
    assert seen == {"management PIFs": 1, "on guest bonds": ()}


@outcome("H-backend", looks_at=["chosen_backend"])
def test_host_runs_what_the_others_run(this_host: HostInPool) -> None:
    """The host runs the network backend and the product version of the pool master."""
    assert this_host.odd_software() == ()


@outcome("H-slb-not-lacp", looks_at=["statuses", "port_settings"])
def test_slb_bond_has_the_settings_of_one(here: BondOnHost) -> None:
    """A balance-slb bond has LACP off, XAPI's delays and detection, and no override."""
    assert settings.slb(here) == settings.wanted_slb(here)


@outcome("H-lacp", looks_at=["statuses", "port_settings", "ovs_bonds"])
def test_lacp_is_negotiated_on_every_leg(here: BondOnHost) -> None:
    """A lacp bond has negotiated with its partner, on every leg, and has not fallen back."""
    seen = settings.lacp(here)
    legs = dict.fromkeys(sorted(here.legs), "enabled")
    assert seen == {"lacp": "negotiated", "mode": ovs_mode(here.wanted), **legs}


@outcome("H-lacp-legs", looks_at=["lacp"])
def test_lacp_lets_every_leg_take_part(here: BondOnHost) -> None:
    """Every leg of a lacp bond is current and attached, and LACP runs at the wanted rate."""
    assert lacp.left_out(here) == ()


@outcome("H-lacp-partner", looks_at=["lacp"])
def test_all_legs_have_one_lacp_partner(here: BondOnHost) -> None:
    """All legs of a lacp bond end in one LAG of one switch: one system and one key."""
    assert lacp.partners(here) == ()


@outcome("H-alerts")
def test_no_alert_is_unanswered(here: BondOnHost) -> None:
    """No alert about the bond is newer than the last 'all links up' message."""
    assert pool_health.unanswered_alerts(here) == ()


@outcome("H-hosts", looks_at=["clock_offset"])
def test_host_is_live_and_enabled(this_host: HostInPool) -> None:
    """The host is live and enabled, and its clock is within 2 s of the others."""
    clock = this_host.clock_difference() or "right"
    seen = {"live": this_host.is_live, "enabled": this_host.record.enabled, "clock": clock}
    assert seen == {"live": True, "enabled": True, "clock": "right"}


@outcome("H-naming")
def test_bond_has_one_name_on_every_host(here: BondOnHost) -> None:
    """The bond has the device name that it has on most hosts."""
    assert pool_health.odd_name(here) == ()


@outcome("H-standby-speed")
def test_standby_leg_is_as_fast(here: BondOnHost) -> None:
    """No leg of an active-backup bond is slower than another one."""
    assert health.slower_legs(here) == ()


@outcome("H-settings", looks_at=["statuses", "port_settings"])
def test_bond_has_the_settings_of_its_mode(here: BondOnHost) -> None:
    """An active-backup or lacp bond has XAPI's delays and detection, and no override."""
    assert settings.settings(here) == settings.wanted_settings(here)


@outcome("H-bridge", looks_at=["ovs_bridges", "flows"])
def test_bridge_passes_frames(here: BondOnHost) -> None:
    """The network's bridge has a flow, without which Open vSwitch passes no frame."""
    assert bridge.blocked(here) == ()


@outcome("H-flows", looks_at=["ovs_bridges", "flows"])
def test_bridge_drops_no_frames(here: BondOnHost) -> None:
    """No flow of the network's bridge drops frames."""
    assert bridge.dropping(here) == ()


@outcome("H-addresses", looks_at=["addresses", "devices"])
def test_no_other_host_has_its_addresses(this_host: HostInPool) -> None:
    """No other host has an address that this host has."""
    assert gained.shared_addresses(this_host) == ()


@outcome("H-modes", looks_at=["bonds"])
def test_bonds_run_in_modes_of_xapi(this_host: HostInPool) -> None:
    """Every bond that runs on the host is in a mode that XAPI has."""
    assert this_host.foreign_modes() == ()
