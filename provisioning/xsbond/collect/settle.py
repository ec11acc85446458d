"""Wait for what a pool is about to do by itself: end a start of xapi, enable legs, count links.

xapi gives bonds an updelay of 31 s (nm.ml), so a leg plugged a moment ago is not enabled yet, and
counts links only every 5 s (network_monitor_thread.ml), so Bond.links_up follows later still.
"""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from xsbond.collect.observe import Connections, glance, observe
from xsbond.errors import PoolError, TrustError, XsbondError
from xsbond.model import Bond, DesiredBond, OvsBondStatus
from xsbond.snapshot import lookup, parsers, switch
from xsbond.snapshot.snapshot import SERVER_TIME, Snapshot

COUNTING = 10.0
"""Seconds that XAPI's records may be behind: two samples of networkd and xapi each."""
UPDELAY = 31.0
"""Seconds until a leg that was plugged is enabled (nm.ml)."""
STARTING = 60.0
"""Seconds that a host's xapi is waited for while it starts: it takes 12 on a host with little in
it, and one that does not reach the pool master goes on trying for ever (emergency mode)."""
_MOMENTS = 120.0
"""Seconds after its xapi has started in which a host may not be enabled yet."""
_LONGEST_PAUSE = 1.0
"""Seconds between two looks at most."""
_WATCHED = ("bond", "host", "host_metrics", "network", "pif", "pif_metrics", "vlan")
"""Classes whose events are worth another look."""
_MOVING = ("ovs-bond-show", "kernel-bonds", "ovs-flows", "ovs-show", "start-up")
"""What a dom0 is asked for while its bonds settle, by its name in the probe."""
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
        and (found := lookup.bond_on(snapshot, host, bond))
        for what in _uncounted(snapshot, found[1], status)
    )


def waits_in_xapi(snapshot: Snapshot, desired: Sequence[DesiredBond]) -> tuple[str, ...]:
    """Return what XAPI shows as not up of the bonds of hosts whose dom0 is not to be asked.

    Whether it is down or only not counted yet, nobody can tell but by waiting.
    """
    return tuple(
        f"{what} of {snapshot.labels[host]}"
        for host in snapshot.hosts
        if lookup.is_off(snapshot, host)
        for bond in desired
        if (found := lookup.bond_on(snapshot, host, bond))
        for what in _not_up(snapshot, found[1])
    )


def _not_up(snapshot: Snapshot, bond: Bond) -> Iterator[str]:
    legs = lookup.leg_pifs(snapshot, bond)
    if bond.links_up != len(legs):
        yield "Bond.links_up"
    for device, pif in (*legs.items(), ("the bond", snapshot.pifs[bond.master])):
        metrics = snapshot.pif_metrics.get(pif.metrics)
        if metrics and not metrics.carrier:
            yield f"the carrier of {device}"


def waits_for_flows(snapshot: Snapshot, desired: Sequence[DesiredBond]) -> tuple[str, ...]:
    """Return `the flows of xapi1 of xs-2` for each wanted bond's bridge that has none yet.

    A bridge that was just made or changed, and fails to standalone, gets its flow in a moment.
    """
    return tuple(
        f"the flows of {network.bridge} of {name}"
        for host, name in snapshot.labels.items()
        for bond in desired
        for _, network in lookup.networks_of(snapshot, bond)
        if _has_no_flow_yet(snapshot, host, network.bridge)
    )


