"""The causes of what the bond file declares and a network or bond has with another value."""

from collections.abc import Iterator

from pytest_xsbond.causes.cause import Cause
from pytest_xsbond.causes.mending import replace_bond, replug
from pytest_xsbond.claims import health
from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.declared import carriers, macs, properties, vlans
from xsbond.model import NO_ADDRESS
from xsbond.snapshot.addressing import ipv6_of
from xsbond.snapshot.lookup import master_name
from xsbond.snapshot.properties import other_properties, wanted_property


def _has_other_mtu(here: BondOnHost) -> bool:
    return here.wanted.mtu is not None and here.wanted.mtu != here.network.MTU


def _set_mtu(here: BondOnHost) -> Iterator[str]:
    """Set the network's MTU, and have networkd apply it on this host (PIF.plug alone does)."""
    words = f"uuid={here.network.uuid} MTU={here.wanted.mtu}"
    yield f"{master_name(here.snapshot)}# xe network-param-set {words}"
    yield f"{master_name(here.snapshot)}# xe pif-plug uuid={here.pif.uuid}"


def _set_properties(here: BondOnHost) -> Iterator[str]:
    for name in other_properties(here.bond, here.wanted):
        value = wanted_property(here.wanted, name)
        words = f"uuid={here.bond.uuid} properties:{name}={value}"
        yield f"{master_name(here.snapshot)}# xe bond-param-set {words}"


def _plug_vlans(here: BondOnHost) -> Iterator[str]:
    for pif in vlans.detached(here):
        yield f"{master_name(here.snapshot)}# xe pif-plug uuid={pif.uuid}"


def _replug_vlans(here: BondOnHost) -> Iterator[str]:
    """Have networkd make the bridges of the VLANs anew; it changes none that is there."""
    for pif in vlans.not_running(here):
        if not pif.management:
            yield f"{master_name(here.snapshot)}# xe pif-unplug uuid={pif.uuid}"
        yield f"{master_name(here.snapshot)}# xe pif-plug uuid={pif.uuid}"


def _declare_mac(here: BondOnHost) -> Iterator[str]:
    yield f"{master_name(here.snapshot)}# xe pif-list uuid={here.pif.uuid} params=device,MAC"
    line = f'mac.{here.name} = "{macs.undeclared_mac(here)}"'
    yield (
        f"write {line} for network {here.network.name_label} into the bond file; or let the bond be"
        " made anew, without a MAC of its own"
    )


def _lacks_its_mac(here: BondOnHost) -> bool:
    wanted = here.wanted.mac_on(here.name)
    return bool(wanted) and here.pif.MAC.lower() != wanted


def _has_stale_carrier(here: BondOnHost) -> bool:
    return not health.unlike_links(here) and bool(carriers.stale_carriers(here))


DECLARED_CAUSES: tuple[Cause, ...] = (
    Cause(
        name="network has another MTU",
        says="The MTU of the network is not the one of the bond file; a network that was there"
        " keeps its own.",
        holds=_has_other_mtu,
        steps=_set_mtu,
        explains=("H-mtu",),
        next=("{master}# xe network-list name-label={network} params=uuid,MTU",),
    ),
    Cause(
        name="VLAN is not attached",
        says="XAPI has the VLAN on the bond and has not plugged it, so that it carries no frame.",
        holds=lambda here: bool(vlans.detached(here)),
        steps=_plug_vlans,
        explains=("H-vlans", "H-vlans-run", "H-wanted-vlans"),
        next=("{master}# xe pif-list host-uuid={host_uuid} params=uuid,VLAN,currently-attached",),
    ),
    Cause(
        name="VLAN does not run",
        says="XAPI has the VLAN attached, and dom0 has no bridge for it, or one elsewhere, or with"
        " another tag.",
        holds=lambda here: bool(vlans.vlans_that_do_not_run(here)),
        steps=_replug_vlans,
        explains=("H-vlans-run", "H-wanted-vlans"),
        next=("{host}# ovs-vsctl show",),
    ),
    Cause(
        name="bond PIF has an IPv6 configuration",
        says="Somebody has given the bond's PIF IPv6, and the bond file has none for this host.",
        holds=lambda here: ipv6_of(here.pif) != NO_ADDRESS and not here.wanted.ipv6_on(here.name),
        explains=("PM-4.2.4", "M-3.2", "PM-4.4.1", "PM-4.4.2"),
        next=("{master}# xe pif-reconfigure-ipv6 uuid={pif_uuid} mode=none",),
    ),
    Cause(
        name="XAPI's record of the bond is stale",
        says="PIF_metrics.carrier of the bond, or of a VLAN on it, says that it is disconnected,"
        " while every leg is up; tools show that for ever.",
        holds=_has_stale_carrier,
        explains=("H-legs-up",),
        next=(
            "{master}# xe pif-list uuid={pif_uuid} params=device,carrier",
            "{host}# xe-toolstack-restart",
        ),
    ),
    Cause(
        name="bond has an explicit MAC",
        says="The bond was created with a MAC of its own, and the bond file does not say so. XAPI"
        " and dom0 agree; plugging it anew changes nothing.",
        holds=lambda here: bool(macs.undeclared_mac(here)),
        steps=_declare_mac,
        explains=("PM-4.4.3", "M-3.4"),
        next=("{master}# xe pif-list uuid={pif_uuid} params=device,MAC",),
    ),
    Cause(
        name="bond was made without its MAC",
        says="The bond file gives the bond a MAC of its own, and the bond was created without it;"
        " XAPI never changes it.",
        holds=_lacks_its_mac,
        steps=replace_bond,
        explains=("PM-4.4.3", "M-3.4"),
        next=(
            "{master}# xe pif-list uuid={pif_uuid} params=device,MAC",
            "{master}# xe bond-destroy uuid={bond_uuid}",
            "pytest --pool={pool} --xsbond-apply",
        ),
    ),
    Cause(
        name="property of the bond differs",
        says="The Bond has other properties than wanted, and Open vSwitch does what XAPI says.",
        holds=lambda here: bool(other_properties(here.bond, here.wanted)),
        steps=_set_properties,
        explains=("H-properties", "PM-4.5.2", "M-3.5.2", "H-lacp", "H-lacp-legs"),
        next=("{master}# xe bond-param-list uuid={bond_uuid}",),
    ),
    Cause(
        name="property is not run",
        says="The Bond has the wanted properties, and Open vSwitch was changed behind its back.",
        holds=lambda here: bool(properties.property_differences(here)),
        steps=replug,
        explains=("H-properties", "H-lacp-legs"),
        next=("{host}# ovs-vsctl list port {port}", "{master}# xe pif-plug uuid={pif_uuid}"),
    ),
)
"""In the order to look for them; before those of the bond, which has all of this as it should."""
