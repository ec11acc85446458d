"""Interfaces are read from `ifconfig` of both generations of net-tools, or refused."""

from ipaddress import IPv4Interface
from pathlib import Path

import pytest

from xsbond.errors import UnexpectedOutput
from xsbond.model import Interface
from xsbond.snapshot.parsers import parse_ifconfig

CORPUS = Path(__file__).parent / "corpus" / "dom0"

# name: MAC, then what is out of the ordinary: `down`, an MTU, addresses.
XS_1 = """
eth0    00:1f:29:c4:9f:5c
eth1    00:1f:29:c4:9f:3c
eth2    00:26:55:d1:e8:cc
eth3    00:26:55:d1:e8:cd
eth4    00:1b:78:5a:21:8d
eth5    00:1b:78:5a:21:8c
xapi0   00:26:55:d1:e8:cc 172.16.0.35/28
xapi1   00:1f:29:c4:9f:3c
xenbr0  00:1f:29:c4:9f:5c 172.16.0.10/27
xenbr3  00:26:55:d1:e8:cd
"""
SITUATIONS = {
    "ifconfig-net-tools-1-tutorial-xs-1": f"{XS_1}lo - 16436 127.0.0.1/8",
    "ifconfig-net-tools-1-tutorial-xs-2-one-nic-down": """
        eth0    00:1f:29:c4:9d:ba
        eth1    00:1f:29:c4:9d:c2
        eth2    00:26:55:d2:ee:50
        eth3    00:26:55:d2:ee:51 down
        eth4    00:1b:78:5c:74:35
        eth5    00:1b:78:5c:74:34
        xapi0   00:26:55:d2:ee:50 172.16.0.36/28
        xenbr0  00:1f:29:c4:9d:ba 172.16.0.12/27
        xenbr1  00:1f:29:c4:9d:c2
        xenbr3  00:26:55:d2:ee:51 down
        xenbr5  00:1b:78:5c:74:34
        """,
    "ifconfig-net-tools-1-alias-and-tunnels": """
        xapi0   00:26:55:d1:e8:cc 9000 172.16.0.35/28
        xapi0:1 00:26:55:d1:e8:cc 9000 172.16.0.40/28
        sit0    - down 1480
        tun0    - 10.9.9.1/32
        eth9    00:1b:78:5a:21:8e down
        """,
    "ifconfig-net-tools-2-xs-1": f"""{XS_1}
        lo         - 65536 127.0.0.1/8
        ovs-netdev fa:85:46:af:d2:25 down
        """,
    "ifconfig-net-tools-2-xs-2-before": """
        eth0    00:1f:29:c4:9d:ba
        eth1    00:1f:29:c4:9d:c2
        eth2    00:26:55:d2:ee:50
        eth3    00:26:55:d2:ee:51
        eth4    00:1b:78:5c:74:35
        eth5    00:1b:78:5c:74:34
        lo      - 65536 127.0.0.1/8
        xapi0   00:26:55:d2:ee:50 172.16.0.36/28
        xenbr0  00:1f:29:c4:9d:ba 172.16.0.12/27
        xenbr1  00:1f:29:c4:9d:c2
        xenbr3  00:26:55:d2:ee:51
        xenbr5  00:1b:78:5c:74:34
        """,
    "ifconfig-net-tools-2-alias-and-tunnel": """
        eth1    00:1f:29:c4:9f:3c 172.16.0.35/28
        eth1:1  00:1f:29:c4:9f:3c 172.16.0.40/28
        eth5    00:1b:78:5a:21:8c down 9000
        lo      - 65536 127.0.0.1/8
        tun0    - 10.9.9.1/32
        """,
}

ONE_OF_NET_TOOLS_1 = """\
xapi0     Link encap:Ethernet  HWaddr 00:26:55:D1:E8:CC  \n\
          inet addr:172.16.0.35  Bcast:172.16.0.47  Mask:255.255.255.240
          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1
          RX packets:1 errors:0 dropped:0 overruns:0 frame:0

"""
ONE_OF_NET_TOOLS_2 = """\
xapi0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500
        inet 172.16.0.35  netmask 255.255.255.240  broadcast 172.16.0.47
        ether 00:26:55:d1:e8:cc  txqueuelen 1000  (Ethernet)
        RX packets 1  bytes 60 (60.0 B)

"""