def _has_no_flow_yet(snapshot: Snapshot, host: str, bridge: str) -> bool:
    try:
        flows = switch.flows(snapshot, host) or {}
        own = switch.ovs_bridges(snapshot, host).get(bridge)
    except XsbondError:
        return False
    return bool(own and own.fail_mode != "secure" and not own.controllers) and (
        flows.get(bridge) == ()
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
    vlans = lookup.vlans_on(snapshot, snapshot.pifs[bond.master].host, bond.master)
    for own in (snapshot.pifs[bond.master], *(pif for _, pif in vlans)):
        metrics = snapshot.pif_metrics.get(own.metrics)
        if enabled and own.currently_attached and metrics and not metrics.carrier:
            yield f"the carrier of {own.device}"


def _status(snapshot: Snapshot, host: str, bond: DesiredBond) -> OvsBondStatus | None:
    try:
        statuses = switch.statuses(snapshot, host)
    except XsbondError:
        # What cannot be read is no reason to wait; the claims will say so.
        return None
    nics = set(lookup.wanted_on(snapshot, host, bond).nics)
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
    looked at, STARTING of them for hosts whose xapi starts, and COUNTING seconds after for XAPI
    and for flows.
    """
    ends = time.monotonic() + deadline
    started = min(ends, time.monotonic() + STARTING)
    counted = min(ends, time.monotonic() + COUNTING)
    # Of a bond that was just made, XAPI alone does not tell whether its updelay runs.
    unseen = counted + UPDELAY * (first.raw.stage == "after")
    still = time.monotonic()

    def waiting(snapshot: Snapshot) -> Sequence[str]:
        nonlocal counted, still
        now = time.monotonic()
        under_way = [*restless(snapshot), *waits_for_updelay(snapshot, desired)]
        if now < started:
            under_way += starting(snapshot)
        if under_way:
            counted, still = min(ends, now + COUNTING), now
            return under_way if now < ends else ()
        if now < min(ends, unseen) and (names := waits_in_xapi(snapshot, desired)):
            return names
        if now >= counted:
            return ()
        return (*waits_for_flows(snapshot, desired), *waits_for_count(snapshot, desired))

    last = watch(connections, first, waiting, say, _MOVING)
    return waited_in_vain(last, desired, time.monotonic() - still)


def waited_in_vain(snapshot: Snapshot, desired: Sequence[DesiredBond], seconds: float) -> Snapshot:
    """Return a look that says for how long XAPI was waited for, if it has not counted yet."""
    if not waits_for_count(snapshot, desired):
        return snapshot
    return replace(snapshot, raw=replace(snapshot.raw, uncounted=seconds))


def restless(snapshot: Snapshot) -> tuple[str, ...]:
    """Return `the restart of xs-2` for each host whose xapi was restarted during the look."""
    return tuple(f"the restart of {snapshot.labels[ref]}" for ref in snapshot.restarted)


def starting(snapshot: Snapshot) -> tuple[str, ...]:
    """Return `the start of xapi on xs-2` for each host whose xapi is not through with it.

    Its bonds and `enabled` are the last of what it does (xapi.ml, server_init), so whatever is
    judged before is judged too early.
    """
    return tuple(
        f"the start of xapi on {snapshot.labels[ref]}"
        for ref in snapshot.hosts
        if is_starting(snapshot, ref)
    )


def is_starting(snapshot: Snapshot, host: str) -> bool:
    """Tell whether a host's xapi is not through with its start, as far as its dom0 tells."""
    try:
        start_up = snapshot.parsed(host, "start-up", parsers.parse_start_up)
    except XsbondError:
        start_up = "not known"
    if start_up in {"under way", "stopped"}:
        return start_up == "under way"
    return _is_not_enabled_yet(snapshot, host)


def _is_not_enabled_yet(snapshot: Snapshot, host: str) -> bool:
    """Tell whether a host is not enabled, and its xapi has started moments ago."""
    record, clock = snapshot.hosts[host], snapshot.raw.clock
    if record.enabled or not clock:
        return False
    try:
        started = float(record.other_config.get("agent_start_time", ""))
        now = datetime.strptime(clock[-1], SERVER_TIME).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return False
    return 0 <= now - started < _MOMENTS


def watch(
    connections: Connections,
    first: Snapshot,
    waiting: Callable[[Snapshot], Sequence[str]],
    say: Callable[[str], None],
    moving: Collection[str] = (),
) -> Snapshot:
    """Look at the pool again and again until nothing is waited for; return the last look.

    Looks after each change in XAPI, and each second, since dom0 sends no events. Where only what
    `moving` names can change, only that is asked for meanwhile, and all of it in the end. If the
    pool is lost meanwhile, the last whole look counts. Raises TrustError.
    """
    whole, told = first, ""
    try:
        for seen in _looks(connections, first, moving):
            if seen.is_whole:
                whole = seen.snapshot
            names = waiting(seen.snapshot)
            seen.is_over = not names
            if names and (line := waiting_line(names)) != told:
                say(line)
                told = line
    except TrustError:
        raise
    except PoolError:
        # What was seen last is still worth judging.
        pass
    return whole


@dataclass(slots=True)
class _Seen:
    """One look, and what its reader makes of it."""

    snapshot: Snapshot
    is_whole: bool
    is_over: bool = False


def _looks(connections: Connections, first: Snapshot, moving: Collection[str]) -> Iterator[_Seen]:
    """Yield looks until one that was whole is the last one."""
    token = connections.api.changed(_WATCHED, "", 0.0)
    seen = _Seen(first, is_whole=True)
    yield seen
    while not (seen.is_over and seen.is_whole):
        if not seen.is_over:
            token = connections.api.changed(_WATCHED, token, _LONGEST_PAUSE)
        if moving and not seen.is_over:
            seen = _Seen(glance(connections, seen.snapshot, moving), is_whole=False)
        else:
            seen = _Seen(observe(connections, first.raw.stage), is_whole=True)
        yield seen


def waiting_line(names: Sequence[str]) -> str:
    """Return the names in one line, each once, as many as a reader takes in."""
    names = list(dict.fromkeys(names))
    rest = len(names) - _NAMED
    return f"waiting for {', '.join(names[:_NAMED])}" + (f" and {rest} more" if rest > 0 else "")
