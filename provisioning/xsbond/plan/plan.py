"""From what is wanted and what is there to the steps between them, or to the reasons against it.

Pure: a plan is computed from a snapshot and changes nothing. What is already right is adopted;
what is there but different is refused, unless a repair is asked for that changes it in place.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xsbond.model import DesiredBond, Inherit, Repair
from xsbond.plan.differing.in_place import changes_of_bond, changes_of_networks, replacements
from xsbond.plan.differing.repair import in_order, settled_by
from xsbond.plan.differing.steps import Change
from xsbond.plan.management import management_refusals
from xsbond.plan.preflight import (
    UNKNOWN,
    Circumstances,
    pool_refusals,
    refusals_for_host,
    refusals_for_nics,
)
from xsbond.plan.refusals import Refusal
from xsbond.plan.reported import (
    bond_differences,
    inherited_otherwise,
    occupied_network,
    other_devices,
    other_mtus,
    unsettled_names,
    vlan_addresses,
)
from xsbond.plan.steps import CreateBond, CreateNetwork, DestroyBond, RestartAgent, Step
from xsbond.plan.vlans import vlan_refusals
from xsbond.plan.wanted_steps import master_steps, member_steps, vlans_of_pool
from xsbond.snapshot.lookup import bond_on, nics_of, wanted_on
from xsbond.snapshot.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The steps in order; with refusals, none of them may be taken."""

    master_steps: tuple[Step | Change, ...] = ()
    """Networks and the master's bonds; after them the pool is at stage `created`."""
    member_steps: tuple[Step | Change, ...] = ()
    """One member after the other; then the VLANs, on every host."""
    created: tuple[Step, ...] = ()
    """Those of them that create what is missing."""
    changes: tuple[Change | Step, ...] = ()
    """What would change in place what is there and differs; only a repair takes them."""
    replaced: tuple[tuple[DestroyBond, Step], ...] = ()
    """Each bond that would have to be destroyed, and what would bring the new one; no run
    takes these."""
    refusals: tuple[Refusal, ...] = ()
    absent: tuple[tuple[str, str], ...] = ()
    """(host ref, network label) of each bond that a host does not have yet."""
    pending: tuple[tuple[str, str], ...] = ()
    """(host ref, network label) of each bond that a member does not have yet."""

    @property
    def steps(self) -> tuple[Step | Change, ...]:
        """Return all steps, in order."""
        return self.master_steps + self.member_steps

    def commands_for(self, host: str, network: str) -> tuple[str, ...]:
        """Return what to type for one host's bond, the master's part first where it is missing."""
        return tuple(step.command for step in self.steps if _concerns(step, host, network))


def plan_for(
    desired: Sequence[DesiredBond],
    snapshot: Snapshot,
    inherit: Inherit = Inherit.RESTART,
    around: Circumstances = UNKNOWN,
    repair: Repair = Repair.NOTHING,
) -> Plan:
    """Return the plan that brings the pool of a snapshot to the wanted bonds.

    `around` is what was asked for beyond the snapshot; an apply needs it, a proposal does not.
    """
    master = snapshot.pool.master
    members = [ref for ref in by_name(snapshot) if ref != master]
    missing = [
        (ref, bond)
        for ref in (master, *members)
        for bond in desired
        if bond_on(snapshot, ref, bond) is None
    ]
    changes = {
        ref: [
            change
            for bond in desired
            for change in changes_of_bond(wanted_on(snapshot, ref, bond), snapshot, ref)
        ]
        for ref in (master, *members)
    }
    of_networks = tuple(changes_of_networks(desired, snapshot))
    created = {ref: [*member_steps(desired, snapshot, ref, inherit)] for ref in members}
    created[master] = [*master_steps(desired, snapshot)]
    vlans = tuple(vlans_of_pool(desired, snapshot, (master, *members)))
    repairs = repair is Repair.IN_PLACE
    by_xapi = inherit is Inherit.RESTART_AGENT
    taken = {
        ref: tuple(in_order(created[ref], changes[ref] if repairs else (), by_xapi=by_xapi))
        for ref in (master, *members)
    }
    on_master = ((*of_networks,) if repairs else ()) + taken[master]
    on_members = (*(step for ref in members for step in taken[ref]), *vlans)
    named = (
        each
        for ref in (master, *members)
        for each in other_devices(desired, snapshot, ref, inherit)
    )
    return Plan(
        master_steps=on_master,
        member_steps=on_members,
        created=(*(step for ref in (master, *members) for step in created[ref]), *vlans),
        changes=(*of_networks, *(step for ref in (master, *members) for step in changes[ref])),
        replaced=tuple(
            each
            for ref in (master, *members)
            for bond in desired
            for each in replacements(wanted_on(snapshot, ref, bond), snapshot, ref)
        ),
        refusals=tuple(
            dict.fromkeys(
                (
                    *_refusals(desired, snapshot, missing, (*on_master, *on_members), around),
                    *named,
                )
            )
        ),
        absent=tuple((ref, bond.network) for ref, bond in missing),
        pending=tuple((ref, bond.network) for ref, bond in missing if ref != master),
    )


