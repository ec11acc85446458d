"""The kernel's own bridges and bonds, where a host runs them instead of Open vSwitch.

Sources: ocaml/networkd/lib/network_utils.ml (Linux_bonding, Bridge), Linux'
drivers/net/bonding/bond_procfs.c and net/bridge/br_sysfs_br.c.
"""

from collections.abc import Iterator, Mapping

from xsbond.lab.contracts import BondSettings, Nic
from xsbond.lab.dom0.bonding import BondState, Leg
from xsbond.lab.dom0.networks import Dom0Networks
from xsbond.lab.dom0.state import Bridge, Port

_NETS = "/sys/class/net"
_BONDINGS = "/proc/net/bonding"
_DRIVERS = {1: "v3.5.0 (November 4, 2008)", 2: "v3.7.1 (April 27, 2011)"}
"""Generation of net-tools -> the bonding driver of that product's kernel."""
_MODES: Mapping[str, tuple[str, int, str]] = {
    # Number 7 is XenServer's own addition to the driver.
    "balance-slb": ("balance-slb", 7, "source load balancing"),
    "active-backup": ("active-backup", 1, "fault-tolerance (active-backup)"),
    "802.3ad": ("802.3ad", 4, "IEEE 802.3ad Dynamic link aggregation"),
}
"""Mode of the driver -> its name and number in sysfs, its name in /proc."""
_MIIMON = 100
_NO_PARTNER = "00:00:00:00:00:00"


def mode_of(settings: BondSettings) -> str:
    """Return the driver's mode; networkd maps every kind of LACP to 802.3ad."""
    return settings.bond_mode if settings.lacp == "off" else "802.3ad"


def vlan_device(dom0: Dom0Networks, bridge: Bridge) -> str:
    """Return the VLAN device in a bridge, for example bond1.42; empty if it has none."""
    if not bridge.settings.vlan:
        return ""
    parent, tag = bridge.settings.vlan
    below = [port.name for port in dom0.ports_of(parent)]
    return f"{below[0]}.{tag}" if below else ""


def device_below(dom0: Dom0Networks, bridge: Bridge) -> str:
    """Return the device that the VLAN device in a bridge is made on; empty if it has none."""
    return vlan_device(dom0, bridge).rpartition(".")[0]


def ports_in(dom0: Dom0Networks, bridge: Bridge) -> list[str]:
    """Return the devices a bridge has as its ports."""
    vlan = vlan_device(dom0, bridge)
    return [port.name for port in dom0.ports_of(bridge.name)] + ([vlan] if vlan else [])


def kernel_files(dom0: Dom0Networks) -> Mapping[str, str]:
    """Return path -> text of what the kernel tells of its bridges and bonds."""
    return dict(_bond_files(dom0)) | dict(_bridge_files(dom0))


def _bond_files(dom0: Dom0Networks) -> Iterator[tuple[str, str]]:
    bonds = [port for port in dom0.ports_by_name.values() if port.bond]
    yield f"{_NETS}/bonding_masters", " ".join(port.name for port in bonds) + "\n"
    for port in bonds:
        assert port.bond
        state = dom0.bonds.get(port.name) or BondState(legs={})
        yield f"{_BONDINGS}/{port.name}", render_bonding(dom0, port, port.bond, state)
        name, number, _ = _MODES[mode_of(port.bond)]
        for attribute, value in (
            ("active_slave", state.active),
            ("downdelay", str(port.bond.downdelay)),
            ("miimon", str(_MIIMON)),
            ("mode", f"{name} {number}"),
            ("slaves", " ".join(_slaves(dom0, port))),
            ("updelay", str(port.bond.updelay)),
            ("use_carrier", "1"),
        ):
            yield f"{_NETS}/{port.name}/bonding/{attribute}", f"{value}\n"


def _slaves(dom0: Dom0Networks, port: Port) -> list[str]:
    """Return the slaves in the order the driver was given them."""
    return [device for device in sorted(port.devices) if device in dom0.nics_by_device]


def _bridge_files(dom0: Dom0Networks) -> Iterator[tuple[str, str]]:
    for bridge in dom0.bridges_by_name.values():
        directory = f"{_NETS}/{bridge.name}"
        yield f"{directory}/bridge/bridge_id", f"{bridge_id(bridge)}\n"
        yield f"{directory}/bridge/forward_delay", "0\n"
        yield f"{directory}/bridge/stp_state", "0\n"
        for number, port in enumerate(ports_in(dom0, bridge), start=1):
            yield f"{directory}/brif/{port}/port_no", f"{number:#x}\n"


def bridge_id(bridge: Bridge) -> str:
    """Return a bridge's priority and MAC (net/bridge/br_sysfs_br.c)."""
    return f"8000.{bridge.mac.replace(':', '')}"


def render_bonding(dom0: Dom0Networks, port: Port, settings: BondSettings, state: BondState) -> str:
    """Return /proc/net/bonding/NAME."""
    mode = mode_of(settings)
    lines = [
        f"Ethernet Channel Bonding Driver: {_DRIVERS[dom0.profile.net_tools]}",
        "",
        f"Bonding Mode: {_MODES[mode][2]}",
        *_selection(mode, state),
        f"MII Status: {'up' if state.active else 'down'}",
        f"MII Polling Interval (ms): {_MIIMON}",
        f"Up Delay (ms): {settings.updelay}",
        f"Down Delay (ms): {settings.downdelay}",
        *(_aggregation(state) if mode == "802.3ad" else ()),
    ]
    for device in _slaves(dom0, port):
        leg = state.legs.get(device, Leg())
        lines += _slave(dom0, device, leg)
        lines += ["Aggregator ID: 1"] if mode == "802.3ad" else []
    return "".join(f"{line}\n" for line in lines)


def _selection(mode: str, state: BondState) -> list[str]:
    if mode == "802.3ad":
        return ["Transmit Hash Policy: layer2 (0)"]
    return ["Primary Slave: None", f"Currently Active Slave: {state.active or 'None'}"]


def _aggregation(state: BondState) -> list[str]:
    ports = sum(leg.enabled for leg in state.legs.values())
    return [
        "",
        "802.3ad info",
        "LACP rate: slow",
        "Aggregator selection policy (ad_select): stable",
        "Active Aggregator Info:",
        "\tAggregator ID: 1",
        f"\tNumber of ports: {ports}",
        "\tActor Key: 9",
        f"\tPartner Key: {1 if ports else 0}",
        f"\tPartner Mac Address: {'02:00:5e:00:00:fe' if ports else _NO_PARTNER}",
    ]


def _slave(dom0: Dom0Networks, device: str, leg: Leg) -> list[str]:
    nic = dom0.nics_by_device[device]
    lines = ["", f"Slave Interface: {device}", f"MII Status: {_status(leg)}"]
    if dom0.profile.net_tools > 1:
        lines += _link(nic)
    lines += ["Link Failure Count: 0", f"Permanent HW addr: {nic.mac}"]
    return [*lines, "Slave queue ID: 0"] if dom0.profile.net_tools > 1 else lines


def _link(nic: Nic) -> list[str]:
    if not nic.carrier:
        return ["Speed: Unknown", "Duplex: Unknown"]
    return [f"Speed: {nic.speed} Mbps", f"Duplex: {'full' if nic.full_duplex else 'half'}"]


def _status(leg: Leg) -> str:
    """Return the driver's word for a link (bond_main.c, bond_slave_link_status)."""
    if leg.expires is not None:
        return "going down" if leg.enabled else "going back"
    return "up" if leg.enabled else "down"
