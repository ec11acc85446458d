"""The commands of ovs-vsctl about bridges, ports and interfaces. Pure."""

from collections.abc import Mapping

from xsbond.lab.dom0.ovs.request import Request, VsctlError, find_record, lines_of, members
from xsbond.lab.dom0.ovs.values import Row


def _owner(request: Request, port: Row) -> str:
    """Return the bridge of a port: the fake one its tag puts it in, or the real one."""
    parent = next(row for row in request.tables["Bridge"] if port["_uuid"] in members(row["ports"]))
    if port["name"] == parent["name"] or port["fake_bridge"]:
        return str(port["name"])
    for other in request.tables["Port"]:
        same = other["_uuid"] in members(parent["ports"]) and other["tag"] == port["tag"]
        if other["fake_bridge"] and same:
            return str(other["name"])
    return str(parent["name"])


def _bridge_names(request: Request) -> Mapping[str, tuple[str, int]]:
    """Return bridge -> (parent, tag); a real bridge is its own parent and has tag 0."""
    found = {str(row["name"]): (str(row["name"]), 0) for row in request.tables["Bridge"]}
    for row in request.tables["Bridge"]:
        for port in request.tables["Port"]:
            if port["fake_bridge"] and port["_uuid"] in members(row["ports"]):
                tag = port["tag"]
                assert isinstance(tag, int)
                found[str(port["name"])] = (str(row["name"]), tag)
    return found


def existing_bridge(request: Request) -> tuple[str, int]:
    """Return parent and tag of the bridge asked for; VsctlError if there is none."""
    bridges = _bridge_names(request)
    if request.name not in bridges:
        raise VsctlError(f"no bridge named {request.name}")
    return bridges[request.name]


def list_br(request: Request) -> str:
    """Return the bridges by name."""
    bridges = _bridge_names(request)
    wanted = sorted(
        name
        for name, (parent, _) in bridges.items()
        if not (request.real and parent != name) and not (request.fake and parent == name)
    )
    return lines_of(wanted)


def _ports_in(request: Request) -> list[Row]:
    """Return the ports of a bridge; its own internal port does not count."""
    existing_bridge(request)
    bridges = _bridge_names(request)
    return [
        port
        for port in request.tables["Port"]
        if port["name"] not in bridges and _owner(request, port) == request.name
    ]


def list_ports(request: Request) -> str:
    """Return the ports of a bridge by name."""
    return lines_of(sorted(str(port["name"]) for port in _ports_in(request)))


def list_ifaces(request: Request) -> str:
    """Return the interfaces of a bridge by name."""
    wanted = {uuid for port in _ports_in(request) for uuid in members(port["interfaces"])}
    rows = request.tables["Interface"]
    return lines_of(sorted(str(row["name"]) for row in rows if row["_uuid"] in wanted))


def port_to_br(request: Request) -> str:
    """Return the bridge of a port."""
    bridges = _bridge_names(request)
    for port in request.tables["Port"]:
        if port["name"] == request.name and request.name not in bridges:
            return f"{_owner(request, port)}\n"
    raise VsctlError(f"no port named {request.name}")


def iface_to_br(request: Request) -> str:
    """Return the bridge of an interface."""
    for row in request.tables["Interface"]:
        if row["name"] == request.name:
            for port in request.tables["Port"]:
                if row["_uuid"] in members(port["interfaces"]):
                    return f"{_owner(request, port)}\n"
    raise VsctlError(f"no interface named {request.name}")


def br_exists(request: Request) -> str:
    """Exit with 2 if there is no such bridge."""
    if request.name not in _bridge_names(request):
        raise VsctlError("", status=2)
    return ""


def br_get_external_id(request: Request) -> str:
    """Return one external id of a bridge, or all."""
    parent, _ = existing_bridge(request)
    ids = find_record(request.tables["Bridge"], "Bridge", parent)["external_ids"]
    assert isinstance(ids, Mapping)
    if len(request.arguments) > 1:
        return f"{ids[request.arguments[1]]}\n" if request.arguments[1] in ids else ""
    return lines_of([f"{key}={value}" for key, value in sorted(ids.items())])


def br_to_vlan(request: Request) -> str:
    """Return the tag of a bridge, 0 for a real one."""
    return f"{existing_bridge(request)[1]}\n"


def br_to_parent(request: Request) -> str:
    """Return the real bridge that carries a bridge."""
    return f"{existing_bridge(request)[0]}\n"
