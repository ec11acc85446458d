"""What networkd does to a dom0 is really done there, and what fails there is an error."""

from dataclasses import replace

import pytest

from tests.lab.ovs.ground import needs_namespaces, shown
from tests.lab.worlds import eventually
from xsbond.lab.contracts import Address, BondSettings, BridgeSettings, ScriptError
from xsbond.lab.namespaced import sysfs
from xsbond.lab.namespaced.dom0 import NamespacedDom0
from xsbond.lab.namespaced.lab import OvsHost

pytestmark = needs_namespaces

MAC = "00:1f:29:c4:9f:3c"
BRIDGE = BridgeSettings(mac=MAC, network_uuids=("u-1", "u-2"))
SLB = BondSettings(bond_mode="balance-slb", lacp="off", mac=MAC)


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("bridge xapi0 other_config:hwaddr", '"00:26:55:d1:e8:cc"'),
        ("bridge xapi0 fail_mode", "standalone"),
        ("bridge xapi0 other_config:mac-table-size", '"10000"'),
        ("port bond0 bond_mode", "active-backup"),
        ("port bond0 lacp", "off"),
        ("port bond0 bond_updelay", "31000"),
        ("port bond0 bond_downdelay", "200"),
        ("port bond0 mac", '"00:26:55:d1:e8:cc"'),
        ("port bond0 other_config:bond-rebalance-interval", '"1800000"'),
    ],
)
def test_columns_are_those_of_networkd(host: OvsHost, what: str, value: str) -> None:
    """Of the bond the pool is built with."""
    assert shown(host, "ovs-vsctl", "get", *what.split()).strip() == value


def test_nics_are_those_of_the_kernel(host: OvsHost) -> None:
    """MAC, carrier and speed are read, not remembered."""
    nics = {nic.device: nic for nic in host.dom0.nics()}
    assert list(nics) == [f"eth{number}" for number in range(6)]
    found = nics["eth0"]
    mac = "00:1f:29:c4:9f:5c"
    assert (found.mac, found.carrier, found.speed, found.full_duplex) == (mac, True, 10000, True)


def test_switch_that_fails_is_an_error_though_ovs_vsctl_is_content(host: OvsHost) -> None:
    """ovs-vsctl ends with status 0 where the datapath cannot be had."""
    dom0 = host.dom0
    lame = NamespacedDom0(
        host.machine,
        dom0.nics(),
        profile=dom0.profile,
        clock=dom0.clock,
        datapath="none-such",
        switch=dom0.switch,
    )
    with pytest.raises(ScriptError) as failed:
        lame.add_bridge("xapi7", BRIDGE)
    assert failed.value.parts["code"] == "Exit code 0"
    shown(host, "ovs-vsctl", "--if-exists", "del-br", "xapi7")


def test_bridge_comes_up_with_its_mac_and_goes(host: OvsHost) -> None:
    """Its interface is a real one."""
    host.dom0.add_bridge("xapi7", BRIDGE)
    address = sysfs.read(host.machine.root, "xapi7", "address")
    uuids = shown(host, "ovs-vsctl", "br-get-external-id", "xapi7", "xs-network-uuids").strip()
    assert (address, uuids) == (MAC, "u-1;u-2")
    assert "UP" in shown(host, "ip", "-br", "link", "show", "dev", "xapi7")
    host.dom0.delete_bridge("xapi7")
    host.dom0.delete_bridge("xapi7")
    assert "xapi7" not in host.dom0.bridges()
    assert not sysfs.exists(host.machine.root, "xapi7")


def test_vlan_is_a_fake_bridge_that_goes_with_its_parent(host: OvsHost) -> None:
    """XAPI's VLANs are those of Open vSwitch."""
    host.dom0.add_bridge("xapi7", BRIDGE)
    host.dom0.add_bridge("xapi8", replace(BRIDGE, vlan=("xapi7", 101)))
    assert shown(host, "ovs-vsctl", "br-to-vlan", "xapi8").strip() == "101"
    assert {"xapi7", "xapi8"} <= host.dom0.bridges()
    host.dom0.delete_bridge("xapi7")
    assert not {"xapi7", "xapi8"} & host.dom0.bridges()


