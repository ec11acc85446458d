"""Faults of Open vSwitch, really done: it is not as xapi left it."""

from collections.abc import Mapping

from xsbond.lab.faults import by_hand, declared, switch
from xsbond.lab.faults.fault import FaultError, Target
from xsbond.lab.namespaced import openvswitch
from xsbond.lab.namespaced.host import OvsHost, RiggedLab
from xsbond.lab.rig.partner import Lag


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


def lab(target: Target) -> RiggedLab:
    """Return the lab of a target."""
    assert isinstance(target.lab, RiggedLab)
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


def downdelay_in_switch(target: Target, host: OvsHost) -> None:
    """Let the bond use a dead leg for ten seconds."""
    vsctl(host, f"set port {target.port} bond_downdelay=10000")


def detection_in_switch(target: Target, host: OvsHost) -> None:
    """Let the bond look for dead legs by MII."""
    vsctl(host, f"set port {target.port} other_config:bond-detect-mode=miimon")


def rebalance_in_switch(target: Target, host: OvsHost) -> None:
    """Let the bond move its guests every ten seconds."""
    vsctl(host, f"set port {target.port} other_config:bond-rebalance-interval=10000")


def lacp_with_fallback(target: Target, host: OvsHost) -> None:
    """Let the port of an active-backup bond speak LACP, and fall back."""
    (row,) = openvswitch.rows(host.machine.root, "Port", "bond_mode", name=target.port)
    if row["bond_mode"] != "active-backup":
        raise FaultError(f"the bond of {host.name} is not active-backup")
    lab(target).cabling.cable(host.name, target.legs, lacp=True)
    vsctl(host, f"set port {target.port} lacp=active other_config:lacp-fallback-ab=true")


def lacp_fallen_back(target: Target, host: OvsHost) -> None:
    """Let the switch form no LAG of the legs any more."""
    (row,) = openvswitch.rows(host.machine.root, "Port", "lacp", name=target.port)
    if row["lacp"] != "active":
        raise FaultError(f"the bond of {host.name} speaks no LACP to fall back from")
    lab(target).cabling.cable(host.name, target.legs, lacp=False)


def lacp_port_out(target: Target, host: OvsHost) -> None:
    """Take the second leg's port out of the LAG."""
    _regroup(target, host, {target.legs[0]: Lag()})


def lacp_two_lags(target: Target, host: OvsHost) -> None:
    """Put the port of each leg into a LAG of its own."""
    _regroup(target, host, {target.legs[0]: Lag(), target.legs[-1]: Lag(key=switch.OTHER_KEY)})


def lacp_two_switches(target: Target, host: OvsHost) -> None:
    """Let the second leg's port be one of another switch."""
    _regroup(
        target, host, {target.legs[0]: Lag(), target.legs[-1]: Lag(system=switch.OTHER_SWITCH)}
    )


def lacp_other_switch(target: Target, host: OvsHost) -> None:
    """Let all ports be those of another switch."""
    _speaks_lacp(target, host)
    lab(target).cabling.regroup(host.name, [(target.legs, Lag(system=switch.OTHER_SWITCH))])


def _regroup(target: Target, host: OvsHost, lags: Mapping[str, Lag]) -> None:
    _speaks_lacp(target, host)
    lab(target).cabling.regroup(host.name, [((leg,), lag) for leg, lag in lags.items()])


def _speaks_lacp(target: Target, host: OvsHost) -> None:
    (row,) = openvswitch.rows(host.machine.root, "Port", "lacp", name=target.port)
    if row["lacp"] != "active":
        raise FaultError(f"the bond of {host.name} speaks no LACP")


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


def port_on_other_bridge(target: Target, host: OvsHost) -> None:
    """Move the bond's port to another bridge.

    It is a new one: on the management bridge it would close a loop through the lab's switch.
    """
    other, kind, port = "br-other", host.dom0.datapath, target.port
    vsctl(host, f"add-br {other} -- set bridge {other} datapath_type={kind}")
    vsctl(
        host,
        f"-- --id=@port get port {port} -- remove bridge {target.bridge} ports @port"
        f" -- add bridge {other} ports @port",
    )


def port_tagged(target: Target, host: OvsHost) -> None:
    """Let the bond's port carry one VLAN only."""
    vsctl(host, f"set port {target.port} tag={by_hand.TAG}")


def port_trunks(target: Target, host: OvsHost) -> None:
    """Let the bond's port carry no other VLAN."""
    vsctl(host, f"set port {target.port} trunks={by_hand.TRUNK}")


def vlan_tag_in_switch(target: Target, host: OvsHost) -> None:
    """Give the port of a VLAN another tag."""
    bridge = declared.vlan_on_every_host(target)
    vsctl(host, f"set port {bridge} tag={declared.OTHER_TAG}")


def lacp_time_in_switch(target: Target, host: OvsHost) -> None:
    """Let the port ask its partner for a LACPDU every second."""
    vsctl(host, f"set port {target.port} other_config:lacp-time=fast")


def bridge_secure(target: Target, host: OvsHost) -> None:
    """Let the bridge pass what a flow says, and nothing says anything."""
    vsctl(host, f"set-fail-mode {target.bridge} secure")
    do(host, "ovs-ofctl", "del-flows", target.bridge)


def flow_drops(target: Target, host: OvsHost) -> None:
    """Drop what comes in by a port."""
    do(host, "ovs-ofctl", "add-flow", target.bridge, f"{by_hand.DROPS},actions=drop")


def leg_policed(target: Target, host: OvsHost) -> None:
    """Take no more than a rate from the second leg."""
    vsctl(host, f"set interface {target.legs[-1]} ingress_policing_rate={by_hand.RATE}")


def leg_disabled(target: Target, host: OvsHost) -> None:
    """Disable the second leg, whose link is up."""
    do(host, "ovs-appctl", "bond/disable-slave", target.port, target.legs[-1])


def ipv6_on_bridge(target: Target, host: OvsHost) -> None:
    """Give the bridge an IPv6 address."""
    _ipv6(host, target.bridge)


def ipv6_on_leg(target: Target, host: OvsHost) -> None:
    """Give the second leg an IPv6 address."""
    _ipv6(host, target.legs[-1])


def _ipv6(host: OvsHost, device: str) -> None:
    do(host, "sysctl", "-qw", f"net.ipv6.conf.{device}.disable_ipv6=0")
    ip(host, f"addr add {by_hand.IPV6} dev {device} nodad")


def second_storage_address(target: Target, host: OvsHost) -> None:
    """Give the storage bond's bridge a second address."""
    ip(host, f"addr add {by_hand.SECOND} dev {by_hand.storage_bridge(target)}")


def alias_on_bridge(target: Target, host: OvsHost) -> None:
    """Give the bridge an alias."""
    ip(host, f"addr add {by_hand.ALIAS} dev {target.bridge} label {target.bridge}:0")


def device_on_leg(target: Target, host: OvsHost) -> None:
    """Make a macvlan on the second leg."""
    ip(host, f"link add link {target.legs[-1]} name mv0 type macvlan")


def nic_mac(host: OvsHost, device: str) -> str:
    """Return the MAC a NIC has now."""
    return next(nic.mac for nic in host.dom0.nics() if nic.device == device)
