"""The causes of failed claims about what a bond file says beyond NICs and mode."""

from collections.abc import Iterable

from pytest_xsbond.causes.cause import Cause
from pytest_xsbond.claims import described
from pytest_xsbond.claims.bond_on_host import BondOnHost
from xsbond.model import DesiredNetwork
from xsbond.plan.plan import plan_for
from xsbond.snapshot.addressing import ipv4_of
from xsbond.snapshot.lookup import master_name, own_pif

_BROUGHT = frozenset(
    {"create-vlan", "plug-vlan", "set-overrides", "set-address", "set-ipv6-address"}
)
"""Kinds of steps that bring a bond what the bond file adds to it."""


def _missing(here: BondOnHost) -> list[str]:
    """Return the commands that bring this host's bond what it lacks, as the plan has them."""
    networks = {network.network for network in here.wanted.networks}
    master = master_name(here.snapshot)
    return [
        f"{master}# {step.command}"
        for step in plan_for(here.desired, here.snapshot).steps
        if step.kind in _BROUGHT
        and step.host == here.name
        and getattr(step, "network", "") in networks
    ]


def _undeclared(here: BondOnHost) -> list[DesiredNetwork]:
    """Return the networks of the wanted bonds that the host is managed on, and no file says so."""
    networks = [each for bond in here.desired for each in bond.networks if not each.management]
    pifs = [own_pif(here.snapshot, here.host, network) for network in networks]
    return [each for each, pif in zip(networks, pifs, strict=True) if pif and pif.management]


def _is_about_management(here: BondOnHost, outcome: str) -> bool:
    return outcome == "H-one-management" or here.pif.management


def _declare(here: BondOnHost) -> Iterable[str]:
    """Say what the bond file lacks, or which PIFs the management interface could go back to."""
    master, host = master_name(here.snapshot), here.snapshot.hosts[here.host]
    words = f"host-uuid={host.uuid} params=uuid,device,network-name-label,IP,management"
    yield f"{master}# xe pif-list {words}"
    for network in _undeclared(here):
        pif = own_pif(here.snapshot, here.host, network)
        address = ipv4_of(pif) if pif else ""
        yield (
            f'write management = true, and addresses with {here.name} = "{address}", for network'
            f" {network.network} into the bond file; or run xe host-management-reconfigure with the"
            f" pif-uuid of another PIF of {here.name}"
        )


def _management_is_elsewhere(here: BondOnHost) -> bool:
    network = here.wanted.managing_network
    pif = own_pif(here.snapshot, here.host, network) if network else None
    return pif is not None and not pif.management


def _reconfigure(here: BondOnHost) -> Iterable[str]:
    """Yield what brings the management interface back, where its PIF has an address still."""
    network = here.wanted.managing_network
    pif = own_pif(here.snapshot, here.host, network) if network else None
    if pif and pif.IP:
        master = master_name(here.snapshot)
        yield f"{master}# xe host-management-reconfigure pif-uuid={pif.uuid}"


def _not_applied(here: BondOnHost) -> bool:
    """Tell whether the PIF has every override, and the switch does not run them."""
    recorded = here.pif.other_config
    wanted = here.wanted.other_config
    is_recorded = all(recorded.get(key) == value for key, value in wanted.items())
    return bool(wanted) and is_recorded and bool(described.override_differences(here))


def _differs(here: BondOnHost) -> bool:
    found = [*described.ipv6_differences(here), *described.override_differences(here)]
    if here.wanted.vlans:
        found += described.wanted_vlan_differences(here)
    if here.wanted.managing_network:
        found += described.management_differences(here)
    return bool(found)


UNDECLARED_MANAGEMENT = Cause(
    name="management is on a guest bond",
    says="The host is managed through a bond, and the bond file does not say so.",
    holds=lambda here: bool(_undeclared(here)),
    steps=_declare,
    is_behind=_is_about_management,
    explains=("PM-4.2.4", "M-3.2", "PM-4.4.1", "PM-4.4.2", "H-one-management"),
    next=("{master}# xe pif-list host-uuid={host_uuid} management=true",),
)
"""It comes before the causes of an address that nobody wanted."""

DESCRIBED_CAUSES: tuple[Cause, ...] = (
    Cause(
        name="bond lacks what the file adds",
        says="A VLAN, an address or an override of the bond file was never set on this host.",
        holds=lambda here: bool(_missing(here)),
        steps=_missing,
        explains=("H-wanted-vlans", "H-ipv6", "H-overrides"),
        next=("{master}# xe pif-list host-uuid={host_uuid} params=uuid,device,VLAN,other-config",),
    ),
    Cause(
        name="management is on another interface",
        says="The host is managed through another PIF than the bond file says.",
        holds=_management_is_elsewhere,
        steps=_reconfigure,
        explains=("H-management", "H-one-management"),
        next=("{master}# xe pif-list host-uuid={host_uuid} management=true",),
    ),
    Cause(
        name="overrides were not applied",
        says="The PIF has the overrides, but nobody has plugged it since they were set.",
        holds=_not_applied,
        explains=("H-overrides",),
        next=("{master}# xe pif-plug uuid={pif_uuid}",),
    ),
    Cause(
        name="settings differ from the file",
        says="A VLAN, an address or an override is there with another value than wanted.",
        holds=_differs,
        explains=("H-wanted-vlans", "H-ipv6", "H-overrides", "H-management"),
        next=(
            "{master}# xe pif-param-list uuid={pif_uuid}",
            "{master}# xe pif-list host-uuid={host_uuid} params=uuid,device,VLAN,IP,IPv6,gateway",
        ),
    ),
    Cause(
        name="another name was free",
        says="XAPI took the first free name when it made the bond; it never changes it.",
        holds=lambda here: bool(described.device_difference(here)),
        explains=("H-device",),
        next=("{master}# xe pif-list host-uuid={host_uuid} params=uuid,device,network-name-label",),
    ),
)
"""In the order to look for them; those of the bond and of dom0 come before."""
