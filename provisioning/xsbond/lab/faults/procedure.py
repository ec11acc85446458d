"""Faults of the procedure: bonds that were made otherwise than wanted, by XAPI's own calls."""

from collections.abc import Sequence

from xsbond.lab.faults.fault import Fault, FaultError, Target, frozen
from xsbond.lab.pool.values import is_null

_VLAN_TAG = 101
_LONGEST_START = 300.0
"""Lab seconds a member may take to copy a bond."""


def bond_deleted(target: Target) -> None:
    """Somebody has destroyed the host's bond; its NICs have their own bridges again."""
    with frozen(target):
        bond = target.bond
    target.call("Bond.destroy", bond)


def bond_on_master_only(target: Target) -> None:
    """No host but the pool master has the bond: the members were never restarted."""
    with frozen(target):
        members = [host for host in target.lab.hosts if host.ref != target.master.ref]
    for member in members:
        bond_deleted(Target(lab=target.lab, host=member))


def wrong_nic(target: Target) -> None:
    """The host's bond joins another NIC in place of the second one."""
    with frozen(target):
        spare = _spare_nic(target)
        _, *others = target.leg_pifs
        members = [target.leg_pifs[0], spare, *others[1:]]
    _make_anew(target, members)


def swapped_legs(target: Target) -> None:
    """The host's bond was made with its NICs in another order: it has the second one's MAC."""
    with frozen(target):
        members = list(reversed(target.leg_pifs))
    _make_anew(target, members)


def wrong_mode(target: Target) -> None:
    """The host's bond runs in another mode, in XAPI and in Open vSwitch."""
    with frozen(target) as database:
        bond = target.bond
        mode = database.get("Bond", bond)["mode"]
    target.call("Bond.set_mode", bond, "balance-slb" if mode != "balance-slb" else "active-backup")


def mode_overridden(target: Target) -> None:
    """The bond PIF's other_config:bond-mode makes Open vSwitch run another mode than XAPI says."""
    _override(target, "bond-mode", "active-backup")


def updelay_overridden(target: Target) -> None:
    """The bond PIF's other_config:bond-updelay lets a leg carry traffic without waiting."""
    _override(target, "bond-updelay", "0")


def one_legged_bond(target: Target) -> None:
    """The member found one NIC only when it copied the bond: XAPI shows a bond, dom0 has none."""
    with frozen(target):
        bond, network, lost = target.bond, target.network, target.leg_pifs[-1]
    target.call("Bond.destroy", bond)
    target.call("PIF.forget", lost)
    target.host.toolstack.stop()
    target.host.toolstack.start()
    _wait_for_bond(target, network)


def bond_pif_unplugged(target: Target) -> None:
    """The bond's PIF was unplugged: its bridge is gone from dom0."""
    with frozen(target):
        pif = target.bond_pif
    target.call("PIF.unplug", pif)


def address_on_bond_pif(target: Target) -> None:
    """Somebody has given the bond's PIF an address through XAPI."""
    with frozen(target):
        pif = target.bond_pif
    target.call("PIF.reconfigure_ip", pif, "Static", "10.9.4.9", "255.255.255.0", "", "")


def leg_set_to_dhcp(target: Target) -> None:
    """Somebody has given a leg an IP configuration, which XAPI does not refuse."""
    with frozen(target):
        leg = target.leg_pifs[-1]
    target.call("PIF.reconfigure_ip", leg, "DHCP", "", "", "", "")


def vlan_missing(target: Target) -> None:
    """A VLAN on the bond exists on every host but this one."""
    with frozen(target):
        hosts = [host for host in target.lab.hosts if host.ref != target.host.ref]
        pifs = [Target(lab=target.lab, host=host).bond_pif for host in hosts]
    network = _vlan_network(target)
    for pif in pifs:
        target.call("VLAN.create", pif, str(_VLAN_TAG), network)


