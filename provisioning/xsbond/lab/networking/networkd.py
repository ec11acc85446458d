"""Brings PIFs up and down in dom0, as xapi's Nm and xcp-networkd do together.

Sources: ocaml/xapi/nm.ml (bring_pif_up, bring_pif_down, create_bridges, destroy_bridges),
ocaml/networkd/bin/network_server.ml (Bridge.create, Bridge.destroy).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from xsbond.lab.contracts import Failure, ScriptError
from xsbond.lab.networking import networkd_db
from xsbond.lab.networking.network_settings import address, bond_settings, bridge_settings, mtu
from xsbond.lab.networking.pifs import is_on_sriov, is_slave, kind_of
from xsbond.lab.pool.database import Record
from xsbond.lab.pool.state import Host, Pool

_FOR_EVER = 1e9


def plug(pool: Pool, ref: str) -> None:
    """Bring a PIF up: bridge, port, address; idempotent.

    Raises Failure PIF_CONFIGURATION_ERROR where networkd fails, and leaves what was done.
    """
    pif = pool.database.get("PIF", ref)
    host = pool.host_of(pif)
    _wait_for_networkd(pool, host)
    if is_on_sriov(pool, pif):
        _set_sriov(pool, ref, up=True)
        return
    with _as_configuration_error(ref):
        _make_bridges(pool, host, ref)
        _ask_the_lan(pool, ref)
        pif = pool.database.get("PIF", ref)
        bridge = _network(pool, pif)["bridge"]
        host.backend.set_address(bridge, address(pif))
        host.backend.set_ipv6(bridge, [each for each in pif["IPv6"] if each])
        _remember(pool, host, pif)
    pool.database.set("PIF", ref, currently_attached=True)
    snooping = "enabled" if pool.record["igmp_snooping_enabled"] else "disabled"
    effective = mtu(_network(pool, pif), pif)
    pool.database.set("PIF", ref, MTU=effective, igmp_snooping_status=snooping)


def _ask_the_lan(pool: Pool, ref: str) -> None:
    """Let a PIF have the addresses it is to ask for, and xapi know them (update_pif_addresses)."""
    pif = pool.database.get("PIF", ref)
    mac = _mac_of_bridge(pool, pif)
    if pif["ip_configuration_mode"] == "DHCP":
        lease = pool.leases.lease(mac)
        given = (lease.ip, lease.netmask, lease.gateway, lease.dns) if lease else ("",) * 4
        fields = dict(zip(("IP", "netmask", "gateway", "DNS"), given, strict=True))
        pool.database.set("PIF", ref, **fields)
    asks = {"DHCP": pool.leases.ipv6_lease, "Autoconf": pool.leases.advertised}
    if pif["ipv6_configuration_mode"] in asks:
        pool.database.set("PIF", ref, IPv6=[asks[pif["ipv6_configuration_mode"]](mac)])


def _mac_of_bridge(pool: Pool, pif: Record) -> str:
    """Return the MAC of a PIF's bridge; a VLAN's has that of the PIF below."""
    if kind_of(pif) == "VLAN":
        vlan = pool.database.get("VLAN", pif["VLAN_master_of"])
        return str(pool.database.get("PIF", vlan["tagged_PIF"])["MAC"]).lower()
    return str(pif["MAC"]).lower()


def unplug(pool: Pool, ref: str) -> None:
    """Take a PIF down; its bridge stays while VLANs are on it."""
    pif = pool.database.get("PIF", ref)
    _wait_for_networkd(pool, pool.host_of(pif))
    if is_on_sriov(pool, pif):
        _set_sriov(pool, ref, up=False)
        return
    with _as_configuration_error(ref):
        backend, bridge = pool.host_of(pif).backend, _network(pool, pif)["bridge"]
        backend.set_address(bridge, None)
        backend.set_ipv6(bridge, ())
        _destroy_bridges(pool, pif)
    pool.database.set("PIF", ref, currently_attached=False)


def _wait_for_networkd(pool: Pool, host: Host) -> None:
    """Return when xcp-networkd answers, however long that takes: its queue has no time-out.

    Raises Failure CANNOT_CONTACT_HOST if the host's xapi ends before.
    """
    pool.pause(_FOR_EVER, unless=lambda: host.networkd or not host.running)
    if not host.networkd:
        raise Failure("CANNOT_CONTACT_HOST", host.ref)


def _set_sriov(pool: Pool, ref: str, *, up: bool) -> None:
    """Enable SR-IOV in the NIC or disable it; a VLAN is up while what it is on is.

    No host of the lab needs a boot for that (xapi_network_sriov_helpers.ml, sriov_bring_up).
    """
    pif = pool.database.get("PIF", ref)
    for sriov in pif["sriov_logical_PIF_of"] if up else ():
        pool.database.set("network_sriov", sriov, configuration_mode="sysfs")
    if up and kind_of(pif) == "VLAN":
        tagged = pool.database.get("VLAN", pif["VLAN_master_of"])["tagged_PIF"]
        up = bool(pool.database.get("PIF", tagged)["currently_attached"])
    pool.database.set("PIF", ref, currently_attached=up)


def _remember(pool: Pool, host: Host, pif: Record) -> None:
    """Let networkd remember the bridge it has plugged."""
    network, database = _network(pool, pif), pool.database
    ports: dict[str, Any] = {}
    more: dict[str, Any] = {}
    match kind_of(pif):
        case "bond master":
            bond = database.get("Bond", pif["bond_master_of"][0])
            devices = [database.get("PIF", leg)["device"] for leg in bond["slaves"]]
            name, shown = (devices[0], None) if len(devices) == 1 else (pif["device"], bond)
            ports = {name: networkd_db.port_entry(devices, shown, pif)}
        case "VLAN":
            vlan = database.get("VLAN", pif["VLAN_master_of"])
            parent = _network(pool, database.get("PIF", vlan["tagged_PIF"]))["bridge"]
            more = {"vlan": [parent, vlan["tag"]]}
        case "physical":
            ports = {pif["device"]: networkd_db.port_entry([pif["device"]], None, pif)}
    entry = networkd_db.bridge_entry(pool.record, network, pif, ports, **more)
    networkd_db.remember(host.backend, network["bridge"], entry, network, pif)


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
        _delete_bridge(host, _network(pool, master)["bridge"])
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
        _delete_bridge(host, _network(pool, each)["bridge"])
        database.set("PIF", slave, currently_attached=False)
    if not database.get("PIF", ref)["currently_attached"]:
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
    if not pif["currently_attached"]:
        # The links of NICs that change bridges are gone for a moment.
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
    if not any(bridge_exists(pool, each) for each in _vlan_pifs(pool, pif)):
        _delete_bridge(pool.host_of(pif), _network(pool, pif)["bridge"])
    if kind_of(pif) == "VLAN":
        vlan = pool.database.get("VLAN", pif["VLAN_master_of"])
        tagged = pool.database.get("PIF", vlan["tagged_PIF"])
        if not tagged["currently_attached"]:
            _destroy_bridges(pool, tagged)


def _delete_bridge(host: Host, name: str) -> None:
    """Delete a bridge with what is on it, and let networkd forget what is gone."""
    before = host.backend.bridges()
    host.backend.delete_bridge(name)
    if gone := before - host.backend.bridges():
        networkd_db.forget(host.backend, *sorted(gone))


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
