"""Read a bond file, and turn what TOML makes of it into `DesiredBond` values."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from xsbond.bondfile.checks import clashes, faults
from xsbond.bondfile.mistakes import located, not_a_bond_file, not_toml, unquoted_name
from xsbond.bondfile.shape import BondTable, VlanTable
from xsbond.errors import BondFileError
from xsbond.model import DEFAULT, BondMode, DesiredBond, DesiredVlan, plain_nic

TUTORIAL = (DesiredBond(network="PUB", nics=("eth1", "eth5"), mode=BondMode.BALANCE_SLB),)
"""The guest bond of the tutorial: what is wanted where no bond file is given."""


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
        raise BondFileError(path, "", not_toml(error)) from error
    for key, reason in not_a_bond_file(document):
        raise BondFileError(path, key, reason)
    bonds = tuple(
        _bond(entry, f"bond[{number}]", path)
        for number, entry in enumerate(document["bond"], start=1)
    )
    for key, reason in clashes(bonds):
        raise BondFileError(path, key, reason)
    return bonds


def _bond(entry: Any, where: str, path: str) -> DesiredBond:
    for key, reason in unquoted_name(entry):
        raise BondFileError(path, f"{where}.{key}", reason)
    try:
        bond = desired_bond(msgspec.convert(entry, BondTable))
    except msgspec.ValidationError as error:
        key, reason = located(str(error), entry)
        raise BondFileError(path, f"{where}{key}", reason) from error
    for key, reason in faults(bond):
        raise BondFileError(path, f"{where}.{key}", reason)
    return bond


def desired_bond(table: BondTable) -> DesiredBond:
    """Return what a `[[bond]]` table asks for."""
    nics = table.nics if isinstance(table.nics, dict) else {DEFAULT: table.nics}
    device = table.device or {}
    return DesiredBond(
        **_network(table),
        nics=tuple(map(plain_nic, nics.get(DEFAULT, ()))),
        nics_on={
            host: tuple(map(plain_nic, each)) for host, each in nics.items() if host != DEFAULT
        },
        mode=table.mode,
        properties=table.properties,
        other_config={key: str(value) for key, value in table.other_config.items()},
        devices=device if isinstance(device, dict) else {DEFAULT: device},
        macs={host: mac.lower() for host, mac in table.mac.items()},
        vlans=tuple(DesiredVlan(**_network(vlan), tag=vlan.tag) for vlan in table.vlans),
    )


def _network(table: BondTable | VlanTable) -> dict[str, Any]:
    return {
        "network": table.network,
        "network_uuid": table.network_uuid or "",
        "mtu": table.mtu or None,
        "management": table.management,
        "addresses": table.addresses,
        "gateway": table.gateway or "",
        "dns": tuple(table.dns),
        "ipv6": table.ipv6,
        "ipv6_gateway": table.ipv6_gateway or "",
    }


def _plain(error: Exception) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)
