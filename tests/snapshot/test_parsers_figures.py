"""No figure, however absurd, gets past a parser as more than its source can hold.

Each place at which any answer has digits is tried with each of the figures below.
"""

import contextlib
import dataclasses
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.snapshot.test_parsers_kernel import BACKUP, BOND
from tests.snapshot.test_parsers_ports import SHOW
from xsbond.errors import UnexpectedOutput
from xsbond.snapshot import parsers
from xsbond.snapshot.snapshot import read_record

CORPUS = Path(__file__).parent / "corpus" / "dom0"
PORTS = json.dumps(
    {
        "data": [
            ["bond1", "off", 31000, ["map", [["bond-rebalance-interval", "1800000"]]]],
            ["eth0", ["set", []], 0, ["map", []]],
        ],
        "headings": ["name", "lacp", "bond_updelay", "other_config"],
    }
)
BY_KIND: Mapping[str, Callable[[str], Any]] = {
    "bond-list": parsers.parse_bond_list,
    "bond-show": parsers.parse_bond_show,
    "ifconfig": parsers.parse_ifconfig,
    "inventory": parsers.parse_inventory,
    "list-br": parsers.parse_bridges,
    "network-conf": parsers.parse_network_conf,
    "sysfs-net": parsers.parse_sysfs_net,
    "version": parsers.parse_ovs_version,
    "xe": parsers.parse_xe_list,
}
ANSWERS: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "clock": (parsers.parse_clock, "1789000000\n"),
    "counters": (parsers.parse_counters, "eth1 12345\neth5 0\n"),
    "kernel-bonds": (parsers.parse_kernel_bonds, BOND + BACKUP),
    "names": (parsers.parse_names, "xapi1\nxenbr0\n"),
    "ports": (parsers.parse_ovs_ports, PORTS),
    "show": (parsers.parse_ovs_show, SHOW),
    "start-up": (parsers.parse_start_up, "complete\n"),
} | {
    path.stem: (parse, path.read_text(encoding="utf-8"))
    for path in sorted(CORPUS.glob("*.txt"))
    for kind, parse in BY_KIND.items()
    if path.stem.startswith(kind)
}
FIGURES = (
    *("", " ", "-", "-0", "-1", "+1", "1.5", "1e3", "1e999", "-1e999", "0x10", "1_000", "1,000"),
    *("nan", "NaN", "inf", "-inf", "Infinity", "-Infinity", "true", "null", "[]", "{}", '"1"'),
    *("\u0663", "\uff11\uff15\uff10\uff10", "\u00b2", "\u2167", "\u0a69\u0a6a", "\U0001d7d9"),
    *(str(2**bits + more) for bits in (31, 32, 63, 64, 128) for more in (-1, 0)),
    *(str(-(2**63)), str(-(2**63) - 1)),
    *("1" + "0" * 30, "9" * 40, "9" * 400, "9" * 5000, "0" * 5000 + "1", "-" + "9" * 5000),
)
MOST = 2**64
"""No field that any answer is read into holds more."""


def shortened(figure: str) -> str:
    """Return a figure as a test's id."""
    return ascii(figure if len(figure) < 45 else f"{figure[:4]}-and-so-on-{len(figure)}")[1:-1]


