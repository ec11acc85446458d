"""What the programs of Open vSwitch print, per profile, word for word."""

from collections.abc import Mapping

import pytest

from tests.lab.hosts import Shell, machine_of, master_dom0
from xsbond.lab.blueprint import PROFILES
from xsbond.snapshot.parsers import parse_bond_list, parse_bond_show

PROBE = (
    "ovs-appctl bond/show || for b in $(ovs-appctl bond/list | tail -n +2 | cut -f 1); do"
    ' echo "---- $b ----"; ovs-appctl bond/show $b; echo; done'
)
"""How the product asks for all bonds, whatever the release."""

OF_8_2 = ("citrix-hypervisor-8.2", "xcp-ng-8.2")
OF_8_3 = ("xcp-ng-8.3", "xenserver-8")


def shell_of(name: str) -> Shell:
    """Return a shell on the tutorial's master, as a profile has it."""
    return Shell(machine_of(master_dom0(PROFILES[name])[0]))


def spread(table: Mapping[tuple[str, ...], str]) -> list[tuple[str, str]]:
    """Return a row for each profile."""
    return [(name, text) for names, text in table.items() for name in names]


LISTED = {
    ("xenserver-6.2",): (
        "bond\ttype\tslaves\nbond1\tbalance-slb\teth5, eth1\nbond0\tactive-backup\teth2, eth4\n"
    ),
    OF_8_2: (
        "bond\ttype\trecircID\tslaves\n"
        "bond1\tbalance-slb\t1\teth5, eth1\n"
        "bond0\tactive-backup\t0\teth2, eth4\n"
    ),
    (*OF_8_3, "current"): (
        "bond\ttype\trecircID\tmembers\n"
        "bond1\tbalance-slb\t1\teth5, eth1\n"
        "bond0\tactive-backup\t0\teth2, eth4\n"
    ),
}


@pytest.mark.parametrize(("name", "text"), spread(LISTED))
def test_bond_list_is_that_of_the_release(name: str, text: str) -> None:
    """Its three headings; members in one order that means nothing."""
    assert shell_of(name).out("ovs-appctl bond/list") == text


SHOWN = {
    ("xenserver-6.2",): (
        "bond_mode: balance-slb\n"
        "bond-hash-algorithm: balance-slb\n"
        "bond-hash-basis: 0\n"
        "updelay: 31000 ms\n"
        "downdelay: 200 ms\n"
        "next rebalance: 1769000 ms\n"
        "lacp_negotiated: false\n"
        "\n"
        "slave eth5: enabled\n"
        "\tactive slave\n"
        "\tmay_enable: true\n"
        "\n"
        "slave eth1: enabled\n"
        "\tmay_enable: true\n"
    ),
    OF_8_2: (
        "---- bond1 ----\n"
        "bond_mode: balance-slb\n"
        "bond may use recirculation: no, Recirc-ID : -1\n"
        "bond-hash-basis: 0\n"
        "updelay: 31000 ms\n"
        "downdelay: 200 ms\n"
        "next rebalance: 1769000 ms\n"
        "lacp_status: off\n"
        "active slave mac: 00:1b:78:5a:21:8c(eth5)\n"
        "\n"
        "slave eth1: enabled\n"
        "\tmay_enable: true\n"
        "\n"
        "slave eth5: enabled\n"
        "\tactive slave\n"
        "\tmay_enable: true\n"
        "\n"
    ),
    OF_8_3: (
        "---- bond1 ----\n"
        "bond_mode: balance-slb\n"
        "bond may use recirculation: no, Recirc-ID : -1\n"
        "bond-hash-basis: 0\n"
        "lb_output action: disabled, bond-id: -1\n"
        "updelay: 31000 ms\n"
        "downdelay: 200 ms\n"
        "next rebalance: 1769000 ms\n"
        "lacp_status: off\n"
        "lacp_fallback_ab: false\n"
        "active-backup primary: <none>\n"
        "active member mac: 00:1b:78:5a:21:8c(eth5)\n"
        "\n"
        "member eth1: enabled\n"
        "  may_enable: true\n"
        "\n"
        "member eth5: enabled\n"
        "  active member\n"
        "  may_enable: true\n"
        "\n"
    ),
    ("current",): (
        "---- bond1 ----\n"
        "bond_mode: balance-slb\n"
        "bond may use recirculation: no, Recirc-ID : -1\n"
        "bond-hash-basis: 0\n"
        "lb_output action: disabled, bond-id: -1\n"
        "all members active: false\n"
        "updelay: 31000 ms\n"
        "downdelay: 200 ms\n"
        "next rebalance: 1769000 ms\n"
        "lacp_status: off\n"
        "lacp_fallback_ab: false\n"
        "active-backup primary: <none>\n"
        "active member mac: 00:1b:78:5a:21:8c(eth5)\n"
        "\n"
        "member eth1: enabled\n"
        "  may_enable: true\n"
        "\n"
        "member eth5: enabled\n"
        "  active member\n"
        "  may_enable: true\n"
        "\n"
    ),
}


@pytest.mark.parametrize(("name", "text"), spread(SHOWN))
def test_bond_show_is_that_of_the_release(name: str, text: str) -> None:
    """Slave or member, TAB or blanks, the lines the release has, and no others."""
    assert shell_of(name).out("ovs-appctl bond/show bond1") == text


