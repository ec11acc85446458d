"""The simulated dom0 as xcp-networkd uses it, and as faults change it."""

from dataclasses import replace

import pytest

from tests.lab.hosts import HandClock, bond, plug
from xsbond.lab.contracts import Address, BridgeSettings, ScriptError
from xsbond.lab.dom0 import SimulatedDom0

MAC = "00:1f:29:c4:9f:3c"


def test_nics_come_in_order_of_position(bare: SimulatedDom0) -> None:
    """eth0 to eth5."""
    assert [nic.device for nic in bare.nics()] == ["eth0", "eth1", "eth2", "eth3", "eth4", "eth5"]


def test_bridge_is_there_once_added(bare: SimulatedDom0) -> None:
    """Its name is listed."""
    bare.add_bridge("xapi1", BridgeSettings(mac=MAC))
    assert bare.bridges() == {"xapi1"}


def test_adding_a_bridge_again_changes_its_settings(bare: SimulatedDom0) -> None:
    """They are written each time (ovs-vsctl --may-exist add-br, then set)."""
    bare.add_bridge("xapi1", BridgeSettings(mac=MAC))
    before = bare.bridges_by_name["xapi1"].uuid
    bare.add_bridge("xapi1", BridgeSettings(mac=MAC, fail_mode="secure"))
    bridge = bare.bridges_by_name["xapi1"]
    assert (bridge.uuid, bridge.settings.fail_mode) == (before, "secure")


def test_fake_bridge_needs_its_parent(bare: SimulatedDom0) -> None:
    """A VLAN on no bridge is refused."""
    with pytest.raises(ValueError, match="no bridge xapi1 to put xapi2 on"):
        bare.add_bridge("xapi2", BridgeSettings(mac=MAC, vlan=("xapi1", 42)))


def test_deleting_a_bridge_takes_its_vlans_along(master: SimulatedDom0) -> None:
    """Fake bridges cannot do without their parent."""
    master.add_bridge("xapi2", BridgeSettings(mac=MAC, vlan=("xapi1", 42)))
    master.delete_bridge("xapi1")
    assert master.bridges() == {"xenbr0", "xapi0", "xenbr3"}


def test_deleting_a_bridge_that_is_not_there_is_no_error(bare: SimulatedDom0) -> None:
    """Like del-br --if-exists."""
    bare.delete_bridge("xapi1")
    assert bare.bridges() == frozenset()


def test_nic_in_another_port_is_refused(master: SimulatedDom0) -> None:
    """Open vSwitch has one row for each interface name."""
    master.add_bridge("xapi2", BridgeSettings(mac=MAC))
    with pytest.raises(ValueError, match="eth1 already belongs to port bond1 of xapi1"):
        master.add_port("xapi2", "eth1", ["eth1"], None)


def test_port_with_other_nics_is_refused(master: SimulatedDom0) -> None:
    """add-bond --may-exist fails where the interfaces differ."""
    with pytest.raises(ScriptError, match=r"bond1 actually has interface\(s\) eth1, eth5"):
        master.add_port("xapi1", "bond1", ["eth1"], bond())


def test_bond_of_another_bridge_is_refused(master: SimulatedDom0) -> None:
    """A port is on one bridge."""
    with pytest.raises(ScriptError, match="bond1 is actually attached to bridge xapi1"):
        master.add_port("xapi0", "bond1", ["eth1", "eth5"], bond())


def test_settings_of_an_existing_bond_are_replaced(master: SimulatedDom0) -> None:
    """A changed mode reaches the port."""
    master.add_port("xapi1", "bond1", ["eth1", "eth5"], bond("active-backup"))
    assert master.ports_by_name["bond1"].bond == bond("active-backup")


def test_new_mode_keeps_the_legs_enabled(master: SimulatedDom0) -> None:
    """Replacing the settings does not start the bond anew."""
    master.add_port("xapi1", "bond1", ["eth1", "eth5"], bond("active-backup"))
    assert master.link_states("bond1") == {"eth1": True, "eth5": True}


def test_bond_of_one_present_nic_is_no_bond(bare: SimulatedDom0) -> None:
    """A port whose other NIC is gone has no legs to judge."""
    del bare.nics_by_device["eth5"]
    plug(bare, "xapi1", ["eth1", "eth5"], ("bond1", bond()))
    assert bare.link_states("bond1") == {}


