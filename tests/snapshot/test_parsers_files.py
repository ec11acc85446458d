"""Files of dom0 are read as the host itself reads them, or refused."""

from pathlib import Path

import pytest

from xsbond.errors import UnexpectedOutput
from xsbond.model import NicFacts
from xsbond.snapshot.parsers import parse_inventory, parse_network_conf, parse_sysfs_net

CORPUS = Path(__file__).parent / "corpus" / "dom0"


def nic(name: str, address: str, mtu: int, operstate: str, carrier: bool | None) -> NicFacts:
    """Return facts in one line."""
    return NicFacts(name=name, address=address, mtu=mtu, operstate=operstate, carrier=carrier)


def test_sysfs_gives_every_nic_its_facts() -> None:
    """A NIC that is up, a bridge, and a device whose carrier the kernel keeps to itself."""
    nics = parse_sysfs_net((CORPUS / "sysfs-net-xs-1.txt").read_text())
    assert [nics["eth5"], nics["xapi1"], nics["ovs-netdev"]] == [
        nic("eth5", "00:1b:78:5a:21:8c", 1500, "up", carrier=True),
        nic("xapi1", "00:1f:29:c4:9f:3c", 1500, "unknown", carrier=True),
        nic("ovs-netdev", "fa:85:46:af:d2:25", 1500, "down", carrier=None),
    ]


def test_sysfs_lists_all_nics() -> None:
    """No entry of the recorded host is lost."""
    nics = parse_sysfs_net((CORPUS / "sysfs-net-xs-1.txt").read_text())
    physical = ["eth0", "eth1", "eth2", "eth3", "eth4", "eth5"]
    assert list(nics) == [*physical, "lo", "ovs-netdev", "xapi0", "xapi1", "xenbr0", "xenbr3"]


def test_sysfs_leaves_out_what_is_no_nic() -> None:
    """`bonding_masters` is a file; tunnels have short addresses, or none."""
    nics = parse_sysfs_net((CORPUS / "sysfs-net-tunnels-and-no-nics.txt").read_text())
    assert nics == {
        "eth1": nic("eth1", "00:1f:29:c4:9f:3c", 9000, "lowerlayerdown", carrier=False),
        "sit0": nic("sit0", "00:00:00:00", 1480, "down", carrier=None),
        "tun0": nic("tun0", "", 1500, "down", carrier=False),
    }


ETH1 = """\
eth1 address 00:1f:29:c4:9f:3c
eth1 mtu 1500
eth1 operstate up
eth1 carrier 1
"""
SYSFS_DAMAGE = {
    "banner-first": ("eth1 address", "Welcome\neth1 address"),
    "bad-mac": ("9f:3c", "9f"),
    "upper-case-mac": ("c4:9f", "C4:9F"),
    "no-address": ("eth1 address 00:1f:29:c4:9f:3c\n", ""),
    "no-mtu": ("eth1 mtu 1500\n", ""),
    "no-carrier": ("eth1 carrier 1\n", ""),
    "other-order": ("eth1 mtu 1500\neth1 operstate up", "eth1 operstate up\neth1 mtu 1500"),
    "mtu-unreadable": ("1500", "(unreadable)"),
    "mtu-is-no-number": ("1500", "jumbo"),
    "unknown-operstate": ("operstate up", "operstate upp"),
    "carrier-of-two": ("carrier 1", "carrier 2"),
    "lines-of-two-nics": ("eth1 operstate", "eth2 operstate"),
    "unknown-file": ("mtu", "speed"),
    "cut": ("carrier 1\n", "carrier 1"),
    "no-entry-at-all": (ETH1, "* address (unreadable)\n"),
    "twice": (ETH1, ETH1 * 2),
    "nothing": (ETH1, ""),
}


@pytest.mark.parametrize(("old", "new"), SYSFS_DAMAGE.values(), ids=SYSFS_DAMAGE)
def test_sysfs_refuses(old: str, new: str) -> None:
    """Whatever one thing is wrong, the answer is refused rather than guessed at."""
    damaged = ETH1.replace(old, new)
    assert damaged != ETH1
    with pytest.raises(UnexpectedOutput):
        parse_sysfs_net(damaged)