DAMAGE_1 = {
    "banner-first": ("xapi0 ", "Welcome\nxapi0 "),
    "stray-line": ("          UP", "what is this\n          UP"),
    "bad-mac": ("E8:CC", "E8"),
    "mac-with-a-letter-too-many": ("E8:CC", "E8:CG"),
    "ethernet-without-mac": ("  HWaddr 00:26:55:D1:E8:CC", ""),
    "unknown-link": ("Ethernet", "Ethernot"),
    "no-flags": ("          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1\n", ""),
    "flags-twice": ("  Metric:1\n", "  Metric:1\n          UP  MTU:1500  Metric:1\n"),
    "unknown-flag": ("RUNNING", "WALKING"),
    "no-mtu": ("  MTU:1500", ""),
    "impossible-address": ("172.16.0.35", "172.16.0.256"),
    "impossible-netmask": ("255.255.255.240", "255.255.240.255"),
    "wildcard-mask": ("255.255.255.240", "0.0.0.15"),
    "no-netmask": ("  Mask:255.255.255.240", ""),
    "name-of-sixteen": ("xapi0 ", "abcdefghijklmnop "),
    "cut-before-the-last-blank-line": ("frame:0\n\n", "frame:0\n"),
    "cut-within-a-line": ("frame:0\n\n", "fra"),
    "other-generation-follows": ("frame:0\n\n", f"frame:0\n\n{ONE_OF_NET_TOOLS_2}"),
}
DAMAGE_2 = {
    "banner-first": ("xapi0:", "Welcome\nxapi0:"),
    "stray-line": ("        inet", "what is this\n        inet"),
    "bad-mac": ("e8:cc", "e8"),
    "ethernet-without-mac": (" 00:26:55:d1:e8:cc", ""),
    "no-hardware-line": ("        ether 00:26:55:d1:e8:cc  txqueuelen 1000  (Ethernet)\n", ""),
    "unknown-link": ("Ethernet", "Ethernot"),
    "link-of-two-kinds": ("(Ethernet)", "(Local Loopback)"),
    "flags-and-sum-differ": ("4163", "4162"),
    "flag-missing": ("UP,", ""),
    "unknown-flag": ("RUNNING", "WALKING"),
    "no-mtu": ("  mtu 1500", ""),
    "impossible-address": ("172.16.0.35", "172.16.0.256"),
    "wildcard-mask": ("255.255.255.240", "0.0.0.15"),
    "address-twice": (
        "        ether",
        "        inet 172.16.0.35  netmask 255.255.255.240\n        ether",
    ),
    "cut-before-the-last-blank-line": ("B)\n\n", "B)\n"),
    "cut-within-a-line": ("B)\n\n", "B"),
    "other-generation-follows": ("B)\n\n", f"B)\n\n{ONE_OF_NET_TOOLS_1}"),
}


def interface(line: str) -> Interface:
    """Return the interface that a line of the table above describes."""
    name, mac, *rest = line.split()
    return Interface(
        name=name,
        mac="" if mac == "-" else mac,
        up="down" not in rest,
        mtu=next((int(word) for word in rest if word.isdecimal()), 1500),
        addresses=tuple(IPv4Interface(word) for word in rest if "/" in word),
    )


@pytest.mark.parametrize("situation", SITUATIONS)
def test_ifconfig_gives_the_interfaces_of_each_wording(situation: str) -> None:
    """Both generations of net-tools give the interfaces they list."""
    text = (CORPUS / f"{situation}.txt").read_text()
    lines = SITUATIONS[situation].strip().splitlines()
    expected = {line.split()[0]: interface(line) for line in lines if line.strip()}
    assert parse_ifconfig(text) == expected


@pytest.mark.parametrize("text", [ONE_OF_NET_TOOLS_1, ONE_OF_NET_TOOLS_2], ids=["1.60", "2.10"])
def test_undamaged_answer_is_read(text: str) -> None:
    """What the damaged answers below start from is understood, and alike."""
    expected = interface("xapi0 00:26:55:d1:e8:cc 172.16.0.35/28")
    assert parse_ifconfig(text) == {"xapi0": expected}


@pytest.mark.parametrize(("old", "new"), DAMAGE_1.values(), ids=DAMAGE_1)
def test_ifconfig_of_net_tools_1_refuses(old: str, new: str) -> None:
    """Whatever one thing is wrong, the answer of net-tools 1.60 is refused."""
    damaged = ONE_OF_NET_TOOLS_1.replace(old, new, 1)
    assert damaged != ONE_OF_NET_TOOLS_1
    with pytest.raises(UnexpectedOutput):
        parse_ifconfig(damaged)


@pytest.mark.parametrize(("old", "new"), DAMAGE_2.values(), ids=DAMAGE_2)
def test_ifconfig_of_net_tools_2_refuses(old: str, new: str) -> None:
    """Whatever one thing is wrong, the answer of net-tools 2.10 is refused."""
    damaged = ONE_OF_NET_TOOLS_2.replace(old, new, 1)
    assert damaged != ONE_OF_NET_TOOLS_2
    with pytest.raises(UnexpectedOutput):
        parse_ifconfig(damaged)


