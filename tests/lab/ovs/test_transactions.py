"""The command lines of ovs-vsctl, word by word as xcp-networkd writes them."""

import shlex
from collections.abc import Sequence
from dataclasses import replace

import pytest

from xsbond.lab.contracts import BondSettings, BridgeSettings
from xsbond.lab.namespaced import transactions

BRIDGE = BridgeSettings(mac="00:1f:29:c4:9f:3c", network_uuids=("u-1",))
SLB = BondSettings(
    bond_mode="balance-slb",
    lacp="off",
    mac="00:1f:29:c4:9f:3c",
    other_config={
        "bond-detect-mode": "carrier",
        "bond-miimon-interval": "100",
        "bond-rebalance-interval": "1800000",
    },
)
LACP = BondSettings(
    bond_mode="balance-tcp",
    lacp="active",
    other_config={"lacp-time": "slow", "lacp-fallback-ab": "true"},
    interface_config={"lacp-aggregation-key": "7"},
)


def commands(words: Sequence[str]) -> list[str]:
    """Return the commands of one transaction, each as a shell would show it."""
    program, timeout, separator, *rest = words
    assert (program, timeout, separator) == (transactions.PROGRAM, "--timeout=20", "--")
    found: list[list[str]] = [[]]
    for word in rest:
        if word == "--":
            found.append([])
        else:
            found[-1].append(word)
    return [shlex.join(each).replace("'", "") for each in found]


BRIDGES = {
    "plain": (
        BRIDGE,
        (
            'set bridge xapi1 datapath_type=netdev other-config:hwaddr="00:1f:29:c4:9f:3c"'
            " fail_mode=standalone other-config:mac-table-size=10000 mcast_snooping_enable=false"
            " other-config:enable-ipv6-mcast-snooping=false"
            " other-config:mcast-snooping-disable-flood-unregistered=true"
        ),
    ),
    "without a NIC, snooping, secure": (
        replace(BRIDGE, mac="", igmp_snooping=True, fail_mode="secure"),
        (
            "set bridge xapi1 datapath_type=netdev"
            " fail_mode=secure other-config:mac-table-size=10000 mcast_snooping_enable=true"
            " other-config:enable-ipv6-mcast-snooping=false"
            " other-config:mcast-snooping-disable-flood-unregistered=true"
        ),
    ),
}


@pytest.mark.parametrize("name", BRIDGES)
def test_bridge_is_made_and_set_in_one_transaction(name: str) -> None:
    """All columns of network_utils.ml's create_bridge, and the lab's own datapath."""
    settings, columns = BRIDGES[name]
    assert commands(transactions.add_bridge("xapi1", settings, datapath="netdev")) == [
        "--may-exist add-br xapi1",
        columns,
        "remove bridge xapi1 other-config disable-in-band",
        "set interface xapi1 mtu_request=1500",
        "br-set-external-id xapi1 xs-network-uuids u-1",
    ]


def test_in_band_is_set_only_where_somebody_chose() -> None:
    """The key of another_config vswitch-disable-in-band comes after its removal."""
    settings = replace(BRIDGE, disable_in_band="true")
    words = commands(transactions.add_bridge("xapi1", settings, datapath="netdev"))
    assert words[2:4] == [
        "remove bridge xapi1 other-config disable-in-band",
        "set bridge xapi1 other-config:disable-in-band=true",
    ]


def test_vlan_is_a_fake_bridge_on_its_parent() -> None:
    """It has no columns of its own but the MAC of its interface, and names its network."""
    settings = replace(BRIDGE, vlan=("xapi1", 101), network_uuids=("v", "p"))
    assert commands(transactions.add_bridge("xapi2", settings, datapath="netdev")) == [
        "--may-exist add-br xapi2 xapi1 101",
        'set interface xapi2 MAC="00:1f:29:c4:9f:3c"',
        "br-set-external-id xapi2 xs-network-uuids v;p",
    ]


BONDS = {
    "balance-slb": (
        SLB,
        [
            "--may-exist add-bond xapi1 bond1 eth1 eth5",
            "clear port bond1 other_config",
            (
                'set port bond1 MAC="00:1f:29:c4:9f:3c" lacp=off bond_mode=balance-slb'
                ' bond_updelay=31000 bond_downdelay=200 other-config:bond-detect-mode="carrier"'
                ' other-config:bond-miimon-interval="100"'
                ' other-config:bond-rebalance-interval="1800000"'
            ),
            "set interface eth1 mtu_request=9000",
            "set interface eth5 mtu_request=9000",
        ],
    ),
    "lacp": (
        LACP,
        [
            "--may-exist add-bond xapi1 bond1 eth1 eth5",
            "clear port bond1 other_config",
            (
                "set port bond1 lacp=active bond_mode=balance-tcp bond_updelay=31000"
                ' bond_downdelay=200 other-config:lacp-time="slow"'
                ' other-config:lacp-fallback-ab="true"'
            ),
            'set interface eth1 mtu_request=9000 other-config:lacp-aggregation-key="7"',
            'set interface eth5 mtu_request=9000 other-config:lacp-aggregation-key="7"',
        ],
    ),
}


@pytest.mark.parametrize("mode", BONDS)
def test_bond_is_made_and_set_in_one_transaction(mode: str) -> None:
    """What an earlier mode left in other_config goes first."""
    settings, wanted = BONDS[mode]
    assert commands(transactions.add_bond("xapi1", "bond1", ["eth1", "eth5"], settings, 9000)) == (
        wanted
    )


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (transactions.delete_bridge("xenbr1"), ["--if-exists del-br xenbr1"]),
        (
            transactions.add_port("xenbr1", "eth1", 1500),
            ["--may-exist add-port xenbr1 eth1", "set interface eth1 mtu_request=1500"],
        ),
        (
            transactions.add_vif("xapi1", "vif1.0"),
            ["--if-exists del-port vif1.0", "add-port xapi1 vif1.0"],
        ),
        (transactions.remove_port("vif1.0"), ["--if-exists del-port vif1.0"]),
    ],
    ids=["delete-bridge", "add-port", "add-vif", "remove-port"],
)
def test_small_transactions(words: Sequence[str], wanted: list[str]) -> None:
    """Each may be repeated."""
    assert commands(words) == wanted


def test_values_are_quoted_for_the_database() -> None:
    """A value with a quotation mark stays one value."""
    odd = replace(SLB, mac="", other_config={"bond-x": 'a"b\\c'})
    words = transactions.add_bond("b", "p", ["e"], odd, 1500)
    assert 'other-config:bond-x="a\\"b\\\\c"' in words
