"""PIF records: how they come to be, what kind they are, how addresses move between them.

Sources: ocaml/xapi/xapi_pif.ml, xapi_pif_helpers.ml, xapi_bond.ml (move_configuration).
"""

from collections.abc import Mapping
from typing import Any, Literal

from xsbond.lab.contracts import Failure
from xsbond.lab.pool.database import Record
from xsbond.lab.pool.inventory import edited, valued
from xsbond.lab.pool.state import Host, Pool
from xsbond.lab.pool.values import is_null

PifKind = Literal["physical", "bond master", "VLAN", "tunnel", "SR-IOV"]

NO_ADDRESS: Mapping[str, str] = {
    "ip_configuration_mode": "None",
    "IP": "",
    "netmask": "",
    "gateway": "",
    "DNS": "",
}
"""The fields of an IPv4 configuration, empty."""

_INVENTORY = "/etc/xensource-inventory"


def create_pif(
    pool: Pool, host: Host, *, device: str, network: str, mac: str, metrics: str = "", **fields: Any
) -> str:
    """Store a PIF and return its reference; it gets metrics of its own unless it is given some."""
    return pool.database.create(
        "PIF",
        device=device,
        network=network,
        host=host.ref,
        MAC=mac.lower(),
        metrics=metrics or pool.database.create("PIF_metrics"),
        **fields,
    )


def forget_pif(pool: Pool, ref: str) -> None:
    """Forget a PIF and its metrics; other ways to end a PIF leave them (forget_internal)."""
    metrics = pool.database.get("PIF", ref)["metrics"]
    if pool.database.has("PIF_metrics", metrics):
        pool.database.destroy("PIF_metrics", metrics)
    pool.database.destroy("PIF", ref)


def kind_of(pif: Record) -> PifKind:
    """Return what a PIF stands for (xapi_pif_helpers.ml, get_pif_type)."""
    if not is_null(pif["VLAN_master_of"]):
        return "VLAN"
    if pif["tunnel_access_PIF_of"]:
        return "tunnel"
    if pif["sriov_logical_PIF_of"]:
        return "SR-IOV"
    return "bond master" if pif["bond_master_of"] else "physical"


def is_on_sriov(pool: Pool, pif: Record) -> bool:
    """Tell whether a PIF is what SR-IOV made of a NIC, or a VLAN on that: it has no bridge."""
    if kind_of(pif) != "VLAN":
        return kind_of(pif) == "SR-IOV"
    tagged = pool.database.get("VLAN", pif["VLAN_master_of"])["tagged_PIF"]
    return bool(pool.database.get("PIF", tagged)["sriov_logical_PIF_of"])


def is_sriov_network(pool: Pool, network: str) -> bool:
    """Tell whether a network is one of SR-IOV, which its first PIF decides.

    Source: xapi_network_helpers.ml, is_sriov_based_network.
    """
    first = pool.database.get("network", network)["PIFs"][:1]
    return any(is_on_sriov(pool, pool.database.get("PIF", pif)) for pif in first)


def is_slave(pif: Record) -> bool:
    """Tell whether a PIF is a leg of a bond."""
    return not is_null(pif["bond_slave_of"])


def has_address(pif: Record) -> bool:
    """Tell whether a PIF has an IP configuration of its primary address type."""
    version = pif["primary_address_type"]
    field = "ip_configuration_mode" if version == "IPv4" else "ipv6_configuration_mode"
    return bool(pif[field] != "None")


def move_address(pool: Pool, source: str, target: str) -> None:
    """Move the IPv4 configuration from one PIF to another."""
    pif = pool.database.get("PIF", source)
    pool.database.set("PIF", target, **{key: pif[key] for key in NO_ADDRESS})
    pool.database.set("PIF", source, **NO_ADDRESS)


def manage_through(pool: Pool, ref: str) -> None:
    """Make a PIF its host's management interface, in the database and in dom0's inventory."""
    pif = pool.database.get("PIF", ref)
    pool.database.set("PIF", ref, management=True)
    for other in pool.database.where("PIF", host=pif["host"], management=True):
        pool.database.set("PIF", other, management=other == ref)
    bridge = pool.database.get("network", pif["network"])["bridge"]
    backend = pool.host_of(pif).backend
    inventory = edited(
        backend.read_file(_INVENTORY), MANAGEMENT_INTERFACE=bridge, CURRENT_INTERFACES=bridge
    )
    backend.write_file(_INVENTORY, inventory)


def find_management(pool: Pool, host: Host) -> None:
    """Believe dom0's inventory about which PIF a host is managed through.

    Source: xapi_pif.ml, update_management_flags, at every start and scan.
    """
    bridge = valued(host.backend.read_file(_INVENTORY), "MANAGEMENT_INTERFACE")
    networks = pool.database.where("network", bridge=bridge)[:1] if bridge else []
    found = [ref for each in networks for ref in pool.database.where("PIF", network=each)]
    for ref in pool.database.where("PIF", host=host.ref):
        pool.database.set("PIF", ref, management=ref in found)


def refuse_second_pif(pool: Pool, host: Host, network: str) -> None:
    """Raise Failure NETWORK_ALREADY_CONNECTED if the host has a PIF on this network."""
    for pif in pool.database.get("network", network)["PIFs"]:
        if pool.database.get("PIF", pif)["host"] == host.ref:
            raise Failure("NETWORK_ALREADY_CONNECTED", host.ref, pif)
