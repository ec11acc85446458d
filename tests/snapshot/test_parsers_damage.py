"""However an answer is damaged, it is read right or refused: never read wrong.

What is right: a damaged line that carries no fact changes nothing, and a whole row lost between
two complete ones leaves an answer that says less. Everything else must be refused.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xsbond.errors import UnexpectedOutput
from xsbond.snapshot import parsers

CORPUS = Path(__file__).parent / "corpus" / "dom0"

Says = Callable[[Any, Any], bool]
"""(what the damaged text was read as, what the whole one says) -> this is no falsehood."""


def says_the_same(part: Any, whole: Any) -> bool:
    """Any loss must have been noticed."""
    return bool(part == whole)


def says_less(part: Any, whole: Any) -> bool:
    """Rows may be missing, but none is changed."""
    if isinstance(whole, Mapping):
        return set(part.items()) <= set(whole.items())
    return all(item in whole for item in part)


def says_the_same_in_any_order(part: Any, whole: Any) -> bool:
    """No row may be missing."""
    return len(part) == len(whole) and says_less(part, whole)


def says_less_and_lists_all(part: Any, whole: Any) -> bool:
    """Only an address of an interface may be missing."""
    return part.keys() == whole.keys() and all(
        replace(whole[name], addresses=interface.addresses) == interface
        and set(interface.addresses) <= set(whole[name].addresses)
        for name, interface in part.items()
    )


def says_less_and_no_leg_otherwise(part: Any, whole: Any) -> bool:
    """Legs may be missing: who reads it beside bond/show, which has them all, can tell."""
    bonds = {bond.name: bond for bond in whole}
    return all(
        replace(bonds[bond.name], members=bond.members) == bond
        and set(bond.members) <= set(bonds[bond.name].members)
        for bond in part
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of answer and what may be lost without a trace."""

    parse: Callable[[str], Any]
    cut: Says
    """When its end is missing."""
    line_lost: Says
    """When one line is missing."""


KINDS = {
    "bond-list": Kind(parse=parsers.parse_bond_list, cut=says_less, line_lost=says_less),
    "bond-show": Kind(parse=parsers.parse_bond_show, cut=says_less, line_lost=says_the_same),
    "ifconfig": Kind(
        parse=parsers.parse_ifconfig, cut=says_less, line_lost=says_less_and_lists_all
    ),
    "inventory": Kind(parse=parsers.parse_inventory, cut=says_less, line_lost=says_less),
    "lacp-show": Kind(
        parse=parsers.parse_lacp_show,
        cut=says_less_and_no_leg_otherwise,
        line_lost=says_the_same,
    ),
    "list-br": Kind(parse=parsers.parse_bridges, cut=says_less, line_lost=says_less),
    "network-conf": Kind(
        parse=parsers.parse_network_conf, cut=says_the_same, line_lost=says_the_same
    ),
    "sysfs-net": Kind(parse=parsers.parse_sysfs_net, cut=says_less, line_lost=says_the_same),
    "version": Kind(parse=parsers.parse_ovs_version, cut=says_the_same, line_lost=says_the_same),
    "xe": Kind(parse=parsers.parse_xe_list, cut=says_less, line_lost=says_the_same),
}
SITUATIONS = sorted(path.stem for path in CORPUS.glob("*.txt"))
FREE_TEXT = ("inventory", "xe")
"""Kinds whose values may hold any character."""

BEGINS_LIKE_ANOTHER = ("bond-show-ovs-2.17-lacp-negotiated",)
"""Cut behind its second member of three, it is a complete bond of two: only who collects answers
can tell, and does."""


def kind_of(situation: str) -> Kind:
    """Return the kind that the name of a situation begins with."""
    return next(kind for name, kind in KINDS.items() if situation.startswith(name))


def whole(situation: str) -> str:
    """Return the undamaged answer."""
    return (CORPUS / f"{situation}.txt").read_text(encoding="utf-8")


def assert_no_falsehood(situation: str, damaged: str, says: Says) -> None:
    """Read a damaged answer; it is refused, or says no more than the whole one."""
    parse = kind_of(situation).parse
    try:
        part = parse(damaged)
    except UnexpectedOutput:
        return
    assert says(part, parse(whole(situation)))


