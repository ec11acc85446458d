"""Bridges, bonds and versions are read from every wording of Open vSwitch's tools, or refused."""

from pathlib import Path

import pytest

from xsbond.errors import UnexpectedOutput
from xsbond.model import OvsBond
from xsbond.snapshot.parsers import parse_bond_list, parse_bridges, parse_ovs_version

CORPUS = Path(__file__).parent / "corpus" / "dom0"


def bond(name: str, mode: str, *members: str) -> OvsBond:
    """Return a bond in one line."""
    return OvsBond(name=name, type=mode, members=frozenset(members))


NAS = bond("bond0", "active-backup", "eth2", "eth4")
PUB = bond("bond1", "balance-slb", "eth1", "eth5")

BOND_LISTS = {
    "bond-list-ovs-1.4-tutorial-xs-1": (NAS, PUB),
    "bond-list-ovs-1.4-tutorial-xs-2": (NAS, PUB),
    "bond-list-ovs-1.4-tabs-lost": (NAS, PUB),
    "bond-list-ovs-2.5": (NAS, PUB),
    "bond-list-ovs-2.5-tabs-expanded": (NAS, PUB),
    "bond-list-ovs-2.17-lacp-of-four": (
        bond("bond2", "balance-tcp", "eth0", "eth1", "eth3", "eth5"),
    ),
    "bond-list-ovs-3.5-xs-1": (PUB, NAS),
    "bond-list-ovs-3.5-xs-2-before": (NAS,),
    "bond-list-no-bonds": (),
}

REFUSED_BOND_LISTS = {
    "nothing": "",
    "a-blank-line": "\n",
    "unknown-header": "bond\ttype\trecircID\tlegs\nbond0\tactive-backup\t0\teth2, eth4\n",
    "columns-in-another-order": "bond\trecircID\ttype\tmembers\n",
    "no-header": "bond0\tactive-backup\teth2, eth4\n",
    "banner-first": "Last login: Mon\nbond\ttype\tslaves\n",
    "error-after-it": "bond\ttype\tslaves\novs-appctl: transaction error (Broken pipe)\n",
    "last-line-cut": "bond\ttype\tslaves\nbond0\tactive-backup\teth2, eth",
    "header-cut": "bond\ttype\tslaves",
    "row-without-members": "bond\ttype\tslaves\nbond0\tactive-backup\t\n",
    "row-without-its-last-column": "bond\ttype\tslaves\nbond0\tactive-backup\n",
    "row-ends-at-a-comma": "bond\ttype\tslaves\nbond0\tactive-backup\teth2,\n",
    "row-with-one-member": "bond\ttype\tslaves\nbond0\tactive-backup\teth2\n",
    "row-of-an-older-header": "bond\ttype\trecircID\tmembers\nbond0\tactive-backup\teth2, eth4\n",
    "row-of-a-newer-header": "bond\ttype\tslaves\nbond0\tactive-backup\t0\teth2, eth4\n",
    "blanks-and-a-newer-row": "bond type slaves\nbond0 active-backup 0 eth2, eth4\n",
    "blanks-and-an-older-row": "bond type recircID slaves\nbond0 active-backup eth2, eth4\n",
    "tabs-between-members": "bond\ttype\tslaves\nbond0\tactive-backup\teth2,\teth4\n",
    "no-blank-between-members": "bond\ttype\tslaves\nbond0\tactive-backup\teth2,eth4\n",
    "unknown-mode": "bond\ttype\tslaves\nbond0\tbalance-alb\teth2, eth4\n",
    "bond-twice": "bond\ttype\tslaves\nb\tactive-backup\te2, e4\nb\tactive-backup\te1, e5\n",
    "member-twice": "bond\ttype\tslaves\nbond0\tactive-backup\teth2, eth2\n",
    "member-of-two": "bond\ttype\tslaves\na\tactive-backup\te2, e4\nb\tactive-backup\te4, e5\n",
    "recirc-id-is-no-number": "bond\ttype\trecircID\tslaves\nb\tactive-backup\tx\te2, e4\n",
    "carriage-returns": "bond\ttype\tslaves\r\nbond0\tactive-backup\teth2, eth4\r\n",
    "blank-line-after-it": "bond\ttype\tslaves\nbond0\tactive-backup\teth2, eth4\n\n",
    "arabic-digit": "bond\ttype\trecircID\tslaves\nb\tactive-backup\t\u0661\te2, e4\n",
    "name-of-sixteen": "bond\ttype\tslaves\nb\tactive-backup\te2, abcdefghijklmnop\n",
}


@pytest.mark.parametrize("situation", BOND_LISTS)
def test_bond_list_gives_the_bonds_of_each_wording(situation: str) -> None:
    """Each generation of Open vSwitch gives the bonds that its columns name."""
    text = (CORPUS / f"{situation}.txt").read_text()
    assert parse_bond_list(text) == BOND_LISTS[situation]


