"""The health of every bond, beyond what the tutorial looks at: what users' outages began with."""

from pytest_xsbond import BondOnHost, HostInPool, health, outcome, pool_health
from xsbond.lookup import ovs_mode


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
    """The legs have the device names, and sit in the PCI slots, that they have on most hosts."""
    assert pool_health.odd_positions(here) == ()


@outcome("H-mac", looks_at=["nics"])
def test_legs_have_the_macs_of_their_nics(here: BondOnHost) -> None:
    """PIF.MAC of each leg is the MAC of its NIC, and no other NIC of the pool has it."""
    assert health.record_macs(here) == health.real_macs(here)
    assert health.twins(here) == ()


@outcome("H-mtu", looks_at=["nics"])
def test_mtu_is_the_same_all_the_way(here: BondOnHost) -> None:
    """The bond's PIF, the bridge and the legs have the network's MTU."""
    mtus = health.mtus(here)
    assert mtus == dict.fromkeys(mtus, here.network.MTU)


@outcome("H-speed")
def test_legs_run_at_one_speed(here: BondOnHost) -> None:
    """The legs whose NIC reports it run at one speed, and at full duplex."""
    speeds = health.speeds(here)
    fastest = max(speed for speed, _ in speeds.values())
    assert speeds == dict.fromkeys(speeds, (fastest, "full duplex"))


@outcome("H-vlans")
def test_vlans_of_the_bond_are_on_every_host(here: BondOnHost) -> None:
    """Every VLAN network on the bond is on this host's bond, too, with the tag of most hosts."""
    assert pool_health.vlan_differences(here) == ()


@outcome("H-leg-clean", looks_at=["interfaces"])
def test_legs_carry_nothing_of_their_own(here: BondOnHost) -> None:
    """No leg has an address, is the management interface or carries a network of its own."""
    assert health.burdens(here) == ()


@outcome("H-one-management")
def test_host_has_one_management_interface(this_host: HostInPool) -> None:
    """The host has exactly one management PIF, and it is on no guest bond."""
    devices = [pif.device for pif in this_host.management_pifs]
    seen = len(devices), [device for device in devices if device in this_host.guest_bonds]
    assert seen == (1, [])


@outcome("H-backend", looks_at=["chosen_backend"])
def test_host_runs_what_the_others_run(this_host: HostInPool) -> None:
    """The host runs the network backend and the product version that most hosts run."""
    assert this_host.odd_software() == ()


@outcome("H-slb-not-lacp", looks_at=["statuses", "port_settings"])
def test_slb_bond_has_the_settings_of_one(here: BondOnHost) -> None:
    """A balance-slb bond has LACP off, the delays that XAPI sets, and no override on its PIF."""
    assert health.slb(here) == health.SLB


@outcome("H-lacp", looks_at=["statuses", "port_settings", "ovs_bonds"])
def test_lacp_is_negotiated_on_every_leg(here: BondOnHost) -> None:
    """A lacp bond has negotiated with its partner, on every leg, and has not fallen back."""
    seen = health.lacp(here)
    legs = dict.fromkeys(sorted(here.legs), "enabled")
    assert seen == {"lacp": "negotiated", "mode": ovs_mode(here.wanted), **legs}


@outcome("H-alerts")
def test_no_alert_is_unanswered(here: BondOnHost) -> None:
    """No message says that the bond is not whole since one said that it is."""
    assert pool_health.unanswered_alerts(here) == ()


@outcome("H-hosts", looks_at=["clock_offset"])
def test_host_is_live_and_enabled(this_host: HostInPool) -> None:
    """The host is live and enabled, and its clock is within 2 s of the others."""
    seen = this_host.is_live, this_host.record.enabled, this_host.clock_difference()
    assert seen == (True, True, "")


@outcome("H-naming")
def test_bond_has_one_name_on_every_host(here: BondOnHost) -> None:
    """The bond has the device name that it has on most hosts."""
    assert pool_health.odd_name(here) == ()
