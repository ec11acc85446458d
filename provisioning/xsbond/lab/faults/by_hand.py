"""What somebody has done in dom0 by hand, and XAPI does not know."""

import ipaddress
from dataclasses import replace

from xsbond.lab.dom0.bonding import Leg
from xsbond.lab.dom0.state import Further, Port
from xsbond.lab.faults.fault import Fault, FaultError, Target, frozen

TAG, TRUNK = 42, 10
RATE = 1000
"""kbit/s."""
IPV6 = "2001:db8:9::9/64"
SECOND, ALIAS, ON_VLAN = "10.9.8.9/24", "10.9.7.9/24", "10.9.6.9/24"
DROPS = "priority=10,in_port=1"


# --- the port and the bridge ---


def port_on_other_bridge(target: Target) -> None:
    """The bond's port is on the bridge of the management network."""
    with frozen(target):
        _change_port(target, bridge=management_bridge(target))


def port_tagged(target: Target) -> None:
    """The bond's port has tag 42, so that it carries that VLAN only."""
    with frozen(target):
        _change_port(target, tag=TAG)


def port_trunks(target: Target) -> None:
    """The bond's port has trunks 10, so that it carries no other VLAN."""
    with frozen(target):
        _change_port(target, trunks=(TRUNK,))


def bridge_secure(target: Target) -> None:
    """The bridge's fail mode is secure, and it has no flow: it passes no frame."""
    with frozen(target):
        bridge = target.dom0.bridges_by_name[target.bridge]
        settings = replace(bridge.settings, fail_mode="secure")
        target.dom0.bridges_by_name[target.bridge] = replace(bridge, settings=settings)


def flow_drops(target: Target) -> None:
    """A flow of the bridge drops what comes in by one of its ports."""
    with frozen(target):
        target.dom0.flows[target.bridge] = (f"{DROPS} actions=drop",)


def leg_policed(target: Target) -> None:
    """Open vSwitch takes no more than 1 Mbit/s from the second leg."""
    with frozen(target):
        target.dom0.policed[target.legs[-1]] = RATE


def leg_disabled(target: Target) -> None:
    """The second leg was disabled in Open vSwitch, which enables it again after the updelay."""
    with frozen(target):
        state = target.dom0.bonds[target.port]
        legs = {**state.legs, target.legs[-1]: Leg(enabled=False)}
        target.dom0.bonds[target.port] = replace(state, legs=legs)
        target.dom0.settle()


# --- addresses and devices ---


def ipv6_on_bridge(target: Target) -> None:
    """The bridge has an IPv6 address that XAPI did not give it."""
    with frozen(target):
        target.dom0.ipv6[target.bridge] = (IPV6,)


def ipv6_on_leg(target: Target) -> None:
    """The second leg has an IPv6 address."""
    with frozen(target):
        target.dom0.ipv6[target.legs[-1]] = (IPV6,)


def second_storage_address(target: Target) -> None:
    """The storage bond's bridge has a second IPv4 address, which ifconfig does not show."""
    with frozen(target):
        target.dom0.further[storage_bridge(target)] = (Further(address=SECOND),)


def alias_on_bridge(target: Target) -> None:
    """The bridge has an alias with an address."""
    with frozen(target):
        alias = Further(address=ALIAS, label=f"{target.bridge}:0")
        target.dom0.further[target.bridge] = (alias,)


def address_on_vlan_device(target: Target) -> None:
    """Somebody has made a VLAN device on the bridge, and given it an address."""
    with frozen(target):
        name = f"{target.bridge}.{TAG}"
        target.dom0.made_on[name] = target.bridge
        target.dom0.further[name] = (Further(address=ON_VLAN),)


def device_on_leg(target: Target) -> None:
    """Somebody has made a macvlan on the second leg."""
    with frozen(target):
        target.dom0.made_on["mv0"] = target.legs[-1]


def address_of_another_host(target: Target) -> None:
    """The storage bond of the host has the address of another host's."""
    with frozen(target) as database:
        own = _storage(target)
        others = [
            pif
            for ref in database.get("network", database.get("PIF", own)["network"])["PIFs"]
            if (pif := database.get("PIF", ref))["host"] != target.host.ref and pif["IP"]
        ]
    if not others:
        raise FaultError(f"no other host has an address beside {target.host.name}'s")
    other = min(others, key=lambda pif: ipaddress.IPv4Address(pif["IP"]))
    target.call("PIF.reconfigure_ip", own, "Static", other["IP"], other["netmask"], "", "")


def _storage(target: Target) -> str:
    """Return the ref of the bond PIF that the lab started with; FaultError if there is none."""
    for ref in target.database.get("host", target.host.ref)["PIFs"]:
        pif = target.database.get("PIF", ref)
        if pif["bond_master_of"] and pif["IP"] and ref != target.bond_pif:
            return str(ref)
    raise FaultError(f"{target.host.name} has no bond with an address")


def storage_bridge(target: Target) -> str:
    """Return the bridge of the bond that the lab started with."""
    network = target.database.get("PIF", _storage(target))["network"]
    return str(target.database.get("network", network)["bridge"])


def management_bridge(target: Target) -> str:
    """Return the bridge of the management network."""
    pif = next(pif for pif in target.pifs() if pif["management"])
    return str(target.database.get("network", pif["network"])["bridge"])


def _change_port(target: Target, **changes: object) -> None:
    port: Port = target.dom0.ports_by_name[target.port]
    changed = replace(port, **changes)  # type: ignore[arg-type] # fields named above
    target.dom0.ports_by_name[target.port] = changed
    target.dom0.settle()


FAULTS = (
    Fault(port_on_other_bridge),
    Fault(port_tagged),
    Fault(port_trunks),
    Fault(bridge_secure),
    Fault(flow_drops),
    Fault(leg_policed),
    Fault(leg_disabled),
    Fault(ipv6_on_bridge),
    Fault(ipv6_on_leg),
    Fault(second_storage_address),
    Fault(alias_on_bridge),
    Fault(address_on_vlan_device),
    Fault(device_on_leg),
    Fault(address_of_another_host),
)
