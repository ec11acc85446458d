"""How far a host is on its way to the bonds it is to have, as the pool master knows it.

Neither the end of a restart nor `enabled` proves that a member has inherited its bonds: xapi copies
them last (xapi.ml, server_init).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xsbond.collect.xapi import PoolApi, as_record
from xsbond.model import Bond, DesiredBond, Host, HostMetrics, Pif


@dataclass(frozen=True, slots=True, kw_only=True)
class BondStanding:
    """How far a host's bond on one network is."""

    attached: bool
    legs: frozenset[str]
    uuid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a restarted host is, as the pool master knows it."""

    live: bool
    enabled: bool
    start_time: str
    """host.other_config:agent_start_time, seconds since the epoch as text."""
    bonds: Mapping[str, BondStanding]
    """By network label; those that exist."""


def waits_for(now: Standing, earlier: str, wanted: Sequence[DesiredBond]) -> str:
    """Return what a host that had start time `earlier` is still waited for; empty when it is back.

    The order is that of xapi's own start-up.
    """
    if not now.live:
        return "xapi to come back"
    if now.start_time == earlier:
        return "xapi to start"
    for bond in wanted:
        there = now.bonds.get(bond.network)
        if there is None:
            return f"the bond on {bond.network}" if now.enabled else "the host to be enabled"
        if there.legs != frozenset(bond.nics):
            legs = "+".join(sorted(there.legs)) or "no NIC"
            return f"{'+'.join(bond.nics)} in the bond on {bond.network}, it has {legs}"
        if not there.attached:
            return f"the bond on {bond.network} to be attached"
    return "" if now.enabled else "the host to be enabled"


def standing(api: PoolApi, host: str, wanted: Sequence[DesiredBond]) -> Standing:
    """Ask the pool master how far a host is."""
    record = as_record(api, "host", host, Host)
    bonds = {bond.network: _bond_standing(api, host, bond) for bond in wanted}
    return Standing(
        live=as_record(api, "host_metrics", record.metrics, HostMetrics).live,
        enabled=record.enabled,
        start_time=record.other_config.get("agent_start_time", ""),
        bonds={network: there for network, there in bonds.items() if there},
    )


def _bond_standing(api: PoolApi, host: str, wanted: DesiredBond) -> BondStanding | None:
    networks = (
        [api.read("network.get_by_uuid", wanted.network_uuid)]
        if wanted.network_uuid
        else api.read("network.get_by_name_label", wanted.network)
    )
    for ref in (pif for network in networks for pif in api.read("network.get_PIFs", network)):
        pif = as_record(api, "PIF", ref, Pif)
        if pif.host == host and pif.bond_master_of:
            bond = as_record(api, "Bond", pif.bond_master_of[0], Bond)
            legs = frozenset(str(api.read("PIF.get_device", slave)) for slave in bond.slaves)
            return BondStanding(attached=pif.currently_attached, legs=legs, uuid=bond.uuid)
    return None
