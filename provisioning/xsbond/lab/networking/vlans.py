"""VLANs: how they are made, undone, and moved between a bond and its legs.

Sources: ocaml/xapi/xapi_vlan.ml, xapi_bond.ml (move_vlan), xapi_pool.ml (create_VLAN_from_PIF).
"""

from collections.abc import Iterable

from xsbond.lab.contracts import Failure
from xsbond.lab.networking import networkd
from xsbond.lab.networking.pifs import create_pif, manage_through, move_address
from xsbond.lab.networking.plugging import plug_pif, unplug_pif
from xsbond.lab.networking.rules.pif_rules import refuse_pif
from xsbond.lab.networking.rules.vlan_rules import VlanRequest, refuse_vlan
from xsbond.lab.networking.vifs import local_vifs, move_vif
from xsbond.lab.pool.hosts import is_live, reach
from xsbond.lab.pool.state import Pool

VLAN_MAC = "fe:ff:ff:ff:ff:ff"
"""The record of a VLAN's PIF has it; in dom0 the bridge has the MAC of what the VLAN is on."""


def create_vlan(pool: Pool, tagged: str, tag: int, network: str) -> str:
    """Make a VLAN, plug it and return its reference; records stay if plugging fails."""
    refuse_vlan(pool, VlanRequest(tagged=tagged, tag=tag, network=network))
    vlan = record_vlan(pool, tagged, tag, network)
    plug_pif(pool, untagged_of(pool, vlan))
    return vlan


def create_everywhere(pool: Pool, pifs: Iterable[str], tag: int, network: str) -> list[str]:
    """Make a VLAN on several hosts' PIFs, or none; return the VLANs' own PIFs."""
    made: list[str] = []
    try:
        for pif in pifs:
            reach(pool, pool.database.get("PIF", pif)["host"])
            made.append(create_vlan(pool, pif, tag, network))
    except Failure:
        for vlan in made:
            destroy_vlan(pool, vlan)
        raise
    return [untagged_of(pool, vlan) for vlan in made]


def pifs_beside(pool: Pool, pif: str) -> list[str]:
    """Return the PIFs of all live hosts on a PIF's network."""
    network = pool.database.get("PIF", pif)["network"]
    pifs = pool.database.get("network", network)["PIFs"]
    homes = {each: pool.database.get("PIF", each)["host"] for each in pifs}
    known = {each: pool.hosts[home] for each, home in homes.items() if home in pool.hosts}
    return [each for each, host in known.items() if is_live(pool, host)]


def record_vlan(pool: Pool, tagged: str, tag: int, network: str) -> str:
    """Store a VLAN and its PIF, without touching dom0; MTU and metrics are those below it."""
    pif = pool.database.get("PIF", tagged)
    untagged = create_pif(
        pool,
        pool.host_of(pif),
        device=pif["device"],
        network=network,
        mac=VLAN_MAC,
        metrics=pif["metrics"],
        MTU=pif["MTU"],
        VLAN=tag,
        IPv6=[""],
        primary_address_type=pif["primary_address_type"],
    )
    vlan = pool.database.create("VLAN", tagged_PIF=tagged, untagged_PIF=untagged, tag=tag)
    pool.database.set("PIF", untagged, VLAN_master_of=vlan)
    return vlan


def untagged_of(pool: Pool, vlan: str) -> str:
    """Return a VLAN's own PIF."""
    return str(pool.database.get("VLAN", vlan)["untagged_PIF"])


def destroy_vlan(pool: Pool, vlan: str) -> None:
    """Take a VLAN down and forget it with its PIF; an orphan is only forgotten."""
    untagged = untagged_of(pool, vlan)
    if pool.database.has("PIF", untagged):
        refuse_pif(pool, untagged, "VLAN.destroy")
        unplug_pif(pool, untagged)
    _forget(pool, vlan)


def move_vlans(pool: Pool, source: str, target: str) -> None:
    """Move all VLANs from one PIF to another of the same host, each with its guests."""
    for vlan in list(pool.database.get("PIF", source)["VLAN_slave_of"]):
        _move_vlan(pool, vlan, target)


def manages(pool: Pool, pifs: Iterable[str]) -> bool:
    """Tell whether a VLAN on one of these PIFs is a management interface."""
    vlans = (vlan for pif in pifs for vlan in pool.database.get("PIF", pif)["VLAN_slave_of"])
    untagged = (untagged_of(pool, vlan) for vlan in vlans)
    return any(pool.database.get("PIF", pif)["management"] for pif in untagged)


def _move_vlan(pool: Pool, vlan: str, target: str) -> None:
    """Put a VLAN's place on another PIF: new records, the same network."""
    old = pool.database.get("PIF", untagged_of(pool, vlan))
    if old["currently_attached"] and not old["management"]:
        networkd.unplug(pool, untagged_of(pool, vlan))
    new = _counterpart(pool, vlan, target)
    move_address(pool, untagged_of(pool, vlan), new)
    _forget(pool, vlan)
    if old["currently_attached"]:
        _bring_back(pool, new, managing=old["management"], network=old["network"])


def _counterpart(pool: Pool, vlan: str, target: str) -> str:
    """Return the PIF that takes a VLAN's place; where its tag is taken, guests change networks."""
    tag = pool.database.get("VLAN", vlan)["tag"]
    old = pool.database.get("PIF", untagged_of(pool, vlan))
    for there in pool.database.get("PIF", target)["VLAN_slave_of"]:
        if pool.database.get("VLAN", there)["tag"] == tag:
            network = pool.database.get("PIF", untagged_of(pool, there))["network"]
            for vif in local_vifs(pool, pool.host_of(old), [old["network"]]):
                move_vif(pool, vif, network)
            return untagged_of(pool, there)
    return untagged_of(pool, record_vlan(pool, target, tag, old["network"]))


def _bring_back(pool: Pool, pif: str, *, managing: bool, network: str) -> None:
    """Plug what was plugged, and put running guests of its network on the new bridge."""
    networkd.plug(pool, pif)
    if managing:
        manage_through(pool, pif)
    reconnect(pool, pool.database.get("PIF", pif)["host"], network)


def reconnect(pool: Pool, host: str, network: str) -> None:
    """Put the interfaces of a host's guests on their network's bridge again."""
    for vif in pool.database.get("network", network)["VIFs"]:
        vm = pool.database.get("VIF", vif)["VM"]
        if pool.database.get("VM", vm)["resident_on"] == host:
            move_vif(pool, vif, network)


def _forget(pool: Pool, vlan: str) -> None:
    """Its metrics belong to the PIF below it."""
    untagged = untagged_of(pool, vlan)
    pool.database.destroy("VLAN", vlan)
    if pool.database.has("PIF", untagged):
        pool.database.destroy("PIF", untagged)