def places(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of the digits in a text, once for each form of line they stand in."""
    seen = set()
    for match in re.finditer(r"\d+", text):
        begins = text.rfind("\n", 0, match.start()) + 1
        ends = text.find("\n", match.end())
        line = text[begins : ends if ends >= 0 else len(text)]
        form = re.sub(r"[\da-f]+", "#", line), text.count(" ", begins, match.start())
        if form not in seen:
            seen.add(form)
            yield match.span()


def damaged(text: str) -> Iterator[str]:
    """Yield the text with each figure in each place."""
    for start, end in places(text):
        for figure in FIGURES:
            yield text[:start] + figure + text[end:]


def leaves(value: object) -> Iterator[object]:
    """Yield everything that a parsed value holds."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from leaves(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from (*leaves(key), *leaves(each))
    elif isinstance(value, tuple | list | frozenset):
        for each in value:
            yield from leaves(each)
    else:
        yield value


def refused(parse: Callable[[str], Any], text: str) -> bool:
    """Tell whether an answer is refused; what is read holds no impossible figure."""
    try:
        found = parse(text)
    except UnexpectedOutput as error:
        message = str(error)
    else:
        message = ""
        assert_within_bounds(found)
    assert len(message) < 1000
    return bool(message)


def assert_within_bounds(found: object) -> None:
    """Everything a parsed value holds can be written, and no figure has more than 64 bits."""
    for each in leaves(found):
        assert not isinstance(each, float)
        if isinstance(each, int):
            assert -MOST < each < MOST
        str(each).encode()


@pytest.mark.parametrize("name", ANSWERS)
def test_absurd_figure_is_refused_or_within_bounds(name: str) -> None:
    """Nothing but UnexpectedOutput leaves a parser, and no figure beyond 64 bits."""
    parse, text = ANSWERS[name]
    assert not refused(parse, text)
    for each in damaged(text):
        refused(parse, each)


FIGURE_ANYWHERE = st.sampled_from(FIGURES) | st.integers().map(str) | st.floats().map(str)


@settings(deadline=None, max_examples=300)
@given(name=st.sampled_from(sorted(ANSWERS)), figure=FIGURE_ANYWHERE, data=st.data())
def test_any_figure_anywhere_is_refused_or_within_bounds(
    name: str, figure: str, data: st.DataObject
) -> None:
    """The same for any figure, put in at any place."""
    parse, text = ANSWERS[name]
    place = data.draw(st.integers(0, len(text)))
    refused(parse, text[:place] + figure + text[place + data.draw(st.integers(0, 2)) :])


JSON_VALUES = (
    *("1e999", "-1e999", "NaN", "Infinity", "-Infinity", "null", "true", "false", "1.5", "31000.0"),
    *('"31000"', '"\\ud800"', '"\\u0000"', "[]", "{}", '["set",[]]', '["uuid","x"]', "-1"),
    *(str(2**31), str(2**63), "9" * 400, "9" * 5000, "[" * 5000, "[[" + "1," * 50 + "1]]"),
)


@pytest.mark.parametrize("value", JSON_VALUES, ids=shortened)
def test_json_of_another_kind_is_refused(value: str) -> None:
    """A delay of a port is an integer of 32 bits, and nothing else."""
    assert refused(parsers.parse_ovs_ports, PORTS.replace("31000", value))


@pytest.mark.parametrize("value", JSON_VALUES, ids=shortened)
@pytest.mark.parametrize("old", ['"bond1"', '"off"', '"1800000"', '["map", []]', '"name"'])
def test_json_value_of_any_kind_is_refused_or_written(old: str, value: str) -> None:
    """Whatever stands in for a name, a setting or a title is a text that can be written, or not."""
    assert old in PORTS
    refused(parsers.parse_ovs_ports, PORTS.replace(old, value))


def test_port_that_stands_in_it_twice_is_refused() -> None:
    """A table with the same port twice says two things of it."""
    assert refused(parsers.parse_ovs_ports, PORTS.replace('"eth0"', '"bond1"'))


@dataclasses.dataclass(frozen=True)
class _Record:
    MTU: int


@pytest.mark.parametrize("figure", FIGURES, ids=shortened)
def test_figure_of_xapi_has_64_bits(figure: str) -> None:
    """XAPI's int has 64 bits; what has more, or is none, is refused by the record's name."""
    with contextlib.suppress(UnexpectedOutput):
        found = read_record("network", "OpaqueRef:1", {"MTU": figure}, _Record)
        assert -(2**63) <= found.MTU < 2**63
