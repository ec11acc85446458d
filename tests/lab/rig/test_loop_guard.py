"""Wiring that would loop through the switch is refused before it is there."""

from collections.abc import Iterator

import pytest

from tests.lab.rig.rigs import hosts
from xsbond.lab.rig.host import RunningHost
from xsbond.lab.rig.inside.vsctl import Row, loops, tables

NICS = ("eth0", "eth1", "eth5")


@pytest.fixture(scope="module")
def wired() -> Iterator[RunningHost]:
    """A host with the bridges a and b, and eth0 on a."""
    with hosts() as rig:
        host = rig.hosts["xs-1"]
        for bridge in "ab":
            kind = f"datapath_type={rig.footing.datapath_type}"
            host.demand("ovs-vsctl", "add-br", bridge, "--", "set", "bridge", bridge, kind)
        host.demand("ovs-vsctl", "add-port", "a", "eth0")
        yield host


PATCH = (
    "add-port a pa -- set interface pa type=patch options:peer=pb"
    " -- add-port b pb -- set interface pb type=patch options:peer=pa -- add-port b eth1"
)
CREATE = (
    "-- --id=@p create port name=eth1 interfaces=@i -- --id=@i create interface name=eth1"
    " -- add bridge a ports @p"
)
THIRD_LEG = (
    "add-bond b bond1 eth1 eth5 -- --id=@x create interface name=eth3"
    " -- add port bond1 interfaces @x"
)


@pytest.mark.parametrize(
    "command",
    [
        "add-port a eth1",
        "-- --may-exist add-port a eth1",
        "add-bond a bond1 eth1 eth5",
        PATCH,
        CREATE,
    ],
    ids=["second NIC", "second NIC, perhaps", "bond beside a NIC", "patch", "rows by hand"],
)
def test_a_second_way_out_is_refused(wired: RunningHost, command: str) -> None:
    """With the reason, and nothing is changed."""
    before = wired.demand("ovs-vsctl", "show")
    ran = wired.run("sh", "-c", f"ovs-vsctl {command}")
    assert ran.code == 1
    assert ran.stderr.startswith("ovs-vsctl: refused, and nothing was changed: ")
    assert "eth0" in ran.stderr
    assert wired.demand("ovs-vsctl", "show") == before


def test_the_absolute_path_is_guarded_too(wired: RunningHost) -> None:
    """Scripts use it."""
    assert wired.run("/usr/bin/ovs-vsctl", "add-port", "a", "eth1").code == 1


@pytest.mark.parametrize(
    ("command", "undo"),
    [
        ("add-port b eth1", "del-port b eth1"),
        ("add-bond b bond1 eth1 eth5", "del-port b bond1"),
        ("set port eth0 tag=5 -- add-port a eth1 tag=6", "del-port a eth1 -- clear port eth0 tag"),
        ("add-br a.7 a 7", "del-br a.7"),
        ("--if-exists del-port eth0 -- add-port a eth1", "del-port a eth1 -- add-port a eth0"),
        (THIRD_LEG, "del-port b bond1"),
    ],
    ids=["one NIC each", "bond", "different VLANs", "VLAN bridge", "exchange", "third leg"],
)
def test_what_does_not_loop_is_done(wired: RunningHost, command: str, undo: str) -> None:
    """And can be undone."""
    assert wired.run("sh", "-c", f"ovs-vsctl {command}").stderr == ""
    assert wired.run("sh", "-c", f"ovs-vsctl {undo}").stderr == ""


def test_what_open_vswitch_refuses_it_refuses_itself(wired: RunningHost) -> None:
    """In its own words."""
    ran = wired.run("ovs-vsctl", "add-port", "nowhere", "eth1")
    assert (ran.code, ran.stderr) == (1, "ovs-vsctl: no bridge named nowhere\n")


def test_what_changes_nothing_passes_by(wired: RunningHost) -> None:
    """With output and status of its own."""
    assert wired.run("ovs-vsctl", "list-br").stdout == "a\nb\n"
    assert wired.run("ovs-vsctl", "br-exists", "nowhere").code == 2


def rows(bridges: dict[str, dict[str, list[str]]]) -> tuple[list[Row], list[Row], list[Row]]:
    """Return tables with these bridges, ports and interfaces."""
    ports = {name: names for each in bridges.values() for name, names in each.items()}
    return (
        [{"name": name, "ports": ["set", list(each)]} for name, each in bridges.items()],
        [
            {"_uuid": name, "name": name, "interfaces": ["set", names], "tag": ["set", []]}
            for name, names in ports.items()
        ],
        [
            {"_uuid": name, "name": name, "type": "", "options": ["map", []]}
            for names in ports.values()
            for name in names
        ],
    )


def test_one_bond_is_one_way_out() -> None:
    """However many NICs it has."""
    assert (
        list(loops(NICS, *rows({"xapi1": {"bond1": ["eth1", "eth5"], "vif1.0": ["vif1.0"]}}))) == []
    )


def test_two_ways_out_of_one_bridge_are_named() -> None:
    """By their ports."""
    wired = rows({"xapi1": {"bond1": ["eth1", "eth5"], "eth0": ["eth0"]}})
    assert list(loops(NICS, *wired)) == [("bond1", "eth0")]


def test_the_last_tables_printed_count() -> None:
    """Whatever the command itself printed before."""
    printed = 'hello\n{"headings":["name"],"data":[["a"]]}\n' + '{"headings":[],"data":[]}\n' * 2
    assert tables(printed) == [[{"name": "a"}], [], []]
