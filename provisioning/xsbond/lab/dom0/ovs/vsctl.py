"""ovs-vsctl: which commands there are, what each takes, and the overview. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from xsbond.lab.dom0.ovs import bridges, records
from xsbond.lab.dom0.ovs.request import Request, lines_of, members
from xsbond.lab.dom0.ovs.values import Row


def _show(request: Request) -> str:
    """Return the overview: switch, bridges, their ports and interfaces."""
    (switch,) = request.tables["Open_vSwitch"]
    lines = [str(switch["_uuid"])]
    for bridge in request.tables["Bridge"]:
        lines.append(f"    Bridge {request.format.text(bridge['name'])}")
        lines += _shown(request, bridge, 8, ("fail_mode", "datapath_type"))
        ports = members(bridge["ports"])
        for port in request.tables["Port"]:
            if port["_uuid"] in ports:
                lines += _shown_port(request, port)
    lines.append(f'    ovs_version: "{switch["ovs_version"]}"')
    return lines_of(lines)


def _shown(request: Request, row: Row, indent: int, columns: Sequence[str]) -> list[str]:
    return [
        f"{' ' * indent}{column}: {request.format.text(row[column])}"
        for column in columns
        if row.get(column) not in ("", (), None)
    ]


def _shown_port(request: Request, port: Row) -> list[str]:
    name = request.format.text(port["name"])
    lines = [f"        Port {name}", *_shown(request, port, 12, ("tag", "trunks"))]
    wanted = members(port["interfaces"])
    rows = {row["_uuid"]: row for row in request.tables["Interface"]}
    for uuid in wanted:
        row = rows[uuid]
        lines.append(f"            Interface {request.format.text(row['name'])}")
        lines += _shown(request, row, 16, ("type", "error"))
    return lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What a command takes, and what it does."""

    run: Callable[[Request], str]
    least: int
    most: int | None
    options: frozenset[str] = frozenset()


COMMANDS: Mapping[str, Command] = {
    "show": Command(run=_show, least=0, most=0),
    "list-br": Command(
        run=bridges.list_br, least=0, most=0, options=frozenset({"--real", "--fake"})
    ),
    "list-ports": Command(run=bridges.list_ports, least=1, most=1),
    "list-ifaces": Command(run=bridges.list_ifaces, least=1, most=1),
    "port-to-br": Command(run=bridges.port_to_br, least=1, most=1),
    "iface-to-br": Command(run=bridges.iface_to_br, least=1, most=1),
    "br-exists": Command(run=bridges.br_exists, least=1, most=1),
    "br-to-vlan": Command(run=bridges.br_to_vlan, least=1, most=1),
    "br-to-parent": Command(run=bridges.br_to_parent, least=1, most=1),
    "br-get-external-id": Command(run=bridges.br_get_external_id, least=1, most=2),
    "get": Command(run=records.get, least=2, most=None, options=frozenset({"--if-exists"})),
    "list": Command(run=records.list_records, least=1, most=None, options=frozenset({"--columns"})),
    "find": Command(run=records.find_rows, least=1, most=None, options=frozenset({"--columns"})),
}
"""Command -> its rule (ovs-vsctl(8)); the lab's switch is changed through XAPI only."""

CHANGES = frozenset(
    [
        "add-br",
        "add-bond",
        "add-port",
        "br-set-external-id",
        "clear",
        "create",
        "del-br",
        "del-port",
        "del-ssl",
        "destroy",
        "emer-reset",
        "init",
        "remove",
        "set",
        "set-controller",
        "set-fail-mode",
        "set-manager",
        "wait-until",
    ]
)
"""Commands of the real program that change the switch."""
