"""xe's commands that do one thing (cli_operations.ml): creating, destroying, plugging."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from xsbond.lab.xe.errors import cli_failure
from xsbond.lab.xe.fields import as_boolean
from xsbond.lab.xe.view import View

Parameters = Mapping[str, str]

_MODES = ("balance-slb", "active-backup", "lacp")
_DEFAULT_MODE = "balance-slb"
_DEFAULT_MTU = "1500"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A command, and the parameters it cannot do without."""

    run: Callable[[View, Parameters], str]
    required: tuple[str, ...]


def _by_uuid(view: View, xapi_class: str, uuid: str) -> str:
    return str(view.call(f"{xapi_class}.get_by_uuid", uuid))


def _printed_uuid(view: View, xapi_class: str, ref: str) -> str:
    return f"{view.call(f'{xapi_class}.get_uuid', ref)}\n"


def _network_create(view: View, parameters: Parameters) -> str:
    mtu = parameters.get("MTU", parameters.get("mtu", _DEFAULT_MTU))
    if not mtu.isdigit():
        raise cli_failure("Parameter MTU must be an integer")
    try:
        managed = as_boolean(parameters.get("managed", "true"))
    except ValueError as error:
        raise cli_failure(f"Failed to parse parameter 'managed': {error}") from error
    record = {
        "name_label": parameters["name-label"],
        "name_description": parameters.get("name-description", ""),
        "MTU": int(mtu),
        "other_config": {},
        "bridge": parameters.get("bridge", ""),
        "managed": managed,
        "tags": [],
    }
    return _printed_uuid(view, "network", view.call("network.create", record))


def _bond_mode(text: str) -> str:
    """Return XAPI's word for a mode, in any case; nothing is the default (record_util.ml)."""
    mode = text.lower() or _DEFAULT_MODE
    if mode not in _MODES:
        raise cli_failure(f"Invalid bond mode. Got {text}")
    return mode


def _bond_create(view: View, parameters: Parameters) -> str:
    network = _by_uuid(view, "network", parameters["network-uuid"])
    pifs = [_by_uuid(view, "PIF", uuid) for uuid in parameters["pif-uuids"].split(",")]
    mode = _bond_mode(parameters.get("mode", ""))
    properties = {
        name.removeprefix("properties:"): value
        for name, value in parameters.items()
        if name.startswith("properties:")
    }
    ref = view.call("Bond.create", network, pifs, parameters.get("mac", ""), mode, properties)
    return _printed_uuid(view, "Bond", ref)


def _bond_set_mode(view: View, parameters: Parameters) -> str:
    mode = _bond_mode(parameters["mode"])
    view.call("Bond.set_mode", _by_uuid(view, "Bond", parameters["uuid"]), mode)
    return ""


def _vlan_create(view: View, parameters: Parameters) -> str:
    network = _by_uuid(view, "network", parameters["network-uuid"])
    pif = _by_uuid(view, "PIF", parameters["pif-uuid"])
    if not parameters["vlan"].lstrip("-").isdigit():
        raise cli_failure("Parameter vlan must be an integer")
    vlan = view.call("VLAN.create", pif, int(parameters["vlan"]), network)
    tagged = view.call("VLAN.get_tagged_PIF", vlan)
    return _printed_uuid(view, "PIF", tagged)


def _on_one(method: str) -> Action:
    """Return the command that calls a method on the record with this uuid."""
    xapi_class = method.partition(".")[0]

    def run(view: View, parameters: Parameters) -> str:
        view.call(method, _by_uuid(view, xapi_class, parameters["uuid"]))
        return ""

    return Action(run=run, required=("uuid",))


ACTIONS: Mapping[str, Action] = {
    "network-create": Action(run=_network_create, required=("name-label",)),
    "network-destroy": _on_one("network.destroy"),
    "bond-create": Action(run=_bond_create, required=("network-uuid", "pif-uuids")),
    "bond-destroy": _on_one("Bond.destroy"),
    "bond-set-mode": Action(run=_bond_set_mode, required=("uuid", "mode")),
    "pif-plug": _on_one("PIF.plug"),
    "pif-unplug": _on_one("PIF.unplug"),
    "pif-forget": _on_one("PIF.forget"),
    "vlan-create": Action(run=_vlan_create, required=("network-uuid", "pif-uuid", "vlan")),
    "vlan-destroy": _on_one("VLAN.destroy"),
    "host-enable": _on_one("host.enable"),
    "host-disable": _on_one("host.disable"),
}
"""Command -> what it does."""
