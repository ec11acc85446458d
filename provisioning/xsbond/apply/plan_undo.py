"""From what the journal says was made to the steps that take it back, or the reasons against it.

Pure, like plan.py. The pool master's bonds go first: without them no start of a member's xapi
brings a bond back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xsbond.apply.in_place.reversals import reversals, reversed_otherwise
from xsbond.apply.ledger import Ledger, MadeBond
from xsbond.model import NO_ADDRESS, Bond, Network, Pif, Vlan
from xsbond.plan.differing.steps import Change
from xsbond.plan.plan import by_name
from xsbond.plan.preflight import UNKNOWN, Circumstances, pool_refusals, refusals_for_host
from xsbond.plan.refusals import Refusal, refuse
from xsbond.plan.steps import ClearAddress, DestroyBond, DestroyNetwork, DestroyVlan, UndoStep
from xsbond.snapshot.addressing import ipv4_of
from xsbond.snapshot.lookup import bond_on, legs_of, master_name, pifs_on
from xsbond.snapshot.snapshot import Snapshot

_OF_APPLY_ONLY = frozenset({"pool-ha", "pool-versions", "host-disabled"})
"""Rules that protect restarts and inheritance, of which an undo has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoPlan:
    """The steps in order; with refusals, none of them may be taken."""

    steps: tuple[UndoStep | Change, ...] = ()
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _There:
    """A bond that was made and is still there."""

    host: str
    """Ref."""
    network: str
    """Name."""
    made: MadeBond
    bond: Bond
    pif: Pif
    pif_ref: str
    address: str
    """The one that was set; empty if none was."""
    vlans: frozenset[str] = frozenset()
    """uuids of the VLANs on it that were made, too."""


def plan_undo(ledger: Ledger, snapshot: Snapshot, around: Circumstances = UNKNOWN) -> UndoPlan:
    """Return the plan that takes back what is in the ledger and still in the pool."""
    bonds = list(_bonds_there(ledger, snapshot))
    networks = list(_networks_there(ledger, snapshot))
    steps = (
        *reversals(ledger.changed, snapshot),
        *_vlan_steps(ledger, snapshot),
        *_bond_steps(bonds, snapshot),
        *_network_steps(networks, snapshot),
    )
    refusals = (
        *reversed_otherwise(ledger.changed, snapshot),
        *(each for bond in bonds for each in _bond_refusals(bond, snapshot)),
        *_network_refusals(networks, bonds, ledger, snapshot),
        *_guest_refusals(networks, bonds, snapshot, around),
        *_general_refusals(steps, bonds, snapshot, around),
    )
    return UndoPlan(steps=steps, refusals=tuple(dict.fromkeys(refusals)))


def networks_concerned(ledger: Ledger, snapshot: Snapshot) -> set[str]:
    """Return the refs of the networks that guests may use and an undo may take away."""
    pifs = {each.pif.network for each in _bonds_there(ledger, snapshot)}
    return pifs | {ref for ref, _, _ in _networks_there(ledger, snapshot)}


def _bonds_there(ledger: Ledger, snapshot: Snapshot) -> Iterator[_There]:
    for host in by_name(snapshot):
        uuid = snapshot.hosts[host].uuid
        for (owner, network), made in ledger.bonds.items():
            found = bond_on(snapshot, host, network) if owner == uuid else None
            if found:
                bond = found[1]
                yield _There(
                    host=host,
                    network=network,
                    made=made,
                    bond=bond,
                    pif=snapshot.pifs[bond.master],
                    pif_ref=bond.master,
                    address=ledger.addresses.get((owner, network), ""),
                    vlans=frozenset(vlan.uuid for vlan in ledger.vlans.values()),
                )


def _networks_there(ledger: Ledger, snapshot: Snapshot) -> Iterator[tuple[str, str, Network]]:
    """Yield (ref, name it was made with, record)."""
    for label, uuid in ledger.networks.items():
        for ref, network in snapshot.networks.items():
            if network.uuid == uuid:
                yield ref, label, network


def _vlan_steps(ledger: Ledger, snapshot: Snapshot) -> Iterator[UndoStep]:
    """Yield the VLANs that were made and are there; they go before what they are on."""
    there = {vlan.uuid for vlan in snapshot.vlans.values()}
    for host in by_name(snapshot):
        uuid = snapshot.hosts[host].uuid
        for (owner, network), made in ledger.vlans.items():
            if owner == uuid and made.uuid in there:
                label = snapshot.labels[host]
                words = {"host": label, "host_uuid": uuid, "network": network}
                yield DestroyVlan(**words, tag=made.tag, uuid=made.uuid)


def _bond_steps(bonds: Sequence[_There], snapshot: Snapshot) -> Iterator[UndoStep]:
    for each in bonds:
        label, uuid = snapshot.labels[each.host], snapshot.hosts[each.host].uuid
        if each.address and ipv4_of(each.pif) != NO_ADDRESS and not each.pif.management:
            # Bond.destroy would move it to a leg (xapi_bond.ml, move_configuration).
            yield ClearAddress(host=label, host_uuid=uuid, network=each.network, pif=each.pif.uuid)
        yield DestroyBond(
            host=label,
            host_uuid=uuid,
            network=each.network,
            nics=each.made.nics,
            uuid=each.bond.uuid,
        )