def test_inventory_gives_the_settings_of_8_3() -> None:
    """Values come without their quotes."""
    settings = parse_inventory((CORPUS / "inventory-8.3.txt").read_text())
    keys = ("INSTALLATION_UUID", "PRODUCT_VERSION", "PRODUCT_BRAND", "MANAGEMENT_INTERFACE")
    assert [settings[key] for key in keys] == [
        "d9645ab6-1d9d-4573-bf92-b94dc0c5c5c1",
        "8.3.0",
        "XCP-ng",
        "xenbr0",
    ]


def test_inventory_gives_all_settings_of_6_2() -> None:
    """An empty value is a value."""
    assert parse_inventory((CORPUS / "inventory-6.2.txt").read_text()) == {
        "PRODUCT_BRAND": "XenServer",
        "PRODUCT_NAME": "xenenterprise",
        "PRODUCT_VERSION": "6.2.0",
        "BUILD_NUMBER": "70446c",
        "KERNEL_VERSION": "2.6.32.43-0.4.1.xs1.8.0.835.170778xen",
        "INSTALLATION_UUID": "8cfa8b4b-8d1c-4e1b-9a8e-d4f1a2a1f0c3",
        "CONTROL_DOMAIN_UUID": "2f1ecb7f-6c7b-4b5a-9d0c-6a5a0e0d2b11",
        "OEM_MODEL": "",
        "MANAGEMENT_INTERFACE": "xenbr0",
    }


def test_inventory_passes_over_what_the_shell_passes_over() -> None:
    """Comments, blank lines and a missing newline at the end change nothing."""
    text = "# written by hand\n\nINSTALLATION_UUID='u'"
    assert parse_inventory(text) == {"INSTALLATION_UUID": "u"}


REFUSED_INVENTORIES = {
    "nothing": "",
    "not-quoted": "INSTALLATION_UUID=u\n",
    "double-quoted": 'INSTALLATION_UUID="u"\n',
    "quote-not-closed": "INSTALLATION_UUID='u\n",
    "cut": "INSTALLATION_UUID='u'\nBUILD_NUMBER='70",
    "quote-inside": "INSTALLATION_UUID='u'v'\n",
    "key-twice": "INSTALLATION_UUID='u'\nINSTALLATION_UUID='v'\n",
    "no-installation-uuid": "BUILD_NUMBER='0'\n",
    "error-text": "cat: /etc/xensource-inventory: No such file or directory\n",
    "indented": " INSTALLATION_UUID='u'\n",
}


@pytest.mark.parametrize("text", REFUSED_INVENTORIES.values(), ids=REFUSED_INVENTORIES)
def test_inventory_refuses(text: str) -> None:
    """What the shell would read otherwise, or not at all, is refused."""
    with pytest.raises(UnexpectedOutput):
        parse_inventory(text)


def test_network_conf_of_the_recorded_host_is_openvswitch() -> None:
    """The product's default network stack."""
    text = (CORPUS / "network-conf-openvswitch.txt").read_text()
    assert parse_network_conf(text) == "openvswitch"


BACKENDS = {
    "vswitch\n": "openvswitch",
    "bridge\n": "bridge",
    "bridge": "bridge",
    " openvswitch \n\n": "openvswitch",
}


@pytest.mark.parametrize("text", BACKENDS)
def test_network_conf_knows_the_words_of_networkd(text: str) -> None:
    """Two words mean Open vSwitch; blanks around them do not count."""
    assert parse_network_conf(text) == BACKENDS[text]


@pytest.mark.parametrize("text", ["", "\n", "openvswitc", "Bridge\n", "bridge\nvswitch\n"])
def test_network_conf_refuses(text: str) -> None:
    """Where networkd would not start, no backend is guessed."""
    with pytest.raises(UnexpectedOutput):
        parse_network_conf(text)
