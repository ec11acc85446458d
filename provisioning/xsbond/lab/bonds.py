"""What making, changing and undoing a bond does, step by step (ocaml/xapi/xapi_bond.ml)."""

import itertools
from collections.abc import Callable

from xsbond.lab import networkd
from xsbond.lab.bond_rules import (
    BondRequest,
    completed,
    primary_slave,
    refuse,
    refuse_property,
    without_repetitions,
)
from xsbond.lab.contracts import Failure
from xsbond.lab.pifs import create_pif, destroy_pif, manage_through, move_address
from xsbond.lab.state import Pool
from xsbond.lab.values import NULL
from xsbond.lab.vlans import move_vlans

Progress = Callable[[float], None]


def create_bond(pool: Pool, request: BondRequest, progress: Progress = lambda _: None) -> str:
    """Make a bond and return its reference; a failure in dom0 leaves the records behind."""
    members = without_repetitions(request.members)
    request = BondRequest(
        network=request.network,
        members=members,
        mac=request.mac,
        mode=request.mode,
        properties=request.properties,
    )
    refuse(pool, request)
    pifs = [pool.database.get("PIF", member) for member in members]
    managing = any(pif["management"] for pif in pifs)
    bond = _record_bond(pool, request)
    master = pool.database.get("Bond", bond)["master"]
    _attach_bond(pool, master, members, managing=managing, progress=progress)
    fixed = any(pif["disallow_unplug"] for pif in pifs)
    pool.database.set("PIF", master, disallow_unplug=fixed)
    for member in members:
        pool.database.set("PIF", member, disallow_unplug=False)
    progress(0.9)
    return bond


def destroy_bond(pool: Pool, bond: str) -> None:
    """Undo a bond: its legs come back, what was on it moves to the primary slave."""
    record = pool.database.get("Bond", bond)
    master, primary, members = record["master"], record["primary_slave"], record["slaves"]
    pif = pool.database.get("PIF", master)
    if pool.record["ha_enabled"] and pif["management"]:
        raise Failure("HA_CANNOT_CHANGE_BOND_STATUS_OF_MGMT_IFACE")
    move_address(pool, master, primary)
    bridge = pool.database.get("network", pif["network"])["bridge"]
    pool.host_of(pif).backend.delete_bridge(bridge)
    if pif["management"]:
        manage_through(pool, primary)
    if pif["currently_attached"] or pif["management"]:
        for member in members:
            networkd.plug(pool, member)
    pool.database.set("PIF", master, currently_attached=False)
    move_vlans(pool, master, primary)
    pool.database.set("PIF", primary, disallow_unplug=pif["disallow_unplug"])
    for member in members:
        pool.database.set("PIF", member, bond_slave_of=NULL)
    pool.database.destroy("Bond", bond)
    destroy_pif(pool, master)


def set_mode(pool: Pool, bond: str, mode: str) -> None:
    """Change the mode; properties the new mode does not know go, its defaults come."""
    properties = pool.database.get("Bond", bond)["properties"]
    pool.database.set("Bond", bond, mode=mode, properties=completed(mode, properties))
    _replug(pool, bond)


def set_property(pool: Pool, bond: str, key: str, value: str) -> None:
    """Change one property of a bond."""
    record = pool.database.get("Bond", bond)
    refuse_property(record["mode"], key, value)
    pool.database.set("Bond", bond, properties=record["properties"] | {key: value})
    _replug(pool, bond)


def _record_bond(pool: Pool, request: BondRequest) -> str:
    """Store PIF and Bond, tie the legs to it and hand it their address."""
    primary = primary_slave(pool, request.members)
    leg = pool.database.get("PIF", primary)
    host = pool.host_of(leg)
    master = create_pif(
        pool,
        host,
        device=free_device(pool, host.ref),
        network=request.network,
        mac="",
        MTU=-1,
        IPv6=[""],
        primary_address_type=leg["primary_address_type"],
        properties=dict(leg["properties"]),
    )
    # An explicit MAC keeps the case it was typed in.
    pool.database.set("PIF", master, MAC=request.mac or leg["MAC"])
    bond = pool.database.create(
        "Bond",
        master=master,
        primary_slave=primary,
        mode=request.mode,
        properties=completed(request.mode, request.properties),
        auto_update_mac=not request.mac,
    )
    for member in request.members:
        pool.database.set("PIF", member, bond_slave_of=bond)
    move_address(pool, primary, master)
    return bond


def _attach_bond(
    pool: Pool, master: str, members: tuple[str, ...], *, managing: bool, progress: Progress
) -> None:
    """Plug the bond and move the legs' VLANs to it; a management VLAN moves first."""
    vlan_manages = any(_carries_management(pool, member) for member in members)
    if not vlan_manages:
        networkd.plug(pool, master)
        if managing:
            manage_through(pool, master)
    progress(0.2)
    for member in members:
        move_vlans(pool, member, master)
    progress(0.4)
    if vlan_manages:
        networkd.plug(pool, master)
    progress(0.8)


def _carries_management(pool: Pool, pif: str) -> bool:
    vlans = pool.database.get("PIF", pif)["VLAN_slave_of"]
    untagged = (pool.database.get("VLAN", vlan)["untagged_PIF"] for vlan in vlans)
    return any(pool.database.get("PIF", each)["management"] for each in untagged)


def free_device(pool: Pool, host: str) -> str:
    """Return `bondN` with the smallest N no bond of the host has (choose_bond_device_name)."""
    pifs = (pool.database.get("PIF", ref) for ref in pool.database.where("PIF", host=host))
    taken = {pif["device"] for pif in pifs if pif["bond_master_of"]}
    return next(name for n in itertools.count() if (name := f"bond{n}") not in taken)


def _replug(pool: Pool, bond: str) -> None:
    networkd.plug(pool, pool.database.get("Bond", bond)["master"])
