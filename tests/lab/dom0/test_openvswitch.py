"""ovs-vsctl and ovs-appctl: wordings, formats, refusals."""

import json
from dataclasses import replace

import pytest

from tests.lab.hosts import Shell, machine_of, master_dom0, recorded_commands
from xsbond.lab.blueprint import CURRENT
from xsbond.lab.contracts import BridgeSettings


def shell_with(openvswitch: str) -> Shell:
    """Return a shell on a master with this version of Open vSwitch."""
    profile = replace(CURRENT, openvswitch=openvswitch)
    return Shell(machine_of(master_dom0(profile)[0]))


@pytest.mark.parametrize(
    ("openvswitch", "heading", "row"),
    [
        ("1.4.6", "bond\ttype\tslaves", "bond0\tactive-backup\t"),
        ("2.1.3", "bond\ttype\tslaves", "bond0\tactive-backup\t"),
        ("2.5.3", "bond\ttype\trecircID\tslaves", "bond0\tactive-backup\t0\t"),
        ("2.17.5", "bond\ttype\trecircID\tmembers", "bond0\tactive-backup\t0\t"),
        ("3.5.0", "bond\ttype\trecircID\tmembers", "bond0\tactive-backup\t0\t"),
    ],
)
def test_bond_list_speaks_like_its_release(openvswitch: str, heading: str, row: str) -> None:
    """Recirculation came with 2.2, the word member with 2.15."""
    lines = shell_with(openvswitch).out("ovs-appctl bond/list").splitlines()
    assert lines[0] == heading
    assert lines[2].rpartition("\t")[0] + "\t" == row


@pytest.mark.parametrize(
    ("openvswitch", "line"),
    [
        ("1.4.6", "slave eth1: enabled"),
        ("2.5.3", "slave eth1: enabled"),
        ("2.17.5", "member eth1: enabled"),
    ],
)
def test_bond_show_speaks_like_its_release(openvswitch: str, line: str) -> None:
    """Slaves became members in 2.15."""
    assert line in shell_with(openvswitch).out("ovs-appctl bond/show bond1").splitlines()


@pytest.mark.parametrize(
    ("openvswitch", "line"),
    [
        ("1.4.6", "\tmay_enable: true"),
        ("2.5.3", "\tmay_enable: true"),
        ("2.17.5", "  may_enable: true"),
    ],
)
def test_bond_show_indents_like_its_release(openvswitch: str, line: str) -> None:
    """By a tab first, by two blanks later."""
    assert line in shell_with(openvswitch).out("ovs-appctl bond/show bond1").splitlines()


def test_old_bond_show_has_no_active_mac() -> None:
    """Nor recirculation; both came with 2.2."""
    printed = shell_with("1.4.6").out("ovs-appctl bond/show bond1")
    assert "active slave mac" not in printed


def test_member_order_is_always_the_same(shell: Shell) -> None:
    """Any order, but one."""
    assert shell.out("ovs-appctl bond/list") == shell.out("ovs-appctl bond/list")


def test_command_unknown_to_the_daemon_is_refused(shell: Shell) -> None:
    """Two lines and status 2."""
    answer = shell.run("ovs-appctl bond/break bond1")
    assert (answer.stderr, answer.status) == (
        (
            '"bond/break" is not a valid command\n'
            "ovs-appctl: ovs-vswitchd: server returned an error\n"
        ),
        2,
    )


@pytest.mark.parametrize(
    "options", ["-t ovs-vswitchd", "--target=ovs-vswitchd -T 5", "--timeout=5"]
)
def test_daemon_can_be_named(shell: Shell, options: str) -> None:
    """The only one there is, with or without a time-out."""
    assert shell.out(f"ovs-appctl {options} bond/list") == shell.out("ovs-appctl bond/list")


def test_other_daemon_is_not_there(shell: Shell) -> None:
    """Only ovs-vswitchd answers."""
    answer = shell.run("ovs-appctl -t ovsdb-server bond/list")
    assert (answer.stdout, answer.status) == ("", 1)


@pytest.mark.parametrize("command", ["bond/list bond1", "bond/show bond0 bond1"])
def test_too_many_words_are_refused(shell: Shell, command: str) -> None:
    """By the daemon."""
    answer = shell.run(f"ovs-appctl {command}")
    assert answer.status == 2
    assert "command takes at most" in answer.stderr


