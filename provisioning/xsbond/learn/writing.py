"""The text of a bond file that describes a pool: tables for its bonds, comments for the rest."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import tomlkit
from tomlkit.items import AoT, Table

from xsbond.bondfile import parse_bond_file
from xsbond.bondfile.checks import faults
from xsbond.bondfile.reading import desired_bond
from xsbond.bondfile.shape import BondTable
from xsbond.learn.remarks import remarks, strangers
from xsbond.learn.tables import bond_table, bonds_of_master
from xsbond.model import Bond, Pif
from xsbond.snapshot.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A bond file, and what there is to say about it."""

    text: str
    """TOML; empty if the pool has no bond that a bond file can describe."""
    networks: tuple[str, ...]
    """Names of the networks whose bonds are in it."""
    remarks: tuple[str, ...]
    """What is in it as a comment only: hosts that differ, and what cannot be said."""
    unsaid: tuple[str, ...] = ()
    """Those of the remarks that no run by this file tells: what cannot be said."""


def bond_file_of(snapshot: Snapshot) -> Learned:
    """Return a bond file that describes the bonds of a pool; the same pool gives the same text."""
    document, bonds = tomlkit.document(), tomlkit.aot()
    pool = snapshot.pool
    document.add(tomlkit.comment(f"The bonds of {pool.name_label or 'the pool'} ({pool.uuid}),"))
    document.add(
        tomlkit.comment("as the pool master has them; where a host differs, a comment says so.")
    )
    said: list[str] = []
    unsaid: list[str] = []
    networks: list[str] = []
    for bond, pif in bonds_of_master(snapshot):
        name = snapshot.networks[pif.network].name_label
        table, left_out = _described(snapshot, bond, pif)
        unsaid += (f"{name}: {line}" for line in left_out)
        if table is None:
            document.add(tomlkit.comment(f"{name}: {left_out[0]}"))
        else:
            left_out += remarks(snapshot, desired_bond(table))
            bonds.append(_table(table, left_out))
            networks.append(name)
        said += (f"{name}: {line}" for line in left_out)
    for line in strangers(snapshot):
        document.add(tomlkit.comment(line))
        unsaid.append(line)
        said.append(line)
    if not networks:
        return Learned(text="", networks=(), remarks=tuple(said), unsaid=tuple(unsaid))
    document.add(tomlkit.nl())
    document.append("bond", bonds)
    text = tomlkit.dumps(document)
    parse_bond_file(text)
    return Learned(text=text, networks=tuple(networks), remarks=tuple(said), unsaid=tuple(unsaid))


def _described(snapshot: Snapshot, bond: Bond, pif: Pif) -> tuple[BondTable | None, list[str]]:
    """Return a bond's table, without what no bond file can say, and lines about what that is."""
    try:
        table = bond_table(snapshot, bond, pif)
    except msgspec.ValidationError as error:
        return None, [f"this bond cannot be described ({error})"]
    left_out: list[str] = []
    while mistakes := list(faults(desired_bond(table))):
        key, reason = mistakes[0]
        if not (reduced := _without(table, key)):
            return None, [f"this bond cannot be described ({key}: {reason})"]
        table = reduced
        left_out.append(f"{key} is left out: {reason}")
    return table, left_out


def _without(table: BondTable, key: str) -> BondTable | None:
    """Return the table without a key such as `vlans[1].addresses.xs-1`; None if it must stay."""
    fields: Any = msgspec.to_builtins(table)
    of_vlan = re.match(r"vlans\[(\d+)\]\.", key)
    holder = fields["vlans"][int(of_vlan[1]) - 1] if of_vlan else fields
    name = re.split(r"[.\[]", key[of_vlan.end() :] if of_vlan else key)[0]
    if holder.pop(name, None) is None:
        return None
    try:
        return msgspec.convert(fields, BondTable)
    except msgspec.ValidationError:
        return None


def _table(table: BondTable, comments: Sequence[str]) -> Table:
    """Return a table as it is written: comments, plain values, then the tables in it."""
    written = tomlkit.table()
    for line in comments:
        written.add(tomlkit.comment(line))
    # The mode is written even where it is the usual one: nobody has to know which that is.
    fields = msgspec.to_builtins(table)
    head = {key: fields.pop(key) for key in ("network", "network_uuid", "nics") if key in fields}
    for key, value in _in_order({**head, "mode": table.mode.value, **fields}):
        written.append(key, value)
    return written


def _in_order(fields: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    later: list[tuple[str, Any]] = []
    for key, value in fields.items():
        if key == "vlans":
            later.append((key, _vlans(value)))
        elif isinstance(value, dict):
            later.append((key, value))
        else:
            yield key, value
    yield from later


def _vlans(values: Sequence[dict[str, Any]]) -> AoT:
    vlans = tomlkit.aot()
    for fields in values:
        table = tomlkit.table()
        for key, value in _in_order(fields):
            table.append(key, value)
        vlans.append(table)
    return vlans
