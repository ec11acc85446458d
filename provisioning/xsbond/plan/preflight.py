"""What must hold before anything is changed; every reason against it is found, not only the first.

The rules' words are in refusals.py; here are the questions. Sources: XAPI's own checks in
xapi_bond.ml (create) and xapi_pif.ml, and what XAPI does not check although it hurts.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from xsbond.errors import XsbondError
from xsbond.model import DesiredBond, Pif
from xsbond.plan.refusals import Refusal, refuse
from xsbond.plan.vlans import is_wanted
from xsbond.snapshot.lookup import nic_pifs
from xsbond.snapshot.snapshot import Snapshot

_NULL = frozenset({"", "OpaqueRef:NULL"})
"""How XAPI writes a reference to nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A VM that runs with an interface on some network."""

    name: str
    host: str
    """Ref of the host it runs on."""
    network: str
    """Ref."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is asked for beyond the snapshot; the default knows of nothing against a change."""

    guests: tuple[Guest, ...] = ()
    """On the own networks of wanted NICs."""
    clustered: bool = False
    fcoe_hosts: frozenset[str] | None = frozenset()
    """Refs of hosts with storage over FCoE; None if nobody could tell."""
    emergency: frozenset[str] = frozenset()
    """Refs of hosts whose xapi does not reach the pool master."""
    unreachable: Mapping[str, str] = field(default_factory=dict)
    """Ref of a host that calls are to be sent to and do not reach -> why."""
    user: str = ""
    forbidden: tuple[str, ...] = ()
    """Calls the plan needs and `user` may not make."""
    locked_by: str = ""
    """Who else is changing the pool, in words; empty if nobody is."""


UNKNOWN = Circumstances()
"""Nothing was asked for, because there is nothing to change."""


def _is_leg(pif: Pif) -> bool:
    return pif.bond_slave_of not in _NULL


_NIC_RULES: Mapping[str, Callable[[Pif], bool]] = {
    "nic-management": lambda pif: pif.management,
    "nic-address": lambda pif: bool(pif.IP) or pif.ip_configuration_mode != "None",
    "nic-bonded": _is_leg,
    "nic-tunnels": lambda pif: bool(pif.tunnel_transport_PIF_of),
    "nic-sriov": lambda pif: bool(pif.sriov_physical_PIF_of),
    "nic-unmanaged": lambda pif: not pif.managed,
}
"""Rule -> whether it forbids bonding a NIC."""


_OF_MANAGEMENT = frozenset({"nic-management", "nic-address"})


def refusals_for_nics(
    snapshot: Snapshot, host: str, bond: DesiredBond, around: Circumstances = UNKNOWN
) -> Iterator[Refusal]:
    """Yield what forbids bonding the wanted NICs of one host, which are devices."""
    label = snapshot.labels[host]
    if not bond.nics:
        yield refuse("host-without-nics", label, network=bond.network, host=label)
    for nic in bond.nics:
        found = nic_pifs(snapshot, host, nic)
        if len(found) != 1:
            words = "has no PIF" if not found else f"has {len(found)} PIFs"
            uuid = snapshot.hosts[host].uuid
            yield refuse("nic-missing", label, nic=nic, found=words, host_uuid=uuid)
            continue
        ref, pif = found[0]
        # The management interface that is wanted on the bond comes with its address.
        comes_along = pif.management and bond.management
        for rule, forbids in _NIC_RULES.items():
            if forbids(pif) and not (comes_along and rule in _OF_MANAGEMENT):
                yield refuse(rule, label, nic=nic)
        if tags := sorted(
            vlan.tag
            for vlan in snapshot.vlans.values()
            if vlan.tagged_PIF == ref and not is_wanted(snapshot, bond, vlan)
        ):
            yield refuse("nic-vlans", label, nic=nic, tags=", ".join(map(str, tags)))
        if known := _fcoe(pif, around.fcoe_hosts):
            yield refuse("nic-fcoe", label, nic=nic, known=known)
        yield from _without_link(snapshot, host, pif)
        if guests := sorted(
            {
                each.name
                for each in around.guests
                if (each.host, each.network) == (host, pif.network)
            }
        ):
            network = snapshot.networks[pif.network].name_label
            names = ", ".join(map(repr, guests))
            yield refuse("nic-guests", label, nic=nic, guests=names, network=network)


