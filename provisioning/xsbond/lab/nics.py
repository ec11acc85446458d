"""From the NICs of a dom0 to PIFs, and back to what dom0 says (xapi_pif.ml, dbsync_slave.ml)."""

from xsbond.lab import networkd
from xsbond.lab.contracts import Failure, Nic
from xsbond.lab.pifs import create_pif, is_slave, kind_of
from xsbond.lab.state import Host, Pool


def default_network(pool: Pool, nic: Nic) -> str:
    """Return the network all NICs of this position share, made if there is none yet."""
    bridge = f"xenbr{nic.position}"
    found = pool.database.where("network", bridge=bridge)
    if found:
        return found[0]
    label = pool.profile.network_label.format(position=nic.position, device=nic.device)
    return pool.database.create("network", name_label=label, bridge=bridge)


def introduce_nic(pool: Pool, host: Host, nic: Nic) -> str:
    """Store the PIF of a NIC on its default network."""
    return create_pif(
        pool,
        host,
        device=nic.device,
        network=default_network(pool, nic),
        mac=nic.mac,
        physical=True,
        MTU=nic.mtu,
        properties={"gro": "on"},
    )


def scan(pool: Pool, host: Host) -> None:
    """Store PIFs for NICs that have none, and the MACs the others have now."""
    for nic in host.backend.nics():
        known = pool.database.where("PIF", host=host.ref, device=nic.device, physical=True)
        for pif in known:
            pool.database.set("PIF", pif, MAC=nic.mac)
        if not known:
            introduce_nic(pool, host, nic)


def resynchronise(pool: Pool, host: Host) -> None:
    """Believe dom0: MACs of the NICs, and attached is what has a bridge (dbsync_slave.ml)."""
    macs = {nic.device: nic.mac for nic in host.backend.nics()}
    for ref in pool.database.where("PIF", host=host.ref):
        pif = pool.database.get("PIF", ref)
        attached = networkd.bridge_exists(pool, pif)
        pool.database.set("PIF", ref, currently_attached=attached)
        if pif["physical"] and pif["device"] in macs:
            pool.database.set("PIF", ref, MAC=macs[pif["device"]])


def bring_up_at_start(pool: Pool, host: Host) -> None:
    """Plug what a starting host plugs; failures are logged (start_of_day_best_effort_bring_up)."""
    for ref in pool.database.where("PIF", host=host.ref, currently_attached=False):
        pif = pool.database.get("PIF", ref)
        wanted = kind_of(pif) != "VLAN" or pif["ip_configuration_mode"] != "None"
        if not wanted or not pif["managed"] or is_slave(pif):
            continue
        try:
            networkd.plug(pool, ref)
        except Failure as failure:
            reason = " ".join([failure.code, *failure.arguments])
            pool.log(host, f"PIF {pif['device']} was not brought up: {reason}")