def test_jumbo_frames_reach_bridge_and_nics(host: OvsHost) -> None:
    """Bond, bridge and NICs get the network's MTU; what goes is set down."""
    host.dom0.delete_bridge("xenbr1")
    host.dom0.delete_bridge("xenbr5")
    host.dom0.add_bridge("xapi7", replace(BRIDGE, mtu=9000))
    host.dom0.add_port("xapi7", "bond7", ["eth1", "eth5"], SLB)
    root = host.machine.root
    mtus = {name: sysfs.read(root, name, "mtu") for name in ("xapi7", "eth1", "eth5")}
    assert set(mtus.values()) == {"9000"}, mtus
    assert set(host.dom0.link_states("bond7")) == {"eth1", "eth5"}
    host.dom0.delete_bridge("xapi7")
    assert host.dom0.link_states("bond7") == {}
    assert not any(nic.carrier for nic in host.dom0.nics() if nic.device in {"eth1", "eth5"})


def test_port_with_other_nics_than_before_is_refused(host: OvsHost) -> None:
    """As ovs-vsctl --may-exist refuses it, in its own words."""
    with pytest.raises(ScriptError) as failed:
        host.dom0.add_port("xapi0", "bond0", ["eth2", "eth3"], SLB)
    assert failed.value.parts["code"] == "Exit code 1"
    assert "bond0" in failed.value.parts["stderr"]


def test_nic_that_is_gone_is_no_leg(host: OvsHost) -> None:
    """Open vSwitch has a port with an error on it, and no bond; networkd is told nothing."""
    host.dom0.delete_bridge("xenbr3")
    host.dom0.add_bridge("xapi7", BRIDGE)
    host.dom0.add_port("xapi7", "bond7", ["eth3", "eth9"], SLB)
    assert host.dom0.link_states("bond7") == {}
    assert "could not open" in shown(host, "ovs-vsctl", "show")
    host.dom0.delete_bridge("xapi7")


def test_address_is_given_replaced_and_taken(host: OvsHost) -> None:
    """Of the bridge's interface; the old one does not stay."""
    host.dom0.add_bridge("xapi7", BRIDGE)
    seen = []
    for ip in ("10.1.1.1", "10.1.1.2", ""):
        host.dom0.set_address("xapi7", Address(ip=ip, netmask="255.255.255.0") if ip else None)
        seen.append(shown(host, "ip", "-4", "-br", "addr", "show", "dev", "xapi7").split()[2:])
    assert seen == [["10.1.1.1/24"], ["10.1.1.2/24"], []]
    host.dom0.delete_bridge("xapi7")


def test_hostname_and_files_are_the_hosts_own(host: OvsHost) -> None:
    """A file that is removed twice is no trouble."""
    host.dom0.set_hostname("other")
    assert shown(host, "hostname").strip() == "other"
    assert host.dom0.read_file("/etc/hostname") == "other\n"
    host.dom0.write_file("/var/run/x", "1")
    assert shown(host, "cat", "/run/x") == "1"
    for _ in range(2):
        host.dom0.remove_file("/var/run/x")
    with pytest.raises(FileNotFoundError):
        host.dom0.read_file("/var/run/x")


def test_leg_that_was_down_waits_for_its_updelay_by_the_labs_clock(host: OvsHost) -> None:
    """31 s of the lab are declared, and it is 31 s of the lab that pass.

    Open vSwitch counts from when its main loop woke, which is a little before the link is up.
    """
    dom0 = host.dom0
    assert eventually(lambda: all(dom0.link_states("bond0").values()))
    shown(host, "ip", "link", "set", "eth4", "down")
    assert eventually(lambda: dom0.link_states("bond0").get("eth4") is False)
    began = dom0.clock.now()
    shown(host, "ip", "link", "set", "eth4", "up")
    assert eventually(lambda: dom0.link_states("bond0").get("eth4") is True)
    assert dom0.clock.now() - began > 30.5
    assert "updelay: 31000 ms" in shown(host, "ovs-appctl", "bond/show", "bond0")
