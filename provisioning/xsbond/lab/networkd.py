"""Brings PIFs up and down in dom0, as xapi's Nm and xcp-networkd do together.

Sources: ocaml/xapi/nm.ml (bring_pif_up, bring_pif_down, create_bond, determine_mtu),
ocaml/networkd/bin/network_server.ml, ocaml/networkd/lib/network_utils.ml (Ovs).
"""

import ipaddress
from collections.abc import Mapping, Sequence

from xsbond.lab.contracts import Address, BondSettings, BridgeSettings, Failure
from xsbond.lab.database import Record
from xsbond.lab.state import Host, Pool
from xsbond.lab.values import is_null

_MODES = {"balance-slb": "balance-slb", "active-backup": "active-backup"}
_FAIL_MODES = {"standalone", "secure"}
_DETECT_MODES = {"1": "carrier", "0": "miimon"}
_FROM_PROPERTY = {
    "miimon": "bond-miimon-interval",
    "rebalance-interval": "bond-rebalance-interval",
    "lacp-time": "lacp-time",
    "lacp-fallback-ab": "lacp-fallback-ab",
}
"""Property networkd is given -> other_config key of the Port (make_bond_properties)."""
_DEFAULTS = {"miimon": "100", "downdelay": "200", "updelay": "31000", "use_carrier": "1"}
_REBALANCE = {"rebalance-interval": "1800000"}
_CONSUMED = {"mode", "hashing-algorithm", "use_carrier", "updelay", "downdelay"}
_AGGREGATION_KEY = "lacp-aggregation-key"
"""networkd writes it to each Interface, not to the Port."""


def plug(pool: Pool, ref: str) -> None:
    """Bring a PIF up: bridge, port, address; idempotent.

    Raises Failure PIF_CONFIGURATION_ERROR where networkd fails, and leaves what was done.
    """
    pif = pool.database.get("PIF", ref)
    host = pool.host_of(pif)
    try:
        _bring_up(pool, host, ref, pif)
    except ValueError:
        # Nm turns every exception of networkd into this one (nm.ml, bring_pif_up).
        raise Failure("PIF_CONFIGURATION_ERROR", ref, "") from None
    pool.database.set("PIF", ref, currently_attached=True)
    snooping = "enabled" if pool.record["igmp_snooping_enabled"] else "disabled"
    pool.database.set("PIF", ref, MTU=_mtu(pool, pif), igmp_snooping_status=snooping)


def unplug(pool: Pool, ref: str) -> None:
    """Take a PIF down; its bridge stays while VLANs are on it."""
    pif = pool.database.get("PIF", ref)
    backend = pool.host_of(pif).backend
    bridge = _network(pool, pif)["bridge"]
    if any(pool.database.get("PIF", vlan)["currently_attached"] for vlan in _vlan_pifs(pool, pif)):
        backend.set_address(bridge, None)
    else:
        backend.delete_bridge(bridge)
    pool.database.set("PIF", ref, currently_attached=False)


def bridge_exists(pool: Pool, pif: Mapping[str, str]) -> bool:
    """Tell whether a PIF's bridge does: to xapi that is what attached means."""
    return _network(pool, pif)["bridge"] in pool.host_of(pif).backend.bridges()


def bond_settings(bond: Record, pif: Record) -> BondSettings:
    """Return what networkd writes to the Port; `bond-KEY` of the PIF overrides a property."""
    overrides = {
        key.removeprefix("bond-"): value
        for key, value in pif["other_config"].items()
        if key.startswith("bond-")
    }
    mode = overrides.get("mode", bond["mode"])
    properties = _DEFAULTS | ({} if mode == "lacp" else _REBALANCE)
    properties |= {key.replace("_", "-"): value for key, value in bond["properties"].items()}
    properties |= overrides
    hashing = properties.get("hashing-algorithm", "")
    balanced = "balance-slb" if hashing == "src_mac" else "balance-tcp"
    return BondSettings(
        bond_mode=_MODES.get(mode, balanced),
        lacp="active" if mode == "lacp" else "off",
        updelay=int(properties["updelay"]),
        downdelay=int(properties["downdelay"]),
        mac=pif["MAC"],
        other_config=_port_options(properties),
    )