def test_unknown_port_has_no_links(bare: SimulatedDom0) -> None:
    """Nothing is told of a bond that does not exist."""
    assert bare.link_states("bond7") == {}


def test_lost_carrier_disables_its_leg(master: SimulatedDom0, clock: HandClock) -> None:
    """A NIC without a link is out of the bond after the downdelay."""
    master.nics_by_device["eth5"] = replace(master.nics_by_device["eth5"], carrier=False)
    clock.sleep(0.2)
    assert master.link_states("bond1") == {"eth1": True, "eth5": False}


def test_nic_set_down_by_hand_disables_its_leg(master: SimulatedDom0, clock: HandClock) -> None:
    """`ip link set eth5 down` cuts the link as well."""
    master.downed["eth5"] = "test"
    clock.sleep(0.2)
    assert master.link_states("bond1") == {"eth1": True, "eth5": False}


def test_lacp_bond_without_a_partner_has_no_leg(bare: SimulatedDom0) -> None:
    """A switch that does not answer LACP enables nothing."""
    bare.without_lacp["eth1"] = bare.without_lacp["eth5"] = "no LAG"
    plug(bare, "xapi1", ["eth1", "eth5"], ("bond1", bond("balance-tcp", lacp="active")))
    bare.clock.sleep(60)
    assert bare.link_states("bond1") == {"eth1": False, "eth5": False}


def test_lacp_bond_with_partners_has_all_legs(bare: SimulatedDom0) -> None:
    """A switch that does enables them."""
    plug(bare, "xapi1", ["eth1", "eth5"], ("bond1", bond("balance-tcp", lacp="active")))
    bare.clock.sleep(1)
    assert bare.link_states("bond1") == {"eth1": True, "eth5": True}


def test_nic_takes_the_mtu_of_its_bridge(bare: SimulatedDom0) -> None:
    """Jumbo frames reach the NICs."""
    bare.add_bridge("xapi1", BridgeSettings(mac=MAC, mtu=9000))
    bare.add_port("xapi1", "eth1", ["eth1"], None)
    assert bare.nics_by_device["eth1"].mtu == 9000


def test_address_needs_an_interface(bare: SimulatedDom0) -> None:
    """No bridge, no address."""
    with pytest.raises(ValueError, match=r"no interface xapi1 to carry 10\.0\.0\.1"):
        bare.set_address("xapi1", Address(ip="10.0.0.1", netmask="255.0.0.0"))


def test_file_can_be_written_and_read(bare: SimulatedDom0) -> None:
    """Files keep their text."""
    bare.write_file("/etc/xensource/pool.conf", "master")
    assert bare.read_file("/etc/xensource/pool.conf") == "master"


def test_missing_file_is_told(bare: SimulatedDom0) -> None:
    """The contract's own error."""
    with pytest.raises(FileNotFoundError):
        bare.read_file("/etc/xensource/pool.conf")


def test_removing_a_missing_file_is_no_error(bare: SimulatedDom0) -> None:
    """Nothing happens."""
    bare.remove_file("/var/run/nothing")
    assert not bare.files.exists("/var/run/nothing")


def test_run_and_var_run_are_the_same(bare: SimulatedDom0) -> None:
    """/run is where /var/run leads."""
    bare.write_file("/var/run/xapi_startup.cookie", "")
    assert bare.read_file("/run/xapi_startup.cookie") == ""


def test_deaf_nic_hears_nothing(master: SimulatedDom0, clock: HandClock) -> None:
    """Its receive counter stands still although its link is up."""
    master.deaf.add("eth5")
    before = master.read_file("/sys/class/net/eth5/statistics/rx_packets")
    clock.sleep(10)
    assert master.read_file("/sys/class/net/eth5/statistics/rx_packets") == before


def test_other_nic_hears_on(master: SimulatedDom0, clock: HandClock) -> None:
    """A busy network never is silent."""
    before = int(master.read_file("/sys/class/net/eth1/statistics/rx_packets"))
    clock.sleep(10)
    assert int(master.read_file("/sys/class/net/eth1/statistics/rx_packets")) > before
