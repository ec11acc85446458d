"""Brings PIFs up and down in dom0, as xapi's Nm and xcp-networkd do together.

Sources: ocaml/xapi/nm.ml (bring_pif_up, bring_pif_down, create_bridges, destroy_bridges),
ocaml/networkd/bin/network_server.ml (Bridge.create, Bridge.destroy).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from xsbond.lab.contracts import Failure, ScriptError
from xsbond.lab.database import Record
from xsbond.lab.network_settings import address, bond_settings, bridge_settings, mtu
from xsbond.lab.pifs import is_slave, kind_of
from xsbond.lab.state import Host, Pool


def plug(pool: Pool, ref: str) -> None:
    """Bring a PIF up: bridge, port, address; idempotent.

    Raises Failure PIF_CONFIGURATION_ERROR where networkd fails, and leaves what was done.
    """
    pif = pool.database.get("PIF", ref)
    host = pool.host_of(pif)
    with _as_configuration_error(ref):
        _make_bridges(pool, host, ref)
        pif = pool.database.get("PIF", ref)
        host.backend.set_address(_network(pool, pif)["bridge"], address(pif))
    pool.database.set("PIF", ref, currently_attached=True)
    snooping = "enabled" if pool.record["igmp_snooping_enabled"] else "disabled"
    effective = mtu(_network(pool, pif), pif)
    pool.database.set("PIF", ref, MTU=effective, igmp_snooping_status=snooping)


def unplug(pool: Pool, ref: str) -> None:
    """Take a PIF down; its bridge stays while VLANs are on it."""
    pif = pool.database.get("PIF", ref)
    with _as_configuration_error(ref):
        pool.host_of(pif).backend.set_address(_network(pool, pif)["bridge"], None)
        _destroy_bridges(pool, pif)
    pool.database.set("PIF", ref, currently_attached=False)


def bridge_exists(pool: Pool, pif: Mapping[str, str]) -> bool:
    """Tell whether a PIF's bridge does: to xapi that is what attached means."""
    return _network(pool, pif)["bridge"] in pool.host_of(pif).backend.bridges()


def bond_of(pool: Pool, ref: str) -> str:
    """Return the Bond whose master this PIF is; Failure HANDLE_INVALID once there is none."""
    bonds: list[str] = pool.database.get("PIF", ref)["bond_master_of"]
    if not bonds:
        raise Failure("HANDLE_INVALID", "PIF", ref)
    return bonds[0]


@contextmanager
def _as_configuration_error(ref: str) -> Iterator[None]:
    """Turn what goes wrong in dom0 into xapi's words (network.ml, transform_networkd_exn)."""
    try:
        yield
    except ScriptError as error:
        raise Failure("PIF_CONFIGURATION_ERROR", ref, f"script error [{error}]") from None
    except (ValueError, OSError):
        raise Failure("PIF_CONFIGURATION_ERROR", ref, "") from None


def _make_bridges(pool: Pool, host: Host, ref: str) -> None:
    """Make what a PIF stands on, down to the NICs (nm.ml, create_bridges)."""
    pif = pool.database.get("PIF", ref)
    match kind_of(pif):
        case "bond master":
            _make_bond(pool, host, ref)
        case "VLAN":
            _make_vlan(pool, host, pif)
        case "tunnel":
            _add_bridge(pool, host, pif)
        case _:
            _make_physical(pool, host, pif)


def _make_physical(pool: Pool, host: Host, pif: Record) -> None:
    """A leg that comes back takes its bond's bridge down, whatever is on it."""
    if is_slave(pif):
        bond = pool.database.get("Bond", pif["bond_slave_of"])
        master = pool.database.get("PIF", bond["master"])
        host.backend.delete_bridge(_network(pool, master)["bridge"])
    _add_bridge(pool, host, pif)
    device = pif["device"]
    host.backend.add_port(_network(pool, pif)["bridge"], device, [device], None)
    _require_nics(host, [device])


