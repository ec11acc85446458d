"""What stands before ovs-vsctl on a host, for commands that change something.

It refuses wiring that would loop: the switch is one broadcast domain without a spanning tree, so
two cables in one bridge, other than as members of one bond, would flood all hosts.
Where Open vSwitch has no interfaces for its bridges it shows stand-ins for them.
"""

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

_REAL = "/opt/xsbond/ovs-vsctl"
_FACTS = Path("/opt/xsbond/host.json")
_ALIAS = "stands in for an interface of Open vSwitch"
_TABLES = (
    ("Bridge", "name,ports"),
    ("Port", "_uuid,name,interfaces,tag"),
    ("Interface", "_uuid,name,type,options"),
)
_REFUSED = 1

Row = Mapping[str, Any]


def tables(printed: str) -> list[list[Row]]:
    """Return the rows of the tables that `list` printed last, in the order of `_TABLES`."""
    found: list[list[Row]] = []
    for line in printed.splitlines()[-len(_TABLES) :]:
        table = json.loads(line)
        found.append([dict(zip(table["headings"], row, strict=True)) for row in table["data"]])
    return found


def items(value: Any) -> list[Any]:
    """Return the elements of a column: a set, or one by itself (RFC 7047, section 5.1)."""
    return value[1] if isinstance(value, list) and value[0] == "set" else [value]


def loops(
    nics: Iterable[str], bridges: list[Row], ports: list[Row], interfaces: list[Row]
) -> Iterator[tuple[str, str]]:
    """Yield pairs of ports, NICs or bonds of NICs, that frames could go round by."""
    physical = frozenset(nics)
    by_id = {str(row["_uuid"]): row for row in interfaces}
    port_of = {str(row["_uuid"]): row for row in ports}
    regions: dict[str, list[Row]] = defaultdict(list)
    region = _regions(bridges, port_of, by_id)
    for bridge in bridges:
        for port in (port_of[str(each)] for each in items(bridge["ports"])):
            names = {by_id[str(each)]["name"] for each in items(port["interfaces"])}
            if names & physical:
                regions[region[bridge["name"]]].append(port)
    for uplinks in regions.values():
        for one, other in combinations(uplinks, 2):
            if not _apart(one, other):
                yield one["name"], other["name"]


def _apart(one: Row, other: Row) -> bool:
    """Tell whether two ports are access ports of different VLANs."""
    tags = [items(port["tag"]) for port in (one, other)]
    return all(tags) and tags[0] != tags[1]


def _regions(
    bridges: list[Row], port_of: Mapping[str, Row], by_id: Mapping[str, Row]
) -> dict[str, str]:
    """Return bridge -> the first of the bridges that patch ports make one with it."""
    at, peers = {}, []
    for bridge in bridges:
        for port in (port_of[str(each)] for each in items(bridge["ports"])):
            for interface in (by_id[str(each)] for each in items(port["interfaces"])):
                at[interface["name"]] = bridge["name"]
                if interface["type"] == "patch":
                    peers.append((interface["name"], dict(interface["options"][1]).get("peer")))
    region = {bridge["name"]: bridge["name"] for bridge in bridges}
    for here, there in peers:
        if there in at:
            one, other = region[at[here]], region[at[there]]
            region = {name: one if root == other else root for name, root in region.items()}
    return region


def _after(arguments: list[str]) -> str:
    """Return the tables as they would be after a command, without carrying it out."""
    listed = [word for name, columns in _TABLES for word in _listing(name, columns)]
    command = [_REAL, "--dry-run", "--no-wait", "--format=json", *arguments, *listed]
    ran = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603 - ours
    return "" if ran.returncode else ran.stdout


def _listing(table: str, columns: str) -> list[str]:
    return ["--", f"--columns={columns}", "list", table]


def _refusal(arguments: list[str], nics: Iterable[str]) -> str:
    """Return why a command is refused; empty if it is not, or would fail anyway."""
    try:
        for one, other in loops(nics, *tables(_after(arguments))):
            return (
                f"ovs-vsctl: refused, and nothing was changed: {one} and {other} in one bridge"
                " would close a loop through the lab's switch; make them one bond\n"
            )
    except (ValueError, TypeError):
        # It printed something else, or nothing: Open vSwitch itself has the word.
        pass
    return ""


def _stand_ins() -> None:
    """Make an interface for each bridge that has none, and take away those without a bridge."""
    command = [_REAL, "--format=json", "--columns=name,mac_in_use", "find", "Interface"]
    printed = subprocess.check_output([*command, "type=internal"], text=True)  # noqa: S603 - ours
    wanted = {name: mac for name, mac in json.loads(printed)["data"] if isinstance(mac, str)}
    there = {
        path.parent.name
        for path in Path("/sys/class/net").glob("*/ifalias")
        if path.read_text(encoding="utf-8").strip() == _ALIAS
    }
    for name in there - wanted.keys():
        _ip("link", "del", "dev", name)
    for name, mac in wanted.items():
        if name not in there:
            _ip("link", "add", "name", name, "type", "bridge")
            _ip("link", "set", "dev", name, "alias", _ALIAS)
        _ip("link", "set", "dev", name, "address", mac)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=False)  # noqa: S603, S607 - ours, found by PATH


def main() -> int:
    """Carry a command of ovs-vsctl out, or refuse it; return the exit status."""
    facts = json.loads(_FACTS.read_text(encoding="utf-8"))
    refusal = _refusal(sys.argv[1:], facts["nics"])
    if refusal:
        sys.stderr.write(refusal)
        return _REFUSED
    command = ["ovs-vsctl", *sys.argv[1:]]
    if not facts["stand_ins"]:
        os.execv(_REAL, command)  # noqa: S606 - ours
    status = subprocess.call(command, executable=_REAL)  # noqa: S603 - ours
    _stand_ins()
    return status


if __name__ == "__main__":
    sys.exit(main())
