"""What a switch does with frames, as Open vSwitch's tools print it."""

import pytest

from xsbond.errors import UnexpectedOutput
from xsbond.snapshot.parsers import parse_flows, parse_policing

OLD = (
    "==== xapi1 ====\n"
    "NXST_FLOW reply (xid=0x4):\n"
    " cookie=0x0, duration=85.371s, table=0, n_packets=67, n_bytes=6054, idle_age=0,"
    " priority=0 actions=NORMAL\n"
    " cookie=0x1f, duration=0.005s, table=0, n_packets=0, n_bytes=0, idle_age=0, hard_age=65534,"
    " priority=10,in_port=1 actions=drop\n"
    "==== xenbr3 ====\n"
    "NXST_FLOW reply (xid=0x4):\n"
)
NEW = (
    "==== xapi1 ====\n"
    " cookie=0x0, duration=1.2s, table=0, n_packets=0, n_bytes=0, priority=0 actions=NORMAL\n"
)
POLICED = (
    '{"data":[["eth2",0,0],["eth5",1000,100]],'
    '"headings":["name","ingress_policing_rate","ingress_policing_burst"]}\n'
)


def test_flows_are_told_without_their_counters() -> None:
    """A bridge that has none passes nothing, and is told, too."""
    assert parse_flows(OLD) == {
        "xapi1": ("priority=0 actions=NORMAL", "priority=10,in_port=1 actions=drop"),
        "xenbr3": (),
    }


def test_flows_of_a_newer_release_have_no_heading() -> None:
    """`ovs-ofctl dump-flows` of 2.8 and later prints flows only."""
    assert parse_flows(NEW) == {"xapi1": ("priority=0 actions=NORMAL",)}


@pytest.mark.parametrize(
    "text",
    ["", NEW[:-1], NEW.partition("\n")[2], f"{NEW}ovs-ofctl: xapi9 is not a bridge or a socket\n"],
    ids=["nothing", "cut-short", "without-a-bridge", "noise"],
)
def test_flows_that_are_none_are_refused(text: str) -> None:
    """Nothing is passed over."""
    with pytest.raises(UnexpectedOutput, match="dump-flows"):
        parse_flows(text)


def test_rates_are_read_by_interface() -> None:
    """0 holds nothing back."""
    assert parse_policing(POLICED) == {"eth2": 0, "eth5": 1000}


@pytest.mark.parametrize(
    "text",
    [
        "",
        POLICED[:-4],
        POLICED.replace("1000", '"fast"'),
        POLICED.replace("1000", "-1"),
        POLICED.replace('"eth5"', "5"),
        POLICED.replace("eth5", "eth2"),
        POLICED.replace("ingress_policing_rate", "rate"),
    ],
    ids=["nothing", "cut-short", "a-word", "negative", "no-name", "twice", "no-column"],
)
def test_rates_that_are_none_are_refused(text: str) -> None:
    """What is no such table is named."""
    with pytest.raises(UnexpectedOutput, match="list interface"):
        parse_policing(text)
