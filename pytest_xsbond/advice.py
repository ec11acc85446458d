"""What to type next, and whether it only looks: one mark for page, report and JSON. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from pytest_xsbond.own_command import retyped

Mark = Literal["look", "do"]

_PROMPT = re.compile(r"[\w.-]+# |ssh root@\S+ ")
"""What stands before a command of a dom0."""
_LOOKS = re.compile(
    r"""\s*(?:
    xe\ [a-z-]+-(?:list|param-list|param-get)\b
    | ip\ (?:-\S+\ )*(?:link|addr)(?:\ show\b.*)?$
    | ovs-vsctl\ (?:list|get|show|list-br)\b
    | ovs-appctl\ (?:bond/list|bond/show|lacp/show)\b | ovs-ofctl\ dump-flows\b
    | service\ \S+\ status$ | interface-rename\ --list$ | chronyc\ sources$ | brctl\ show$
    | ifconfig\ -a$ | ethtool\ \S+$ | tcpdump\ | ps\ | (?:cat|head|tail|grep)\ .
    | (?:dmesg|lspci|date|true)\s*$
    )""",
    re.VERBOSE | re.ASCII,
)
"""A program of a dom0 that changes nothing when it is called so."""
_RUN_LOOKS = re.compile(r"pytest .*--xsbond-(?:save=|plan\b)")
"""A run that changes nothing, and judges nothing anew."""
_LOOK_AT = "look at "
"""How a sentence begins that sends the reader to a cable, a switch or a console."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One line to type, or one thing to do."""

    mark: Mark
    """`look` for what only shows more and changes nothing, `do` for what mends."""
    line: str
    """`HOST# command`, a command for one's own prompt, or a sentence."""

    def __str__(self) -> str:
        return f"{self.mark:<4}  {self.line}"


def advice(lines: Iterable[str], words: Sequence[str] = ()) -> tuple[Advice, ...]:
    """Return lines with their marks, commands of pytest's with the options in `words`."""
    typed = [retyped(line, words) for line in lines]
    return tuple(Advice(mark=mark_of(line), line=line) for line in typed)


def mark_of(line: str) -> Mark:
    """Return the mark of a line."""
    if line.startswith("pytest "):
        return "look" if _RUN_LOOKS.match(line) else "do"
    if prompt := _PROMPT.match(line):
        parts = re.split(r"[;|]", line[prompt.end() :])
        return "look" if all(map(_LOOKS.match, parts)) else "do"
    return "look" if line.startswith(_LOOK_AT) else "do"
