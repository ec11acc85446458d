"""VLANs: how they are made, undone, and moved between a bond and its legs (xapi_vlan.ml)."""

from xsbond.lab import networkd
from xsbond.lab.contracts import Failure
from xsbond.lab.pifs import (
    create_pif,
    destroy_pif,
    is_slave,
    kind_of,
    manage_through,
    move_address,
    refuse_second_pif,
)
from xsbond.lab.state import Pool
from xsbond.lab.values import is_null

_TAGS = range(4095)


def create_vlan(pool: Pool, tagged: str, tag: int, network: str) -> str:
    """Make a VLAN, plug it if what it is on is plugged, and return its reference."""
    _refuse(pool, tagged, tag, network)
    vlan = record_vlan(pool, tagged, tag, network)
    if pool.database.get("PIF", tagged)["currently_attached"]:
        networkd.plug(pool, pool.database.get("VLAN", vlan)["untagged_PIF"])
    return vlan


def record_vlan(pool: Pool, tagged: str, tag: int, network: str) -> str:
    """Store a VLAN and its PIF, without touching dom0."""
    pif = pool.database.get("PIF", tagged)
    untagged = create_pif(
        pool,
        pool.host_of(pif),
        device=pif["device"],
        network=network,
        mac=pif["MAC"],
        MTU=-1,
        VLAN=tag,
        primary_address_type=pif["primary_address_type"],
    )
    vlan = pool.database.create("VLAN", tagged_PIF=tagged, untagged_PIF=untagged, tag=tag)
    pool.database.set("PIF", untagged, VLAN_master_of=vlan)
    return vlan


def destroy_vlan(pool: Pool, vlan: str) -> None:
    """Take a VLAN down and forget it with its PIF."""
    untagged = pool.database.get("VLAN", vlan)["untagged_PIF"]
    pif = pool.database.get("PIF", untagged)
    if pif["management"]:
        raise Failure("PIF_IS_MANAGEMENT_INTERFACE", untagged)
    if not pif["managed"]:
        raise Failure("PIF_UNMANAGED", untagged)
    networkd.unplug(pool, untagged)
    _forget(pool, vlan)


def move_vlans(pool: Pool, source: str, target: str) -> None:
    """Move all VLANs from one PIF to another of the same host (xapi_bond.ml, move_vlan).

    They get new references and keep network and address; a tag the target has is dropped.
    """
    tags = {pool.database.get("VLAN", v)["tag"] for v in _vlans_on(pool, target)}
    for vlan in _vlans_on(pool, source):
        record = pool.database.get("VLAN", vlan)
        old = pool.database.get("PIF", record["untagged_PIF"])
        if record["tag"] in tags:
            networkd.unplug(pool, record["untagged_PIF"])
            _forget(pool, vlan)
            continue
        new_vlan = record_vlan(pool, target, record["tag"], old["network"])
        new = pool.database.get("VLAN", new_vlan)["untagged_PIF"]
        move_address(pool, record["untagged_PIF"], new)
        if old["management"]:
            manage_through(pool, new)
        # Both use the network's bridge: the old one goes before the new one comes.
        pool.host_of(old).backend.delete_bridge(_bridge(pool, old["network"]))
        _forget(pool, vlan)
        if old["currently_attached"]:
            networkd.plug(pool, new)


def _refuse(pool: Pool, tagged: str, tag: int, network: str) -> None:
    """Raise the Failure of the first rule a new VLAN breaks, in the order of xapi_vlan.ml."""
    pif = pool.database.get("PIF", tagged)
    if tag not in _TAGS:
        raise Failure("VLAN_TAG_INVALID", str(tag))
    if not pool.database.get("network", network)["managed"]:
        raise Failure("NETWORK_UNMANAGED", network)
    refuse_second_pif(pool, pool.host_of(pif), network)
    if not pif["managed"]:
        raise Failure("PIF_UNMANAGED", tagged)
    if is_slave(pif):
        raise Failure("CANNOT_ADD_VLAN_TO_BOND_SLAVE", tagged)
    if kind_of(pif) == "VLAN":
        raise Failure("PIF_IS_VLAN", tagged)
    if any(pool.database.get("VLAN", vlan)["tag"] == tag for vlan in pif["VLAN_slave_of"]):
        raise Failure("PIF_VLAN_EXISTS", pif["device"])


def _vlans_on(pool: Pool, pif: str) -> list[str]:
    return list(pool.database.get("PIF", pif)["VLAN_slave_of"])


def _bridge(pool: Pool, network: str) -> str:
    return str(pool.database.get("network", network)["bridge"])


def _forget(pool: Pool, vlan: str) -> None:
    untagged = pool.database.get("VLAN", vlan)["untagged_PIF"]
    pool.database.destroy("VLAN", vlan)
    if not is_null(untagged):
        destroy_pif(pool, untagged)