def vlan_tag_differs(target: Target) -> None:
    """A VLAN on the bond has another tag on this host."""
    vlan_missing(target)
    with frozen(target) as database:
        pif = target.bond_pif
        (network,) = database.where("network", name_label=f"VLAN {_VLAN_TAG}")
    target.call("VLAN.create", pif, str(_VLAN_TAG + 1), network)


def vlan_on_leg(target: Target) -> None:
    """A VLAN of every host's bond is recorded on a leg of it here, as old releases had it."""
    with frozen(target) as database:
        pifs = list(database.get("network", target.network)["PIFs"])
        bond, leg = target.bond_pif, target.leg_pifs[0]
    network = _vlan_network(target)
    made = {pif: target.call("VLAN.create", pif, str(_VLAN_TAG), network) for pif in pifs}
    with frozen(target) as database:
        untagged = database.get("VLAN", made[bond])["untagged_PIF"]
        database.set("VLAN", made[bond], tagged_PIF=leg)
        database.set("PIF", untagged, device=database.get("PIF", leg)["device"])


def bond_numbered_otherwise(target: Target) -> None:
    """The bond has another number on this host, because another bond was in its place."""
    with frozen(target) as database:
        spare = _spare_nic(target)
        bond, members, network = target.bond, list(target.leg_pifs), target.network
        mode = database.get("Bond", bond)["mode"]
    target.call("Bond.destroy", bond)
    other = target.call("network.create", {"name_label": "in between", "other_config": {}})
    between = target.call("Bond.create", other, [spare], "", "balance-slb", {})
    target.call("Bond.create", network, members, "", mode, {})
    target.call("Bond.destroy", between)
    target.call("network.destroy", other)


def _override(target: Target, key: str, value: str) -> None:
    with frozen(target):
        pif = target.bond_pif
    target.call("PIF.add_to_other_config", pif, key, value)
    target.call("PIF.plug", pif)


def _make_anew(target: Target, members: Sequence[str]) -> None:
    with frozen(target) as database:
        bond, network = target.bond, target.network
        mode = database.get("Bond", bond)["mode"]
    target.call("Bond.destroy", bond)
    target.call("Bond.create", network, list(members), "", mode, {})


def _spare_nic(target: Target) -> str:
    """Return the ref of a physical PIF nobody uses; FaultError if there is none."""
    for pif in target.pifs():
        used = pif["management"] or pif["IP"] or not is_null(pif["bond_slave_of"])
        if pif["physical"] and not used:
            return target.pif(pif["device"])
    raise FaultError(f"{target.host.name} has no NIC to spare")


def _vlan_network(target: Target) -> str:
    """Create the VLAN's network; FaultError where another fault has made the VLAN before."""
    name = f"VLAN {_VLAN_TAG}"
    with frozen(target) as database:
        if database.where("network", name_label=name):
            raise FaultError(f"{name} is on the bond already")
    return str(target.call("network.create", {"name_label": name, "other_config": {}}))


def _wait_for_bond(target: Target, network: str) -> None:
    """Return when the member has copied what it can; FaultError if it copies nothing."""
    world = target.lab.world
    with world.lock:
        world.pool.pause(_LONGEST_START, unless=lambda: _is_attached(target, network))
        if not _is_attached(target, network):
            raise FaultError(f"{target.host.name} copied no bond from the master")


def _is_attached(target: Target, network: str) -> bool:
    return any(p["network"] == network and p["currently_attached"] for p in target.pifs())


FAULTS = (
    Fault(bond_deleted),
    Fault(bond_on_master_only, of_pool=True),
    Fault(wrong_nic),
    Fault(swapped_legs),
    Fault(wrong_mode),
    Fault(mode_overridden),
    Fault(updelay_overridden),
    Fault(one_legged_bond, of_members=True),
    Fault(bond_pif_unplugged),
    Fault(address_on_bond_pif),
    Fault(leg_set_to_dhcp),
    Fault(vlan_missing),
    Fault(vlan_tag_differs),
    Fault(vlan_on_leg),
    Fault(bond_numbered_otherwise),
)
