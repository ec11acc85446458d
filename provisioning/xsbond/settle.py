"""Wait for what a pool is about to do by itself: enable legs whose updelay runs, count links.

xapi gives bonds an updelay of 31 s (nm.ml), so a leg plugged a moment ago is not enabled yet, and
counts links only every 5 s (network_monitor_thread.ml), so Bond.links_up follows later still.
"""

import time
from collections.abc import Callable, Iterator, Sequence

from xsbond import lookup, switch
from xsbond.errors import PoolError, TrustError, XsbondError
from xsbond.model import Bond, DesiredBond, OvsBondStatus
from xsbond.observe import Connections, observe
from xsbond.snapshot import Snapshot

COUNTING = 10.0
"""Seconds that XAPI's records may be behind: two samples of networkd and xapi each."""
_LONGEST_PAUSE = 1.0
"""Seconds between two looks at most."""
_WATCHED = ("bond", "host", "host_metrics", "network", "pif", "pif_metrics", "vlan")
"""Classes whose events are worth another look."""
_NAMED = 6
"""Things that are named; the others are counted."""


def waits_for_updelay(snapshot: Snapshot, desired: Sequence[DesiredBond]) -> tuple[str, ...]:
    """Return `eth1 of xs-2` for each leg of the wanted bonds whose updelay runs."""
    return tuple(
        f"{member.name} of {snapshot.labels[host]}"
        for host in snapshot.hosts
        for bond in desired
        if (status := _status(snapshot, host, bond))
        for member in status.members
        if member.may_enable and not member.enabled
    )


def waits_for_count(snapshot: Snapshot, desired: Sequence[DesiredBond]) -> tuple[str, ...]:
    """Return what XAPI has not counted yet: links_up of a wanted bond, the carrier of a leg."""
    return tuple(
        f"{what} of {snapshot.labels[host]}"
        for host in snapshot.hosts
        for bond in desired
        if (status := _status(snapshot, host, bond))
        and (found := lookup.bond_on(snapshot, host, bond.network))
        for what in _uncounted(snapshot, found[1], status)
    )


def _uncounted(snapshot: Snapshot, bond: Bond, status: OvsBondStatus) -> Iterator[str]:
    enabled = {member.name for member in status.members if member.enabled}
    if bond.links_up != len(enabled):
        yield "Bond.links_up"
    for device, pif in lookup.leg_pifs(snapshot, bond).items():
        metrics = snapshot.pif_metrics.get(pif.metrics)
        # Plugging a bond takes its legs down for a moment, and that may have been sampled.
        if device in enabled and metrics and not metrics.carrier:
            yield f"the carrier of {device}"


def _status(snapshot: Snapshot, host: str, bond: DesiredBond) -> OvsBondStatus | None:
    try:
        statuses = switch.statuses(snapshot, host)
    except XsbondError:
        # What cannot be read is no reason to wait; the claims will say so.
        return None
    nics = set(bond.nics)
    return next((s for s in statuses if nics & {member.name for member in s.members}), None)


def settled(
    connections: Connections,
    first: Snapshot,
    desired: Sequence[DesiredBond],
    deadline: float,
    say: Callable[[str], None],
) -> Snapshot:
    """Return a look at the pool after what is under way is over, `first` itself if nothing is.

    Waits `deadline` seconds at most for updelays and for hosts that were restarted while they were
    looked at, and COUNTING seconds after them for XAPI.
    """
    ends = time.monotonic() + deadline
    counted = min(ends, time.monotonic() + COUNTING)

    def waiting(snapshot: Snapshot) -> Sequence[str]:
        nonlocal counted
        if under_way := (*restless(snapshot), *waits_for_updelay(snapshot, desired)):
            counted = min(ends, time.monotonic() + COUNTING)
            return under_way if time.monotonic() < ends else ()
        return waits_for_count(snapshot, desired) if time.monotonic() < counted else ()

    return watch(connections, first, waiting, say)


def restless(snapshot: Snapshot) -> tuple[str, ...]:
    """Return `the restart of xs-2` for each host whose xapi was restarted during the look."""
    return tuple(f"the restart of {snapshot.labels[ref]}" for ref in snapshot.restarted)


def watch(
    connections: Connections,
    first: Snapshot,
    waiting: Callable[[Snapshot], Sequence[str]],
    say: Callable[[str], None],
) -> Snapshot:
    """Look at the pool again and again until nothing is waited for; return the last look.

    Looks after each change in XAPI, and each second, since dom0 sends no events. If the pool is
    lost meanwhile, the look before counts. Raises TrustError.
    """
    snapshot, told = first, ""
    try:
        for snapshot in _looks(connections, first):
            if not (names := waiting(snapshot)):
                break
            if (line := _waiting_for(names)) != told:
                say(line)
                told = line
    except TrustError:
        raise
    except PoolError:
        # What was seen last is still worth judging.
        pass
    return snapshot


def _looks(connections: Connections, first: Snapshot) -> Iterator[Snapshot]:
    token = connections.api.changed(_WATCHED, "", 0.0)
    yield first
    while True:
        token = connections.api.changed(_WATCHED, token, _LONGEST_PAUSE)
        yield observe(connections, first.raw.stage)


def _waiting_for(names: Sequence[str]) -> str:
    """Return the names in one line, as many as a reader takes in."""
    rest = len(names) - _NAMED
    return f"waiting for {', '.join(names[:_NAMED])}" + (f" and {rest} more" if rest > 0 else "")
