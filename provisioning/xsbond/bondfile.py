"""The bond file: TOML in, `DesiredBond` values out, or one line naming the file and the key.

Each `[[bond]]` table has `network` (a name_label), `nics` (the first one gives the bond its MAC),
and optionally `mode`, `mtu`, `properties` (lacp only) and `addresses` (host name -> address and
prefix length, such as "172.16.0.35/28").
"""

import ipaddress
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

import msgspec

from xsbond.errors import BondFileError
from xsbond.model import BondMode, DesiredBond

TUTORIAL = (DesiredBond(network="PUB", nics=("eth1", "eth5"), mode=BondMode.BALANCE_SLB, mtu=1500),)
"""The guest bond of the tutorial: what is wanted where no bond file is given."""

PROPERTIES = MappingProxyType(
    {
        "hashing_algorithm": re.compile(r"src_mac|tcpudp_ports"),
        "lacp-time": re.compile(r"fast|slow"),
        "lacp-aggregation-key": re.compile(r"\d+"),
        "lacp-fallback-ab": re.compile(r"true|false"),
    }
)
"""Bond.properties of mode lacp and their values (xapi_bond.ml, requirements_of_mode)."""


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    """One `[[bond]]` table."""

    network: Annotated[str, msgspec.Meta(min_length=1)]
    nics: list[Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z][A-Za-z0-9_.\-]{0,14}$")]]
    mode: BondMode = BondMode.BALANCE_SLB
    mtu: Annotated[int, msgspec.Meta(ge=68, le=65535)] = 1500
    properties: dict[str, str] = {}
    addresses: dict[str, ipaddress.IPv4Interface] = {}


def read_bond_file(path: Path) -> tuple[DesiredBond, ...]:
    """Return the bonds a file asks for, in its order; BondFileError if it says anything else."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BondFileError(str(path), "", f"cannot be read: {_plain(error)}") from error
    return parse_bond_file(text, str(path))


def parse_bond_file(text: str, path: str = "bond file") -> tuple[DesiredBond, ...]:
    """Return the bonds that TOML text asks for; `path` is named in errors."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BondFileError(path, "", f"is no TOML: {error}") from error
    bonds = tuple(
        _bond(entry, f"bond[{number}]", path)
        for number, entry in enumerate(_entries(document, path), start=1)
    )
    for key, reason in _clashes(bonds):
        raise BondFileError(path, key, reason)
    return bonds


def _entries(document: dict[str, Any], path: str) -> list[Any]:
    for key in document:
        if key != "bond":
            raise BondFileError(path, key, "unknown key; a bond file holds [[bond]] tables only")
    entries = document.get("bond")
    if not isinstance(entries, list) or not entries:
        raise BondFileError(path, "bond", "there is no [[bond]] table")
    return entries


def _bond(entry: Any, where: str, path: str) -> DesiredBond:
    try:
        read = msgspec.convert(entry, _Entry, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise BondFileError(path, *_located(where, str(error), entry)) from error
    bond = DesiredBond(
        network=read.network,
        nics=tuple(read.nics),
        mode=read.mode,
        mtu=read.mtu,
        properties=read.properties,
        addresses=read.addresses,
    )
    for key, reason in _faults(bond):
        raise BondFileError(path, f"{where}.{key}", reason)
    return bond


def _decode(kind: type, value: Any) -> Any:
    """Read what msgspec has no type for: IPv4Interface, from text such as `10.0.0.1/24`."""
    if kind is not ipaddress.IPv4Interface or not isinstance(value, str) or "/" not in value:
        raise ValueError("write an address and its prefix length, such as 172.16.0.35/28")
    return ipaddress.IPv4Interface(value)


def _located(where: str, message: str, entry: Any) -> tuple[str, str]:
    """Split msgspec's message into the key it is about and the reason."""
    reason, _, location = message.partition(" - at `$")
    # msgspec counts items from 0 and tables not at all; the value itself says more.
    key = re.sub(r"\[[^]]*\]", "", location.rstrip("`"))
    if unknown := re.search(r"unknown field `(.*)`", reason):
        known = ", ".join(_Entry.__struct_fields__)
        return f"{where}.{unknown[1]}", f"unknown key; a bond has {known}"
    if missing := re.search(r"missing required field `(.*)`", reason):
        return f"{where}.{missing[1]}", "is missing"
    if key == ".mode":
        modes = ", ".join(BondMode)
        return f"{where}.mode", f"{entry['mode']!r} is no bond mode; choose one of {modes}"
    value = entry.get(key[1:]) if isinstance(entry, dict) and key else entry
    return where + key, f"{value!r}: {reason[:1].lower()}{reason[1:]}"


def _faults(bond: DesiredBond) -> Iterator[tuple[str, str]]:
    """Yield (key, reason) for what is wrong within one bond."""
    for nic in _repeated(bond.nics):
        yield "nics", f"{nic} is named twice"
    if len(bond.nics) < 2:  # noqa: PLR2004 - XAPI would accept one, Open vSwitch makes no bond of it
        yield "nics", "a bond joins at least two NICs"
    for name, value in bond.properties.items():
        rule = PROPERTIES.get(name) if bond.mode is BondMode.LACP else None
        if rule is None:
            yield "properties", f"{name} is no property of a {bond.mode} bond"
        elif not rule.fullmatch(value):
            yield "properties", f"{name} cannot be {value!r}; it takes {rule.pattern}"
    for address in _repeated(str(each.ip) for each in bond.addresses.values()):
        yield "addresses", f"{address} is given to two hosts"


def _clashes(bonds: tuple[DesiredBond, ...]) -> Iterator[tuple[str, str]]:
    """Yield (key, reason) for what is wrong between bonds."""
    for network in _repeated(bond.network for bond in bonds):
        yield _places(bonds, "network", network), f"network {network!r} is wanted twice"
    for nic in _repeated(nic for bond in bonds for nic in bond.nics):
        yield _places(bonds, "nics", nic), f"NIC {nic} is wanted in two bonds"


def _places(bonds: tuple[DesiredBond, ...], key: str, value: str) -> str:
    """Return the keys that hold `value`, such as `bond[1].nics, bond[3].nics`."""
    return ", ".join(
        f"bond[{number}].{key}"
        for number, bond in enumerate(bonds, start=1)
        if value == bond.network or value in bond.nics
    )


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def _plain(error: Exception) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)
