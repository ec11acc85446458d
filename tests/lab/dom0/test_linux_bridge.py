"""A dom0 whose switch is the kernel's own: bonds in /proc, bridges in sysfs, no Open vSwitch."""

from dataclasses import replace

import pytest

from tests.lab.hosts import UPDELAY, HandClock, Shell, bond, machine_of, plug
from xsbond.lab.blueprint import CURRENT, XENSERVER_6_2, Profile, tutorial
from xsbond.lab.contracts import BridgeSettings
from xsbond.lab.dom0 import SimulatedDom0

MAC = "00:1f:29:c4:9f:3c"


def bridged_dom0(profile: Profile = CURRENT, mode: str = "balance-slb") -> SimulatedDom0:
    """Return a dom0 with a management bridge and a guest bond that has settled."""
    clock, lacp = HandClock(), "active" if mode == "balance-tcp" else "off"
    dom0 = SimulatedDom0(
        tutorial(1).hosts[0].nics, profile=profile, clock=clock, network_backend="bridge"
    )
    plug(dom0, "xenbr0", ["eth0"])
    plug(dom0, "xapi1", ["eth1", "eth5"], ("bond1", bond(mode, lacp, mac=MAC)))
    clock.sleep(UPDELAY)
    return dom0


@pytest.fixture
def dom0() -> SimulatedDom0:
    """The current product with the kernel's bridges."""
    return bridged_dom0()


@pytest.fixture
def bridged(dom0: SimulatedDom0) -> Shell:
    """A shell there."""
    return Shell(machine_of(dom0))


def test_bond_is_a_file_in_proc(bridged: Shell) -> None:
    """Word for word, as the driver writes it."""
    assert bridged.out("cat /proc/net/bonding/bond1") == (
        "Ethernet Channel Bonding Driver: v3.7.1 (April 27, 2011)\n"
        "\n"
        "Bonding Mode: source load balancing\n"
        "Primary Slave: None\n"
        "Currently Active Slave: eth5\n"
        "MII Status: up\n"
        "MII Polling Interval (ms): 100\n"
        "Up Delay (ms): 31000\n"
        "Down Delay (ms): 200\n"
        "\n"
        "Slave Interface: eth1\n"
        "MII Status: up\n"
        "Speed: 10000 Mbps\n"
        "Duplex: full\n"
        "Link Failure Count: 0\n"
        "Permanent HW addr: 00:1f:29:c4:9f:3c\n"
        "Slave queue ID: 0\n"
        "\n"
        "Slave Interface: eth5\n"
        "MII Status: up\n"
        "Speed: 10000 Mbps\n"
        "Duplex: full\n"
        "Link Failure Count: 0\n"
        "Permanent HW addr: 00:1b:78:5a:21:8c\n"
        "Slave queue ID: 0\n"
    )


def test_old_driver_says_less_of_a_slave() -> None:
    """Linux 2.6.32 of XenServer 6.2."""
    shell = Shell(machine_of(bridged_dom0(XENSERVER_6_2, "active-backup")))
    assert shell.out("cat /proc/net/bonding/bond1") == (
        "Ethernet Channel Bonding Driver: v3.5.0 (November 4, 2008)\n"
        "\n"
        "Bonding Mode: fault-tolerance (active-backup)\n"
        "Primary Slave: None\n"
        "Currently Active Slave: eth5\n"
        "MII Status: up\n"
        "MII Polling Interval (ms): 100\n"
        "Up Delay (ms): 31000\n"
        "Down Delay (ms): 200\n"
        "\n"
        "Slave Interface: eth1\n"
        "MII Status: up\n"
        "Link Failure Count: 0\n"
        "Permanent HW addr: 00:1f:29:c4:9f:3c\n"
        "\n"
        "Slave Interface: eth5\n"
        "MII Status: up\n"
        "Link Failure Count: 0\n"
        "Permanent HW addr: 00:1b:78:5a:21:8c\n"
    )


def test_lacp_is_802_3ad() -> None:
    """The driver has a mode of its own for it."""
    shell = Shell(machine_of(bridged_dom0(mode="balance-tcp")))
    printed = shell.out("cat /proc/net/bonding/bond1 /sys/class/net/bond1/bonding/mode")
    assert "Bonding Mode: IEEE 802.3ad Dynamic link aggregation\n" in printed
    assert "\tNumber of ports: 2\n" in printed
    assert printed.endswith("802.3ad 4\n")