def by_name(snapshot: Snapshot) -> list[str]:
    """Return the host refs, the master first, the others as a person would sort their names."""
    labels = snapshot.labels
    return sorted(
        labels,
        key=lambda ref: (
            ref != snapshot.pool.master,
            natural(labels[ref]),
        ),
    )


def natural(name: str) -> list[str | int]:
    """Return a name as text and number in turn, so that xs-2 sorts before xs-10."""
    parts = enumerate(re.split(r"(\d+)", name))
    return [int(part) if place % 2 else part for place, part in parts]


def _concerns(step: Step | Change, host: str, network: str) -> bool:
    if isinstance(step, RestartAgent):
        return step.host == host and network in step.networks
    # Without the network and the bond on the master a member has nothing to inherit.
    return step.network == network and (
        step.host == host or isinstance(step, CreateNetwork | CreateBond)
    )


def _refusals(
    desired: Sequence[DesiredBond],
    snapshot: Snapshot,
    missing: Sequence[tuple[str, DesiredBond]],
    steps: Sequence[Step | Change],
    around: Circumstances,
) -> Iterator[Refusal]:
    labels, settled = snapshot.labels, settled_by(steps)
    for bond in desired:
        yield from unsettled_names(bond, snapshot)
        yield from other_mtus(bond, snapshot, settled)
        for host in by_name(snapshot):
            own = wanted_on(snapshot, host, bond)
            yield from bond_differences(own, snapshot, host, settled)
            yield from vlan_refusals(snapshot, host, own)
            yield from vlan_addresses(own, snapshot, host)
            yield from management_refusals(snapshot, host, own)
    if steps:
        yield from pool_refusals(snapshot, around)
    by_ssh = {step.host for step in steps if isinstance(step, RestartAgent) and not step.by_xapi}
    changed = {step.host for step in steps}
    for host in by_name(snapshot):
        if labels[host] in changed:
            yield from refusals_for_host(snapshot, host, around, by_ssh=labels[host] in by_ssh)
    for host, bond in missing:
        yield from occupied_network(bond, snapshot, host)
        yield from inherited_otherwise(bond, snapshot, host)
        yield from refusals_for_nics(snapshot, host, wanted_on(snapshot, host, bond), around)


def missing_everywhere(desired: Sequence[DesiredBond], snapshot: Snapshot) -> tuple[str, ...]:
    """Return the wanted NICs that no host of the pool has at all."""
    present = {pif.device for host in snapshot.hosts for _, pif in nics_of(snapshot, host)}
    wanted = [
        nic
        for bond in desired
        for host in by_name(snapshot)
        for nic in wanted_on(snapshot, host, bond).nics
    ]
    return tuple(dict.fromkeys(nic for nic in wanted if nic not in present))