def test_active_backup_bond_has_no_hash_algorithm() -> None:
    """Nor a time to rebalance; Open vSwitch 1.4."""
    assert shell_of("xenserver-6.2").out("ovs-appctl bond/show bond0") == (
        "bond_mode: active-backup\n"
        "bond-hash-basis: 0\n"
        "updelay: 31000 ms\n"
        "downdelay: 200 ms\n"
        "lacp_negotiated: false\n"
        "\n"
        "slave eth2: enabled\n"
        "\tactive slave\n"
        "\tmay_enable: true\n"
        "\n"
        "slave eth4: enabled\n"
        "\tmay_enable: true\n"
    )


def test_xenserver_6_2_wants_to_be_told_which_bond() -> None:
    """Its bond/show describes one bond only."""
    answer = shell_of("xenserver-6.2").run("ovs-appctl bond/show")
    assert (answer.stdout, answer.status) == ("", 2)
    assert answer.stderr == (
        '"bond/show" command requires at least 1 arguments\n'
        "ovs-appctl: ovs-vswitchd: server returned reply code 501\n"
    )


@pytest.mark.parametrize(
    ("name", "outcome"),
    [("xenserver-6.2", "reply code 400"), ("xcp-ng-8.2", "an error"), ("current", "an error")],
)
def test_refusal_has_a_number_in_old_releases(name: str, outcome: str) -> None:
    """As in HTTP, up to Open vSwitch 1.5."""
    answer = shell_of(name).run("ovs-appctl bond/break")
    assert answer.stderr == (
        '"bond/break" is not a valid command\n'
        f"ovs-appctl: ovs-vswitchd: server returned {outcome}\n"
    )


VERSIONS = {
    ("xenserver-6.2",): "ovs-vsctl (Open vSwitch) 1.4.6\nCompiled Jun  3 2013 12:29:44\n",
    OF_8_2: ("ovs-vsctl (Open vSwitch) 2.5.3\nCompiled Mar 27 2019 10:02:03\nDB Schema 7.12.1\n"),
    OF_8_3: "ovs-vsctl (Open vSwitch) 2.17.7\nDB Schema 8.3.0\n",
    ("current",): "ovs-vsctl (Open vSwitch) 3.5.0\nDB Schema 8.8.0\n",
}


@pytest.mark.parametrize(("name", "text"), spread(VERSIONS))
def test_version_of_open_vswitch_is_told_in_full(name: str, text: str) -> None:
    """When it was built up to 2.5, which schema it has since 2.0."""
    assert shell_of(name).out("ovs-vsctl --version") == text


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("xenserver-6.2", '"bond1"'),
        ("xcp-ng-8.2", '"bond1"'),
        ("xcp-ng-8.3", "bond1"),
        ("current", "bond1"),
    ],
)
def test_names_with_digits_were_quoted(name: str, quoted: str) -> None:
    """Up to Open vSwitch 2.11."""
    shell = shell_of(name)
    assert shell.out("ovs-vsctl get port bond1 name") == f"{quoted}\n"
    assert f"        Port {quoted}\n" in shell.out("ovs-vsctl show")


@pytest.mark.parametrize(
    ("name", "table", "column", "first"),
    [
        ("xenserver-6.2", "port", "bond_active_slave", "xcp-ng-8.2"),
        ("xenserver-6.2", "interface", "mac_in_use", "xcp-ng-8.2"),
        ("xenserver-6.2", "bridge", "mcast_snooping_enable", "xcp-ng-8.2"),
        ("xcp-ng-8.2", "interface", "mtu_request", "xcp-ng-8.3"),
        ("xcp-ng-8.2", "port", "protected", "xcp-ng-8.3"),
    ],
)
def test_later_columns_are_unknown(name: str, table: str, column: str, first: str) -> None:
    """The database of a release has the columns it had."""
    no_column = "does not contain a column whose name matches"
    record = {"port": "bond1", "interface": "eth1", "bridge": "xapi1"}[table]
    refused = shell_of(name).run(f"ovs-vsctl get {table} {record} {column}")
    assert (refused.status, refused.stderr) == (
        1,
        f'ovs-vsctl: {table.capitalize()} {no_column} "{column}"\n',
    )
    assert shell_of(first).run(f"ovs-vsctl get {table} {record} {column}").status == 0


@pytest.mark.parametrize("name", PROFILES)
def test_product_reads_the_bonds_of_every_release(name: str) -> None:
    """Both commands, in the way the product asks."""
    shell = shell_of(name)
    listed = parse_bond_list(shell.out("ovs-appctl bond/list"))
    shown = {each.name: each for each in parse_bond_show(shell.out(PROBE))}
    assert {each.name: (each.type, sorted(each.members)) for each in listed} == {
        "bond0": ("active-backup", ["eth2", "eth4"]),
        "bond1": ("balance-slb", ["eth1", "eth5"]),
    }
    assert {member.name for member in shown["bond1"].members if member.enabled} == {"eth1", "eth5"}
    assert (shown["bond0"].bond_mode, shown["bond0"].updelay) == ("active-backup", 31000)
