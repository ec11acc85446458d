"""A host's Open vSwitch asked without a program: its database, and ovs-vswitchd itself."""

import contextlib
import re
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from xsbond.lab.contracts import Clock
from xsbond.lab.namespaced.jsonrpc import Question, RpcError, call

RUN = "run/openvswitch"
_SCHEMA = "Open_vSwitch"
_MEMBER = re.compile(r"^(?:slave|member) (\S+): (enabled|disabled)$", re.MULTILINE)
_MILLISECONDS = 1000
_PATIENCE, _GLANCE = 10.0, 0.001
"""Seconds that ovs-vswitchd has to answer; a moment, if it has not done so before."""
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
    return str(call(_control_socket(root), command, list(arguments)))


def ask_to_warp(root: Path, milliseconds: int) -> Question:
    """Ask ovs-vswitchd to let so much time pass at once; OSError where it does not run."""
    return Question(_control_socket(root), "time/warp", [str(milliseconds)])


def _control_socket(root: Path) -> Path:
    pid = (root / RUN / "ovs-vswitchd.pid").read_text(encoding="ascii").strip()
    return root / RUN / f"ovs-vswitchd.{pid}.ctl"


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


class SwitchClock:
    """Lets one ovs-vswitchd live by the lab's clock, so that an updelay is one of lab seconds.

    ovs-vswitchd started with --enable-dummy can be told to let time pass (lib/timeval.c,
    time/warp). What a bond is set to stays what xapi sets it to, and what bond/show prints; only
    the seconds are as long as the lab's.

    It answers with its clock locked. If nobody is there to be told, it wants to log that, with the
    time of its clock, and aborts. So a question is never given up, however long it stands still.
    """

    def __init__(self, clock: Clock, warp: Callable[[int], Question]) -> None:
        """`warp` asks ovs-vswitchd to let so many milliseconds pass at once."""
        self._clock, self._warp = clock, warp
        # Two that follow at once would each forget the other's question.
        self._lock = threading.RLock()
        self._asked: Question | None = None
        self._began = clock.now(), time.monotonic()
        self._warped = 0

    def follow(self) -> None:
        """Catch up with the lab; a lab slower than life cannot be waited for.

        Raises TimeoutError as long as ovs-vswitchd does not answer, and another OSError if it ends.
        """
        with self._lock:
            self._follow()

    def _follow(self) -> None:
        if self._asked:
            self._hear(self._asked, _GLANCE)
        lab, real = self._clock.now(), time.monotonic()
        ahead = (lab - self._began[0]) - (real - self._began[1])
        owed = int(ahead * _MILLISECONDS) - self._warped
        if owed > 0:
            self._warped += owed
            self._asked = self._warp(owed)
            self._hear(self._asked, _PATIENCE)

    def _hear(self, asked: Question, timeout: float) -> None:
        with contextlib.suppress(RpcError, ConnectionError):
            asked.answer(timeout)
        self.close()

    def close(self) -> None:
        """Follow no more; ovs-vswitchd is dead, or about to be killed."""
        with self._lock:
            if self._asked:
                self._asked.close()
                self._asked = None