def test_no_text_is_refused() -> None:
    """There is always `lo`, so nothing is no answer."""
    with pytest.raises(UnexpectedOutput, match="says nothing"):
        parse_ifconfig("")


def test_interface_listed_twice_is_refused() -> None:
    """Two interfaces never share a name."""
    with pytest.raises(UnexpectedOutput, match="xapi0 stands in it twice"):
        parse_ifconfig(ONE_OF_NET_TOOLS_2 * 2)


def test_blanks_at_line_ends_do_not_count() -> None:
    """Net-tools 1.60 ends some lines in blanks, which copies often lose."""
    trimmed = ONE_OF_NET_TOOLS_1.replace("  \n", "\n")
    assert parse_ifconfig(trimmed) == parse_ifconfig(ONE_OF_NET_TOOLS_1)


KINDS_OF_LINK = {
    "Local Loopback": "loop",
    "UNSPEC": "unspec",
    "IPv6-in-IPv4": "sit",
    "IPIP Tunnel": "tunnel",
    "Point-to-Point Protocol": "ppp",
    "InfiniBand": "infiniband",
}


@pytest.mark.parametrize("title", KINDS_OF_LINK)
def test_only_ethernet_has_a_mac(title: str) -> None:
    """Another kind of link has none, whatever net-tools prints for its hardware address."""
    old = ONE_OF_NET_TOOLS_1.replace("Ethernet", title)
    new = ONE_OF_NET_TOOLS_2.replace("(Ethernet)", f"({title})")
    new = new.replace("ether", KINDS_OF_LINK[title])
    assert [parse_ifconfig(text)["xapi0"].mac for text in (old, new)] == ["", ""]


FLAGS_OF_NET_TOOLS_2 = {
    "4163<UP,BROADCAST,RUNNING,MULTICAST>": True,
    "5187<UP,BROADCAST,RUNNING,MASTER,MULTICAST>": True,
    "6211<UP,BROADCAST,RUNNING,SLAVE,MULTICAST>": True,
    "8190<BROADCAST,DEBUG,LOOPBACK,POINTOPOINT,NOTRAILERS,RUNNING,NOARP,PROMISC,ALLMULTI"
    ",SLAVE,MASTER,MULTICAST>": False,
    "-28669<UP,BROADCAST,MULTICAST,DYNAMIC>": True,
    "-28669<UP,BROADCAST,MULTICAST>": True,
    "0<": False,
    "0<>": False,
}


@pytest.mark.parametrize("flags", FLAGS_OF_NET_TOOLS_2)
def test_interface_is_up_by_its_flag(flags: str) -> None:
    """All flags of linux/if.h are known, and their sum is a signed short."""
    text = ONE_OF_NET_TOOLS_2.replace("4163<UP,BROADCAST,RUNNING,MULTICAST>", flags)
    assert parse_ifconfig(text)["xapi0"].up == FLAGS_OF_NET_TOOLS_2[flags]


DEVICES = {
    "1.60": (ONE_OF_NET_TOOLS_1, "          Interrupt:16 Base address:0xe000 \n\n"),
    "1.60, memory": (ONE_OF_NET_TOOLS_1, "          Memory:fa000000-fa012800 DMA chan:ff \n\n"),
    "1.60, hidden": (ONE_OF_NET_TOOLS_1, "          \n\n"),
    "2.10": (ONE_OF_NET_TOOLS_2, "        device interrupt 16  base 0xe000  \n\n"),
    "2.10, memory": (
        ONE_OF_NET_TOOLS_2,
        "        device memory 0xfb200000-fb21ffff    dma 0x1\n\n",
    ),
}


@pytest.mark.parametrize(("text", "device"), DEVICES.values(), ids=DEVICES)
def test_resources_of_a_physical_nic_are_passed_over(text: str, device: str) -> None:
    """A line tells interrupt, ports and memory of a physical NIC; no fact is read from it."""
    assert parse_ifconfig(text.removesuffix("\n") + device) == parse_ifconfig(text)


def test_several_addresses_are_kept_in_order() -> None:
    """Where an interface lists several addresses, all of them count."""
    more = "        inet 10.0.0.1  netmask 255.0.0.0\n        ether"
    text = ONE_OF_NET_TOOLS_2.replace("        ether", more)
    expected = (IPv4Interface("172.16.0.35/28"), IPv4Interface("10.0.0.1/8"))
    assert parse_ifconfig(text)["xapi0"].addresses == expected
