"""The rows that ovs-vswitchd keeps in its database, built from a dom0's state."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from xsbond.lab.dom0.ovs.values import Row, RowId, Value
from xsbond.lab.dom0.versions import openvswitch_version

if TYPE_CHECKING:
    from xsbond.lab.contracts import BondSettings, BridgeSettings
    from xsbond.lab.dom0.kernel import Interface
    from xsbond.lab.dom0.simulated import SimulatedDom0
    from xsbond.lab.dom0.state import Bridge, Port

EMPTY: tuple[()] = ()
_LOCAL_PORT = 65534
"""OFPP_LOCAL, the number of a bridge's own port."""

_SINCE: Mapping[str, tuple[int, ...]] = {
    "auto_attach": (2, 4),
    "bfd": (2, 0),
    "bfd_status": (2, 0),
    "bond_active_slave": (2, 4),
    "cfm_fault_status": (1, 6),
    "cfm_flap_count": (2, 1),
    "cfm_health": (1, 5),
    "cfm_remote_opstate": (1, 5),
    "cvlans": (2, 8),
    "datapath_version": (2, 4),
    "error": (2, 3),
    "flow_tables": (1, 6),
    "ifindex": (2, 0),
    "ingress_policing_kpkts_burst": (2, 16),
    "ingress_policing_kpkts_rate": (2, 16),
    "ipfix": (1, 10),
    "lldp": (2, 4),
    "mac_in_use": (1, 7),
    "mcast_snooping_enable": (2, 4),
    "mtu_request": (2, 6),
    "ofport_request": (1, 8),
    "protected": (2, 6),
    "protocols": (1, 10),
    "rstp_enable": (2, 4),
    "rstp_statistics": (2, 4),
    "rstp_status": (2, 4),
}
"""Column -> the release of Open vSwitch that brought it (its NEWS file); others are older."""

_OTHER_CONFIG_SINCE: Mapping[str, tuple[int, ...]] = {
    "enable-ipv6-mcast-snooping": (2, 4),
    "mac-table-size": (1, 10),
    "mcast-snooping-disable-flood-unregistered": (2, 4),
}
"""Key of a Bridge's other_config -> the release of Open vSwitch that understands it."""


def tables_of(dom0: "SimulatedDom0") -> Mapping[str, list[Row]]:
    """Return table name -> rows, with the columns this dom0's Open vSwitch has."""
    version = openvswitch_version(dom0.profile)
    builders: Mapping[str, Callable[[SimulatedDom0], Iterator[Row]]] = {
        "Open_vSwitch": _switches,
        "Bridge": _bridges,
        "Port": _ports,
        "Interface": _interfaces,
    }
    with dom0.lock:
        dom0.settle()
        return {
            table: [_supported(row, version) for row in build(dom0)]
            for table, build in builders.items()
        }


def _supported(row: Row, version: tuple[int, ...]) -> Row:
    """Leave out the columns that came later; `_uuid` first, then by name."""
    names = [name for name in sorted(row) if _SINCE.get(name, (0,)) <= version]
    return {name: row[name] for name in names}


def _switches(dom0: "SimulatedDom0") -> Iterator[Row]:
    yield {
        "_uuid": RowId(dom0.switch_uuid),
        "bridges": tuple(RowId(bridge.uuid) for bridge in real_bridges(dom0)),
        "external_ids": {"hostname": dom0.hostname},
        "ovs_version": dom0.profile.openvswitch,
        "other_config": {},
    }


def real_bridges(dom0: "SimulatedDom0") -> list["Bridge"]:
    """Return the bridges that are rows, not the fake ones that are ports of a parent."""
    return [bridge for bridge in dom0.bridges_by_name.values() if not bridge.settings.vlan]


def row_ports(dom0: "SimulatedDom0", bridge: "Bridge") -> list["Port"]:
    """Return the ports in a real bridge's row: its own, and those of the fake bridges on it."""
    fakes = dom0.fake_bridges(bridge.name)
    return [port for name in (bridge, *fakes) for port in dom0.ports_of(name.name)]


