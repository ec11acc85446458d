"""What is wrong with the writing of a bond file, in a sentence that says how to write it."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from xsbond.bondfile.shape import NIC, BondTable, VlanTable
from xsbond.model import BondMode

Mistake = tuple[str, str]
"""(Key, reason)."""

_TABLES = MappingProxyType({"bond": "[[bond]]", "vlans": "[[bond.vlans]]"})
"""Key of a list of tables -> how it is written."""
_PER_HOST = ("nics", "addresses", "ipv6", "device")
"""Keys that may hold a table from host name to value."""
_HINTS = MappingProxyType(
    {
        "Invalid value": 'text is written in quotes, such as "eth1"',
        "Expected newline": 'text is written in quotes, such as "172.16.0.35/28"',
        "after a key": "a name with other characters than A-Z a-z 0-9 - _ is written in quotes",
    }
)
"""What tomllib complains of -> what was probably meant."""
_WRITTEN = MappingProxyType(
    {
        "nics": 'nics = ["eth1", "eth5"]',
        "dns": 'dns = ["172.16.0.1"]',
        "vlans": "[[bond.vlans]]",
        "addresses": 'addresses.xs-1 = "172.16.0.35/28", or addresses.default = "dhcp"',
        "ipv6": 'ipv6.xs-1 = "2001:db8::35/64", or ipv6.default = "autoconf"',
        "properties": 'properties = { lacp-time = "fast" }',
        "other_config": "other_config = { bond-updelay = 0 }",
        "management": "management = true",
        "network": 'network = "PUB"',
        "mtu": "mtu = 9000",
        "tag": "tag = 100",
    }
)
"""Key -> how it is written."""
_PATTERNS = MappingProxyType(
    {
        "nics": "no device, MAC or PCI position; write eth1, 00:1f:29:c4:9f:3c or 0000:04:00.1",
        "network_uuid": "no uuid; xe network-list shows them",
        "device": "no name of a bond; write bond1",
    }
)
"""Key -> what its text is not, and how it is written."""
_KINDS = MappingProxyType(
    {
        "str": "text",
        "int": "whole number",
        "bool": "true or false",
        "array": "list",
        "object": "table",
    }
)
"""msgspec's word for a type -> TOML's."""
_OTHERWISE = MappingProxyType(
    {
        "vlan": "write a [[bond.vlans]] table with network and tag",
        "tag": "write a [[bond.vlans]] table with network and tag",
        "address": "write addresses, a table from host name to address",
        "name": "write network",
        "legs": "write nics",
    }
)
"""Key that is often guessed -> what to write."""


def not_toml(error: tomllib.TOMLDecodeError) -> str:
    """Return why text is no TOML, and what was probably meant."""
    hints = [hint for words, hint in _HINTS.items() if words in str(error)]
    return "; ".join([f"is no TOML: {error}", *hints])


def not_a_bond_file(document: Mapping[str, Any]) -> Iterator[Mistake]:
    """Yield what keeps a document from being a list of `[[bond]]` tables."""
    for key in document:
        if key != "bond":
            yield key, "unknown key; a bond file holds [[bond]] tables only"
    bond = document.get("bond")
    if isinstance(bond, dict):
        yield "bond", "write it in double brackets, [[bond]]: there may be more than one"
    elif not isinstance(bond, list) or not bond:
        yield "bond", "there is no [[bond]] table"


def unquoted_name(entry: Any) -> Iterator[Mistake]:
    """Yield the host names with dots in them that TOML took for tables within tables."""
    if not isinstance(entry, dict):
        return
    for key in _PER_HOST:
        for name in _dotted(entry.get(key)):
            yield f"{key}.{name}", f'quote the name, as in {key}."{name}" = …'
    vlans = entry.get("vlans")
    for number, vlan in enumerate(vlans if isinstance(vlans, list) else (), start=1):
        for where, reason in unquoted_name(vlan):
            yield f"vlans[{number}].{where}", reason


def _dotted(value: Any, depth: int = 0) -> Iterator[str]:
    """Yield `xs-1.example.com` for each value that lies deeper than a host's should."""
    for name, below in value.items() if isinstance(value, dict) else ():
        if isinstance(below, dict):
            yield from (f"{name}.{rest}" for rest in _dotted(below, depth + 1))
        elif depth:
            yield name


def located(message: str, entry: Any) -> Mistake:
    """Return the key that msgspec's message about a `[[bond]]` table is about, and the reason."""
    reason, _, location = message.partition(" - at `$")
    path = [part for part in re.split(r"\.|(\[[^]]*\])", location.rstrip("`")) if part]
    key, value = _followed(path, entry)
    if unknown := re.search(r"unknown field `(.*)`", reason):
        return f"{key}.{unknown[1]}", _unknown(unknown[1], in_vlan="vlans" in key)
    if missing := re.search(r"missing required field `(.*)`", reason):
        return f"{key}.{missing[1]}", "is missing"
    names = [part for part in path if not part.startswith("[")]
    return key, _wrong_value(names, reason, value)


def _wrong_value(key: list[str], reason: str, value: Any) -> str:
    last = key[-1] if key else ""
    if last == "mode":
        return f"{value!r} is no bond mode; choose one of {', '.join(BondMode)}"
    if (kind := re.match("Expected `([^`]+)`, got", reason)) and last in _WRITTEN:
        return f"{_shown(value)} is no {_kind(kind[1])}; write {_WRITTEN[last]}"
    if "matching regex" in reason and last in _PATTERNS:
        return f"{value!r} is {_PATTERNS[last]}"
    if kind:
        return f"{_shown(value)} is no {_kind(kind[1])}"
    if value == "":
        return "is empty"
    return f"{value!r}: {re.sub('Expected `.*`', 'it must be', reason)}"


def _kind(types: str) -> str:
    return " or ".join(_KINDS.get(each, each) for each in types.split(" | ")[::-1])


def _unknown(key: str, *, in_vlan: bool) -> str:
    table, what = (VlanTable, "a VLAN") if in_vlan else (BondTable, "a bond")
    meant = f"; {_OTHERWISE[key]}" if key in _OTHERWISE and not in_vlan else ""
    return f"unknown key; {what} has {', '.join(table.__struct_fields__)}{meant}"


def _shown(value: Any) -> str:
    """Return a value, cut off where it is long."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"  # noqa: PLR2004 - what fits on a line


def _is_wrong(key: str, own: Any) -> bool:
    """Tell whether a host's value is none for this key: a list of legs for nics, else text."""
    if key == ".nics":
        well_written = isinstance(own, list) and all(
            isinstance(nic, str) and re.match(NIC, nic) for nic in own
        )
        return not well_written
    return not isinstance(own, str) or not own


def _followed(path: list[str], entry: Any) -> Mistake:
    """Follow msgspec's path; return it in the file's terms, lists counted from 1, and its value.

    msgspec writes `[...]` for any entry of a table; the first one that cannot be right is meant.
    """
    key, value = "", entry
    for part in path:
        if part == "[...]" and isinstance(value, dict):
            name = next((name for name, each in value.items() if _is_wrong(key, each)), "")
            key, value = (f"{key}.{name}", value[name]) if name else (key, value)
        elif part.startswith("["):
            number = int(part[1:-1]) if part[1:-1].isdigit() else 0
            value = value[number] if isinstance(value, list) and number < len(value) else value
            key += f"[{number + 1}]"
        else:
            value = value.get(part) if isinstance(value, dict) else value
            key += f".{part}"
    return key, value
