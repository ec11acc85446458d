"""Tunnels in the small: their records, and their moves (xapi_tunnel.ml, xapi_bond.ml).

The ends of a tunnel are made by a vSwitch controller, and a lab has none: `active` stays false.
"""

from xsbond.lab.contracts import Failure
from xsbond.lab.networking import networkd
from xsbond.lab.networking.pifs import (
    create_pif,
    is_on_sriov,
    is_slave,
    is_sriov_network,
    kind_of,
    refuse_second_pif,
)
from xsbond.lab.networking.plugging import plug_pif
from xsbond.lab.networking.rules.pif_rules import refuse_pif
from xsbond.lab.networking.vifs import drawn_mac
from xsbond.lab.networking.vlans import reconnect
from xsbond.lab.pool.state import Pool
from xsbond.lab.pool.values import new_uuid


def create_tunnel(pool: Pool, transport: str, network: str, protocol: str) -> str:
    """Make a tunnel, plug it and return its reference; records stay if plugging fails."""
    _refuse(pool, transport, network)
    tunnel = record_tunnel(pool, transport, network, protocol)
    plug_pif(pool, _access_of(pool, tunnel))
    return tunnel


def destroy_tunnel(pool: Pool, tunnel: str) -> None:
    """Take a tunnel down and forget it with its PIF."""
    access = _access_of(pool, tunnel)
    refuse_pif(pool, access, "PIF.unplug")
    networkd.unplug(pool, access)
    _forget(pool, tunnel)


def record_tunnel(pool: Pool, transport: str, network: str, protocol: str) -> str:
    """Store a tunnel and its access PIF; metrics are those of what it runs on."""
    pif = pool.database.get("PIF", transport)
    access = create_pif(
        pool,
        pool.host_of(pif),
        device=_free_device(pool, pif["host"]),
        network=network,
        mac=drawn_mac(0, new_uuid()),
        metrics=pif["metrics"],
        MTU=-1,
        IPv6=[""],
        primary_address_type=pif["primary_address_type"],
    )
    return pool.database.create(
        "tunnel", access_PIF=access, transport_PIF=transport, protocol=protocol
    )


def move_tunnels(pool: Pool, source: str, target: str) -> None:
    """Let all tunnels of one PIF run on another of the same host (move_tunnel)."""
    for tunnel in list(pool.database.get("PIF", source)["tunnel_transport_PIF_of"]):
        record = pool.database.get("tunnel", tunnel)
        old = pool.database.get("PIF", record["access_PIF"])
        new = record_tunnel(pool, target, old["network"], record["protocol"])
        _forget(pool, tunnel)
        if old["currently_attached"]:
            networkd.plug(pool, _access_of(pool, new))
            reconnect(pool, old["host"], old["network"])


def _refuse(pool: Pool, transport: str, network: str) -> None:
    """Raise the Failure of the first rule a new tunnel breaks, in the order of xapi_tunnel.ml."""
    pif = pool.database.get("PIF", transport)
    if not pool.database.get("network", network)["managed"]:
        raise Failure("NETWORK_UNMANAGED", network)
    if not pif["managed"]:
        raise Failure("PIF_UNMANAGED", transport)
    if is_slave(pif):
        raise Failure("CANNOT_ADD_TUNNEL_TO_BOND_SLAVE", transport)
    match kind_of(pif):
        case "tunnel":
            raise Failure("IS_TUNNEL_ACCESS_PIF", transport)
        case "SR-IOV":
            raise Failure("CANNOT_ADD_TUNNEL_TO_SRIOV_LOGICAL", transport)
        case "VLAN" if is_on_sriov(pool, pif):
            raise Failure("CANNOT_ADD_TUNNEL_TO_VLAN_ON_SRIOV_LOGICAL", transport)
    if is_sriov_network(pool, network):
        raise Failure("NETWORK_INCOMPATIBLE_WITH_TUNNEL", network)
    refuse_second_pif(pool, pool.host_of(pif), network)
    for host in pool.database.refs("host"):
        software = pool.database.get("host", host)["software_version"]
        if software.get("network_backend") != "openvswitch":
            raise Failure("OPENVSWITCH_NOT_ACTIVE")


def _free_device(pool: Pool, host: str) -> str:
    """Return `tunnelN` with the smallest N no tunnel of the host has."""
    pifs = (pool.database.get("PIF", ref) for ref in pool.database.where("PIF", host=host))
    taken = {pif["device"] for pif in pifs if pif["tunnel_access_PIF_of"]}
    return next(name for n in range(len(taken) + 1) if (name := f"tunnel{n}") not in taken)


def _access_of(pool: Pool, tunnel: str) -> str:
    return str(pool.database.get("tunnel", tunnel)["access_PIF"])


def _forget(pool: Pool, tunnel: str) -> None:
    """Its metrics belong to the PIF below it."""
    access = _access_of(pool, tunnel)
    pool.database.destroy("tunnel", tunnel)
    pool.database.destroy("PIF", access)