def _fcoe(pif: Pif, hosts: Collection[str] | None) -> str:
    """Return why a NIC counts as one that carries storage; nothing if it does not."""
    if "fcoe" not in pif.capabilities:
        return ""
    if hosts is None:
        return "the NIC can, and whether it does is not known"
    return "the NIC can, and the host has such an SR" if pif.host in hosts else ""


def _without_link(snapshot: Snapshot, host: str, pif: Pif) -> Iterator[Refusal]:
    """Yield that a NIC is not in dom0, or has no link there."""
    label = snapshot.labels[host]
    if _is_gone(snapshot, host, pif):
        yield refuse("nic-gone", label, nic=pif.device, host=label, uuid=pif.uuid)
    elif source := _no_link(snapshot, host, pif):
        yield refuse("nic-no-link", label, nic=pif.device, source=source)


def _is_gone(snapshot: Snapshot, host: str, pif: Pif) -> bool:
    """Tell whether the kernel of dom0 has no such NIC; False where nobody could look."""
    try:
        return pif.device not in snapshot.nics(host)
    except XsbondError:
        return False


def _no_link(snapshot: Snapshot, host: str, pif: Pif) -> str:
    """Return who says that a NIC has no link; the kernel counts more than XAPI, which lags."""
    try:
        kernel = snapshot.nics(host).get(pif.device)
    except XsbondError:
        kernel = None
    if kernel is not None and kernel.carrier is not None:
        return "" if kernel.carrier else "dom0"
    metrics = snapshot.pif_metrics.get(pif.metrics)
    return "XAPI" if metrics is not None and not metrics.carrier else ""


def refusals_for_host(
    snapshot: Snapshot, host: str, around: Circumstances = UNKNOWN, *, by_ssh: bool
) -> Iterator[Refusal]:
    """Yield what forbids changing one host; `by_ssh` if its agent is restarted that way."""
    record, label = snapshot.hosts[host], snapshot.labels[host]
    metrics = snapshot.metrics.get(record.metrics)
    if metrics is None or not metrics.live:
        yield refuse("host-not-live", label)
    elif not record.enabled:
        yield refuse("host-disabled", label, uuid=record.uuid)
    if reason := around.unreachable.get(host):
        yield refuse("host-unreachable", label, reason=reason)
    if host in around.emergency:
        yield refuse("host-emergency", label)
    dom0 = snapshot.raw.dom0.get(record.uuid)
    if by_ssh and not (dom0 and dom0.distrusted) and (dom0 is None or dom0.unreachable):
        yield refuse("dom0-silent", label, reason=dom0.unreachable if dom0 else "was not asked")


_VERSIONS = (("product_version",), ("build_number",), ("xapi_build", "xapi"))
"""What tells releases apart, the coarsest first; within each, the first key a host has."""


def pool_refusals(snapshot: Snapshot, around: Circumstances = UNKNOWN) -> Iterator[Refusal]:
    """Yield what forbids changing anything in this pool."""
    for host, record in snapshot.hosts.items():
        if (dom0 := snapshot.raw.dom0.get(record.uuid)) and dom0.distrusted:
            # Whoever answers for one host may be another one of the pool.
            yield refuse("dom0-distrusted", snapshot.labels[host], reason=dom0.unreachable)
    if snapshot.pool.ha_enabled:
        yield refuse("pool-ha", "pool")
    if around.clustered:
        yield refuse("pool-clustering", "pool")
    if versions := _mixed_versions(snapshot):
        yield refuse("pool-versions", "pool", versions=versions)
    if around.forbidden:
        calls = ", ".join(around.forbidden)
        yield refuse("pool-permissions", "pool", user=around.user, calls=calls)
    if around.locked_by:
        yield refuse("pool-locked", "pool", owner=around.locked_by)


def _mixed_versions(snapshot: Snapshot) -> str:
    """Return the versions of the hosts where they differ."""
    for keys in _VERSIONS:
        found = {
            next((software[key] for key in keys if key in software), "unknown")
            for software in (host.software_version for host in snapshot.hosts.values())
        }
        if len(found) > 1:
            prefix = "" if keys == _VERSIONS[0] else f"{keys[-1].partition('_')[0]} "
            return prefix + " and ".join(sorted(found))
    return ""