def _network_steps(
    networks: Sequence[tuple[str, str, Network]], snapshot: Snapshot
) -> Iterator[UndoStep]:
    master = master_name(snapshot)
    for _, label, network in networks:
        yield DestroyNetwork(host=master, network=label, uuid=network.uuid)


def _bond_refusals(there: _There, snapshot: Snapshot) -> Iterator[Refusal]:
    host, made, bond, device = snapshot.labels[there.host], there.made, there.bond, there.pif.device
    differences = (
        ("uuid", bond.uuid, made.uuid or bond.uuid),
        ("legs", "+".join(sorted(legs_of(snapshot, bond))), "+".join(sorted(made.nics))),
        ("mode", bond.mode, made.mode),
        ("address", *_addresses(there)),
        ("management", _yes(_has_management(there, snapshot)), _yes(made.moved_management)),
    )
    for name, seen, expected in differences:
        if seen != expected:
            yield refuse(
                "undo-bond-differs",
                host,
                device=device,
                network=there.network,
                name=name,
                seen=seen,
                made=expected,
                uuid=bond.uuid,
            )
    vlans = [
        f"VLAN {vlan.tag}"
        for vlan in snapshot.vlans.values()
        if vlan.tagged_PIF == there.pif_ref
        and vlan.uuid not in there.vlans
        and not (made.moved_management and _manages(snapshot, vlan))
    ]
    tunnels = ["a tunnel"] if there.pif.tunnel_transport_PIF_of else []
    if running := vlans + tunnels:
        words = ", ".join(running)
        yield refuse("undo-carries", host, device=device, network=there.network, what_runs=words)


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


def _has_management(there: _There, snapshot: Snapshot) -> bool:
    """Tell whether the management interface is the bond's PIF, or a VLAN on it."""
    vlans = (vlan for vlan in snapshot.vlans.values() if vlan.tagged_PIF == there.pif_ref)
    return there.pif.management or any(_manages(snapshot, vlan) for vlan in vlans)


def _manages(snapshot: Snapshot, vlan: Vlan) -> bool:
    """Tell whether a VLAN is the management interface: Bond.destroy takes it back to a leg."""
    own = snapshot.pifs.get(vlan.untagged_PIF)
    return own is not None and own.management


def _addresses(there: _There) -> tuple[str, str]:
    """Return (seen, the one that was set), alike where Bond.destroy moves the address back."""
    seen = ipv4_of(there.pif).partition("/")[0]
    if seen == NO_ADDRESS or (there.pif.management and there.made.moved_management):
        return seen, seen
    return seen, there.address or NO_ADDRESS


def _network_refusals(
    networks: Sequence[tuple[str, str, Network]],
    bonds: Sequence[_There],
    ledger: Ledger,
    snapshot: Snapshot,
) -> Iterator[Refusal]:
    made = {vlan.uuid for vlan in ledger.vlans.values()}
    vlans = {vlan.untagged_PIF for vlan in snapshot.vlans.values() if vlan.uuid in made}
    ours = {each.pif_ref for each in bonds} | vlans
    for ref, label, network in networks:
        if network.name_label != label:
            yield refuse(
                "undo-renamed", "pool", network=label, label=network.name_label, uuid=network.uuid
            )
        for host in by_name(snapshot):
            for pif_ref, pif in pifs_on(snapshot, host, ref):
                if pif_ref not in ours:
                    name = snapshot.labels[host]
                    words = {"network": label, "device": pif.device, "host": name}
                    yield refuse("undo-connected", "pool", **words)


def _guest_refusals(
    networks: Sequence[tuple[str, str, Network]],
    bonds: Sequence[_There],
    snapshot: Snapshot,
    around: Circumstances,
) -> Iterator[Refusal]:
    refs = {ref: label for ref, label, _ in networks}
    refs |= {each.pif.network: each.network for each in bonds}
    for ref, label in refs.items():
        guests = sorted({guest.name for guest in around.guests if guest.network == ref})
        if guests:
            yield refuse("undo-guests", "pool", network=label, guests=", ".join(map(repr, guests)))
        elif snapshot.networks[ref].VIFs and not around.guests:
            count = len(snapshot.networks[ref].VIFs)
            yield refuse("undo-guests", "pool", network=label, guests=f"of {count} interfaces")


def _general_refusals(
    steps: Sequence[UndoStep | Change],
    bonds: Sequence[_There],
    snapshot: Snapshot,
    around: Circumstances,
) -> Iterator[Refusal]:
    if not steps:
        return
    hosts = {step.host for step in steps}
    found = [*pool_refusals(snapshot, around)]
    for ref in by_name(snapshot):
        if snapshot.labels[ref] in hosts:
            found += refusals_for_host(snapshot, ref, around, by_ssh=False)
    # Moving the management interface back is what XAPI itself refuses under HA.
    moves = any(each.made.moved_management for each in bonds)
    passed_over = _OF_APPLY_ONLY - ({"pool-ha"} if moves else set())
    yield from (each for each in found if each.rule not in passed_over)
