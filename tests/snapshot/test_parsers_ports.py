"""What `ovs-vsctl` says of ports: where they are, what is in them, and how they are set."""

import pytest

from xsbond.errors import UnexpectedOutput
from xsbond.model import OvsBridge, OvsPort, OvsPortSettings
from xsbond.snapshot.parsers import parse_ovs_bridges, parse_ovs_ports, parse_ovs_show

SHOW = """\
8ade74d4-e6da-4b25-a44d-3f17f1ec0373
    Manager "ptcp:6632"
        is_connected: true
    Bridge xapi1
        Controller "tcp:10.0.0.1:6653"
            is_connected: true
        fail_mode: standalone
        datapath_type: netdev
        Port xapi1
            Interface xapi1
                type: internal
        Port bond1
            Interface eth5
                error: "could not open network device eth5 (No such device)"
            Interface eth1
        Port xapi7
            tag: 100
            Interface xapi7
                type: internal
    Bridge "xenbr3"
        Port "eth3"
            Interface "eth3"
    ovs_version: "2.5.3"
"""


def test_show_gives_every_port_with_its_bridge() -> None:
    """Names come without the quotes that older releases put around them."""
    assert parse_ovs_show(SHOW) == (
        OvsPort(name="xapi1", bridge="xapi1", interfaces={"xapi1": ""}),
        OvsPort(
            name="bond1",
            bridge="xapi1",
            interfaces={
                "eth5": "could not open network device eth5 (No such device)",
                "eth1": "",
            },
        ),
        OvsPort(name="xapi7", bridge="xapi1", interfaces={"xapi7": ""}, tag="100"),
        OvsPort(name="eth3", bridge="xenbr3", interfaces={"eth3": ""}),
    )


def test_show_gives_every_bridge_with_what_it_obeys() -> None:
    """A release that prints no fail mode has the default one."""
    assert parse_ovs_bridges(SHOW) == {
        "xapi1": OvsBridge(
            name="xapi1", fail_mode="standalone", controllers=("tcp:10.0.0.1:6653",)
        ),
        "xenbr3": OvsBridge(name="xenbr3"),
    }


@pytest.mark.parametrize(("written", "read"), [("[10]", "10"), ("[10, 20]", "10, 20")])
def test_trunks_of_a_port_are_read(written: str, read: str) -> None:
    """As `ovs-vsctl set port bond1 trunks=10,20` leaves them."""
    text = SHOW.replace(
        "        Port bond1\n", f"        Port bond1\n            trunks: {written}\n"
    )
    assert next(port for port in parse_ovs_show(text) if port.name == "bond1").trunks == read


def test_switch_without_bridges_has_no_ports() -> None:
    """A dom0 that was just started shows nothing but the uuid."""
    assert parse_ovs_show("8ade74d4-e6da-4b25-a44d-3f17f1ec0373\n") == ()


BAD_SHOWS = {
    "nothing": "",
    "cut-short": SHOW[:-1],
    "no-uuid": SHOW.partition("\n")[2],
    "unknown-line": SHOW.replace("tag: 100", "tagged 100"),
    "port-without-a-bridge": SHOW.replace("    Bridge xapi1\n", ""),
    "error-without-an-interface": SHOW.replace("            Interface eth5\n", "").replace(
        "            Interface xapi1\n", ""
    ),
    "not-a-table-at-all": "ovs-vsctl: unix:/var/run/openvswitch/db.sock: database connection\n",
}


@pytest.mark.parametrize("case", BAD_SHOWS)
def test_show_that_is_none_is_refused(case: str) -> None:
    """Anything that no Open vSwitch prints is named."""
    with pytest.raises(UnexpectedOutput, match="ovs-vsctl show"):
        parse_ovs_show(BAD_SHOWS[case])


TABLE = (
    '{"data":[["bond1","off",31000,["map",[["bond-detect-mode","carrier"],'
    '["bond-rebalance-interval","1800000"]]]],["eth3",["set",[]],0,["map",[]]]],'
    '"headings":["name","lacp","bond_updelay","other_config"]}\n'
)


def test_table_gives_the_settings_by_port() -> None:
    """A column without a value is empty."""
    assert parse_ovs_ports(TABLE) == {
        "bond1": OvsPortSettings(
            lacp="off",
            updelay=31000,
            other_config={"bond-detect-mode": "carrier", "bond-rebalance-interval": "1800000"},
        ),
        "eth3": OvsPortSettings(lacp="", updelay=0, other_config={}),
    }


BAD_TABLES = {
    "nothing": "",
    "cut-short": TABLE[:-4],
    "no-json": "_uuid : 5\n",
    "no-table": "[]\n",
    "column-missing": TABLE.replace(',"other_config"]', "]"),
    "row-too-short": TABLE.replace("31000,", ""),
    "column-not-asked-for": TABLE.replace("bond_updelay", "bond_downdelay"),
    "no-map": TABLE.replace('["map",[]]', '["set",[]]'),
}


@pytest.mark.parametrize("case", BAD_TABLES)
def test_table_that_is_none_is_refused(case: str) -> None:
    """What is no table of ports with these columns is named."""
    with pytest.raises(UnexpectedOutput, match="ovs-vsctl list port"):
        parse_ovs_ports(BAD_TABLES[case])
