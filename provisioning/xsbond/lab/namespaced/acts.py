"""Faults of Open vSwitch, really done: it is not as xapi left it."""

from xsbond.lab.faults.fault import FaultError, Target
from xsbond.lab.namespaced import openvswitch
from xsbond.lab.namespaced.lab import OvsHost, OvsLab


def do(host: OvsHost, *words: str) -> None:
    """Run a command in dom0; FaultError for one that fails."""
    done = host.machine.run(*words)
    if done.code:
        raise FaultError(f"{host.name}: {' '.join(words)}: {done.stderr.strip()}")


def vsctl(host: OvsHost, text: str) -> None:
    """Run ovs-vsctl in dom0, as somebody who types it."""
    do(host, "ovs-vsctl", *text.split())


def ip(host: OvsHost, text: str) -> None:
    """Run ip in dom0."""
    do(host, "ip", *text.split())


def lab(target: Target) -> OvsLab:
    """Return the lab of a target."""
    assert isinstance(target.lab, OvsLab)
    return target.lab


def mode_in_switch(target: Target, host: OvsHost) -> None:
    """Change the bond's mode behind XAPI's back."""
    (row,) = openvswitch.rows(host.machine.root, "Port", "bond_mode", name=target.port)
    other = "active-backup" if row["bond_mode"] != "active-backup" else "balance-slb"
    vsctl(host, f"set port {target.port} bond_mode={other}")


def one_leg_in_switch(target: Target, host: OvsHost) -> None:
    """Take the second leg out of the bond's port."""
    leg = target.legs[-1]
    found = f"-- --id=@leg get interface {leg} -- remove port {target.port} interfaces @leg"
    vsctl(host, found)


def foreign_leg_in_switch(target: Target, host: OvsHost) -> None:
    """Put a third NIC into the bond's port."""
    bridge, spare = _spare(host)
    vsctl(
        host,
        f"-- del-br {bridge} -- --id=@leg create interface name={spare}"
        f" -- add port {target.port} interfaces @leg",
    )


def _spare(host: OvsHost) -> tuple[str, str]:
    """Return a bridge that carries one NIC and no address, and the NIC."""
    nics = {nic.device for nic in host.dom0.nics()}
    for bridge in sorted(host.dom0.bridges()):
        found = openvswitch.devices_on(host.machine.root, bridge) & nics
        shown = host.machine.run("ip", "-4", "-o", "addr", "show", "dev", bridge).stdout
        if len(found) == 1 and not shown:
            return bridge, next(iter(found))
    raise FaultError(f"{host.name} has no NIC to spare")


def lacp_on_slb(target: Target, host: OvsHost) -> None:
    """Let the port speak LACP to a switch that answers it."""
    lab(target).cabling.cable(host.name, target.legs, lacp=True)
    vsctl(host, f"set port {target.port} lacp=active")


def updelay_in_switch(target: Target, host: OvsHost) -> None:
    """Let a leg carry traffic without waiting."""
    vsctl(host, f"set port {target.port} bond_updelay=0")


def rebalance_in_switch(target: Target, host: OvsHost) -> None:
    """Let the bond move its guests every ten seconds."""
    vsctl(host, f"set port {target.port} other_config:bond-rebalance-interval=10000")


def lacp_fallen_back(target: Target, host: OvsHost) -> None:
    """Let the switch form no LAG of the legs any more."""
    (row,) = openvswitch.rows(host.machine.root, "Port", "lacp", name=target.port)
    if row["lacp"] != "active":
        raise FaultError(f"the bond of {host.name} speaks no LACP to fall back from")
    lab(target).cabling.cable(host.name, target.legs, lacp=False)


def leftover_bridge(target: Target, host: OvsHost) -> None:
    """Make the first leg's own bridge again, without the NIC."""
    network = target.database.get("PIF", target.leg_pifs[0])["network"]
    bridge = target.database.get("network", network)["bridge"]
    kind = host.dom0.datapath
    vsctl(host, f"add-br {bridge} -- set bridge {bridge} datapath_type={kind}")


def bridge_gone(target: Target, host: OvsHost) -> None:
    """Delete the bond's bridge."""
    vsctl(host, f"del-br {target.bridge}")


def bridge_mac(target: Target, host: OvsHost) -> None:
    """Give the bridge the MAC of the second leg."""
    mac = nic_mac(host, target.legs[-1])
    vsctl(host, f'set bridge {target.bridge} other_config:hwaddr="{mac}"')


def bridge_mtu(target: Target, host: OvsHost) -> None:
    """Give the bridge a smaller MTU than its network's."""
    vsctl(host, f"set interface {target.bridge} mtu_request=1400")


def bridge_down(target: Target, host: OvsHost) -> None:
    """Set the bridge's interface down."""
    ip(host, f"link set {target.bridge} down")


def address_on_bridge(target: Target, host: OvsHost) -> None:
    """Give the bridge an address."""
    ip(host, f"addr add 10.9.9.9/24 broadcast + dev {target.bridge}")


def nic_mac(host: OvsHost, device: str) -> str:
    """Return the MAC a NIC has now."""
    return next(nic.mac for nic in host.dom0.nics() if nic.device == device)
