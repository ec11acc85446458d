"""The ports of Open vSwitch: where they are, what is in them and how they are set."""

import json
import re
from collections.abc import Mapping
from typing import Any

from xsbond.errors import UnexpectedOutput
from xsbond.model import OvsPort, OvsPortSettings
from xsbond.parsers.answer import Answer, pattern, quoted

_UUID = pattern(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NAME = r'(?P<name>[^"\s]+|"[^"]+")'
_BRIDGE = pattern(f" {{4}}Bridge {_NAME}")
_PORT = pattern(f" {{8}}Port {_NAME}")
_INTERFACE = pattern(f" {{12}}Interface {_NAME}")
_ERROR = pattern(r" {16}error: (?P<error>.+)")
_OTHER = pattern(r" {4,}(?:(?:Manager|Controller) .+|(?!error:)\w+: .*)")
"""Settings that say nothing of what is plugged where (vsctl_show_tables in ovs-vsctl.c)."""


def parse_ovs_show(text: str) -> tuple[OvsPort, ...]:
    """Return the ports that `ovs-vsctl show` lists below their bridges.

    Raises UnexpectedOutput at a line that no Open vSwitch prints, and at a port outside a bridge.
    """
    answer = Answer(source="ovs-vsctl show", text=text)
    first, *lines = answer.lines()
    answer.match(first, (_UUID,))
    bridge, ports = "", list[tuple[str, str, dict[str, str]]]()
    for line in lines:
        if match := _BRIDGE.fullmatch(line):
            bridge = _plain(match)
        elif (match := _PORT.fullmatch(line)) and bridge:
            ports.append((_plain(match), bridge, {}))
        elif (match := _INTERFACE.fullmatch(line)) and ports:
            ports[-1][2][_plain(match)] = ""
        elif (match := _ERROR.fullmatch(line)) and ports and ports[-1][2]:
            ports[-1][2][list(ports[-1][2])[-1]] = match["error"].strip('"')
        elif not _OTHER.fullmatch(line):
            raise answer.unexpected(f"line {quoted(line)} is not understood")
    return tuple(OvsPort(name=name, bridge=at, interfaces=found) for name, at, found in ports)


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
        table = json.loads(text)
        rows = [dict(zip(table["headings"], row, strict=True)) for row in table["data"]]
        return {str(row["name"]): _settings(row) for row in rows}
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise _no_table(answer) from error


def _no_table(answer: Answer) -> UnexpectedOutput:
    return answer.unexpected(f"it is no table with the columns {', '.join(_COLUMNS)}")


def _settings(row: Mapping[str, Any]) -> OvsPortSettings:
    kind, pairs = row["other_config"]
    if kind != "map":
        raise ValueError(kind)
    return OvsPortSettings(
        # A column without a value is the empty set.
        lacp=row["lacp"] if isinstance(row["lacp"], str) else "",
        updelay=int(row["bond_updelay"]),
        other_config={str(key): str(value) for key, value in pairs},
    )
