"""`ovs-appctl lacp/show`: what LACP has agreed on with the switch, leg by leg.

A title, the host's own settings, then each leg with its two sides (lib/lacp.c,
lacp_print_details); only bonds that speak LACP are in it.
"""

import re
from collections.abc import Sequence

from xsbond.model import LacpBond, LacpMember
from xsbond.snapshot.parsers.answer import (
    INTERFACE_NAME,
    MAC,
    PORT_NAME,
    Answer,
    Facts,
    pattern,
    quoted,
)

_MOST_16 = 2**16 - 1
"""What fits a field of a LACPDU: priority, port and key (IEEE 802.1AX, 6.4.2.3)."""

_TITLES = (
    pattern(f"---- (?P<bond>{PORT_NAME}) ----"),
    # lib/lacp.c up to 1.4, which shows one bond at a time.
    pattern(f"lacp: (?P<bond>{PORT_NAME})"),
)
_INDENT = r"(?:\t|  )"
_FLAGS = "activity|timeout|aggregation|synchronized|collecting|distributing|defaulted|expired"
# Up to 1.4 a blank stands behind each word, too.
_STATE = f"(?: (?:{_FLAGS}))* ?"

_SETTINGS = tuple(
    map(
        pattern,
        (
            # Heartbeats came with 1.2 and went with 1.5.
            f"{_INDENT}status: (?P<activity>active|passive)(?: heartbeat)?(?P<sure> negotiated)?",
            f"{_INDENT}sys_id: (?P<system>{MAC})",
            rf"{_INDENT}sys_priority: (?P<priority>\d+)",
            rf"{_INDENT}aggregation key: (?P<own_key>\d+|none)",
            rf"{_INDENT}lacp_time: (?P<rate>fast|slow|custom)(?: \(\d+\))?",
        ),
    )
)
_MEMBER = pattern(
    f"(?P<word>slave|member): (?P<name>{INTERFACE_NAME}):"
    " (?P<status>current|expired|defaulted) (?P<attached>attached|detached)"
)
_FIELDS = ("sys_priority", "port_id", "port_priority", "key")
_SIDES = ("actor", "partner")
_MEMBER_LINES = tuple(
    map(
        pattern,
        (
            rf"{_INDENT}port_id: (?P<port_id>\d+)",
            rf"{_INDENT}port_priority: (?P<port_priority>\d+)",
            # Not in 1.4.
            f"{_INDENT}may_enable: (?P<may_enable>true|false)",
            *(f"{_INDENT}{side} sys_id: (?P<{side}_sys_id>{MAC})" for side in _SIDES),
            *(f"{_INDENT}{side} state:(?P<{side}_state>{_STATE})" for side in _SIDES),
            *(
                rf"{_INDENT}{side} {field}: (?P<{side}_{field}>\d+)"
                for side in _SIDES
                for field in _FIELDS
            ),
        ),
    )
)


def parse_lacp_show(text: str) -> tuple[LacpBond, ...]:
    """Return the bonds that `ovs-appctl lacp/show` describes; no text means that none speaks LACP.

    Raises UnexpectedOutput at anything that no Open vSwitch prints, and where a leg's story is not
    whole.
    """
    answer = Answer(source="ovs-appctl lacp/show", text=text)
    lines = [line for line in answer.lines() if line] if text else []
    starts = [n for n, line in enumerate(lines) if _is_title(line)]
    if lines and starts[:1] != [0]:
        raise answer.unexpected(f"{quoted(lines[0])} belongs to no bond")
    ends = [*starts[1:], len(lines)][: len(starts)]
    bonds = tuple(_bond(answer, lines[start:end]) for start, end in zip(starts, ends, strict=True))
    if len({bond.name for bond in bonds}) < len(bonds):
        raise answer.unexpected("it describes a bond twice")
    return bonds


def _is_title(line: str) -> bool:
    return any(title.fullmatch(line) for title in _TITLES)


def _bond(answer: Answer, lines: Sequence[str]) -> LacpBond:
    name = answer.match(lines[0], _TITLES)["bond"]
    starts = [n for n, line in enumerate(lines) if _MEMBER.fullmatch(line)]
    head = lines[1 : starts[0] if starts else len(lines)]
    facts = answer.facts(name, _matches(answer, head, _SETTINGS))
    for each in ("activity", "system", "priority", "own_key"):
        facts.once(each)
    ends = [*starts[1:], len(lines)][: len(starts)]
    parts = [
        answer.facts(name, _matches(answer, lines[start:end], (_MEMBER, *_MEMBER_LINES)))
        for start, end in zip(starts, ends, strict=True)
    ]
    members = tuple(map(_member, parts))
    _refuse_impossible(facts, parts, members)
    return LacpBond(
        name=name,
        is_negotiated=facts.at_most_once("sure") is not None,
        rate=facts.once("rate"),
        members=members,
    )


def _matches(
    answer: Answer, lines: Sequence[str], patterns: Sequence[re.Pattern[str]]
) -> list[re.Match[str]]:
    return [answer.match(line, patterns) for line in lines]


def _member(facts: Facts) -> LacpMember:
    for each in (
        "port_id",
        "port_priority",
        *(f"{side}_{each}" for side in _SIDES for each in _FIELDS),
    ):
        facts.figure(each, _MOST_16)
    for each in ("actor_sys_id", "actor_state"):
        facts.once(each)
    facts.at_most_once("may_enable")
    return LacpMember(
        name=facts.once("name"),
        status=facts.once("status"),
        attached=facts.once("attached") == "attached",
        key=facts.figure("actor_key", _MOST_16),
        partner=facts.once("partner_sys_id").lower(),
        partner_key=facts.figure("partner_key", _MOST_16),
        partner_port=facts.figure("partner_port_id", _MOST_16),
        partner_state=frozenset(facts.once("partner_state").split()),
    )


def _refuse_impossible(bond: Facts, parts: Sequence[Facts], members: Sequence[LacpMember]) -> None:
    if len({member.name for member in members}) < len(members):
        raise bond.unexpected("has a leg twice")
    if len({facts.once("word") for facts in parts}) > 1:
        raise bond.unexpected("has members called slaves")
    # slave_set_defaulted forgets all that was known of the partner.
    for member in members:
        if member.status == "defaulted" and (member.partner_key or member.partner_state):
            raise bond.unexpected(f"has a partner on {member.name}, which is defaulted")
