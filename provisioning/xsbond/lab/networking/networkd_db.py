"""What xcp-networkd remembers of its bridges: /var/lib/xcp/networkd.db, a file of JSON.

Source: ocaml/networkd/lib/network_config.ml, and the file of a real pool. The other_config of pool,
network and PIF is in each bridge's entry as it was when the bridge was last plugged.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from xsbond.lab.contracts import Dom0Backend
from xsbond.lab.networking.network_settings import Fields, bond_properties, mtu

PATH = "/var/lib/xcp/networkd.db"
_EMPTY: Mapping[str, Any] = {
    "dns_interface": "",
    "gateway_interface": "",
    "bridge_config": {},
    "interface_config": {},
}


def bridge_entry(
    pool: Fields, network: Fields, pif: Fields, ports: Mapping[str, Any], **more: Any
) -> dict[str, Any]:
    """Return what is remembered of a bridge; `more` is `vlan`, parent and tag of a fake one."""
    options = pool["other_config"] | network["other_config"] | pif["other_config"]
    return {
        "persistent_b": True,
        **more,
        "other_config": options | {"network-uuids": network["uuid"]},
        "igmp_snooping": pool["igmp_snooping_enabled"],
        "bridge_mac": pif["MAC"],
        "ports": dict(ports),
    }


def port_entry(devices: Sequence[str], bond: Fields | None, pif: Fields) -> dict[str, Any]:
    """Return what is remembered of a port; `bond` is the Bond's record, if it is one's port."""
    found = {} if bond is None else bond_properties(bond, pif)
    told = {"bond_mac": pif["MAC"]} if bond is not None else {}
    return {
        "kind": "Basic_port",
        **told,
        "bond_properties": found,
        "interfaces": list(devices),
    }


def remember(
    backend: Dom0Backend, bridge: str, entry: Mapping[str, Any], network: Fields, pif: Fields
) -> None:
    """Write a bridge that was plugged, with its interface and those of its ports."""
    state = _read(backend)
    state["bridge_config"][bridge] = entry
    devices = [each for port in entry["ports"].values() for each in port["interfaces"]]
    for name in (bridge, *devices):
        address = pif if name == bridge else _NO_ADDRESS
        state["interface_config"][name] = _interface(mtu(network, pif), address)
    if pif["management"]:
        state["dns_interface"] = state["gateway_interface"] = bridge
    _write(backend, state)


def clear(backend: Dom0Backend) -> None:
    """Forget everything, as a starting xapi has it done before it plugs (Net.clear_state)."""
    _write(backend, _EMPTY)


def forget(backend: Dom0Backend, *bridges: str) -> None:
    """Remove bridges that were taken down; their interfaces stay, and are not persistent."""
    state = _read(backend)
    for bridge in bridges:
        state["bridge_config"].pop(bridge, None)
        if bridge in state["interface_config"]:
            state["interface_config"][bridge]["persistent_i"] = False
    _write(backend, state)


_NO_ADDRESS: Fields = {"ip_configuration_mode": "None", "gateway": ""}


def _interface(size: int, pif: Fields) -> dict[str, Any]:
    static = pif["ip_configuration_mode"] == "Static"
    gateway = {"ipv4_gateway": pif["gateway"]} if static and pif["gateway"] else {}
    return {
        "persistent_i": True,
        "ethtool_offload": {"gro": "on", "lro": "off"},
        "ethtool_settings": {},
        "mtu": size,
        "ipv4_routes": [],
        **gateway,
        "ipv4_conf": ["Static4", [[pif["IP"], _length(pif["netmask"])]]] if static else "None4",
    }


def _length(netmask: str) -> int:
    """Return how many bits of a mask are set."""
    return sum(int(byte).bit_count() for byte in netmask.split("."))


def _read(backend: Dom0Backend) -> dict[str, Any]:
    """Return the file's content; an empty database if there is none, or none that can be read."""
    try:
        found = json.loads(backend.read_file(PATH))
    except (FileNotFoundError, ValueError):
        found = {}
    return {key: type(empty)(found.get(key, empty)) for key, empty in _EMPTY.items()}


def _write(backend: Dom0Backend, state: Mapping[str, Any]) -> None:
    backend.write_file(PATH, json.dumps(state, separators=(",", ":")))
