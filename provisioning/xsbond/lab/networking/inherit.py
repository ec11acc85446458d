"""How a member that starts copies from the master what it lacks (sync_networking.ml).

Called for one member at the end of its start-up. Refusals are logged in its dom0, never raised.
"""

import re
from collections.abc import Callable, Mapping

from xsbond.lab.contracts import Failure
from xsbond.lab.networking.bonds import create_bond, destroy_bond
from xsbond.lab.networking.rules.bond_rules import BondRequest
from xsbond.lab.networking.sriovs import SriovRequest, create_sriov
from xsbond.lab.networking.vlans import record_vlan
from xsbond.lab.pool.database import Record
from xsbond.lab.pool.state import Host, Pool

_DEFAULT_BRIDGE = re.compile(r"xenbr(\d+)")

Key = str | None
"""What says that a NIC of one host stands for a NIC of another; None: nothing does."""


def inherit(pool: Pool, host: Host) -> None:
    """Copy the master's bonds, then its SR-IOVs, then the VLANs on either."""
    for name, copy, things_of in (
        ("bond", _copy_bond, _bond_masters),
        ("SR-IOV", _copy_sriov, lambda pool: pool.database.refs("network_sriov")),
        ("VLAN", _copy_vlan, lambda pool: pool.database.refs("VLAN")),
    ):
        for thing in things_of(pool):
            try:
                copy(pool, host, thing)
            except Failure as failure:
                reason = " ".join([failure.code, *failure.arguments])
                pool.log(host, f"{name} {thing} of the master was not copied: {reason}")


def _bond_masters(pool: Pool) -> list[str]:
    pifs = pool.database.where("PIF", host=pool.master.ref)
    return [pif for pif in pifs if pool.database.get("PIF", pif)["bond_master_of"]]


def _copy_bond(pool: Pool, host: Host, theirs: str) -> None:
    """Make this host's bond on the same network, unless it has the right one already."""
    database = pool.database
    master = database.get("PIF", theirs)
    bond = database.get("Bond", master["bond_master_of"][0])
    members = _counterparts(pool, host, master, bond)
    mine = database.where("PIF", host=host.ref, network=master["network"])
    existing = [bond for pif in mine for bond in database.get("PIF", pif)["bond_master_of"]]
    if existing and set(database.get("Bond", existing[0])["slaves"]) == set(members):
        return
    if not members:
        pool.log(host, f"no NIC here matches one of {master['device']} of the master")
        return
    if existing:
        destroy_bond(pool, existing[0])
    create_bond(
        pool,
        BondRequest(
            network=master["network"],
            members=tuple(members),
            mac="",
            mode=bond["mode"],
            properties=bond["properties"],
        ),
    )


def _counterparts(pool: Pool, host: Host, master: Record, bond: Record) -> list[str]:
    """Return this host's physical PIFs that stand for the legs of the master's bond.

    The one whose counterpart gave the master's bond its MAC comes first; with an explicit MAC
    there is none, and the order is the database's.
    """
    key = _KEYS[pool.profile.inherit_by]
    legs = {ref: pool.database.get("PIF", ref) for ref in bond["slaves"]}
    wanted = {key(pool, leg) for leg in legs.values()} - {None}
    namesakes = [leg for leg in legs.values() if leg["MAC"] == master["MAC"]]
    primary = key(pool, namesakes[0]) if len(namesakes) == 1 else None
    mine = {
        ref: key(pool, pool.database.get("PIF", ref))
        for ref in pool.database.where("PIF", host=host.ref, physical=True)
    }
    found = [ref for ref, mark in mine.items() if mark in wanted]
    return sorted(found, key=lambda ref: mine[ref] != primary or primary is None)


def _device(_: Pool, pif: Record) -> Key:
    return str(pif["device"])


def _position(pool: Pool, pif: Record) -> Key:
    """Return the N of `xenbrN`; a network with another bridge has no position."""
    match = _DEFAULT_BRIDGE.fullmatch(pool.database.get("network", pif["network"])["bridge"])
    return match[1] if match else None


_KEYS: Mapping[str, Callable[[Pool, Record], Key]] = {"device": _device, "position": _position}


def _copy_sriov(pool: Pool, host: Host, theirs: str) -> None:
    """Enable SR-IOV on the NIC of the same name, unless the network has a PIF here.

    Source: Host.sync_network_sriovs, which the master carries out for the member.
    """
    database = pool.database
    logical = database.get("PIF", database.get("network_sriov", theirs)["logical_PIF"])
    network = logical["network"]
    if logical["host"] != pool.master.ref or database.where("PIF", host=host.ref, network=network):
        return
    device = logical["device"]
    for pif in database.where("PIF", host=host.ref, device=device, physical=True):
        create_sriov(pool, SriovRequest(pif=pif, network=network))


def _copy_vlan(pool: Pool, host: Host, theirs: str) -> None:
    """Record a VLAN of the master on this host, unplugged, unless its network has a PIF here."""
    database = pool.database
    vlan = database.get("VLAN", theirs)
    tagged = database.get("PIF", vlan["tagged_PIF"])
    if tagged["host"] != pool.master.ref:
        return
    network = database.get("PIF", vlan["untagged_PIF"])["network"]
    if database.where("PIF", host=host.ref, network=network):
        return
    for pif in database.where("PIF", host=host.ref, network=tagged["network"]):
        record_vlan(pool, pif, vlan["tag"], network)
