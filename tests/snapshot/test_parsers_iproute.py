"""`ip -o link` and `ip -o addr` of dom0s old and new."""

import ipaddress

import pytest

from xsbond.errors import UnexpectedOutput
from xsbond.model import Device, DeviceAddress
from xsbond.snapshot.parsers import parse_ip_addresses, parse_ip_links

_QUEUE = "mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000"
_OF_SWITCH = _QUEUE.replace("state", "master ovs-system state")
_END = "\\    link/ether 00:1f:29:c4:9d:c2 brd ff:ff:ff:ff:ff:ff\n"
LINKS = (
    "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN"
    "\\    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n"
    f"3: eth1@if11: <BROADCAST,MULTICAST,UP,LOWER_UP> {_QUEUE}{_END}"
    f"4: eth5: <NO-CARRIER,BROADCAST,MULTICAST,UP> {_OF_SWITCH}{_END}"
    f"17: mv0@eth5: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN{_END}"
    f"18: bond1.42@bond1: <BROADCAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master xapi7 {_END}"
    f"19: gre0@NONE: <NOARP> mtu 1476 qdisc noop state DOWN\\    link/gre 0.0.0.0 brd 0.0.0.0\n"
)
LIFE = "\\       valid_lft forever preferred_lft forever\n"
ADDRESSES = (
    f"1: lo    inet 127.0.0.1/8 scope host lo{LIFE}"
    f"1: lo    inet6 ::1/128 scope host proto kernel_lo {LIFE}"
    f"9: xenbr0    inet 172.16.0.10/27 brd 172.16.0.31 scope global xenbr0{LIFE}"
    f"16: xapi1    inet 10.1.1.1/24 scope global xapi1:0{LIFE}"
    f"16: xapi1    inet 10.1.1.2/24 scope global secondary xapi1{LIFE}"
    f"16: xapi1    inet6 2001:db8::5/64 scope global dynamic mngtmpaddr {LIFE}"
    f"16: xapi1    inet6 fe80::1/64 scope link dadfailed tentative {LIFE}"
    f"20: tun0    inet 10.2.0.1 peer 10.2.0.2/32 scope global tun0{LIFE}"
)


def test_links_tell_what_a_device_is_made_on() -> None:
    """The other end of a pair in another namespace is no device of this dom0."""
    assert parse_ip_links(LINKS) == {
        "lo": Device(name="lo"),
        "eth1": Device(name="eth1"),
        "eth5": Device(name="eth5", master="ovs-system"),
        "mv0": Device(name="mv0", below="eth5"),
        "bond1.42": Device(name="bond1.42", below="bond1", master="xapi7"),
        "gre0": Device(name="gre0"),
    }


def test_addresses_are_all_of_them() -> None:
    """Further ones, aliases and IPv6 stand beside the first."""
    found = [(a.device, str(a.address), a.scope) for a in parse_ip_addresses(ADDRESSES)]
    assert found == [
        ("lo", "127.0.0.1/8", "host"),
        ("lo", "::1/128", "host"),
        ("xenbr0", "172.16.0.10/27", "global"),
        ("xapi1", "10.1.1.1/24", "global"),
        ("xapi1", "10.1.1.2/24", "global"),
        ("xapi1", "2001:db8::5/64", "global"),
        ("xapi1", "fe80::1/64", "link"),
        ("tun0", "10.2.0.1/32", "global"),
    ]


def test_links_among_addresses_are_passed_over() -> None:
    """The iproute2 of XenServer 6 prints both."""
    own = DeviceAddress(device="lo", address=ipaddress.IPv4Interface("127.0.0.1/8"), scope="host")
    text = LINKS.splitlines(keepends=True)[0] + f"1: lo    inet 127.0.0.1/8 scope host lo{LIFE}"
    assert parse_ip_addresses(text) == (own,)


BAD_LINKS = {
    "nothing": "",
    "cut-short": LINKS[:-1],
    "without-lo": LINKS.partition("\n")[2],
    "twice": LINKS * 2,
    "noise": f"{LINKS}Authorised use only.\n",
}
BAD_ADDRESSES = {
    "nothing": "",
    "cut-short": ADDRESSES[:-1],
    "without-lo": ADDRESSES.partition("scope host proto")[2].partition("\n")[2],
    "impossible": ADDRESSES.replace("172.16.0.10/27", "172.16.0.910/27"),
    "of-another-family": ADDRESSES.replace("inet 172", "inet6 172"),
    "noise": f"Authorised use only.\n{ADDRESSES}",
}


@pytest.mark.parametrize("case", BAD_LINKS)
def test_links_that_are_none_are_refused(case: str) -> None:
    """Nothing is passed over."""
    with pytest.raises(UnexpectedOutput, match="ip -o link"):
        parse_ip_links(BAD_LINKS[case])


@pytest.mark.parametrize("case", BAD_ADDRESSES)
def test_addresses_that_are_none_are_refused(case: str) -> None:
    """Nothing is passed over."""
    with pytest.raises(UnexpectedOutput, match="ip -o addr"):
        parse_ip_addresses(BAD_ADDRESSES[case])
