"""PIF.plug and PIF.unplug with all that goes up and down with a PIF (xapi_pif.ml: plug, unplug).

networkd.py brings one PIF up or down; here are the rules, and the PIFs below and above it.
"""

from collections.abc import Iterator

from xsbond.lab.networking import networkd
from xsbond.lab.networking.pifs import is_on_sriov, is_slave, kind_of
from xsbond.lab.networking.rules.pif_rules import refuse_pif
from xsbond.lab.pool.database import Record
from xsbond.lab.pool.state import Pool


def plug_pif(pool: Pool, ref: str) -> None:
    """Bring up what a PIF stands on, then the PIF; a leg of a bond is up with its bond."""
    refuse_pif(pool, ref, "PIF.plug")
    pif = pool.database.get("PIF", ref)
    for below in _below(pool, pif):
        plug_pif(pool, below)
    if not is_slave(pif):
        networkd.plug(pool, ref)


def unplug_pif(pool: Pool, ref: str) -> None:
    """Take down what stands on a PIF, then the PIF; a leg of a bond is down with its bond."""
    refuse_pif(pool, ref, "PIF.unplug")
    pif = pool.database.get("PIF", ref)
    for above in _above(pool, pif):
        unplug_pif(pool, above)
    if pif["currently_attached"] and not is_slave(pif):
        networkd.unplug(pool, ref)


def _below(pool: Pool, pif: Record) -> Iterator[str]:
    """Yield the PIFs that have to be up before this one."""
    get = pool.database.get
    match kind_of(pif):
        case "tunnel":
            yield get("tunnel", pif["tunnel_access_PIF_of"][0])["transport_PIF"]
        case "VLAN" if is_on_sriov(pool, pif):
            yield get("VLAN", pif["VLAN_master_of"])["tagged_PIF"]
        case "SR-IOV":
            yield get("network_sriov", pif["sriov_logical_PIF_of"][0])["physical_PIF"]
        case "physical" if is_slave(pif):
            yield get("Bond", pif["bond_slave_of"])["master"]


def _above(pool: Pool, pif: Record) -> Iterator[str]:
    """Yield the PIFs that go down with this one."""
    get = pool.database.get
    for tunnel in pif["tunnel_transport_PIF_of"]:
        yield get("tunnel", tunnel)["access_PIF"]
    for sriov in pif["sriov_physical_PIF_of"]:
        yield get("network_sriov", sriov)["logical_PIF"]
    for bond in pif["bond_master_of"]:
        legs = (leg for leg in get("Bond", bond)["slaves"])
        yield from (leg for leg in legs if get("PIF", leg)["sriov_physical_PIF_of"])
    for vlan in pif["VLAN_slave_of"] if kind_of(pif) == "SR-IOV" else ():
        yield get("VLAN", vlan)["untagged_PIF"]
