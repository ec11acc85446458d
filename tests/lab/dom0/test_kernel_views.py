"""ifconfig and ip, in both generations of the product."""

from dataclasses import replace

import pytest

from tests.lab.hosts import Shell
from xsbond.lab.dom0.ifconfig import render_all
from xsbond.lab.dom0.kernel import Counters, Interface


def test_old_ifconfig_prints_hwaddr_in_upper_case(old_shell: Shell) -> None:
    """net-tools 1.60 as the tutorial shows it."""
    assert old_shell.out("ifconfig xapi1").splitlines()[0] == (
        "xapi1     Link encap:Ethernet  HWaddr 00:1F:29:C4:9F:3C  "
    )


def test_old_ifconfig_prints_address_broadcast_and_mask(old_shell: Shell) -> None:
    """The second line of an interface that has an address."""
    assert old_shell.out("ifconfig xapi0").splitlines()[1] == (
        "          inet addr:172.16.0.35  Bcast:172.16.0.47  Mask:255.255.255.240"
    )


def test_old_ifconfig_prints_flags_and_mtu(old_shell: Shell) -> None:
    """Where there is no address they follow at once: IPv6 is switched off."""
    assert old_shell.out("ifconfig xapi1").splitlines()[1] == (
        "          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1"
    )


def test_new_ifconfig_prints_ether_in_lower_case(shell: Shell) -> None:
    """net-tools 2 as products since 7 have it."""
    assert shell.out("ifconfig eth1").splitlines()[:2] == [
        "eth1: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500",
        "        ether 00:1f:29:c4:9f:3c  txqueuelen 1000  (Ethernet)",
    ]


def test_ifconfig_of_a_missing_interface_fails(shell: Shell) -> None:
    """One line on standard error, status 1."""
    answer = shell.run("ifconfig eth9")
    assert (answer.stdout, answer.stderr, answer.status) == (
        "",
        "eth9: error fetching interface information: Device not found\n",
        1,
    )


def test_datapath_interface_is_down_and_shown_with_all(shell: Shell) -> None:
    """ovs-system is in ifconfig -a only."""
    assert "ovs-system: flags=4098<BROADCAST,MULTICAST>" in shell.out("ifconfig -a")
    assert "ovs-system" not in shell.out("ifconfig")


def test_old_switch_has_no_datapath_interface(old_shell: Shell) -> None:
    """ovs-system came with Open vSwitch 1.10."""
    assert "ovs-system" not in old_shell.out("ifconfig -a")


@pytest.mark.parametrize("command", ["ip link set eth5 down", "ifconfig eth5 down"])
def test_interface_can_be_set_down(shell: Shell, command: str) -> None:
    """It then is out of plain ifconfig."""
    shell.run(command)
    assert "eth5" not in shell.out("ifconfig")


def test_interface_can_be_set_up_again(shell: Shell) -> None:
    """And comes back."""
    shell.run("ip link set dev eth5 down; ip link set dev eth5 up")
    assert "eth5: flags=4163" in shell.out("ifconfig")


def test_nic_without_a_link_does_not_run(shell: Shell) -> None:
    """RUNNING is gone, UP stays."""
    nics = shell.machine.dom0.nics_by_device
    nics["eth5"] = replace(nics["eth5"], carrier=False)
    assert shell.out("ifconfig eth5").splitlines()[0] == (
        "eth5: flags=4099<UP,BROADCAST,MULTICAST>  mtu 1500"
    )


def test_nic_without_a_link_has_no_carrier(shell: Shell) -> None:
    """Ip says so in words."""
    nics = shell.machine.dom0.nics_by_device
    nics["eth5"] = replace(nics["eth5"], carrier=False)
    assert "eth5: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500" in shell.out("ip -o link")


def test_sysfs_tells_a_lost_link(shell: Shell) -> None:
    """Carrier 0, operstate down, speed unknown."""
    nics = shell.machine.dom0.nics_by_device
    nics["eth5"] = replace(nics["eth5"], carrier=False)
    assert shell.out("cd /sys/class/net/eth5; cat carrier operstate speed duplex") == (
        "0\ndown\n-1\nunknown\n"
    )


def test_sysfs_tells_speed_and_duplex(shell: Shell) -> None:
    """A NIC with a link has both."""
    assert shell.out("cd /sys/class/net/eth5; cat speed duplex") == "10000\nfull\n"


def test_carrier_of_an_interface_that_is_down_cannot_be_read(shell: Shell) -> None:
    """The kernel refuses: Invalid argument."""
    answer = shell.run("cat /sys/class/net/ovs-system/carrier")
    assert (answer.stderr, answer.status) == (
        "cat: /sys/class/net/ovs-system/carrier: Invalid argument\n",
        1,
    )


def test_bridge_in_sysfs_has_no_speed(shell: Shell) -> None:
    """Only NICs know their link's speed."""
    assert shell.run("cat /sys/class/net/xapi1/speed").status == 1


def test_linux_bonding_is_absent(shell: Shell) -> None:
    """Under Open vSwitch the kernel knows no bond."""
    assert shell.run("ls /proc/net/bonding").stderr == (
        "ls: cannot access /proc/net/bonding: No such file or directory\n"
    )


