"""From the NICs of a dom0 to PIFs, and back to what dom0 says (xapi_pif.ml, dbsync_slave.ml)."""

import re

from xsbond.lab.contracts import Failure, Nic
from xsbond.lab.networking import networkd, networkd_db
from xsbond.lab.networking.pifs import create_pif, find_management, is_on_sriov, is_slave
from xsbond.lab.networking.plugging import plug_pif
from xsbond.lab.pool.state import Host, Pool

_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")
_NOT_FOUND = "COULD_NOT_FIND_NETWORK_INTERFACE_WITH_SPECIFIED_DEVICE_NAME_AND_MAC_ADDRESS"


def default_network(pool: Pool, nic: Nic, *, managed: bool = True) -> str:
    """Return the network all NICs of this position share, made if there is none yet.

    Whose bridges xapi leaves alone share one without a bridge (find_or_create_network).
    """
    bridge = f"xenbr{nic.position}" if managed else ""
    found = pool.database.where("network", bridge=bridge)
    if len(found) == 1:
        return found[0]
    label = pool.profile.network_label.format(position=nic.position, device=nic.device)
    return pool.database.create("network", name_label=label, bridge=bridge, managed=managed)


def introduce_nic(pool: Pool, host: Host, nic: Nic, *, managed: bool = True) -> str:
    """Store the PIF of a NIC on its default network."""
    return create_pif(
        pool,
        host,
        device=nic.device,
        network=default_network(pool, nic, managed=managed),
        managed=managed,
        mac=nic.mac,
        physical=True,
        capabilities=nic.capabilities,
        MTU=nic.mtu,
        properties={"gro": "on"},
    )


def introduce(pool: Pool, host: Host, mac: str, device: str, *, managed: bool) -> str:
    """Store the PIF of a NIC that has none; without a MAC the device alone says which."""
    macs = {nic.device: nic.mac for nic in host.backend.nics()}
    mac = mac.lower() or macs.get(device, "")
    if not _MAC.fullmatch(mac):
        raise Failure("MAC_INVALID", mac)
    if pool.database.where("PIF", host=host.ref, device=device, physical=True):
        raise Failure("DUPLICATE_PIF_DEVICE_NAME", device)
    if macs.get(device) != mac:
        raise Failure(_NOT_FOUND, device, mac)
    nic = next(nic for nic in host.backend.nics() if nic.device == device)
    return introduce_nic(pool, host, nic, managed=managed)


def scan(pool: Pool, host: Host) -> None:
    """Store PIFs for NICs that have none, and the MACs the others have now."""
    for nic in host.backend.nics():
        known = pool.database.where("PIF", host=host.ref, device=nic.device, physical=True)
        for pif in known:
            pool.database.set("PIF", pif, MAC=nic.mac)
        if not known:
            introduce_nic(pool, host, nic)
    find_management(pool, host)


def resynchronise(pool: Pool, host: Host) -> None:
    """Believe dom0: what the NICs are, what is attached, and what manages (dbsync_slave.ml).

    Attached is what has a bridge; SR-IOV has none.
    """
    nics = {nic.device: nic for nic in host.backend.nics()}
    for ref in pool.database.where("PIF", host=host.ref):
        pif = pool.database.get("PIF", ref)
        if not is_on_sriov(pool, pif):
            attached = networkd.bridge_exists(pool, pif)
            pool.database.set("PIF", ref, currently_attached=attached)
        if pif["physical"] and pif["device"] in nics:
            nic = nics[pif["device"]]
            pool.database.set("PIF", ref, MAC=nic.mac, capabilities=nic.capabilities)
    find_management(pool, host)


def bring_up_at_start(pool: Pool, host: Host) -> None:
    """Plug what a starting host plugs, whether it is up or not; failures are logged.

    It is what brings dom0 in line with the database (start_of_day_best_effort_bring_up).
    """
    networkd_db.clear(host.backend)
    for ref in _required_at_start(pool, host):
        try:
            plug_pif(pool, ref)
        except Failure as failure:
            reason = " ".join([failure.code, *failure.arguments])
            device = pool.database.get("PIF", ref)["device"]
            pool.log(host, f"PIF {device} was not brought up: {reason}")


def _required_at_start(pool: Pool, host: Host) -> list[str]:
    """Return NICs, bonds and whatever has an address, then SR-IOV.

    Source: calculate_pifs_required_at_start_of_day.
    """
    pifs = {ref: pool.database.get("PIF", ref) for ref in pool.database.where("PIF", host=host.ref)}
    wanted = [
        ref
        for ref, pif in pifs.items()
        if pif["managed"]
        and not is_slave(pif)
        and (pif["bond_master_of"] or pif["physical"] or pif["ip_configuration_mode"] != "None")
    ]
    return [*wanted, *(ref for ref, pif in pifs.items() if pif["sriov_logical_PIF_of"])]