@pytest.mark.parametrize("text", REFUSED_BOND_LISTS.values(), ids=REFUSED_BOND_LISTS)
def test_bond_list_refuses(text: str) -> None:
    """A text that no Open vSwitch prints is refused rather than guessed at."""
    with pytest.raises(UnexpectedOutput):
        parse_bond_list(text)


def test_refusal_names_the_command_and_the_row() -> None:
    """The person at the terminal reads which command answered what, in one line."""
    with pytest.raises(UnexpectedOutput) as refusal:
        parse_bond_list("bond\ttype\tslaves\nbond0 is broken\n")
    assert str(refusal.value) == (
        "ovs-appctl bond/list: row 'bond0 is broken' does not fit its header; "
        "it answered 'bond\\ttype\\tslaves\\nbond0 is broken\\n'"
    )


def test_refusal_shortens_a_long_line() -> None:
    """A line without end does not flood the terminal; the attribute keeps all of it."""
    with pytest.raises(UnexpectedOutput) as refusal:
        parse_bond_list("x" * 5000 + "\n")
    assert (len(str(refusal.value)) < 400, len(refusal.value.text)) == (True, 5001)


def test_bridges_before_the_bond() -> None:
    """A member that has not inherited the bond still has its legs' own bridges."""
    text = (CORPUS / "list-br-xs-2-before.txt").read_text()
    assert parse_bridges(text) == {"xapi0", "xenbr0", "xenbr1", "xenbr3", "xenbr5"}


def test_bridges_after_the_bond() -> None:
    """The bond's bridge has taken the place of its legs' own."""
    text = (CORPUS / "list-br-xs-2-after.txt").read_text()
    assert parse_bridges(text) == {"xapi0", "xapi1", "xenbr0", "xenbr3"}


def test_no_text_is_no_bridges() -> None:
    """`list-br` prints nothing where there is no bridge."""
    assert parse_bridges("") == frozenset()


REFUSED_BRIDGES = {
    "a-blank-line": "\n",
    "blank-inside": "xapi0\nxen br0\n",
    "sixteen-characters": "xapi0\nxenbr0123456789a\n",
    "error-text": "ovs-vsctl: unix:/var/run/openvswitch/db.sock: database connection failed\n",
    "last-name-cut": "xapi0\nxenb",
    "name-twice": "xapi0\nxapi0\n",
    "banner-out-of-order": "xapi0\nWelcome\n",
    "banner-with-a-mark": "Welcome!\nxapi0\n",
    "leading-blank": " xapi0\n",
    "slash": "a/b\n",
    "dots": "..\n",
}


@pytest.mark.parametrize("text", REFUSED_BRIDGES.values(), ids=REFUSED_BRIDGES)
def test_list_br_refuses(text: str) -> None:
    """What is no sorted list of names is refused."""
    with pytest.raises(UnexpectedOutput):
        parse_bridges(text)


VERSIONS = {
    "version-ovs-1.4.6": "1.4.6",
    "version-ovs-2.5.3": "2.5.3",
    "version-ovs-3.5.0": "3.5.0",
}


@pytest.mark.parametrize("situation", VERSIONS)
def test_version_is_the_one_of_the_first_line(situation: str) -> None:
    """The dates and schemas around it do not matter."""
    text = (CORPUS / f"{situation}.txt").read_text()
    assert parse_ovs_version(text) == VERSIONS[situation]


def test_version_keeps_the_suffix_of_its_packager() -> None:
    """A packager's suffix belongs to the version."""
    assert parse_ovs_version("ovs-vsctl (Open vSwitch) 3.3.0-2.el9\n") == "3.3.0-2.el9"


def test_version_is_one_where_tool_and_daemon_agree() -> None:
    """Several programs may answer as long as they agree."""
    text = "ovs-vsctl (Open vSwitch) 3.5.0\novs-vswitchd (Open vSwitch) 3.5.0\n"
    assert parse_ovs_version(text) == "3.5.0"


REFUSED_VERSIONS = {
    "nothing": "",
    "no-version": "DB Schema 8.8.0\n",
    "cut": "ovs-vsctl (Open vSwitch) 3.5",
    "two-versions": "ovs-vsctl (Open vSwitch) 3.5.0\novs-vswitchd (Open vSwitch) 2.17.7\n",
    "error-text": "-bash: ovs-vsctl: command not found\n",
    "other-product": "brctl (bridge-utils) 1.5.0\n",
}


@pytest.mark.parametrize("text", REFUSED_VERSIONS.values(), ids=REFUSED_VERSIONS)
def test_version_refuses(text: str) -> None:
    """What names not precisely one version is refused."""
    with pytest.raises(UnexpectedOutput):
        parse_ovs_version(text)