def _port_options(properties: Mapping[str, str]) -> dict[str, str]:
    detection = _DETECT_MODES.get(properties["use_carrier"], "carrier")
    return {"bond-detect-mode": detection} | {
        _FROM_PROPERTY.get(key, f"bond-{key}"): value
        for key, value in properties.items()
        if key not in _CONSUMED and key != _AGGREGATION_KEY
    }


def _bring_up(pool: Pool, host: Host, ref: str, pif: Record) -> None:
    if pif["bond_master_of"]:
        _bring_up_bond(pool, host, ref)
    elif not is_null(pif["VLAN_master_of"]):
        _bring_up_vlan(pool, host, pif)
    else:
        _add_bridge(pool, host, pif)
        device = pif["device"]
        host.backend.add_port(_network(pool, pif)["bridge"], device, [device], None)
        _require_nics(host, [device])
    pif = pool.database.get("PIF", ref)
    host.backend.set_address(_network(pool, pif)["bridge"], _address(pif))


def _bring_up_bond(pool: Pool, host: Host, ref: str) -> None:
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


def bond_of(pool: Pool, ref: str) -> str:
    """Return the Bond whose master this PIF is; Failure HANDLE_INVALID once there is none."""
    bonds: list[str] = pool.database.get("PIF", ref)["bond_master_of"]
    if not bonds:
        raise Failure("HANDLE_INVALID", "PIF", ref)
    return bonds[0]


def _bring_up_vlan(pool: Pool, host: Host, pif: Record) -> None:
    vlan = pool.database.get("VLAN", pif["VLAN_master_of"])
    tagged = pool.database.get("PIF", vlan["tagged_PIF"])
    if not bridge_exists(pool, tagged):
        plug(pool, vlan["tagged_PIF"])
    _add_bridge(pool, host, pif, vlan=(_network(pool, tagged)["bridge"], vlan["tag"]))


def _add_bridge(pool: Pool, host: Host, pif: Record, vlan: tuple[str, int] | None = None) -> None:
    network = _network(pool, pif)
    wanted = network["other_config"].get("vswitch-controller-fail-mode", "")
    settings = BridgeSettings(
        mac=pif["MAC"],
        mtu=_mtu(pool, pif),
        network_uuids=(network["uuid"],),
        fail_mode=wanted if wanted in _FAIL_MODES else "standalone",
        igmp_snooping=pool.record["igmp_snooping_enabled"],
        vlan=vlan,
    )
    host.backend.add_bridge(network["bridge"], settings)


def _sync_mac(pool: Pool, ref: str, bond: Record) -> None:
    if bond["auto_update_mac"]:
        primary = pool.database.get("PIF", bond["primary_slave"])
        pool.database.set("PIF", ref, MAC=primary["MAC"])


def _mtu(pool: Pool, pif: Record) -> int:
    override = pif["other_config"].get("mtu", "")
    return int(override) if override.isdecimal() else int(_network(pool, pif)["MTU"])


def _address(pif: Record) -> Address | None:
    """Return the static address; ValueError for a mask that is none. No DHCP server answers."""
    if pif["ip_configuration_mode"] != "Static":
        return None
    ipaddress.IPv4Network(f"0.0.0.0/{pif['netmask']}")
    return Address(ip=pif["IP"], netmask=pif["netmask"], gateway=pif["gateway"])


def _require_nics(host: Host, devices: Sequence[str]) -> None:
    absent = set(devices) - {nic.device for nic in host.backend.nics()}
    if absent:
        raise ValueError(f"no network device {', '.join(sorted(absent))}")


def _network(pool: Pool, pif: Mapping[str, str]) -> Record:
    return pool.database.get("network", pif["network"])


def _vlan_pifs(pool: Pool, pif: Record) -> list[str]:
    vlans = (pool.database.get("VLAN", vlan) for vlan in pif["VLAN_slave_of"])
    return [vlan["untagged_PIF"] for vlan in vlans]
