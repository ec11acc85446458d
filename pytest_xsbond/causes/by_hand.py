"""The causes that somebody has brought about in dom0, behind XAPI's back."""

from collections.abc import Iterator

from pytest_xsbond.causes.cause import Cause
from pytest_xsbond.causes.mending import (
    foreign_addresses,
    foreign_devices,
    without_foreign_addresses,
    without_foreign_devices,
)
from pytest_xsbond.claims import health
from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.dom0 import bridge, gained, settings
from pytest_xsbond.claims.host_in_pool import HostInPool
from pytest_xsbond.claims.seen import Evidence
from xsbond.model import BondMode
from xsbond.snapshot import switch
from xsbond.snapshot.lookup import master_name


def _host(here: BondOnHost) -> HostInPool:
    return HostInPool(evidence=_evidence(here), desired=here.desired)


def _evidence(here: BondOnHost) -> Evidence:
    return Evidence(snapshot=here.snapshot, host=here.host)


def _elsewhere(here: BondOnHost) -> bool:
    ports = switch.ports(here.snapshot, here.host)
    own = [port.bridge for port in ports if port.name == here.pif.device]
    return bool(set(own) - {here.network.bridge})


def _in_a_vlan(here: BondOnHost) -> bool:
    ports = switch.ports(here.snapshot, here.host)
    return any(port.tag or port.trunks for port in ports if port.name == here.pif.device)


def _other_settings(here: BondOnHost) -> bool:
    if here.wanted.mode is BondMode.BALANCE_SLB:
        return False
    return settings.settings(here) != settings.wanted_settings(here)


def _held_back(here: BondOnHost) -> list[str]:
    return [sentence.split()[0] for sentence in bridge.held_back(here)]


def _in_the_kernel(here: BondOnHost) -> Iterator[str]:
    if switch.is_kernel(here.snapshot, here.host):
        yield f"{here.name}# cat /proc/net/bonding/*"
        yield f"{master_name(here.snapshot)}# xe bond-list"


_ANEW = ("{master}# xe pif-unplug uuid={pif_uuid}", "{master}# xe pif-plug uuid={pif_uuid}")
"""XAPI makes bridge and port anew."""

BY_HAND_CAUSES: tuple[Cause, ...] = (
    Cause(
        name="address was set by hand",
        says="dom0 has an address on the bridge or a leg that XAPI knows nothing of.",
        holds=lambda here: bool(foreign_addresses(here)),
        explains=("PM-4.4.1", "PM-4.4.2", "H-leg-clean"),
        steps=without_foreign_addresses,
        next=("{host}# ip -o addr show", "{host}# ip addr del {address} dev {interface}"),
    ),
    Cause(
        name="port is on another bridge",
        says="The bond's port was moved by ovs-vsctl: its guests are on the wrong network.",
        holds=_elsewhere,
        explains=("PM-4.5.1", "M-3.5.2"),
        next=("{host}# ovs-vsctl del-port {port}", *_ANEW),
    ),
    Cause(
        name="port is in a VLAN",
        says="The bond's port was given a tag or trunks, so that other frames do not pass.",
        holds=_in_a_vlan,
        explains=("PM-4.5.1", "M-3.5.2"),
        next=("{host}# ovs-vsctl show", *_ANEW),
    ),
    Cause(
        name="bridge has no flow",
        says="The bridge's fail mode is secure, and no controller or rule tells it what to pass.",
        holds=lambda here: bool(bridge.blocked(here)),
        explains=("H-bridge",),
        next=("{host}# ovs-ofctl dump-flows {bridge}", *_ANEW),
    ),
    Cause(
        name="flow drops frames",
        says="A rule of the bridge drops frames; XCP-ng's own network rules are such flows, too.",
        holds=lambda here: bool(bridge.dropping(here)),
        explains=("H-flows",),
        next=("{host}# ovs-ofctl dump-flows {bridge}",),
    ),
    Cause(
        name="leg is held back",
        says="Open vSwitch takes no more than a rate from a leg, and drops what comes beyond it.",
        holds=lambda here: bool(_held_back(here)),
        nics=_held_back,
        explains=("H-leg-clean",),
        next=("{host}# ovs-vsctl set interface {nic} ingress_policing_rate=0",),
    ),
    Cause(
        name="leg carries a device",
        says="Somebody has made a VLAN device or a macvlan on a leg, which takes frames from it.",
        holds=lambda here: bool(foreign_devices(here)),
        explains=("H-leg-clean",),
        steps=without_foreign_devices,
        next=("{host}# ip -o link", "{host}# ip link del {device}"),
    ),
    Cause(
        name="address is another host's",
        says="Two hosts have the same address, so that each of them is reached by chance.",
        holds=lambda here: bool(gained.shared_addresses(_host(here))),
        explains=("H-addresses",),
        next=("{host}# ip -o addr", "{master}# xe pif-list params=host-name-label,device,IP"),
    ),
    Cause(
        name="port is not set up as by XAPI",
        says="LACP, delays or detection of the port are not what XAPI sets for this mode.",
        holds=_other_settings,
        explains=("H-settings",),
        next=("{host}# ovs-vsctl list port {port}", "{master}# xe pif-plug uuid={pif_uuid}"),
    ),
    Cause(
        name="standby leg is slower",
        says="After a failover the bond is slower: the legs negotiated different speeds.",
        holds=lambda here: bool(health.slower_legs(here)),
        nics=lambda here: [sentence.split()[0] for sentence in health.slower_legs(here)],
        explains=("H-standby-speed",),
        next=("{host}# ethtool {nic}",),
    ),
    Cause(
        name="bond is in a foreign mode",
        says="A bond was made in dom0 by hand, in a mode that XAPI does not have.",
        holds=lambda here: bool(_host(here).foreign_modes()),
        explains=("H-modes",),
        steps=_in_the_kernel,
        next=("{master}# xe bond-list",),
    ),
)
"""In the order to look for them."""
