"""Faults of what a bond file may declare beyond NICs and mode, each in XAPI or in dom0 alone."""

from dataclasses import replace

from xsbond.lab.faults.fault import Fault, FaultError, Target, frozen


def lacp_time_differs(target: Target) -> None:
    """The bond asks its partner for a LACPDU every second, in XAPI and in Open vSwitch."""
    _set_property(target, "lacp-time", "fast")


def hashing_differs(target: Target) -> None:
    """The lacp bond hashes by source MAC, in XAPI and in Open vSwitch."""
    _set_property(target, "hashing_algorithm", "src_mac")


def fallback_differs(target: Target) -> None:
    """The lacp bond does not fall back to active-backup where no partner answers."""
    _set_property(target, "lacp-fallback-ab", "false")


def _set_property(target: Target, name: str, value: str) -> None:
    with frozen(target) as database:
        bond = target.bond
        if database.get("Bond", bond)["mode"] != "lacp":
            raise FaultError(f"the bond of {target.host.name} is no lacp bond: it has no {name}")
    target.call("Bond.set_property", bond, name, value)


def lacp_time_in_switch(target: Target) -> None:
    """Somebody has changed the port's lacp-time by ovs-vsctl; XAPI knows nothing of it."""
    with frozen(target):
        port = target.dom0.ports_by_name[target.port]
        if port.bond is None or port.bond.lacp == "off":
            raise FaultError(f"the bond of {target.host.name} speaks no LACP")
        runs = port.bond.other_config.get("lacp-time", "slow")
        options = {**port.bond.other_config, "lacp-time": "slow" if runs == "fast" else "fast"}
        changed = replace(port, bond=replace(port.bond, other_config=options))
        target.dom0.ports_by_name[target.port] = changed
        target.dom0.settle()


def vlan_unplugged(target: Target) -> None:
    """A VLAN is on every host's bond, and XAPI has it unplugged on this host."""
    with frozen(target) as database:
        pifs = list(database.get("network", target.network)["PIFs"])
        bond = target.bond_pif
    network = target.call("network.create", {"name_label": "VLAN 104", "other_config": {}})
    made = {pif: target.call("VLAN.create", pif, "104", network) for pif in pifs}
    target.call("PIF.unplug", target.call("VLAN.get_untagged_PIF", made[bond]))


def vlan_on_one_host(target: Target) -> None:
    """A VLAN is on the bond of this host alone."""
    with frozen(target):
        bond = target.bond_pif
    network = target.call("network.create", {"name_label": "VLAN 105", "other_config": {}})
    target.call("VLAN.create", bond, "105", network)


def vlan_on_every_host(target: Target) -> str:
    """Put a VLAN on the bond of every host; return its bridge."""
    with frozen(target) as database:
        pifs = list(database.get("network", target.network)["PIFs"])
    network = target.call("network.create", {"name_label": _VLAN, "other_config": {}})
    for pif in pifs:
        target.call("VLAN.create", pif, _TAG, network)
    with frozen(target) as database:
        return str(database.get("network", network)["bridge"])


def vlan_tag_in_switch(target: Target) -> None:
    """The port of a VLAN on every host's bond was given another tag on this host by ovs-vsctl."""
    name = vlan_on_every_host(target)
    with frozen(target):
        bridge = target.dom0.bridges_by_name[name]
        settings = replace(bridge.settings, vlan=(target.bridge, OTHER_TAG))
        target.dom0.bridges_by_name[name] = replace(bridge, settings=settings)


OTHER_TAG = 107
_VLAN, _TAG = "VLAN 106", "106"


def carrier_of_bond_stale(target: Target) -> None:
    """PIF_metrics says that the bond's PIF has no carrier, although every leg is up."""
    with frozen(target) as database:
        metrics = database.get("PIF", target.bond_pif)["metrics"]
        database.set("PIF_metrics", metrics, carrier=False)


def ipv6_on_bond_pif(target: Target) -> None:
    """Somebody has given the bond's PIF an IPv6 configuration through XAPI."""
    with frozen(target):
        pif = target.bond_pif
    target.call("PIF.reconfigure_ipv6", pif, "Static", "2001:db8::99/64", "", "")


FAULTS = (
    Fault(lacp_time_differs),
    Fault(hashing_differs),
    Fault(fallback_differs),
    Fault(lacp_time_in_switch),
    Fault(vlan_unplugged),
    Fault(vlan_on_one_host, of_members=True),
    Fault(vlan_tag_in_switch),
    Fault(carrier_of_bond_stale),
    Fault(ipv6_on_bond_pif),
)
