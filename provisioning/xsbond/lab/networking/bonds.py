"""What making, changing and undoing a bond does, step by step (ocaml/xapi/xapi_bond.ml)."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace

from xsbond.lab.contracts import Failure
from xsbond.lab.networking import networkd
from xsbond.lab.networking.pifs import create_pif, manage_through, move_address
from xsbond.lab.networking.rules.bond_rules import (
    BondRequest,
    completed,
    primary_slave,
    refuse,
    refuse_property,
    without_repetitions,
)
from xsbond.lab.networking.tunnels import move_tunnels
from xsbond.lab.networking.vifs import local_vifs, move_vif
from xsbond.lab.networking.vlans import manages, move_vlans
from xsbond.lab.pool.state import Pool
from xsbond.lab.pool.values import NULL

Progress = Callable[[float], None]


def create_bond(pool: Pool, request: BondRequest, progress: Progress = lambda _: None) -> str:
    """Make a bond and return its reference; a failure in dom0 leaves the records behind."""
    members = without_repetitions(request.members)
    request = replace(request, members=members)
    refuse(pool, request)
    legs = [pool.database.get("PIF", member) for member in members]
    guests = local_vifs(pool, pool.host_of(legs[0]), [leg["network"] for leg in legs])
    bond = _record_bond(pool, request)
    master = pool.database.get("Bond", bond)["master"]
    _plug_and_move_vlans(pool, master, members, progress)
    for member in members:
        move_tunnels(pool, member, master)
    progress(0.6)
    _move_vifs(pool, guests, request.network)
    progress(0.8)
    if any(leg["disallow_unplug"] for leg in legs):
        _pin(pool, master, members)
    progress(1.0)
    return bond


def _plug_and_move_vlans(
    pool: Pool, master: str, members: Sequence[str], progress: Progress
) -> None:
    """Plug the bond, then move the legs' VLANs; a management VLAN moves first.

    Plugged earlier, the bond would cut the host off from it for good.
    """
    managing = any(pool.database.get("PIF", member)["management"] for member in members)
    vlan_manages = manages(pool, members)
    if managing or vlan_manages:
        host = pool.host_of(pool.database.get("PIF", master))
        host.process.lose_contact(pool.delays.management_move)
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


def _move_vifs(pool: Pool, vifs: Sequence[str], network: str) -> None:
    for vif in vifs:
        move_vif(pool, vif, network)


def _pin(pool: Pool, pinned: str, others: Sequence[str]) -> None:
    """Let the first not be unplugged, and the others be."""
    pool.database.set("PIF", pinned, disallow_unplug=True)
    for pif in others:
        pool.database.set("PIF", pif, disallow_unplug=False)


def destroy_bond(pool: Pool, bond: str, progress: Progress = lambda _: None) -> None:
    """Undo a bond: its legs come back, what was on it moves to the primary slave.

    Its PIF_metrics stay behind: nobody destroys them.
    """
    record = pool.database.get("Bond", bond)
    master, primary, members = record["master"], record["primary_slave"], record["slaves"]
    pif = pool.database.get("PIF", master)
    guests = local_vifs(pool, pool.host_of(pif), [pif["network"]])
    if pool.record["ha_enabled"] and pif["management"]:
        raise Failure("HA_CANNOT_CHANGE_BOND_STATUS_OF_MGMT_IFACE")
    move_address(pool, master, primary)
    _plug_legs_and_move_vlans(pool, master, primary, members, progress)
    _move_vifs(pool, guests, pool.database.get("PIF", primary)["network"])
    progress(0.6)
    move_tunnels(pool, master, primary)
    progress(0.8)
    if pif["disallow_unplug"]:
        pool.database.set("PIF", primary, disallow_unplug=True)
    pool.database.destroy("Bond", bond)
    pool.database.destroy("PIF", master)
    for member in members:
        pool.database.set("PIF", member, bond_slave_of=NULL)
    progress(1.0)


def _plug_legs_and_move_vlans(
    pool: Pool, master: str, primary: str, members: Sequence[str], progress: Progress
) -> None:
    """Plug the legs if their bond was plugged; a management VLAN moves first."""
    pif = pool.database.get("PIF", master)
    vlan_manages = manages(pool, [master])
    if pif["management"] or vlan_manages:
        pool.host_of(pif).process.lose_contact(pool.delays.management_move)
    if pif["management"]:
        networkd.plug(pool, primary)
        manage_through(pool, primary)
        _plug_all(pool, [member for member in members if member != primary])
    elif pif["currently_attached"] and not vlan_manages:
        _plug_all(pool, members)
    progress(0.2)
    move_vlans(pool, master, primary)
    progress(0.4)
    if vlan_manages:
        _plug_all(pool, members)


def _plug_all(pool: Pool, pifs: Sequence[str]) -> None:
    for pif in pifs:
        networkd.plug(pool, pif)


def set_mode(pool: Pool, bond: str, mode: str) -> None:
    """Change the mode; properties the new mode does not know go, its defaults come."""
    properties = pool.database.get("Bond", bond)["properties"]
    pool.database.set("Bond", bond, mode=mode, properties=completed(pool.profile, mode, properties))
    _replug(pool, bond)


def set_property(pool: Pool, bond: str, key: str, value: str) -> None:
    """Change one property of a bond."""
    record = pool.database.get("Bond", bond)
    refuse_property(pool.profile, record["mode"], key, value)
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
        properties=completed(pool.profile, request.mode, request.properties),
        auto_update_mac=not request.mac,
    )
    for member in request.members:
        pool.database.set("PIF", member, bond_slave_of=bond)
    move_address(pool, primary, master)
    return bond


def free_device(pool: Pool, host: str) -> str:
    """Return `bondN` with the smallest N no bond of the host has (choose_bond_device_name)."""
    pifs = (pool.database.get("PIF", ref) for ref in pool.database.where("PIF", host=host))
    taken = {pif["device"] for pif in pifs if pif["bond_master_of"]}
    return next(name for n in itertools.count() if (name := f"bond{n}") not in taken)


def _replug(pool: Pool, bond: str) -> None:
    networkd.plug(pool, pool.database.get("Bond", bond)["master"])
