"""The ports of Open vSwitch: where they are, what is in them and how they are set."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from xsbond.errors import UnexpectedOutput
from xsbond.model import OvsBridge, OvsPort, OvsPortSettings
from xsbond.snapshot.parsers.answer import MOST_INT, Answer, pattern

_UUID = pattern(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NAME = r'(?P<name>[^"\s]+|"[^"]+")'
_BRIDGE = pattern(f" {{4}}Bridge {_NAME}")
_PORT = pattern(f" {{8}}Port {_NAME}")
_INTERFACE = pattern(f" {{12}}Interface {_NAME}")
_ERROR = pattern(r" {16}error: (?P<error>.+)")
_VLANS = pattern(r" {12}(?P<column>tag|trunks): (?P<value>\d+|\[\d+(?:, \d+)*\])")
_CONTROLLER = pattern(r' {8}Controller "?(?P<target>[^"\s]+)"?')
_FAIL_MODE = pattern(r" {8}fail_mode: (?P<mode>\w+)")
_OTHER = pattern(r" {4,}(?:(?:Manager|Controller) .+|(?!error:)\w+: .*)")
"""Settings that say nothing of what is plugged where (vsctl_show_tables in ovs-vsctl.c)."""


def parse_ovs_show(text: str) -> tuple[OvsPort, ...]:
    """Return the ports that `ovs-vsctl show` lists below their bridges.

    Raises UnexpectedOutput at a line that no Open vSwitch prints, and at a port outside a bridge.
    """
    answer = Answer(source="ovs-vsctl show", text=text)
    return tuple(port for _, ports in _bridges(answer) for port in ports)


def parse_ovs_bridges(text: str) -> Mapping[str, OvsBridge]:
    """Return name -> bridge out of `ovs-vsctl show`; raises as `parse_ovs_show`."""
    answer = Answer(source="ovs-vsctl show", text=text)
    return {bridge.name: bridge for bridge, _ in _bridges(answer)}


def _bridges(answer: Answer) -> Iterator[tuple[OvsBridge, tuple[OvsPort, ...]]]:
    first, *lines = answer.lines()
    answer.match(first, (_UUID,))
    starts = [number for number, line in enumerate(lines) if _BRIDGE.fullmatch(line)]
    for line in lines[: starts[0]] if starts else lines:
        answer.match(line, (_OTHER,))
    for start, end in zip(starts, [*starts[1:], len(lines)][: len(starts)], strict=True):
        yield _bridge(answer, lines[start:end])


def _bridge(answer: Answer, lines: Sequence[str]) -> tuple[OvsBridge, tuple[OvsPort, ...]]:
    name = _plain(answer.match(lines[0], (_BRIDGE,)))
    starts = [number for number, line in enumerate(lines) if _PORT.fullmatch(line)]
    ends = [*starts[1:], len(lines)][: len(starts)]
    head = [answer.match(line, (_CONTROLLER, _FAIL_MODE, _OTHER)) for line in _head(lines, starts)]
    facts = answer.facts(name, head)
    bridge = OvsBridge(
        name=name,
        fail_mode=facts.at_most_once("mode") or "",
        controllers=facts.every("target"),
    )
    ports = (_port(answer, name, lines[start:end]) for start, end in zip(starts, ends, strict=True))
    return bridge, tuple(ports)


def _head(lines: Sequence[str], starts: Sequence[int]) -> Sequence[str]:
    """Return what is said of a bridge itself: the lines before its first port."""
    return lines[1 : starts[0] if starts else len(lines)]


def _port(answer: Answer, bridge: str, lines: Sequence[str]) -> OvsPort:
    name = _plain(answer.match(lines[0], (_PORT,)))
    interfaces: dict[str, str] = {}
    vlans: dict[str, str] = {}
    for line in lines[1:]:
        if match := _INTERFACE.fullmatch(line):
            interfaces[_plain(match)] = ""
        elif match := _VLANS.fullmatch(line):
            vlans[match["column"]] = match["value"].strip("[]")
        elif (match := _ERROR.fullmatch(line)) and interfaces:
            interfaces[list(interfaces)[-1]] = match["error"].strip('"')
        else:
            answer.match(line, (_OTHER,))
    return OvsPort(name=name, bridge=bridge, interfaces=interfaces, **vlans)


def _plain(match: re.Match[str]) -> str:
    """Return a name without the quotes that it has if it looks like anything but a word."""
    return match["name"].strip('"')


_COLUMNS = ("name", "lacp", "bond_updelay", "other_config")


def parse_ovs_ports(text: str) -> Mapping[str, OvsPortSettings]:
    """Return port -> settings out of `ovs-vsctl --format=json list port` (RFC 7047, section 5.1).

    Raises UnexpectedOutput if it is no such table, or lacks one of the columns.
    """
    answer = Answer(source="ovs-vsctl list port", text=text)
    try:
        table = json.loads(text, parse_constant=_refuse, parse_int=_figure)
        rows = [dict(zip(table["headings"], row, strict=True)) for row in table["data"]]
        ports = {_text(row["name"]): _settings(row) for row in rows}
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise _no_table(answer) from error
    if len(ports) < len(rows):
        raise answer.unexpected("a port stands in it twice")
    return ports


def _refuse(constant: str) -> None:
    """Refuse NaN and the infinities, which are no JSON (RFC 8259, section 6)."""
    raise ValueError(constant)


def _figure(digits: str) -> int:
    """Return an integer of the database, which has 64 bits (RFC 7047, section 3.1)."""
    if len(digits) > _LONGEST_INTEGER:
        raise ValueError(digits[:_LONGEST_INTEGER])
    return int(digits)


_LONGEST_INTEGER = len(str(-(2**63)))


def _text(value: object) -> str:
    """Return a value that must be a text, and one that can be written anywhere."""
    if not isinstance(value, str):
        raise TypeError(value)
    value.encode()
    return value


def _no_table(answer: Answer) -> UnexpectedOutput:
    return answer.unexpected(f"it is no table with the columns {', '.join(_COLUMNS)}")


def _settings(row: Mapping[str, Any]) -> OvsPortSettings:
    kind, pairs = row["other_config"]
    if kind != "map":
        raise ValueError(kind)
    updelay = row["bond_updelay"]
    if type(updelay) is not int or not 0 <= updelay <= MOST_INT:
        raise ValueError(updelay)
    return OvsPortSettings(
        # A column without a value is the empty set.
        lacp="" if row["lacp"] == ["set", []] else _text(row["lacp"]),
        updelay=updelay,
        other_config={_text(key): _text(value) for key, value in pairs},
    )
