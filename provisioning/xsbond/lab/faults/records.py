"""Faults of XAPI's records: they say something that dom0 does not bear out."""

from xsbond.lab.faults.fault import Fault, Target, frozen
from xsbond.lab.networking.monitor import ALERT
from xsbond.lab.pool.values import NULL

_GONE = "OpaqueRef:00000000-0000-4000-8000-000000000000"
"""Of an object that nobody has."""


def mode_in_record(target: Target) -> None:
    """The host's Bond record names another mode than Open vSwitch runs."""
    with frozen(target) as database:
        mode = database.get("Bond", target.bond)["mode"]
        other = "active-backup" if mode != "active-backup" else "balance-slb"
        database.set("Bond", target.bond, mode=other)


def leg_lost_in_record(target: Target) -> None:
    """The second leg's PIF is no slave of the bond any more, though Open vSwitch has it."""
    with frozen(target) as database:
        database.set("PIF", target.leg_pifs[-1], bond_slave_of=NULL)


def leg_of_lost_bond(target: Target) -> None:
    """The second leg's PIF is recorded as the slave of a bond that is gone."""
    with frozen(target) as database:
        database.set("PIF", target.leg_pifs[-1], bond_slave_of=_GONE)


def detached_in_record(target: Target) -> None:
    """The bond's PIF is recorded as not attached, though its bridge is there."""
    with frozen(target) as database:
        database.set("PIF", target.bond_pif, currently_attached=False)


def other_primary(target: Target) -> None:
    """The bond's primary slave is the second leg, while the bridge has the first one's MAC."""
    with frozen(target) as database:
        database.set("Bond", target.bond, primary_slave=target.leg_pifs[-1])


def stale_links_up(target: Target) -> None:
    """Bond.links_up is 0 although every leg is enabled in Open vSwitch."""
    with frozen(target) as database:
        database.set("Bond", target.bond, links_up=0)


def stale_carrier(target: Target) -> None:
    """PIF_metrics says that a leg has no carrier, the kernel that it has."""
    with frozen(target) as database:
        metrics = database.get("PIF", target.leg_pifs[-1])["metrics"]
        database.set("PIF_metrics", metrics, carrier=False)


def stale_mac(target: Target) -> None:
    """A leg's PIF has the MAC of the board that was in the host before."""
    with frozen(target) as database:
        database.set("PIF", target.leg_pifs[-1], MAC="00:1b:21:0d:0a:0b")


def nic_renamed_in_record(target: Target) -> None:
    """XAPI knows a leg by another device name than dom0."""
    with frozen(target) as database:
        database.set("PIF", target.leg_pifs[-1], device="eth9")


def second_management_pif(target: Target) -> None:
    """Two PIFs of the host are recorded as its management interface."""
    with frozen(target) as database:
        spare = next(
            ref
            for ref in database.get("host", target.host.ref)["PIFs"]
            if not database.get("PIF", ref)["management"]
            and database.get("PIF", ref)["bond_slave_of"] == NULL
            and ref != target.bond_pif
        )
        database.set("PIF", spare, management=True)


def mtu_of_network(target: Target) -> None:
    """The network asks for jumbo frames that no host has been given."""
    with frozen(target) as database:
        database.set("network", target.network, MTU=9000)


def network_name_twice(target: Target) -> None:
    """A second network has the wanted name."""
    with frozen(target) as database:
        label = database.get("network", target.network)["name_label"]
    target.call("network.create", {"name_label": label, "other_config": {}})


def alert_left(target: Target) -> None:
    """The last alert about the bond says that a leg is down, though it is back."""
    with frozen(target) as database:
        # Dates have whole seconds: in the same one, nobody could tell which alert is the last.
        target.lab.world.clock.skip(1.0)
        legs = sorted(target.legs)
        body = f"The status of the {'+'.join(legs)} bond changed: 1/{len(legs)} up"
        database.create(
            "message",
            name=ALERT,
            priority=3,
            cls="Host",
            obj_uuid=target.host.uuid,
            timestamp=target.lab.world.pool.date(),
            body=f"{body} (was {len(legs)}/{len(legs)})",
        )


def other_bond_disturbed(target: Target) -> None:
    """The storage bond of the host has another address than before."""
    with frozen(target) as database:
        built_in = next(
            ref
            for ref in database.get("host", target.host.ref)["PIFs"]
            if database.get("PIF", ref)["bond_master_of"] and ref != target.bond_pif
        )
        netmask = database.get("PIF", built_in)["netmask"] or "255.255.255.0"
    target.call("PIF.reconfigure_ip", built_in, "Static", "172.31.255.9", netmask, "", "")


FAULTS = (
    Fault(mode_in_record),
    Fault(leg_lost_in_record),
    Fault(leg_of_lost_bond),
    Fault(detached_in_record),
    Fault(other_primary),
    Fault(stale_links_up),
    Fault(stale_carrier),
    Fault(stale_mac),
    Fault(nic_renamed_in_record),
    Fault(second_management_pif),
    Fault(mtu_of_network, of_pool=True),
    Fault(network_name_twice, of_pool=True),
    Fault(alert_left),
    Fault(other_bond_disturbed),
)