def _bridges(dom0: "SimulatedDom0") -> Iterator[Row]:
    for bridge in real_bridges(dom0):
        fakes = dom0.fake_bridges(bridge.name)
        ports = [port.uuid for port in row_ports(dom0, bridge)]
        yield {
            "_uuid": RowId(bridge.uuid),
            "name": bridge.name,
            "datapath_id": f"0000{bridge.mac.replace(':', '')}",
            "ports": tuple(
                RowId(uuid) for uuid in (bridge.port_uuid, *(b.port_uuid for b in fakes), *ports)
            ),
            **_bridge_settings(bridge.settings, openvswitch_version(dom0.profile)),
            **dict.fromkeys(
                ("auto_attach", "controller", "flood_vlans", "ipfix", "mirrors"), EMPTY
            ),
            **dict.fromkeys(("netflow", "protocols", "sflow"), EMPTY),
            **{key: {} for key in ("flow_tables", "rstp_status", "status")},
        }


def _bridge_settings(settings: "BridgeSettings", version: tuple[int, ...]) -> Mapping[str, Value]:
    """Return the columns xcp-networkd writes (network_utils.ml, create_bridge)."""
    other = {
        **({"hwaddr": settings.mac} if settings.mac else {}),
        **({"disable-in-band": settings.disable_in_band} if settings.disable_in_band else {}),
        "mac-table-size": "10000",
        "enable-ipv6-mcast-snooping": "false",
        "mcast-snooping-disable-flood-unregistered": "true",
    }
    other = {k: v for k, v in other.items() if _OTHER_CONFIG_SINCE.get(k, ()) <= version}
    networks = ";".join(settings.network_uuids)
    return {
        "datapath_type": "",
        "datapath_version": "<unknown>",
        "external_ids": {"xs-network-uuids": networks} if networks else {},
        "fail_mode": settings.fail_mode,
        "mcast_snooping_enable": settings.igmp_snooping,
        "other_config": other,
        "rstp_enable": False,
        "stp_enable": False,
    }


def _ports(dom0: "SimulatedDom0") -> Iterator[Row]:
    for bridge in dom0.bridges_by_name.values():
        tag: Value = bridge.settings.vlan[1] if bridge.settings.vlan else EMPTY
        row = {"fake_bridge": bridge.settings.vlan is not None, "tag": tag}
        interface = (RowId(bridge.interface_uuid),)
        yield {**_port(bridge.name, bridge.port_uuid, interface), **row}
    for port in dom0.ports_by_name.values():
        interfaces = tuple(RowId(uuid) for uuid in map(port.interface_uuid, port.devices))
        vlans: Row = {"tag": _tag_of(dom0, port), "trunks": port.trunks or EMPTY}
        row = {**_port(port.name, port.uuid, interfaces), **vlans}
        yield {**row, **_bond_columns(dom0, port, port.bond)} if port.bond else row


def _tag_of(dom0: "SimulatedDom0", port: "Port") -> Value:
    vlan = dom0.bridges_by_name[port.bridge].settings.vlan
    if port.tag is not None:
        return port.tag
    return vlan[1] if vlan else EMPTY


def _port(name: str, uuid: str, interfaces: tuple[RowId, ...]) -> Row:
    """Return the row of a port that is no bond."""
    return {
        "_uuid": RowId(uuid),
        "name": name,
        "interfaces": interfaces if len(interfaces) > 1 else interfaces[0],
        "bond_downdelay": 0,
        "bond_fake_iface": False,
        "bond_updelay": 0,
        "fake_bridge": False,
        "protected": False,
        **dict.fromkeys(("bond_active_slave", "bond_mode", "cvlans", "lacp", "mac"), EMPTY),
        **dict.fromkeys(("qos", "tag", "trunks", "vlan_mode"), EMPTY),
        **{key: {} for key in ("external_ids", "other_config", "statistics", "status")},
        **{key: {} for key in ("rstp_statistics", "rstp_status")},
    }


