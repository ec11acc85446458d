"""The objects of a pool that a step is about, asked of XAPI by name, host or uuid."""

from collections.abc import Sequence

from xsbond.collect.xapi import PoolApi
from xsbond.errors import CallRefused, PoolError

_NULL = frozenset({"", "OpaqueRef:NULL"})


def network_ref(api: PoolApi, label: str, uuid: str = "") -> str:
    """Return the ref of a network, by its uuid if that is known; PoolError unless it is one."""
    if uuid:
        return str(api.read("network.get_by_uuid", uuid))
    found = api.read("network.get_by_name_label", label)
    if len(found) != 1:
        reason = f"{len(found)} networks have this name"
        raise PoolError(api.address.host, f"network {label}", reason)
    return str(found[0])


def own_pif(api: PoolApi, host: str, network: str) -> str:
    """Return the ref of a host's PIF on a network, by refs; empty if it has none."""
    for pif in api.read("network.get_PIFs", network):
        if api.read("PIF.get_host", pif) == host:
            return str(pif)
    return ""


def by_uuid(api: PoolApi, kind: str, uuid: str) -> str:
    """Return the ref of an object; empty if it is gone."""
    try:
        return str(api.read(f"{kind}.get_by_uuid", uuid))
    except CallRefused as refusal:
        if refusal.code != "UUID_INVALID":
            raise
        return ""


def bonds_of_leg(api: PoolApi, leg: str, network: str) -> Sequence[str]:
    """Return the bond a NIC is a leg of, if it is on this network."""
    bond = api.read("PIF.get_bond_slave_of", leg)
    if bond in _NULL:
        return []
    there = api.read("PIF.get_network", api.read("Bond.get_master", bond))
    return [bond] if there == network else []
