"""What the kernel of a dom0 says of its own bonds, bridges, counters and clock."""

import pytest

from tests.claims.test_health_pools import KERNEL_BOND
from xsbond.errors import UnexpectedOutput
from xsbond.model import KernelBond, KernelBondMember
from xsbond.snapshot.parsers import parse_clock, parse_counters, parse_kernel_bonds, parse_names

BOND = KERNEL_BOND.format("00:1F:29:C4:9F:3C", "00:1b:78:5a:21:8c")
BACKUP = (
    BOND.replace("bond1", "bond0")
    .replace("source load balancing", "fault-tolerance (active-backup)")
    .replace("Active Slave: None", "Active Slave: eth5")
    .replace("eth1\nMII Status: up", "eth1\nMII Status: down")
)


def test_bond_of_the_kernel_is_mode_delays_and_slaves() -> None:
    """The MAC of a slave is its permanent one, in lower case."""
    eth1 = KernelBondMember(name="eth1", up=True, mac="00:1f:29:c4:9f:3c")
    eth5 = KernelBondMember(name="eth5", up=True, mac="00:1b:78:5a:21:8c")
    assert parse_kernel_bonds(BOND) == (
        KernelBond(
            name="bond1",
            mode="source load balancing",
            updelay=31000,
            downdelay=200,
            active="",
            members=(eth1, eth5),
        ),
    )


def test_every_file_is_a_bond() -> None:
    """Bonds keep their own settings, and a slave whose link is down is told."""
    first, second = parse_kernel_bonds(BOND + BACKUP)
    assert (first.name, second.name) == ("bond1", "bond0")
    assert (second.mode, second.active) == ("fault-tolerance (active-backup)", "eth5")
    assert [member.up for member in second.members] == [False, True]


@pytest.mark.parametrize(
    ("status", "up", "changes"),
    [
        ("up", True, False),
        ("going down", True, True),
        ("down", False, False),
        ("going back", False, True),
    ],
)
def test_slave_changes_while_its_delay_runs(status: str, up: bool, changes: bool) -> None:
    """Going down it is still used, going back it is not used yet."""
    text = BOND.replace("eth1\nMII Status: up", f"eth1\nMII Status: {status}")
    member = parse_kernel_bonds(text)[0].members[0]
    assert (member.up, member.changes) == (up, changes)


def test_host_without_bonds_says_nothing() -> None:
    """No text is no bond: an Open vSwitch host has no /proc/net/bonding."""
    assert parse_kernel_bonds("") == ()


BAD_BONDS = {
    "cut-short": BOND[:-1],
    "no-title": BOND.partition("\n")[2],
    "no-mode": BOND.replace("Bonding Mode: source load balancing\n", ""),
    "no-updelay": BOND.replace("Up Delay (ms): 31000\n", ""),
    "slave-without-a-link": BOND.replace("Interface: eth1\nMII Status: up", "Interface: eth1"),
    "slave-without-a-mac": BOND.replace("Permanent HW addr: 00:1b:78:5a:21:8c\n", ""),
    "unknown-link": BOND.replace("MII Status: up\nSpeed", "MII Status: maybe\nSpeed"),
}


@pytest.mark.parametrize("case", BAD_BONDS)
def test_bond_without_its_facts_is_refused(case: str) -> None:
    """What the claims need must be there, once."""
    with pytest.raises(UnexpectedOutput, match="/proc/net/bonding"):
        parse_kernel_bonds(BAD_BONDS[case])


def test_counters_are_numbers_by_interface() -> None:
    """One line for each interface."""
    assert parse_counters("eth1 7\nlo 0\n") == {"eth1": 7, "lo": 0}


@pytest.mark.parametrize("text", ["", "eth1 7", "eth1\n", "eth1 -1\n", "eth1 7 8\n"])
def test_counters_that_are_none_are_refused(text: str) -> None:
    """A counter that is not there does not count as 0."""
    with pytest.raises(UnexpectedOutput):
        parse_counters(text)


def test_names_are_a_set() -> None:
    """One name a line, and none is fine."""
    assert parse_names("xapi1\nxenbr0\n") == frozenset({"xapi1", "xenbr0"})
    assert parse_names("") == frozenset()


@pytest.mark.parametrize("text", ["", "12", "12.5\n", "Mon Nov 23\n", "1\n2\n"])
def test_clock_that_is_none_is_refused(text: str) -> None:
    """A time is one whole number of seconds."""
    with pytest.raises(UnexpectedOutput):
        parse_clock(text)


def test_clock_is_in_seconds() -> None:
    """Since the epoch."""
    assert parse_clock("1795406010\n") == 1795406010
