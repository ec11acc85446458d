"""Where each host of a pool stands, in a line each: what a run that stopped half-way ends with."""

from collections.abc import Iterator, Sequence

from xsbond.collect.emergency import in_emergency
from xsbond.collect.observe import Connections
from xsbond.errors import XsbondError
from xsbond.model import DesiredBond
from xsbond.plan.plan import by_name
from xsbond.snapshot.lookup import bond_on, legs_of
from xsbond.snapshot.snapshot import RawSnapshot, Snapshot, read_snapshot

_PATIENCE = 10.0
"""Seconds a pool master that is away is waited for."""


def where_hosts_stand(connections: Connections, desired: Sequence[DesiredBond]) -> tuple[str, ...]:
    """Ask the pool once more and return a line for each host; never raises an XsbondError."""
    api = connections.api
    try:
        with api.patient(_PATIENCE):
            records = api.records()
        snapshot = read_snapshot(RawSnapshot(records=records, dom0={}))
        # A pool takes a host for alive and enabled for ten minutes after it has lost it.
        emergency = in_emergency(connections, tuple(snapshot.hosts.values()))
    except XsbondError as error:
        return (f"where the hosts stand is not known: {error}",)
    return tuple(lines(snapshot, desired, emergency))


def lines(
    snapshot: Snapshot, desired: Sequence[DesiredBond], emergency: frozenset[str] = frozenset()
) -> Iterator[str]:
    """Yield a line for each host; `emergency` holds the uuids of those in emergency mode."""
    for ref in by_name(snapshot):
        words = [_host(snapshot, ref, emergency)]
        words += [_bond(snapshot, ref, bond) for bond in desired]
        yield f"{snapshot.labels[ref]}: {'; '.join(words)}"


def _host(snapshot: Snapshot, ref: str, emergency: frozenset[str]) -> str:
    host, metrics = snapshot.hosts[ref], snapshot.metrics.get(snapshot.hosts[ref].metrics)
    if host.uuid in emergency:
        return "in emergency mode"
    if metrics is None or not metrics.live:
        return "not live"
    return "live, enabled" if host.enabled else "live, not enabled"


def _bond(snapshot: Snapshot, ref: str, wanted: DesiredBond) -> str:
    found = bond_on(snapshot, ref, wanted)
    if found is None:
        return f"no bond on {wanted.network}"
    legs = "+".join(sorted(legs_of(snapshot, found[1]))) or "no NIC"
    attached = snapshot.pifs[found[1].master].currently_attached
    return f"bond of {legs} on {wanted.network}{'' if attached else ', not attached'}"
