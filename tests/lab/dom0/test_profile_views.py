"""What else a dom0 shows of its release: interfaces, files, kernel, services."""

import pytest

from tests.lab.dom0.test_profiles import OF_8_2, OF_8_3, shell_of, spread
from tests.lab.hosts import Shell, bond, machine_of, master_dom0, plug
from xsbond.lab.blueprint import PROFILES, Profile
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.snapshot.parsers import parse_bridges, parse_ifconfig, parse_ovs_version

OLD_IFCONFIG = (
    "xapi1     Link encap:Ethernet  HWaddr 00:1F:29:C4:9F:3C  \n"
    "          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1\n"
    "          RX packets:0 errors:0 dropped:0 overruns:0 frame:0\n"
    "          TX packets:0 errors:0 dropped:0 overruns:0 carrier:0\n"
    "          collisions:0 txqueuelen:0 \n"
    "          RX bytes:0 (0.0 B)  TX bytes:0 (0.0 B)\n"
    "\n"
)
NEW_IFCONFIG = (
    "xapi1: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500\n"
    "        inet6 fe80::21f:29ff:fec4:9f3c  prefixlen 64  scopeid 0x20<link>\n"
    "        ether 00:1f:29:c4:9f:3c  txqueuelen 1000  (Ethernet)\n"
    "        RX packets 0  bytes 0 (0.0 B)\n"
    "        RX errors 0  dropped 0  overruns 0  frame 0\n"
    "        TX packets 0  bytes 0 (0.0 B)\n"
    "        TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0\n"
    "\n"
)
IFCONFIGS = {
    ("xenserver-6.2",): OLD_IFCONFIG,
    (*OF_8_2, *OF_8_3, "current"): NEW_IFCONFIG,
}


def silent(profile: Profile) -> SimulatedDom0:
    """Return a master whose guest bridge has just been made, so that it counted nothing yet."""
    dom0, _ = master_dom0(profile)
    dom0.delete_bridge("xapi1")
    plug(dom0, "xapi1", ["eth1", "eth5"], ("bond1", bond()))
    return dom0


@pytest.mark.parametrize(("name", "text"), spread(IFCONFIGS))
def test_ifconfig_is_that_of_the_release(name: str, text: str) -> None:
    """HWaddr in capitals up to 6.5, ether in small letters since 7.0."""
    dom0 = silent(PROFILES[name])
    shell = Shell(machine_of(dom0))
    printed = shell.out("ifconfig xapi1")
    assert _without_counts(printed) == _without_counts(text)


def _without_counts(text: str) -> list[str]:
    """Return the lines that do not count traffic."""
    return [line for line in text.splitlines() if "packets" not in line and "bytes" not in line]


RELEASES = {
    ("xenserver-6.2",): "XenServer release 6.2.0-70446c (xenenterprise)\n",
    ("citrix-hypervisor-8.2",): "Citrix Hypervisor release 8.2.1 (xenenterprise)\n",
    ("xcp-ng-8.2",): "XCP-ng release 8.2.1 (xenenterprise)\n",
    ("xcp-ng-8.3", "current"): "XCP-ng release 8.3.0 (xenenterprise)\n",
    ("xenserver-8",): "XenServer release 8.4.0 (xenenterprise)\n",
}


@pytest.mark.parametrize(("name", "text"), spread(RELEASES))
def test_release_file_names_the_product(name: str, text: str) -> None:
    """6.2 told its build, too."""
    assert shell_of(name).out("cat /etc/redhat-release") == text


@pytest.mark.parametrize(
    ("name", "kernel"),
    [
        ("xenserver-6.2", "2.6.32.43-0.4.1.xs1.8.0.835.170778xen"),
        ("xcp-ng-8.2", "4.19.0+1"),
        ("current", "4.19.0+1"),
    ],
)
def test_kernel_is_that_of_the_release(name: str, kernel: str) -> None:
    """`uname -r`."""
    assert shell_of(name).out("uname -r") == f"{kernel}\n"


@pytest.mark.parametrize("name", PROFILES)
def test_systemd_came_with_7(name: str) -> None:
    """6.2 has no systemctl."""
    answer = shell_of(name).run("which systemctl")
    assert (answer.status == 0) is (name != "xenserver-6.2")


@pytest.mark.parametrize("name", PROFILES)
def test_product_reads_the_rest_of_every_release(name: str) -> None:
    """Bridges, interfaces and the version."""
    shell = shell_of(name)
    interfaces = parse_ifconfig(shell.out("ifconfig -a"))
    assert parse_bridges(shell.out("ovs-vsctl list-br")) == {"xapi0", "xapi1", "xenbr0", "xenbr3"}
    assert interfaces["xapi1"].mac == "00:1f:29:c4:9f:3c"
    assert parse_ovs_version(shell.out("ovs-vsctl --version")) == PROFILES[name].openvswitch