def test_slave_without_a_link_is_down(dom0: SimulatedDom0, bridged: Shell) -> None:
    """Once the down delay is over; before, it is going down."""
    dom0.nics_by_device["eth5"] = replace(dom0.nics_by_device["eth5"], carrier=False)
    status = "sed -n '/Interface: eth5/,/Speed/p' /proc/net/bonding/bond1"
    assert bridged.out(status).splitlines()[1:] == ["MII Status: going down", "Speed: Unknown"]
    bridged.run("sleep 1")
    assert bridged.out(status).splitlines()[1] == "MII Status: down"
    assert bridged.out("cat /sys/class/net/bond1/bonding/active_slave") == "eth1\n"


def test_sysfs_names_bonds_and_slaves(bridged: Shell) -> None:
    """As networkd reads it back."""
    assert bridged.out("cat /sys/class/net/bonding_masters") == "bond1\n"
    assert bridged.out("cd /sys/class/net/bond1/bonding; cat slaves mode updelay") == (
        "eth1 eth5\nbalance-slb 7\n31000\n"
    )


def test_bridge_is_a_directory_in_sysfs(bridged: Shell) -> None:
    """With its ports beside it."""
    assert bridged.out("ls /sys/class/net/xapi1/brif") == "bond1\n"
    assert bridged.out("cat /sys/class/net/xapi1/bridge/bridge_id") == "8000.001f29c49f3c\n"


def test_brctl_shows_bridges_and_ports(dom0: SimulatedDom0, bridged: Shell) -> None:
    """A VLAN has a bridge of its own, with a device of the bond."""
    dom0.add_bridge("xapi2", BridgeSettings(mac=MAC, vlan=("xapi1", 42)))
    assert bridged.out("brctl show") == (
        "bridge name\tbridge id\t\tSTP enabled\tinterfaces\n"
        "xapi1\t\t8000.001f29c49f3c\tno\t\tbond1\n"
        "xapi2\t\t8000.001f29c49f3c\tno\t\tbond1.42\n"
        "xenbr0\t\t8000.001f29c49f5c\tno\t\teth0\n"
    )


def test_openvswitch_has_no_bridges_for_brctl(shell: Shell) -> None:
    """The heading alone."""
    assert shell.out("brctl show") == "bridge name\tbridge id\t\tSTP enabled\tinterfaces\n"


def test_bond_is_an_interface_of_the_kernel(bridged: Shell) -> None:
    """Unlike under Open vSwitch; there is no datapath."""
    names = bridged.out("ls /sys/class/net").split()
    assert names == [
        "bond1",
        "bonding_masters",
        *(f"eth{number}" for number in range(6)),
        "lo",
        "xapi1",
        "xenbr0",
    ]


def test_ifconfig_tells_master_and_slaves(bridged: Shell) -> None:
    """By their flags; the slaves have the bond's MAC."""
    assert bridged.out("ifconfig bond1").splitlines()[:2] == [
        "bond1: flags=5187<UP,BROADCAST,RUNNING,MASTER,MULTICAST>  mtu 1500",
        "        ether 00:1f:29:c4:9f:3c  txqueuelen 1000  (Ethernet)",
    ]
    assert bridged.out("ifconfig eth5").splitlines()[:2] == [
        "eth5: flags=6211<UP,BROADCAST,RUNNING,SLAVE,MULTICAST>  mtu 1500",
        "        ether 00:1f:29:c4:9f:3c  txqueuelen 1000  (Ethernet)",
    ]


def test_ip_tells_who_belongs_to_whom(bridged: Shell) -> None:
    """NIC, bond, bridge."""
    assert "eth1: <BROADCAST,MULTICAST,SLAVE,UP,LOWER_UP> mtu 1500 qdisc mq master bond1 " in (
        bridged.out("ip link show eth1")
    )
    assert " master xapi1 " in bridged.out("ip link show bond1")


def test_openvswitch_does_not_run(bridged: Shell) -> None:
    """Its programs say what is missing."""
    answers = [bridged.run(line) for line in ("ovs-vsctl list-br", "ovs-appctl bond/list")]
    assert [(answer.stdout, answer.stderr, answer.status) for answer in answers] == [
        (
            "",
            (
                "ovs-vsctl: unix:/var/run/openvswitch/db.sock: database connection failed"
                " (No such file or directory)\n"
            ),
            1,
        ),
        (
            "",
            (
                'ovs-appctl: cannot read pidfile "/var/run/openvswitch/ovs-vswitchd.pid"'
                " (No such file or directory)\n"
            ),
            1,
        ),
    ]


def test_its_programs_still_know_their_version(bridged: Shell) -> None:
    """They are installed all the same."""
    assert bridged.out("ovs-vsctl --version").startswith("ovs-vsctl (Open vSwitch) 3.5.0\n")


def test_configuration_file_names_the_backend(bridged: Shell) -> None:
    """What networkd starts by."""
    assert bridged.out("cat /etc/xensource/network.conf") == "bridge\n"