def test_ports_in_json_are_as_recorded(shell: Shell) -> None:
    """Name, mode, delays and settings of every port, uuids aside."""
    recorded = recorded_commands()["ovs-ports-json"]

    def facts(text: str) -> dict[str, list[object]]:
        rows = json.loads(text)["data"]
        return {row[0]: [row[n] for n in (2, 3, 4, 5, 6, 7, 8, 9, 10)] for row in rows}

    assert facts(shell.out(recorded["command"])) == facts(recorded["stdout"])


def test_one_column_is_printed_bare(shell: Shell) -> None:
    """`get` quotes only what could be misread."""
    assert shell.out("ovs-vsctl get port bond1 bond_mode bond_updelay mac") == (
        'balance-slb\n31000\n"00:1f:29:c4:9f:3c"\n'
    )


def test_key_of_a_map_can_be_asked_for(shell: Shell) -> None:
    """COLUMN:KEY."""
    assert shell.out("ovs-vsctl get port bond1 other_config:bond-miimon-interval") == '"100"\n'


def test_missing_key_is_told(shell: Shell) -> None:
    """Status 1 and one line."""
    answer = shell.run("ovs-vsctl get port bond1 other_config:lacp-time")
    assert (answer.stderr, answer.status) == (
        'ovs-vsctl: no key lacp-time in Port record "bond1" column other_config\n',
        1,
    )


def test_rows_can_be_found_by_a_column(shell: Shell) -> None:
    """`find` with --columns and --bare gives the values alone."""
    assert shell.out("ovs-vsctl --bare --columns=name find port bond_mode=balance-slb") == "bond1\n"


def test_several_commands_in_one_call(shell: Shell) -> None:
    """`--` separates them."""
    assert shell.out("ovs-vsctl -- port-to-br bond1 -- br-to-vlan xapi1") == "xapi1\n0\n"


def test_vlan_bridge_is_fake(shell: Shell) -> None:
    """Its parent and tag are told."""
    dom0 = shell.machine.dom0
    dom0.add_bridge("xapi2", BridgeSettings(mac="00:1f:29:c4:9f:3c", vlan=("xapi1", 42)))
    assert shell.out("ovs-vsctl --fake list-br; ovs-vsctl br-to-parent xapi2") == "xapi2\nxapi1\n"
    assert shell.out("ovs-vsctl br-to-vlan xapi2") == "42\n"


def test_vlan_bridge_is_a_tagged_port_of_its_parent(shell: Shell) -> None:
    """In the overview it is no bridge of its own."""
    dom0 = shell.machine.dom0
    dom0.add_bridge("xapi2", BridgeSettings(mac="00:1f:29:c4:9f:3c", vlan=("xapi1", 42)))
    assert "        Port xapi2\n            tag: 42\n" in shell.out("ovs-vsctl show")


def test_missing_nic_leaves_an_error_in_its_interface(shell: Shell) -> None:
    """The port stays, its interface has no device."""
    del shell.machine.dom0.nics_by_device["eth5"]
    assert shell.out("ovs-vsctl get interface eth5 error") == (
        '"could not open network device eth5 (No such device)"\n'
    )


def test_bond_with_a_missing_nic_is_not_listed(shell: Shell) -> None:
    """With one device left it is no bond to the daemon."""
    del shell.machine.dom0.nics_by_device["eth5"]
    assert "bond1" not in shell.out("ovs-appctl bond/list")


@pytest.mark.parametrize("command", ["add-br xapi9", "del-br xapi1", "set port bond1 lacp=off"])
def test_changing_the_switch_by_hand_is_refused(shell: Shell, command: str) -> None:
    """The lab's switch belongs to XAPI; nothing is silently ignored."""
    answer = shell.run(f"ovs-vsctl {command}")
    assert (answer.stdout, answer.status) == ("", 1)
    assert "changed through XAPI only" in answer.stderr


def test_unknown_option_is_refused(shell: Shell) -> None:
    """As getopt does."""
    answer = shell.run("ovs-vsctl --fast list-br")
    assert (answer.stderr, answer.status) == ("ovs-vsctl: unrecognized option '--fast'\n", 1)


def test_bridge_can_be_asked_whether_it_exists(shell: Shell) -> None:
    """br-exists says it by its status, 2 for no."""
    assert shell.run("ovs-vsctl br-exists xapi1").status == 0
    assert shell.run("ovs-vsctl br-exists xapi9").status == 2


