"""The tutorial, typed by hand into a lab of XenServer 6.2: what dom0 prints is what it shows.

Blanks aside; bonds and members come in any order, since they have none.
"""

from collections.abc import Mapping

import pytest

from tests.lab.tutorial_run import Printed, lines


def bond_list(text: str) -> tuple[str, set[tuple[str, str, frozenset[str]]]]:
    """Return bond/list: its heading, and (bond, type, slaves) of each row."""
    heading, *rows = text.splitlines()
    found = set()
    for row in rows:
        bond, kind, slaves = row.split("\t")
        found.add((bond, kind, frozenset(slaves.split(", "))))
    return " ".join(heading.split()), found


MASTER_ADDRESSES = [
    "xapi0 Link encap:Ethernet HWaddr 00:26:55:D1:E8:CC",
    "inet addr:172.16.0.35 Bcast:172.16.0.47 Mask:255.255.255.240",
    "--",
    "xenbr0 Link encap:Ethernet HWaddr 00:1F:29:C4:9F:5C",
    "inet addr:172.16.0.10 Bcast:172.16.0.31 Mask:255.255.255.224",
]
MEMBER_ADDRESSES = [
    "xapi0 Link encap:Ethernet HWaddr 00:26:55:D2:EE:50",
    "inet addr:172.16.0.36 Bcast:172.16.0.47 Mask:255.255.255.240",
    "--",
    "xenbr0 Link encap:Ethernet HWaddr 00:1F:29:C4:9D:BA",
    "inet addr:172.16.0.12 Bcast:172.16.0.31 Mask:255.255.255.224",
]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("PM-4.4.1", MASTER_ADDRESSES),
        ("M-1.4.1", MEMBER_ADDRESSES),
        ("M-3.4.1", MEMBER_ADDRESSES),
    ],
)
def test_addresses_are_the_tutorials(printed: Printed, step: str, expected: list[str]) -> None:
    """Two interfaces with an address, before and after."""
    assert lines(printed[step]) == expected


MASTER_INTERFACES = {
    "eth0": "00:1F:29:C4:9F:5C",
    "eth1": "00:1F:29:C4:9F:3C",
    "eth2": "00:26:55:D1:E8:CC",
    "eth3": "00:26:55:D1:E8:CD",
    "eth4": "00:1B:78:5A:21:8D",
    "eth5": "00:1B:78:5A:21:8C",
    "xapi0": "00:26:55:D1:E8:CC",
    "xapi1": "00:1F:29:C4:9F:3C",
    "xenbr0": "00:1F:29:C4:9F:5C",
    "xenbr3": "00:26:55:D1:E8:CD",
}
MEMBER_NICS = {
    "eth0": "00:1F:29:C4:9D:BA",
    "eth1": "00:1F:29:C4:9D:C2",
    "eth2": "00:26:55:D2:EE:50",
    "eth3": "00:26:55:D2:EE:51",
    "eth4": "00:1B:78:5C:74:35",
    "eth5": "00:1B:78:5C:74:34",
    "xapi0": "00:26:55:D2:EE:50",
}
MEMBER_BEFORE = {
    **MEMBER_NICS,
    "xenbr0": "00:1F:29:C4:9D:BA",
    "xenbr1": "00:1F:29:C4:9D:C2",
    "xenbr3": "00:26:55:D2:EE:51",
    "xenbr5": "00:1B:78:5C:74:34",
}
MEMBER_AFTER = {
    **MEMBER_NICS,
    "xapi1": "00:1F:29:C4:9D:C2",
    "xenbr0": "00:1F:29:C4:9D:BA",
    "xenbr3": "00:26:55:D2:EE:51",
}


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("PM-4.4.2", MASTER_INTERFACES),
        ("M-1.4.2", MEMBER_BEFORE),
        ("M-3.4.2", MEMBER_AFTER),
    ],
)
def test_interfaces_of_dom0_are_the_tutorials(
    printed: Printed, step: str, expected: Mapping[str, str]
) -> None:
    """In the tutorial's order, with the tutorial's MACs."""
    assert lines(printed[step]) == [
        f"{name} Link encap:Ethernet HWaddr {mac}" for name, mac in expected.items()
    ]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("PM-4.5.1", ["xapi0", "xapi1", "xenbr0", "xenbr3"]),
        ("M-1.5.1", ["xapi0", "xenbr0", "xenbr1", "xenbr3", "xenbr5"]),
        ("M-3.5.1", ["xapi0", "xapi1", "xenbr0", "xenbr3"]),
    ],
)
def test_virtual_switches_are_the_tutorials(
    printed: Printed, step: str, expected: list[str]
) -> None:
    """xapi1 replaces xenbr1 and xenbr5."""
    assert lines(printed[step]) == expected


NAS_BOND = ("bond0", "active-backup", frozenset({"eth2", "eth4"}))
GUEST_BOND = ("bond1", "balance-slb", frozenset({"eth1", "eth5"}))


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("PM-4.5.2", {NAS_BOND, GUEST_BOND}),
        ("M-1.5.2", {NAS_BOND}),
        ("M-3.5.2", {NAS_BOND, GUEST_BOND}),
    ],
)
def test_bonds_of_the_switch_are_the_tutorials(
    printed: Printed, step: str, expected: set[tuple[str, str, frozenset[str]]]
) -> None:
    """Under the heading of Open vSwitch 1.4."""
    assert bond_list(printed[step]) == ("bond type slaves", expected)


def test_restart_prints_the_tutorials_words(printed: Printed) -> None:
    """Twice OK."""
    assert " ".join(printed["M-2"].split()) == ("Stopping xapi: .. [ OK ] Starting xapi: OK [ OK ]")
