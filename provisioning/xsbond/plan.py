"""From what is wanted and what is there to the steps between them, or to the reasons against it.

Pure: a plan is computed from a snapshot and changes nothing. What is already right is adopted;
what is there but different is refused, never "repaired".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xsbond.lookup import bond_on, legs_of, networks_called, pifs_of, pifs_on
from xsbond.model import DesiredBond, Inherit, Pif
from xsbond.preflight import (
    UNKNOWN,
    Circumstances,
    pool_refusals,
    refusals_for_host,
    refusals_for_nics,
)
from xsbond.refusals import Refusal, refuse
from xsbond.snapshot import Snapshot
from xsbond.steps import CreateBond, CreateNetwork, RestartAgent, SetAddress, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The steps in order; with refusals, none of them may be taken."""

    master_steps: tuple[Step, ...] = ()
    """Networks and the master's bonds; after them the pool is at stage `created`."""
    member_steps: tuple[Step, ...] = ()
    """One member after the other."""
    refusals: tuple[Refusal, ...] = ()
    absent: tuple[tuple[str, str], ...] = ()
    """(host ref, network label) of each bond that a host does not have yet."""
    pending: tuple[tuple[str, str], ...] = ()
    """(host ref, network label) of each bond that a member does not have yet."""

    @property
    def steps(self) -> tuple[Step, ...]:
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
        if bond_on(snapshot, ref, bond.network) is None
    ]
    master_steps = tuple(_master_steps(desired, snapshot))
    member_steps = tuple(
        step for ref in members for step in _member_steps(desired, snapshot, ref, inherit)
    )
    return Plan(
        master_steps=master_steps,
        member_steps=member_steps,
        refusals=tuple(
            dict.fromkeys(
                _refusals(desired, snapshot, missing, (*master_steps, *member_steps), around)
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
            [int(part) if part.isdigit() else part for part in _split_digits(labels[ref])],
        ),
    )


def _split_digits(name: str) -> list[str]:
    """Split `xs-10` into text and number in turn, so that xs-2 sorts before xs-10."""
    parts = [""]
    for char in name:
        if char.isdigit() != (len(parts) % 2 == 0):
            parts.append("")
        parts[-1] += char
    return parts


def _concerns(step: Step, host: str, network: str) -> bool:
    if isinstance(step, RestartAgent):
        return step.host == host and network in step.networks
    # Without the network and the bond on the master a member has nothing to inherit.
    return step.network == network and (
        step.host == host or isinstance(step, CreateNetwork | CreateBond)
    )


def _master_steps(desired: Sequence[DesiredBond], snapshot: Snapshot) -> Iterator[Step]:
    master = snapshot.pool.master
    label = snapshot.labels[master]
    for bond in desired:
        if not networks_called(snapshot, bond.network):
            yield CreateNetwork(host=label, network=bond.network, mtu=bond.mtu)
        if bond_on(snapshot, master, bond.network) is None:
            yield _creation(bond, snapshot, master)
        yield from _addressing(bond, snapshot, master)


def _member_steps(
    desired: Sequence[DesiredBond], snapshot: Snapshot, host: str, inherit: Inherit
) -> Iterator[Step]:
    missing = [bond for bond in desired if bond_on(snapshot, host, bond.network) is None]
    if missing and inherit is not Inherit.CREATE:
        yield RestartAgent(
            host=snapshot.labels[host],
            host_uuid=snapshot.hosts[host].uuid,
            networks=tuple(bond.network for bond in missing),
            by_xapi=inherit is Inherit.RESTART_AGENT,
        )
    elif missing:
        for bond in missing:
            yield _creation(bond, snapshot, host)
    for bond in desired:
        yield from _addressing(bond, snapshot, host)


def _creation(bond: DesiredBond, snapshot: Snapshot, host: str) -> CreateBond:
    return CreateBond(
        host=snapshot.labels[host],
        host_uuid=snapshot.hosts[host].uuid,
        network=bond.network,
        nics=bond.nics,
        mode=bond.mode,
        properties=bond.properties,
    )


def _addressing(bond: DesiredBond, snapshot: Snapshot, host: str) -> Iterator[SetAddress]:
    label = snapshot.labels[host]
    wanted = bond.addresses.get(label)
    if wanted is None:
        return
    pif = _bond_pif(snapshot, host, bond)
    if pif is None or not pif.IP:
        yield SetAddress(
            host=label,
            host_uuid=snapshot.hosts[host].uuid,
            network=bond.network,
            address=wanted,
        )


def _bond_pif(snapshot: Snapshot, host: str, bond: DesiredBond) -> Pif | None:
    found = bond_on(snapshot, host, bond.network)
    return snapshot.pifs[found[1].master] if found else None


def _refusals(
    desired: Sequence[DesiredBond],
    snapshot: Snapshot,
    missing: Sequence[tuple[str, DesiredBond]],
    steps: Sequence[Step],
    around: Circumstances,
) -> Iterator[Refusal]:
    labels = snapshot.labels
    for bond in desired:
        yield from _unsettled_names(bond, snapshot)
        for host in by_name(snapshot):
            yield from _drift(bond, snapshot, host)
    if steps:
        yield from pool_refusals(snapshot, around)
    by_ssh = {step.host for step in steps if isinstance(step, RestartAgent) and not step.by_xapi}
    changed = {step.host for step in steps}
    for host in by_name(snapshot):
        if labels[host] in changed:
            yield from refusals_for_host(snapshot, host, around, by_ssh=labels[host] in by_ssh)
    for host, bond in missing:
        yield from _occupied_network(bond, snapshot, host)
        yield from refusals_for_nics(snapshot, host, bond, around)


def _unsettled_names(bond: DesiredBond, snapshot: Snapshot) -> Iterator[Refusal]:
    if len(found := networks_called(snapshot, bond.network)) > 1:
        uuids = ", ".join(network.uuid for _, network in found)
        yield refuse("network-twice", "pool", network=bond.network, count=len(found), uuids=uuids)
    if unknown := sorted(set(bond.addresses) - set(snapshot.labels.values())):
        hosts = ", ".join(unknown)
        yield refuse("address-of-nobody", "pool", network=bond.network, hosts=hosts)


def _drift(bond: DesiredBond, snapshot: Snapshot, host: str) -> Iterator[Refusal]:
    """Yield what a bond that is already there has, and should not have."""
    found = bond_on(snapshot, host, bond.network)
    if found is None:
        return
    pif, wanted = snapshot.pifs[found[1].master], bond.addresses.get(snapshot.labels[host])
    differences = (
        ("legs", "+".join(sorted(legs_of(snapshot, found[1]))), "+".join(sorted(bond.nics))),
        ("mode", found[1].mode, bond.mode.value),
        ("address", pif.IP, str(wanted.ip) if wanted and pif.IP else pif.IP if wanted else ""),
    )
    for name, seen, expected in differences:
        if seen != expected:
            yield refuse(
                "bond-differs",
                snapshot.labels[host],
                device=pif.device,
                network=bond.network,
                name=name,
                seen=seen or "none",
                wanted=expected or "none",
                uuid=found[1].uuid,
            )


def _occupied_network(bond: DesiredBond, snapshot: Snapshot, host: str) -> Iterator[Refusal]:
    """Yield the PIF that already connects the host to the network (NETWORK_ALREADY_CONNECTED)."""
    for network, _ in networks_called(snapshot, bond.network):
        for _, pif in pifs_on(snapshot, host, network):
            label = snapshot.labels[host]
            yield refuse("network-occupied", label, network=bond.network, device=pif.device)


def missing_everywhere(desired: Sequence[DesiredBond], snapshot: Snapshot) -> tuple[str, ...]:
    """Return the wanted NICs that no host of the pool has at all."""
    present = {
        pif.device for host in snapshot.hosts for _, pif in pifs_of(snapshot, host) if pif.physical
    }
    return tuple(nic for bond in desired for nic in bond.nics if nic not in present)