@pytest.mark.parametrize(
    "situation", [name for name in SITUATIONS if name not in BEGINS_LIKE_ANOTHER]
)
def test_answer_cut_short_anywhere_is_no_falsehood(situation: str) -> None:
    """At every single character, what is left is refused or says less."""
    text = whole(situation)
    for end in range(len(text)):
        assert_no_falsehood(situation, text[:end], kind_of(situation).cut)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_answer_without_one_line_is_no_falsehood(situation: str) -> None:
    """Whichever line is lost, the rest is refused or says less."""
    lines = whole(situation).splitlines(keepends=True)
    for lost in range(len(lines)):
        damaged = "".join(lines[:lost] + lines[lost + 1 :])
        assert_no_falsehood(situation, damaged, kind_of(situation).line_lost)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_answer_with_a_line_twice_is_no_falsehood(situation: str) -> None:
    """Whichever line is repeated, the answer is refused or means the same."""
    lines = whole(situation).splitlines(keepends=True)
    for twice in range(len(lines)):
        damaged = "".join(lines[: twice + 1] + lines[twice:])
        assert_no_falsehood(situation, damaged, says_the_same)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_answer_with_two_lines_changed_over_is_no_falsehood(situation: str) -> None:
    """Neighbours that change places are refused, or mean the same in any order."""
    lines = whole(situation).splitlines(keepends=True)
    for n in range(len(lines) - 1):
        damaged = "".join([*lines[:n], lines[n + 1], lines[n], *lines[n + 2 :]])
        assert_no_falsehood(situation, damaged, says_the_same_in_any_order)


NAME_OR_SETTING = re.compile(r"[\w.+@-]*|.*=.*", re.ASCII)
"""A line of this form may be a bridge or a setting of the inventory, wherever it came from."""

NOISE = st.sampled_from(
    (
        "Last login: Mon Nov 23 00:18:20 2026 from 172.16.0.1",
        "-bash: warning: setlocale: LC_ALL: cannot change locale (en_US.UTF-8)",
        "ovs-appctl: cannot connect to /var/run/openvswitch/ovs-vswitchd.1234.ctl",
        "\x1b[0m\x1b[27m",
        "\x07",
        "-- ",
        "*** maintenance tonight ***",
        "Lost connection to the server.",
        "Killed ",
        "",
        "    Interface eth5",
    )
) | st.text(st.characters(exclude_characters="\n")).filter(
    lambda line: not NAME_OR_SETTING.fullmatch(line)
)
"""Lines from elsewhere."""


@settings(deadline=None)
@given(situation=st.sampled_from(SITUATIONS), noise=NOISE, data=st.data())
def test_answer_with_a_line_from_elsewhere_is_no_falsehood(
    situation: str, noise: str, data: st.DataObject
) -> None:
    """A banner or an error between the lines is refused, or passed over where that is legal."""
    lines = whole(situation).splitlines(keepends=True)
    place = data.draw(st.integers(min_value=0, max_value=len(lines)))
    damaged = "".join([*lines[:place], noise, "\n", *lines[place:]])
    assert_no_falsehood(situation, damaged, says_the_same)


STRANGE = st.sampled_from("\x00\x07\x0b\x0c\x1b\x1c\x7f\x85\xa0§²٣１Ａ\u2028\u3000\ufeff😀\r!$;?`")
"""Characters that stand in no answer; among them Unicode's digits, letters and line ends."""


@settings(deadline=None)
@given(
    situation=st.sampled_from([name for name in SITUATIONS if not name.startswith(FREE_TEXT)]),
    strange=STRANGE,
    data=st.data(),
)
def test_answer_with_a_strange_character_is_no_falsehood(
    situation: str, strange: str, data: st.DataObject
) -> None:
    """A character that no such command prints never gets into a value."""
    text = whole(situation)
    place = data.draw(st.integers(min_value=0, max_value=len(text) - 1))
    damaged = text[:place] + strange + text[place + data.draw(st.integers(0, 1)) :]
    assert_no_falsehood(situation, damaged, says_the_same)


@settings(deadline=None)
@given(text=st.text())
@pytest.mark.parametrize("name", KINDS)
def test_any_text_is_read_or_refused(name: str, text: str) -> None:
    """No text whatever makes a parser fail otherwise than by UnexpectedOutput, in one line."""
    try:
        KINDS[name].parse(text)
    except UnexpectedOutput as refusal:
        message = str(refusal)
    else:
        message = ""
    assert "\n" not in message