def _bond_columns(dom0: "SimulatedDom0", port: "Port", bond: "BondSettings") -> Row:
    """Return what makes a port a bond; the active member is told by its MAC."""
    state = dom0.bonds.get(port.name)
    active = dom0.nics_by_device[state.active].mac if state and state.active else ""
    return {
        "bond_active_slave": active or EMPTY,
        "bond_downdelay": bond.downdelay,
        "bond_mode": bond.bond_mode,
        "bond_updelay": bond.updelay,
        "lacp": bond.lacp,
        "mac": bond.mac or EMPTY,
        "other_config": dict(bond.other_config),
    }


def _interfaces(dom0: "SimulatedDom0") -> Iterator[Row]:
    netdevs = {interface.name: interface for interface in dom0.interfaces()}
    for bridge in dom0.bridges_by_name.values():
        yield _interface(bridge.interface_uuid, bridge.name, netdevs.get(bridge.name), "internal")
    for port in dom0.ports_by_name.values():
        told = dict(port.bond.interface_config) if port.bond else {}
        for device in port.devices:
            row = _interface(port.interface_uuid(device), device, netdevs.get(device), "")
            speaks = port.bond is not None and port.bond.lacp != "off"
            heard: Value = bool(dom0.partnered([device])) if speaks else EMPTY
            rate = dom0.policed.get(device, 0)
            yield {
                **row,
                "other_config": told,
                "lacp_current": heard,
                "ingress_policing_rate": rate,
            }


def _interface(uuid: str, name: str, netdev: "Interface | None", kind: str) -> Row:
    """Return the row of an interface, with its error if the kernel has no such device."""
    return {
        "_uuid": RowId(uuid),
        "name": name,
        "type": kind,
        "ingress_policing_burst": 0,
        "ingress_policing_kpkts_burst": 0,
        "ingress_policing_kpkts_rate": 0,
        "ingress_policing_rate": 0,
        **dict.fromkeys(("cfm_fault", "cfm_fault_status", "cfm_flap_count", "cfm_health"), EMPTY),
        **dict.fromkeys(("cfm_mpid", "cfm_remote_mpids", "cfm_remote_opstate"), EMPTY),
        **dict.fromkeys(("lacp_current", "mac", "ofport_request"), EMPTY),
        **{key: {} for key in ("bfd", "bfd_status", "external_ids", "lldp", "options")},
        "other_config": {},
        **(_netdev_columns(netdev) if netdev else _missing_device(name)),
    }


def _missing_device(name: str) -> Row:
    """Return the columns of an interface whose device is gone (vswitchd/bridge.c)."""
    return {
        "error": f"could not open network device {name} (No such device)",
        "ofport": -1,
        **dict.fromkeys(("admin_state", "duplex", "ifindex", "link_resets", "link_speed"), EMPTY),
        **dict.fromkeys(("link_state", "mac_in_use", "mtu", "mtu_request"), EMPTY),
        "statistics": {},
        "status": {},
    }


def _netdev_columns(netdev: "Interface") -> Row:
    """Return the columns that follow the kernel's view of a device."""
    seen = netdev.counters
    words: Mapping[bool | None, Value] = {True: "full", False: "half", None: EMPTY}
    return {
        "admin_state": "up" if netdev.up else "down",
        "duplex": words[netdev.full_duplex],
        "error": EMPTY,
        "ifindex": netdev.index,
        "link_resets": 1,
        "link_speed": netdev.speed * 1_000_000 if netdev.speed > 0 else EMPTY,
        "link_state": "up" if netdev.carrier else "down",
        "mac_in_use": netdev.mac,
        "mtu": netdev.mtu,
        "mtu_request": netdev.mtu,
        "ofport": netdev.index if netdev.physical or netdev.switched else _LOCAL_PORT,
        "statistics": {
            **dict.fromkeys(
                ("collisions", "rx_dropped", "rx_errors", "tx_dropped", "tx_errors"), 0
            ),
            "rx_bytes": seen.rx_bytes,
            "rx_packets": seen.rx_packets,
            "tx_bytes": seen.tx_bytes,
            "tx_packets": seen.tx_packets,
        },
        "status": {} if netdev.physical or netdev.switched else {"driver_name": "openvswitch"},
    }
