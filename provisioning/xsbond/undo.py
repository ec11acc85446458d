"""From what the journal says was made to the steps that take it back, or the reasons against it.

Pure, like plan.py. The pool master's bonds go first: without them no start of a member's xapi
brings a bond back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xsbond.ledger import Ledger, MadeBond
from xsbond.lookup import bond_on, legs_of, pifs_on, vlans_on
from xsbond.model import Bond, Network, Pif
from xsbond.plan import by_name
from xsbond.preflight import UNKNOWN, Circumstances, pool_refusals, refusals_for_host
from xsbond.refusals import Refusal, refuse
from xsbond.snapshot import Snapshot
from xsbond.steps import ClearAddress, DestroyBond, DestroyNetwork, UndoStep

_OF_APPLY_ONLY = frozenset({"pool-ha", "pool-versions", "host-disabled"})
"""Rules that protect restarts and inheritance, of which an undo has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoPlan:
    """The steps in order; with refusals, none of them may be taken."""

    steps: tuple[UndoStep, ...] = ()
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


def plan_undo(ledger: Ledger, snapshot: Snapshot, around: Circumstances = UNKNOWN) -> UndoPlan:
    """Return the plan that takes back what is in the ledger and still in the pool."""
    bonds = list(_bonds_there(ledger, snapshot))
    networks = list(_networks_there(ledger, snapshot))
    steps = (*_bond_steps(bonds, snapshot), *_network_steps(networks, snapshot))
    refusals = (
        *(each for bond in bonds for each in _bond_refusals(bond, snapshot)),
        *_network_refusals(networks, bonds, snapshot),
        *_guest_refusals(networks, bonds, snapshot, around),
        *_general_refusals(steps, snapshot, around),
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
                )


def _networks_there(ledger: Ledger, snapshot: Snapshot) -> Iterator[tuple[str, str, Network]]:
    """Yield (ref, name it was made with, record)."""
    for label, uuid in ledger.networks.items():
        for ref, network in snapshot.networks.items():
            if network.uuid == uuid:
                yield ref, label, network


def _bond_steps(bonds: Sequence[_There], snapshot: Snapshot) -> Iterator[UndoStep]:
    for each in bonds:
        label, uuid = snapshot.labels[each.host], snapshot.hosts[each.host].uuid
        if each.address and each.pif.IP:
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
    master = snapshot.labels[snapshot.pool.master]
    for _, label, network in networks:
        yield DestroyNetwork(host=master, network=label, uuid=network.uuid)


def _bond_refusals(there: _There, snapshot: Snapshot) -> Iterator[Refusal]:
    host, made, bond, device = snapshot.labels[there.host], there.made, there.bond, there.pif.device
    differences = (
        ("uuid", bond.uuid, made.uuid or bond.uuid),
        ("legs", "+".join(sorted(legs_of(snapshot, bond))), "+".join(sorted(made.nics))),
        ("mode", bond.mode, made.mode),
        ("address", there.pif.IP or "none", there.address or "none"),
    )
    for name, seen, expected in differences:
        if seen != expected and not (name == "address" and seen == "none"):
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
    vlans = [f"VLAN {own.VLAN}" for _, own in vlans_on(snapshot, there.host, there.pif_ref)]
    tunnels = ["a tunnel"] if there.pif.tunnel_transport_PIF_of else []
    if running := vlans + tunnels:
        words = ", ".join(running)
        yield refuse("undo-carries", host, device=device, network=there.network, what_runs=words)


def _network_refusals(
    networks: Sequence[tuple[str, str, Network]], bonds: Sequence[_There], snapshot: Snapshot
) -> Iterator[Refusal]:
    ours = {each.pif_ref for each in bonds}
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
    steps: Sequence[UndoStep], snapshot: Snapshot, around: Circumstances
) -> Iterator[Refusal]:
    if not steps:
        return
    hosts = {step.host for step in steps}
    found = [*pool_refusals(snapshot, around)]
    for ref in by_name(snapshot):
        if snapshot.labels[ref] in hosts:
            found += refusals_for_host(snapshot, ref, around, by_ssh=False)
    yield from (each for each in found if each.rule not in _OF_APPLY_ONLY)
