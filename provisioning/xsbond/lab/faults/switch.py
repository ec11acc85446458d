"""Faults of the switch in dom0: Open vSwitch is not as xapi left it."""

from dataclasses import replace

from xsbond.lab.contracts import Address, BondSettings
from xsbond.lab.dom0.bonding import LagPort
from xsbond.lab.dom0.state import Port
from xsbond.lab.faults.fault import Fault, FaultError, Target, frozen


def mode_in_switch(target: Target) -> None:
    """Somebody has changed the bond's mode by ovs-vsctl; XAPI knows nothing of it."""
    settings = _settings(target)
    other = "active-backup" if settings.bond_mode != "active-backup" else "balance-slb"
    _change(target, bond_mode=other)


def one_leg_in_switch(target: Target) -> None:
    """Open vSwitch has one leg in the bond's port, which therefore is no bond to it."""
    with frozen(target):
        port = _port(target)
        target.dom0.ports_by_name[port.name] = replace(port, devices=(target.legs[0],))
        target.dom0.settle()


def foreign_leg_in_switch(target: Target) -> None:
    """Open vSwitch has a third NIC in the bond, which XAPI does not know as a leg."""
    with frozen(target):
        port, used = (
            _port(target),
            {d for p in target.dom0.ports_by_name.values() for d in p.devices},
        )
        spare = next((nic.device for nic in target.dom0.nics() if nic.device not in used), "")
        if not spare:
            own = [p for p in target.dom0.ports_by_name.values() if p.bond is None]
            unused = [p for p in own if p.bridge not in target.dom0.addresses]
            if not unused:
                raise FaultError(f"{target.host.name} has no NIC to spare")
            target.dom0.delete_bridge(unused[0].bridge)
            spare = unused[0].devices[0]
        target.dom0.ports_by_name[port.name] = replace(port, devices=(*port.devices, spare))
        target.dom0.settle()


def lacp_on_slb(target: Target) -> None:
    """The port of the balance-slb bond speaks LACP to a switch that answers it."""
    _change(target, lacp="active")


def updelay_in_switch(target: Target) -> None:
    """The port's bond_updelay was changed by ovs-vsctl."""
    _change(target, updelay=0)


def downdelay_in_switch(target: Target) -> None:
    """The port's bond_downdelay was changed by ovs-vsctl: a dead leg is used for ten seconds."""
    _change(target, downdelay=10_000)


def detection_in_switch(target: Target) -> None:
    """The port looks for dead legs by MII, and not by their carrier."""
    options = {**_settings(target).other_config, "bond-detect-mode": "miimon"}
    _change(target, other_config=options)


def rebalance_in_switch(target: Target) -> None:
    """The bond moves its guests between the legs every ten seconds."""
    settings = _settings(target)
    options = {**settings.other_config, "bond-rebalance-interval": "10000"}
    _change(target, other_config=options)


def lacp_with_fallback(target: Target) -> None:
    """The port of the active-backup bond speaks LACP, and falls back where nobody answers."""
    settings = _settings(target)
    if settings.bond_mode != "active-backup":
        raise FaultError(f"the bond of {target.host.name} is not active-backup")
    options = {**settings.other_config, "lacp-fallback-ab": "true"}
    _change(target, lacp="active", other_config=options)


def lacp_fallen_back(target: Target) -> None:
    """The switch speaks no LACP on any leg; the bond carries traffic over one leg at most."""
    if _settings(target).lacp == "off":
        raise FaultError(f"the bond of {target.host.name} speaks no LACP to fall back from")
    with frozen(target):
        for device in target.legs:
            target.dom0.without_lacp[device] = "the switch ports form no LAG"


def lacp_port_out(target: Target) -> None:
    """The switch port of the second leg is in no LAG: the LAG is on one port only."""
    with frozen(target):
        target.dom0.without_lacp[_lacp_leg(target)] = "the switch port is in no LAG"


def lacp_two_lags(target: Target) -> None:
    """The switch ports of the legs are in two LAGs of one switch."""
    _answering(target, LagPort(key=OTHER_KEY))


def lacp_two_switches(target: Target) -> None:
    """The legs end in two switches that are not one stack, each with a LAG of its own."""
    _answering(target, LagPort(system=OTHER_SWITCH))