def _make_bond(pool: Pool, host: Host, ref: str) -> None:
    database = pool.database
    bond = database.get("Bond", database.get("PIF", ref)["bond_master_of"][0])
    slaves = {slave: database.get("PIF", slave) for slave in bond["slaves"]}
    _sync_mac(pool, ref, bond)
    for slave, each in slaves.items():
        host.backend.delete_bridge(_network(pool, each)["bridge"])
        database.set("PIF", slave, currently_attached=False)
    pool.pause(pool.delays.plug, unless=lambda: not host.running)
    if not host.running:
        raise Failure("CANNOT_CONTACT_HOST", host.ref)
    pif, bond = database.get("PIF", ref), database.get("Bond", bond_of(pool, ref))
    _add_bridge(pool, host, pif)
    _add_bond_port(pool, host, pif, bond, [each["device"] for each in slaves.values()])


def _add_bond_port(
    pool: Pool, host: Host, pif: Record, bond: Record, devices: Sequence[str]
) -> None:
    """Add the bond; one NIC makes an ordinary port named after it (nm.ml, create_bond)."""
    bridge = _network(pool, pif)["bridge"]
    pool.bounced |= {(host.ref, device) for device in devices}
    if len(devices) == 1:
        host.backend.add_port(bridge, devices[0], devices, None)
    else:
        host.backend.add_port(bridge, pif["device"], devices, bond_settings(bond, pif))
    _require_nics(host, devices)


def _make_vlan(pool: Pool, host: Host, pif: Record) -> None:
    """A VLAN is a fake bridge; its parent names both networks (nm.ml, create_vlan)."""
    vlan = pool.database.get("VLAN", pif["VLAN_master_of"])
    tagged = pool.database.get("PIF", vlan["tagged_PIF"])
    if not bridge_exists(pool, tagged):
        _make_bridges(pool, host, vlan["tagged_PIF"])
        tagged = pool.database.get("PIF", vlan["tagged_PIF"])
    network, parent = _network(pool, pif), _network(pool, tagged)
    settings = bridge_settings(pool.record, network, pif)
    uuids = (network["uuid"], parent["uuid"])
    below = replace(bridge_settings(pool.record, parent, tagged), network_uuids=uuids)
    host.backend.add_bridge(parent["bridge"], below)
    fake = replace(settings, mac=tagged["MAC"], vlan=(parent["bridge"], vlan["tag"]))
    host.backend.add_bridge(network["bridge"], fake)


def _add_bridge(pool: Pool, host: Host, pif: Record) -> None:
    network = _network(pool, pif)
    host.backend.add_bridge(network["bridge"], bridge_settings(pool.record, network, pif))


def _destroy_bridges(pool: Pool, pif: Record) -> None:
    """Delete a PIF's bridge, and the one below that only its VLAN needed (destroy_bridges)."""
    backend = pool.host_of(pif).backend
    if not any(bridge_exists(pool, each) for each in _vlan_pifs(pool, pif)):
        backend.delete_bridge(_network(pool, pif)["bridge"])
    if kind_of(pif) == "VLAN":
        vlan = pool.database.get("VLAN", pif["VLAN_master_of"])
        tagged = pool.database.get("PIF", vlan["tagged_PIF"])
        if not tagged["currently_attached"]:
            _destroy_bridges(pool, tagged)


def _sync_mac(pool: Pool, ref: str, bond: Record) -> None:
    if bond["auto_update_mac"]:
        primary = pool.database.get("PIF", bond["primary_slave"])
        pool.database.set("PIF", ref, MAC=primary["MAC"])


def _require_nics(host: Host, devices: Sequence[str]) -> None:
    absent = set(devices) - {nic.device for nic in host.backend.nics()}
    if absent:
        raise ValueError(f"no network device {', '.join(sorted(absent))}")


def _network(pool: Pool, pif: Mapping[str, str]) -> Record:
    return pool.database.get("network", pif["network"])


def _vlan_pifs(pool: Pool, pif: Record) -> list[Record]:
    vlans = (pool.database.get("VLAN", vlan) for vlan in pif["VLAN_slave_of"])
    return [pool.database.get("PIF", vlan["untagged_PIF"]) for vlan in vlans]