def test_addresses_can_be_asked_by_family(shell: Shell) -> None:
    """-4 leaves IPv6 out."""
    assert shell.out("ip -o -4 addr show xapi0") == (
        "10: xapi0    inet 172.16.0.35/28 brd 172.16.0.47 scope global xapi0"
        "\\       valid_lft forever preferred_lft forever\n"
    )


def test_unknown_object_of_ip_is_refused(shell: Shell) -> None:
    """Nothing is printed for what the lab does not know."""
    answer = shell.run("ip neigh")
    assert (answer.stdout, answer.status) == ("", 1)


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "0 (0.0 B)"),
        (1023, "1023 (1023.0 B)"),
        (1024, "1024 (1.0 KiB)"),
        (2194736, "2194736 (2.0 MiB)"),
        (5 * 2**30, "5368709120 (5.0 GiB)"),
        (3 * 2**40, "3298534883328 (3.0 TiB)"),
    ],
)
def test_bytes_are_told_in_units(count: int, told: str) -> None:
    """Binary ones, with one decimal."""
    eth1 = Interface(
        name="eth1",
        index=3,
        mac="00:1f:29:c4:9f:3c",
        mtu=1500,
        up=True,
        carrier=True,
        counters=Counters(rx_packets=7, rx_bytes=count),
    )
    assert f"RX packets 7  bytes {told}\n" in render_all([eth1], 2)


def test_interfaces_are_sorted_by_number(shell: Shell) -> None:
    """eth10 comes behind eth9 (net-tools, nstrcmp)."""
    nics = shell.machine.dom0.nics_by_device
    for number in (9, 10):
        nics[f"eth{number}"] = replace(nics["eth5"], device=f"eth{number}")
    names = [
        line.split(":")[0] for line in shell.out("ifconfig -a").splitlines() if line[:3] == "eth"
    ]
    assert names[-2:] == ["eth9", "eth10"]


def test_flags_in_sysfs(shell: Shell) -> None:
    """Up, down and loopback (linux/if.h)."""
    assert shell.out("cd /sys/class/net; cat lo/flags eth1/flags ovs-system/flags") == (
        "0x9\n0x1003\n0x1002\n"
    )


def test_link_of_a_nic_is_one_line(shell: Shell) -> None:
    """With the datapath it belongs to."""
    assert shell.out("ip -o link show eth1") == (
        "3: eth1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq master ovs-system"
        " state UP mode DEFAULT group default qlen 1000"
        "\\    link/ether 00:1f:29:c4:9f:3c brd ff:ff:ff:ff:ff:ff\n"
    )


def test_link_of_a_bridge_has_no_queue(shell: Shell) -> None:
    """Nor a datapath of its own."""
    assert " qdisc noqueue state UNKNOWN " in shell.out("ip -o link show xapi1")


def test_address_over_several_lines(shell: Shell) -> None:
    """Without -o."""
    assert shell.out("ip addr show dev xenbr0").splitlines()[2:4] == [
        "    inet 172.16.0.10/27 brd 172.16.0.31 scope global xenbr0",
        "       valid_lft forever preferred_lft forever",
    ]


def test_unknown_device_of_ip_is_told(shell: Shell) -> None:
    """In ip's own words."""
    assert shell.run("ip link show eth9").stderr == 'Device "eth9" does not exist.\n'
    assert shell.run("ip link set eth9 up").stderr == 'Cannot find device "eth9"\n'


def test_address_can_be_deleted(shell: Shell) -> None:
    """Once; then it has no such one, and the kernel says so."""
    assert shell.run("ip addr del 172.16.0.10/27 dev xenbr0").status == 0
    assert "inet " not in shell.out("ip addr show dev xenbr0")
    again = shell.run("ip addr del 172.16.0.10/27 dev xenbr0")
    assert (again.status, again.stderr) == (
        2,
        "RTNETLINK answers: Cannot assign requested address\n",
    )


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("ip link del eth5", "RTNETLINK answers: Operation not supported\n"),
        ("ip link del eth9", 'Cannot find device "eth9"\n'),
        ("ip addr del 10.0.0.1/24 dev eth9", 'Cannot find device "eth9"\n'),
    ],
)
def test_what_cannot_be_deleted_is_told(shell: Shell, command: str, says: str) -> None:
    """A NIC is no device that somebody has made."""
    answer = shell.run(command)
    assert (answer.stderr, answer.status != 0) == (says, True)


def test_attributes_of_an_interface_are_found_by_a_pattern(shell: Shell) -> None:
    """Those in a directory of their own, too; what is no interface has none."""
    found = shell.out("echo /sys/class/net/eth*/mtu /sys/class/net/*/statistics/rx_packets")
    names = found.split()
    assert names[:2] == ["/sys/class/net/eth0/mtu", "/sys/class/net/eth1/mtu"]
    counted = {f"/sys/class/net/{name}/statistics/rx_packets" for name in ("eth5", "xapi1")}
    assert counted < set(names)
    assert "rx_packets" in shell.out("ls /sys/class/net/eth1/statistics").splitlines()
    assert shell.run("ls /sys/class/net/eth77").status


def test_address_is_taken_away(shell: Shell) -> None:
    """By `ip addr del`, as it stands in `ip addr`; another one is not there to be taken."""
    other = shell.run("ip addr del 172.16.0.11/27 dev xenbr0")
    shell.run("ip addr del 172.16.0.10/27 dev xenbr0")
    assert (other.status, "172.16.0.10" in shell.out("ip addr")) == (2, False)