def lacp_leg_refused(target: Target) -> None:
    """The switch hears the second leg and keeps it out of the LAG."""
    _answering(target, LagPort(takes_part=False))


def lacp_other_switch(target: Target) -> None:
    """Both legs were plugged into another switch, which has a LAG for them, too."""
    _lacp_leg(target)
    with frozen(target):
        for device in target.legs:
            target.dom0.lag_ports[device] = LagPort(system=OTHER_SWITCH)


OTHER_SWITCH, OTHER_KEY = "02:00:00:00:00:02", 7
"""The system id of another switch, and the key of another LAG."""


def _answering(target: Target, port: LagPort) -> None:
    with frozen(target):
        target.dom0.lag_ports[_lacp_leg(target)] = port


def _lacp_leg(target: Target) -> str:
    """Return the second leg of a bond that speaks LACP; FaultError for any other bond."""
    if _settings(target).lacp == "off":
        raise FaultError(f"the bond of {target.host.name} speaks no LACP")
    return target.legs[-1]


def leftover_bridge(target: Target) -> None:
    """The own bridge of a leg is still there, without the NIC."""
    with frozen(target) as database:
        network = database.get("PIF", target.leg_pifs[0])["network"]
        settings = target.dom0.bridges_by_name[target.bridge].settings
        target.dom0.add_bridge(database.get("network", network)["bridge"], settings)


def bridge_gone(target: Target) -> None:
    """Somebody has deleted the bond's bridge by ovs-vsctl."""
    with frozen(target):
        target.dom0.delete_bridge(target.bridge)


def bridge_mac(target: Target) -> None:
    """The bridge has the MAC of the second leg."""
    with frozen(target):
        mac = target.dom0.nics_by_device[target.legs[-1]].mac
        _change_bridge(target, mac=mac)


def bridge_mtu(target: Target) -> None:
    """The bridge interface has a smaller MTU than its network."""
    with frozen(target):
        _change_bridge(target, mtu=1400)


def bridge_down(target: Target) -> None:
    """Somebody has set the bridge interface down."""
    with frozen(target):
        target.dom0.downed[target.bridge] = "ifconfig down"


def address_on_bridge(target: Target) -> None:
    """Somebody has given the bridge an address in dom0."""
    with frozen(target):
        address = Address(ip="10.9.9.9", netmask="255.255.255.0")
        target.dom0.set_address(target.bridge, address)


def _port(target: Target) -> Port:
    return target.dom0.ports_by_name[target.port]


def _settings(target: Target) -> BondSettings:
    with frozen(target):
        settings = _port(target).bond
    if settings is None:
        raise FaultError(f"{target.host.name} has no bond in its Open vSwitch")
    return settings


def _change(target: Target, **changes: object) -> None:
    settings = _settings(target)
    with frozen(target):
        changed = replace(settings, **changes)  # type: ignore[arg-type] # fields named above
        target.dom0.ports_by_name[target.port] = replace(_port(target), bond=changed)
        target.dom0.settle()


def _change_bridge(target: Target, **changes: object) -> None:
    bridge = target.dom0.bridges_by_name[target.bridge]
    settings = replace(bridge.settings, **changes)  # type: ignore[arg-type] # fields named above
    target.dom0.bridges_by_name[target.bridge] = replace(bridge, settings=settings)


FAULTS = (
    Fault(mode_in_switch),
    Fault(one_leg_in_switch),
    Fault(foreign_leg_in_switch),
    Fault(lacp_on_slb),
    Fault(updelay_in_switch),
    Fault(downdelay_in_switch),
    Fault(detection_in_switch),
    Fault(rebalance_in_switch),
    Fault(lacp_with_fallback),
    Fault(lacp_fallen_back),
    Fault(lacp_port_out),
    Fault(lacp_two_lags),
    Fault(lacp_two_switches),
    Fault(lacp_leg_refused),
    Fault(lacp_other_switch),
    Fault(leftover_bridge),
    Fault(bridge_gone),
    Fault(bridge_mac),
    Fault(bridge_mtu),
    Fault(bridge_down),
    Fault(address_on_bridge),
)
