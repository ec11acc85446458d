"""A host's Open vSwitch asked without a program: its database, and ovs-vswitchd itself."""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from xsbond.lab.namespaced.jsonrpc import RpcError, call

RUN = "run/openvswitch"
_SCHEMA = "Open_vSwitch"
_MEMBER = re.compile(r"^(?:slave|member) (\S+): (enabled|disabled)$", re.MULTILINE)
_NO_PORT = (-1, ["set", []])
"""Values of Interface.ofport: it failed, or ovs-vswitchd has not come to it."""
Row = Mapping[str, Any]


def rows(root: Path, table: str, *columns: str, name: str = "") -> list[Row]:
    """Return columns of a table's rows, or of those of one name; see RFC 7047 for the values."""
    where = [["name", "==", name]] if name else []
    select = {"op": "select", "table": table, "where": where, "columns": list(columns)}
    (answer,) = call(root / RUN / "db.sock", "transact", [_SCHEMA, select])
    if "error" in answer:
        raise RpcError(f"{answer['error']}: {answer.get('details', '')}")
    return list(answer["rows"])


def interface_errors(root: Path, names: Collection[str]) -> Iterator[str]:
    """Yield what is wrong with the interfaces of these names: absent, in error, or not opened."""
    found = {row["name"]: row for row in rows(root, "Interface", "name", "error", "ofport")}
    for name in sorted(names):
        if name not in found:
            yield f"there is no interface {name}"
        elif found[name]["error"] != ["set", []]:
            yield f"{name}: {found[name]['error']}"
        elif found[name]["ofport"] in _NO_PORT:
            yield f"{name} was not opened"


def bridge_of_port(root: Path) -> Mapping[str, str]:
    """Return port -> the real bridge it is on."""
    names = {row["_uuid"][1]: row["name"] for row in rows(root, "Port", "_uuid", "name")}
    return {
        names[port]: bridge["name"]
        for bridge in rows(root, "Bridge", "name", "ports")
        for port in members(bridge["ports"])
        if port in names
    }


def members(column: list[Any]) -> list[str]:
    """Return the UUIDs of a column that refers to rows: one, or a set of them."""
    kind, value = column
    return [uuid for _, uuid in value] if kind == "set" else [value]


def bridges(root: Path) -> frozenset[str]:
    """Return the names of all bridges; a fake one is a port that says so."""
    real = {row["name"] for row in rows(root, "Bridge", "name")}
    fake = {row["name"] for row in rows(root, "Port", "name", "fake_bridge") if row["fake_bridge"]}
    return frozenset(real | fake)


def appctl(root: Path, command: str, *arguments: str) -> str:
    """Return what a command of ovs-appctl prints; RpcError for what it complains of."""
    pid = (root / RUN / "ovs-vswitchd.pid").read_text(encoding="ascii").strip()
    return str(call(root / RUN / f"ovs-vswitchd.{pid}.ctl", command, list(arguments)))


def link_states(root: Path, port: str) -> dict[str, bool]:
    """Return device -> enabled for the members of a bond; nothing for what is none."""
    try:
        text = appctl(root, "bond/show", port)
    except RpcError:
        return {}
    return {name: state == "enabled" for name, state in _MEMBER.findall(text)}


def devices_on(root: Path, bridge: str) -> frozenset[str]:
    """Return the interfaces of all ports on a bridge, the members of bonds among them."""
    names = {row["_uuid"][1]: row["name"] for row in rows(root, "Interface", "_uuid", "name")}
    ports = {
        row["_uuid"][1]: row["interfaces"] for row in rows(root, "Port", "_uuid", "interfaces")
    }
    found = rows(root, "Bridge", "ports", name=bridge)
    return frozenset(
        names[interface]
        for row in found
        for port in members(row["ports"])
        for interface in members(ports[port])
    )
