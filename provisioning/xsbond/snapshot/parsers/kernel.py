"""What the kernel of a dom0 says of its own bonds, bridges, counters and clock."""

import re
from collections.abc import Iterator, Mapping

from xsbond.model import KernelBond, KernelBondMember
from xsbond.snapshot.parsers.answer import (
    INTERFACE_NAME,
    MAC,
    MOST_COUNTER,
    MOST_INT,
    PORT_NAME,
    Answer,
    Facts,
    pattern,
    quoted,
)

_TITLE = pattern(f"==== (?P<bond>{PORT_NAME}) ====")
_SETTINGS = tuple(
    map(
        pattern,
        (
            r"Bonding Mode: (?P<mode>\S.*)",
            f"Currently Active Slave: (?P<active>{INTERFACE_NAME})",
            r"Up Delay \(ms\): (?P<updelay>\d+)",
            r"Down Delay \(ms\): (?P<downdelay>\d+)",
        ),
    )
)
_NOBODY = "None"
_MEMBER = pattern(f"Slave Interface: (?P<name>{INTERFACE_NAME})")
_MEMBER_FACTS = (
    pattern("MII Status: (?P<state>up|down|going down|going back)"),
    pattern(f"Permanent HW addr: (?P<mac>{MAC})"),
)
_COUNTER = pattern(rf"(?P<name>{INTERFACE_NAME}) (?P<count>\d+)")
_NAME = pattern(INTERFACE_NAME)
_SECONDS = pattern(r"\d+")
_LATEST = 253_402_300_799
"""The end of the year 9999, after which no date of XAPI can be written."""


def parse_kernel_bonds(text: str) -> tuple[KernelBond, ...]:
    """Return the bonds of /proc/net/bonding, each file after a title with its name.

    What a driver tells beyond mode, delays and slaves (drivers/net/bonding/bond_procfs.c) is
    passed over. Raises UnexpectedOutput where one of these is missing or said twice.
    """
    answer = Answer(source="/proc/net/bonding", text=text)
    bonds: dict[str, list[str]] = {}
    for line in answer.lines() if text else ():
        if title := _TITLE.fullmatch(line):
            bonds[title["bond"]] = []
        elif not bonds:
            raise answer.unexpected(f"{quoted(line)} belongs to no bond")
        else:
            bonds[list(bonds)[-1]].append(line)
    return tuple(_bond(answer, name, lines) for name, lines in bonds.items())


def _bond(answer: Answer, name: str, lines: list[str]) -> KernelBond:
    starts = [number for number, line in enumerate(lines) if _MEMBER.fullmatch(line)]
    # A bond without slaves, as ifenslave leaves it, has no such part at all.
    ends = [*starts[1:], len(lines)][: len(starts)]
    head = lines[: starts[0] if starts else len(lines)]
    facts = answer.facts(name, _matches(head, _SETTINGS))
    members = tuple(
        _member(answer.facts(name, _matches(lines[start:end], (_MEMBER, *_MEMBER_FACTS))))
        for start, end in zip(starts, ends, strict=True)
    )
    return KernelBond(
        name=name,
        mode=facts.once("mode"),
        updelay=facts.figure("updelay", MOST_INT),
        downdelay=facts.figure("downdelay", MOST_INT),
        active=(facts.at_most_once("active") or "").removeprefix(_NOBODY),
        members=members,
    )


def _member(facts: Facts) -> KernelBondMember:
    state = facts.once("state")
    return KernelBondMember(
        name=facts.once("name"),
        # bond_slave_link_status: a slave is used until its downdelay is over.
        up=state in {"up", "going down"},
        mac=facts.once("mac").lower(),
        changes=state.startswith("going"),
    )


def _matches(lines: list[str], patterns: tuple[re.Pattern[str], ...]) -> Iterator[re.Match[str]]:
    for line in lines:
        for candidate in patterns:
            if match := candidate.fullmatch(line):
                yield match


def parse_counters(text: str) -> Mapping[str, int]:
    """Return interface -> count, out of lines `NAME COUNT`; UnexpectedOutput at any other line."""
    answer = Answer(source="/sys/class/net/*/statistics", text=text)
    matches = [answer.match(line, (_COUNTER,)) for line in answer.lines()]
    return {
        match["name"]: answer.figure(match["count"], f"the count of {match['name']}", MOST_COUNTER)
        for match in matches
    }


def parse_names(text: str) -> frozenset[str]:
    """Return the interfaces named one a line; no text means none."""
    answer = Answer(source="/sys/class/net", text=text)
    return frozenset(answer.match(line, (_NAME,))[0] for line in (answer.lines() if text else ()))


def parse_clock(text: str) -> int:
    """Return what `date +%s` prints, seconds since the epoch; UnexpectedOutput at anything else."""
    answer = Answer(source="date +%s", text=text)
    digits = answer.match("\n".join(answer.lines()), (_SECONDS,))[0]
    return answer.figure(digits, "the clock", _LATEST)
