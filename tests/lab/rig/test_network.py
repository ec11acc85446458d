"""Frames, cables and the switch of a rig."""

import pytest

from tests.lab.rig.bonds import (
    GUEST_MAC,
    LEGS,
    VIF,
    add_bond,
    bonded,
    carriers,
    hears,
    lacp,
    members,
    reaches,
)
from tests.lab.rig.rigs import hosts, mac_of, until
from xsbond.lab.rig.host import interpreter
from xsbond.lab.rig.switch import ECHO_PORT

SLB = ("bond_mode=balance-slb", "bond_updelay=0", "bond_downdelay=0")
LACP = ("lacp=active", "bond_mode=balance-tcp", "other_config:lacp-time=fast")

_TCP = """
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=20) as connection:
    sent = bytes(range(256)) * 400
    connection.sendall(sent)
    connection.shutdown(socket.SHUT_WR)
    received = b"".join(iter(lambda: connection.recv(65536), b""))
print(len(received), received == sent)
"""


def test_a_guest_reaches_the_peer_through_the_bond() -> None:
    """By ping and by TCP; it has its own MAC, and the bridge knows it by it."""
    with bonded(*SLB) as (rig, host, guest):
        peer = rig.switch.peer.address
        assert reaches(guest, peer)
        ran = guest.run(interpreter(), "-c", _TCP, peer, str(ECHO_PORT))
        assert ran.stdout == "102400 True\n", ran.stderr
        assert guest.read("/sys/class/net/eth0/address") == f"{GUEST_MAC}\n"
        assert GUEST_MAC in host.demand("ovs-appctl", "fdb/show", "xapi1")


def test_guests_of_two_hosts_reach_each_other() -> None:
    """From bond to bond, over the switch."""
    with hosts(2) as rig:
        guests = []
        for host, mac in zip(rig.hosts.values(), (GUEST_MAC, "52:54:00:00:00:02"), strict=True):
            add_bond(rig, host, *SLB)
            guests.append(host.add_guest(VIF, mac))
            host.demand("ovs-vsctl", "add-port", "xapi1", VIF)
        assert guests[0].address != guests[1].address
        assert reaches(guests[0], guests[1].address)


def test_a_guest_goes_with_its_interface() -> None:
    """And another one may have its name."""
    with bonded(*SLB) as (_, host, guest):
        host.remove_guest(VIF)
        assert VIF not in host.run("ls", "/sys/class/net").stdout
        assert not guest.attached
        assert host.add_guest(VIF, GUEST_MAC).run("true").code == 0


def test_the_bridge_has_the_mac_it_was_given() -> None:
    """As ifconfig shows it."""
    with bonded(*SLB) as (_, host, _guest):
        assert f"ether {mac_of(1, 'eth1')}" in host.demand("ifconfig", "xapi1")


def test_a_pulled_cable_shows_and_the_other_leg_carries_on() -> None:
    """In the kernel, in Open vSwitch, and for the guest not at all."""
    with bonded(*SLB) as (rig, host, guest):
        rig.switch.unplug("xs-1", "eth1")
        assert carriers(host) == {"eth1": "0", "eth5": "1"}
        assert until(lambda: members(host) == {"eth1": "disabled", "eth5": "enabled"})
        assert reaches(guest, rig.switch.peer.address)
        rig.switch.plug("xs-1", "eth1")
        assert carriers(host) == {"eth1": "1", "eth5": "1"}
        assert until(lambda: members(host) == dict.fromkeys(LEGS, "enabled"))


def test_without_cables_nothing_is_reached() -> None:
    """So that what is reached is reached by them."""
    with bonded(*SLB) as (rig, _, guest):
        for leg in LEGS:
            rig.switch.unplug("xs-1", leg)
        assert not hears(guest, rig.switch.peer.address)


def test_a_deaf_port_keeps_its_carrier_and_hears_nothing() -> None:
    """Open vSwitch takes both legs for good."""
    with bonded(*SLB) as (rig, host, guest):
        assert reaches(guest, rig.switch.peer.address)
        for leg in LEGS:
            rig.switch.deafen("xs-1", leg)
        assert carriers(host) == dict.fromkeys(LEGS, "1")
        assert members(host) == dict.fromkeys(LEGS, "enabled")
        assert not hears(guest, rig.switch.peer.address)
        for leg in LEGS:
            rig.switch.hear("xs-1", leg)
        assert reaches(guest, rig.switch.peer.address)


def test_a_group_of_the_switch_speaks_lacp() -> None:
    """Before and after the host crashes."""
    with bonded(*LACP) as (rig, host, guest):
        rig.switch.group("xs-1", LEGS)
        assert until(lambda: lacp(host) == "negotiated")
        assert until(lambda: members(host) == dict.fromkeys(LEGS, "enabled"))
        assert reaches(guest, rig.switch.peer.address)
        host.crash()
        host.boot()
        add_bond(rig, host, *LACP)
        assert until(lambda: lacp(host) == "negotiated")


def test_a_switch_without_a_group_negotiates_nothing() -> None:
    """The legs stay disabled, though both have carrier."""
    with bonded(*LACP) as (rig, host, guest):
        assert until(lambda: members(host) == dict.fromkeys(LEGS, "disabled"))
        # Open vSwitch takes some seconds to believe that nobody answers.
        assert until(lambda: lacp(host) == "configured")
        assert carriers(host) == dict.fromkeys(LEGS, "1")
        assert not hears(guest, rig.switch.peer.address)


def test_ports_out_of_their_group_are_like_all_others() -> None:
    """A bond without LACP works on them."""
    with bonded(*SLB) as (rig, host, guest):
        rig.switch.group("xs-1", LEGS)
        assert not hears(guest, rig.switch.peer.address)
        rig.switch.ungroup("xs-1", LEGS)
        assert until(lambda: members(host) == dict.fromkeys(LEGS, "enabled"))
        assert reaches(guest, rig.switch.peer.address)


def test_what_the_switch_cannot_do_it_says() -> None:
    """Groups of one port, ports in two groups, deaf ports in groups, and no such group."""
    with hosts() as rig:
        switch = rig.switch
        with pytest.raises(ValueError, match="two ports or more"):
            switch.group("xs-1", ["eth1"])
        with pytest.raises(ValueError, match="no group"):
            switch.ungroup("xs-1", LEGS)
        switch.group("xs-1", LEGS)
        with pytest.raises(ValueError, match="in a group already"):
            switch.group("xs-1", ["eth5", "eth2"])
        with pytest.raises(ValueError, match="eth1 of xs-1 is in a group"):
            switch.deafen("xs-1", "eth1")
        with pytest.raises(KeyError):
            switch.unplug("xs-9", "eth1")


def test_a_pulled_cable_stays_pulled_over_a_reboot() -> None:
    """It was pulled at the switch."""
    with hosts() as rig:
        host = rig.hosts["xs-1"]
        rig.switch.unplug("xs-1", "eth1")
        host.crash()
        host.boot()
        assert carriers(host) == {"eth1": "0", "eth5": "1"}