@pytest.mark.parametrize(("openvswitch", "count"), [("1.9.3", 0), ("1.10.0", 1)])
def test_datapath_interface_came_with_one_datapath(openvswitch: str, count: int) -> None:
    """Since Open vSwitch 1.10 all bridges share ovs-system."""
    assert shell_with(openvswitch).out("ls /sys/class/net").count("ovs-system") == count


def test_old_release_lacks_later_columns() -> None:
    """Rstp came with 2.4."""
    assert "rstp" not in shell_with("1.4.6").out("ovs-vsctl list bridge xapi1")


def test_primary_member_is_shown_since_it_exists() -> None:
    """2.15 brought it."""
    line = "active-backup primary: <none>"
    assert line in shell_with("2.17.5").out("ovs-appctl bond/show bond1").splitlines()
    assert line not in shell_with("2.5.3").out("ovs-appctl bond/show bond1").splitlines()


def test_external_id_can_be_asked_for(shell: Shell) -> None:
    """All, or one by its key."""
    assert shell.out("ovs-vsctl br-get-external-id xapi1") == "xs-network-uuids=uuid of xapi1\n"
    assert shell.out("ovs-vsctl br-get-external-id xapi1 xs-network-uuids") == "uuid of xapi1\n"
    assert shell.out("ovs-vsctl br-get-external-id xapi1 nothing") == ""


def test_interface_leads_to_its_bridge(shell: Shell) -> None:
    """eth5 is in bond1 on xapi1."""
    assert shell.out("ovs-vsctl iface-to-br eth5") == "xapi1\n"
    answer = shell.run("ovs-vsctl iface-to-br eth9")
    assert answer.stderr == "ovs-vsctl: no interface named eth9\n"


def test_records_can_be_a_table(shell: Shell) -> None:
    """Columns under headings."""
    command = "ovs-vsctl --format=table --columns=name,lacp,bond_updelay list port bond1"
    assert shell.out(command) == (
        "name  lacp bond_updelay\n----- ---- ------------\nbond1 off  31000\n"
    )


def test_records_can_be_comma_separated(shell: Shell) -> None:
    """What has a comma or a quote is quoted."""
    command = "ovs-vsctl -f csv --no-headings --columns=name,mac,fake_bridge list port bond1"
    assert shell.out(command) == "bond1,00:1f:29:c4:9f:3c,false\n"


def test_bare_data_has_neither_quotes_nor_brackets(shell: Shell) -> None:
    """As scripts like it."""
    command = "ovs-vsctl --bare --columns=bond_fake_iface,tag,mac list port bond1"
    assert shell.out(command) == "false\n\n00:1f:29:c4:9f:3c\n"


def test_rows_can_be_found_by_a_key(shell: Shell) -> None:
    """Rows without the key do not match."""
    command = "ovs-vsctl --bare --columns=name find port other_config:bond-miimon-interval=100"
    assert sorted(shell.out(command).split()) == ["bond0", "bond1"]


def test_other_conditions_are_refused(shell: Shell) -> None:
    """Only equality is known."""
    answer = shell.run("ovs-vsctl find port tag!=5")
    assert answer.status == 1
    assert "only COLUMN=VALUE" in answer.stderr


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        ("", "missing command name (use --help for help)"),
        ("list-ports", "'list-ports' command requires at least 1 arguments"),
        ("list-ports a b", "'list-ports' command takes at most 1 arguments"),
        ("get port", "'get' command requires at least 2 arguments"),
        ("show all", "'show' command takes at most 0 arguments"),
        ("--real list-ports xapi1", "'list-ports' command has no '--real' option"),
        ("frobnicate", "unknown command 'frobnicate'; use --help for help"),
        ("list flower", 'unknown table "flower"'),
        ("list port bond1 bond7", 'no row "bond7" in table Port'),
        ("get port bond1 colour", 'Port does not contain a column whose name matches "colour"'),
        ("port-to-br xapi1", "no port named xapi1"),
        ("br-to-vlan xapi9", "no bridge named xapi9"),
    ],
)
def test_bad_command_is_one_line(shell: Shell, command: str, complaint: str) -> None:
    """With status 1."""
    answer = shell.run(f"ovs-vsctl {command}")
    assert (answer.stdout, answer.stderr, answer.status) == ("", f"ovs-vsctl: {complaint}\n", 1)
