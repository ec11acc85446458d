"""What must hold before anything is changed; every reason against it is found, not only the first.

The rules are tables: a question, the reason, the way out. Sources: XAPI's own checks in
xapi_bond.ml (create) and xapi_pif.ml, and what XAPI does not check although it hurts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from xsbond.lookup import nic_pifs
from xsbond.model import DesiredBond, Pif
from xsbond.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One reason not to touch the pool."""

    where: str
    """A host's name, or `pool`."""
    what: str
    why: str
    way_out: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: {self.why}; {self.way_out}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _NicRule:
    forbids: Callable[[Pif], bool]
    why: str
    way_out: str


_NIC_RULES: tuple[_NicRule, ...] = (
    _NicRule(
        forbids=lambda pif: pif.management,
        # Bond.create would move the management interface, and cut this very connection.
        why="is the management interface",
        way_out="choose another NIC in the bond file",
    ),
    _NicRule(
        # Bond.create would move the address to the bond (xapi_bond.ml, move_configuration).
        forbids=lambda pif: bool(pif.IP) or pif.ip_configuration_mode != "None",
        why="has an IP configuration",
        way_out="remove it, or choose another NIC",
    ),
    _NicRule(
        # PIF_ALREADY_BONDED
        forbids=lambda pif: (
            pif.bond_slave_of.startswith("OpaqueRef:") and pif.bond_slave_of != "OpaqueRef:NULL"
        ),
        why="is a leg of another bond",
        way_out="destroy that bond, or choose another NIC",
    ),
    _NicRule(
        # PIF_HAS_FCOE_SR_IN_USE, where storage runs over it; capable NICs are left alone.
        forbids=lambda pif: "fcoe" in pif.capabilities,
        why="offers FCoE, which a bond breaks",
        way_out="choose another NIC",
    ),
)


def refusals_for_nics(snapshot: Snapshot, host: str, bond: DesiredBond) -> Iterator[Refusal]:
    """Yield what forbids bonding the wanted NICs of one host."""
    for nic in bond.nics:
        found = nic_pifs(snapshot, host, nic)
        if len(found) != 1:
            why = "has no PIF" if not found else f"has {len(found)} PIFs"
            scan = f"xe pif-scan host-uuid={snapshot.hosts[host].uuid}"
            out = f"correct nics in the bond file, or run {scan}"
            yield _on(snapshot, host, f"NIC {nic}", why, out)
            continue
        ref, pif = found[0]
        for rule in _NIC_RULES:
            if rule.forbids(pif):
                yield _on(snapshot, host, f"NIC {nic}", rule.why, rule.way_out)
        tags = sorted(vlan.tag for vlan in snapshot.vlans.values() if vlan.tagged_PIF == ref)
        if tags:
            # Bond.create would move them, under new refs and uuids.
            why = f"carries VLAN {', '.join(map(str, tags))}"
            yield _on(snapshot, host, f"NIC {nic}", why, "move the VLANs to another NIC first")


def refusals_for_host(snapshot: Snapshot, host: str, *, by_ssh: bool) -> Iterator[Refusal]:
    """Yield what forbids changing one host; `by_ssh` if its agent is to be restarted."""
    record = snapshot.hosts[host]
    metrics = snapshot.metrics.get(record.metrics)
    if metrics is None or not metrics.live:
        yield _on(snapshot, host, "host", "is not live", "bring it back first")
    elif not record.enabled:
        out = f"run xe host-enable uuid={record.uuid} when its maintenance is over"
        yield _on(snapshot, host, "host", "is disabled", out)
    dom0 = snapshot.raw.dom0.get(record.uuid)
    if dom0 and dom0.distrusted:
        out = "compare its host key at the console, then connect once with ssh to accept it"
        yield _on(snapshot, host, "dom0", f"is not proven to be it ({dom0.unreachable})", out)
    elif by_ssh and (dom0 is None or dom0.unreachable):
        why = dom0.unreachable if dom0 else "was not asked"
        out = "restore SSH access, or use --xsbond-inherit=create"
        yield _on(snapshot, host, "dom0", f"does not answer ({why})", out)


def pool_refusals(snapshot: Snapshot) -> Iterator[Refusal]:
    """Yield what forbids changing anything in this pool."""
    if snapshot.pool.ha_enabled:
        # An agent that restarts under HA can fence its host.
        why, out = "high availability is on", "run xe pool-ha-disable for the time of the change"
        yield Refusal(where="pool", what="HA", why=why, way_out=out)
    versions = sorted(
        {
            host.software_version.get("product_version", "unknown")
            for host in snapshot.hosts.values()
        }
    )
    if len(versions) > 1:
        why = f"the hosts run {' and '.join(versions)}"
        yield Refusal(where="pool", what="versions", why=why, way_out="finish the upgrade first")


def _on(snapshot: Snapshot, host: str, what: str, why: str, way_out: str) -> Refusal:
    return Refusal(where=snapshot.labels[host], what=what, why=why, way_out=way_out)
