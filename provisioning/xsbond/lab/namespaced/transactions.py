"""The ovs-vsctl command lines that xcp-networkd runs for bridges, ports and VIFs. Pure.

Source: ocaml/networkd/lib/network_utils.ml (module Ovs: create_bridge, destroy_bridge, create_port,
create_bond, set_mtu). The datapath is the lab's own addition: in a namespace there is no kernel
module to switch with.
"""

from collections.abc import Iterator, Mapping, Sequence

from xsbond.lab.contracts import BondSettings, BridgeSettings

PROGRAM = "/opt/xsbond/ovs-vsctl"
"""Open vSwitch's own; what people type goes by the rig's guard against loops first."""
_TIMEOUT = "--timeout=20"
_MAC_TABLE_SIZE = 10000
Words = tuple[str, ...]


def add_bridge(name: str, settings: BridgeSettings, *, datapath: str) -> Words:
    """Return what makes a bridge, or gives one that exists these settings."""
    if settings.vlan:
        parent, tag = settings.vlan
        made: tuple[Sequence[str], ...] = (
            ("--may-exist", "add-br", name, parent, str(tag)),
            ("set", "interface", name, f"MAC={_quoted(settings.mac)}"),
        )
    else:
        made = (
            ("--may-exist", "add-br", name),
            ("set", "bridge", name, f"datapath_type={datapath}", *_bridge_columns(settings)),
            *_in_band(name, settings),
            ("set", "interface", name, f"mtu_request={settings.mtu}"),
        )
    uuids = ("br-set-external-id", name, "xs-network-uuids", ";".join(settings.network_uuids))
    return _transaction(*made, uuids)


def _bridge_columns(settings: BridgeSettings) -> Iterator[str]:
    if settings.mac:
        yield f"other-config:hwaddr={_quoted(settings.mac)}"
    yield f"fail_mode={settings.fail_mode}"
    yield f"other-config:mac-table-size={_MAC_TABLE_SIZE}"
    yield f"mcast_snooping_enable={str(settings.igmp_snooping).lower()}"
    yield "other-config:enable-ipv6-mcast-snooping=false"
    yield "other-config:mcast-snooping-disable-flood-unregistered=true"


def _in_band(name: str, settings: BridgeSettings) -> Iterator[Sequence[str]]:
    """The key is removed first: ovs-vsctl's `remove` of a key that is absent does nothing."""
    yield "remove", "bridge", name, "other-config", "disable-in-band"
    if settings.disable_in_band:
        yield "set", "bridge", name, f"other-config:disable-in-band={settings.disable_in_band}"


def delete_bridge(name: str) -> Words:
    """Return what deletes a bridge, the fake bridges on it, and all their ports."""
    return _transaction(("--if-exists", "del-br", name))


def add_port(bridge: str, name: str, mtu: int) -> Words:
    """Return what adds a NIC as a port of its own."""
    return _transaction(
        ("--may-exist", "add-port", bridge, name), ("set", "interface", name, f"mtu_request={mtu}")
    )


def add_bond(
    bridge: str, name: str, devices: Sequence[str], settings: BondSettings, mtu: int
) -> Words:
    """Return what adds a bond, or gives one of the same NICs these settings."""
    interfaces = [
        ("set", "interface", device, f"mtu_request={mtu}", *_keys(settings.interface_config))
        for device in devices
    ]
    return _transaction(
        ("--may-exist", "add-bond", bridge, name, *devices),
        # What was there before and is no longer wanted must not stay.
        ("clear", "port", name, "other_config"),
        ("set", "port", name, *_port_columns(settings)),
        *interfaces,
    )


def _port_columns(settings: BondSettings) -> Iterator[str]:
    if settings.mac:
        yield f"MAC={_quoted(settings.mac)}"
    yield f"lacp={settings.lacp}"
    yield f"bond_mode={settings.bond_mode}"
    yield f"bond_updelay={settings.updelay}"
    yield f"bond_downdelay={settings.downdelay}"
    yield from _keys(settings.other_config)


def _keys(options: Mapping[str, str]) -> Iterator[str]:
    return (f"other-config:{key}={_quoted(value)}" for key, value in options.items())


def add_vif(bridge: str, name: str) -> Words:
    """Return what puts a guest's interface on a bridge, off the one it was on."""
    return _transaction(("--if-exists", "del-port", name), ("add-port", bridge, name))


def remove_port(name: str) -> Words:
    """Return what takes a port away, whatever bridge it is on."""
    return _transaction(("--if-exists", "del-port", name))


def _transaction(*commands: Sequence[str]) -> Words:
    """Return one ovs-vsctl call that carries out all commands or none."""
    words = [word for command in commands for word in ("--", *command)]
    return (PROGRAM, _TIMEOUT, *words)


def _quoted(value: str) -> str:
    """Return a string as ovs-vsctl takes it whatever is in it (ovsdb atoms are JSON strings)."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
