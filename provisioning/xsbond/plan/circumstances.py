"""What a plan must know beyond the snapshot, asked for only when there is something to change.

The snapshot is one sweep over what every run judges; guests, storage, clustering, permissions and
the lock are asked for here, each with calls that all releases know or that may be missing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from xsbond.collect.emergency import in_emergency
from xsbond.collect.observe import Connections
from xsbond.collect.xapi import PoolApi
from xsbond.errors import CallRefused
from xsbond.model import DesiredBond, Host
from xsbond.plan.differing.steps import Change
from xsbond.plan.lock_owner import CALLS, obstacle
from xsbond.plan.preflight import Circumstances, Guest
from xsbond.plan.steps import AnyStep
from xsbond.snapshot.lookup import master_name, nic_pifs, wanted_on
from xsbond.snapshot.snapshot import Snapshot

_AT_REST = frozenset({"Halted", "Suspended"})
_FCOE_STORAGE = "lvmofcoe"
"""SR.type of storage over FCoE, the one that Bond.create looks for (xapi_pif.ml)."""


def look_around(
    connections: Connections,
    snapshot: Snapshot,
    desired: Sequence[DesiredBond],
    steps: Sequence[AnyStep | Change],
    *,
    break_lock: bool = False,
) -> Circumstances:
    """Ask for all an apply must know; `break_lock` if a lock of somebody else is no obstacle."""
    api = connections.api
    return replace(
        _around_any_change(connections, snapshot, steps, break_lock=break_lock),
        guests=tuple(guests_on(api, _legs_networks(snapshot, desired))),
        fcoe_hosts=_fcoe_hosts(api, snapshot, desired),
    )


def look_around_undo(
    connections: Connections,
    snapshot: Snapshot,
    networks: set[str],
    steps: Sequence[AnyStep | Change],
    *,
    break_lock: bool = False,
) -> Circumstances:
    """Ask for all an undo must know, of the networks with these refs."""
    return replace(
        _around_any_change(connections, snapshot, steps, break_lock=break_lock),
        guests=tuple(guests_on(connections.api, networks, at_rest=True)),
    )


def _around_any_change(
    connections: Connections,
    snapshot: Snapshot,
    steps: Sequence[AnyStep | Change],
    *,
    break_lock: bool,
) -> Circumstances:
    api = connections.api
    user, forbidden = _lacking(api, {call for step in steps for call in step.calls} | {*CALLS})
    return Circumstances(
        clustered=bool(_read_if_known(api, "Cluster.get_all")),
        emergency=_in_emergency(connections, snapshot),
        unreachable=_unreachable(api, snapshot, steps),
        user=user,
        forbidden=forbidden,
        locked_by="" if break_lock else obstacle(snapshot.pool.other_config),
    )


def _read_if_known(api: PoolApi, method: str) -> Sequence[str]:
    """Return what a call returns; nothing where the release does not know it."""
    try:
        found: Sequence[str] = api.read(method)
    except CallRefused:
        return ()
    return found


def _legs_networks(snapshot: Snapshot, desired: Sequence[DesiredBond]) -> set[str]:
    """Return the refs of the wanted NICs' own networks, which a bond puts out of use."""
    return {
        pif.network
        for host in snapshot.hosts
        for bond in desired
        for nic in wanted_on(snapshot, host, bond).nics
        for _, pif in nic_pifs(snapshot, host, nic)
    }


def guests_on(api: PoolApi, networks: set[str], *, at_rest: bool = False) -> Iterator[Guest]:
    """Yield the VMs that run with a VIF on one of these networks, and those at rest, too."""
    for network in sorted(networks):
        for vif in api.read("network.get_VIFs", network):
            vm = api.read("VM.get_record", api.read("VIF.get_VM", vif))
            runs = vm["power_state"] not in _AT_REST
            if (runs or at_rest) and not vm["is_control_domain"]:
                yield Guest(name=vm["name_label"], host=vm["resident_on"], network=network)


def _fcoe_hosts(
    api: PoolApi, snapshot: Snapshot, desired: Sequence[DesiredBond]
) -> frozenset[str] | None:
    """Return the refs of hosts that use storage over FCoE; None where that cannot be known."""
    legs = [
        pif
        for host in snapshot.hosts
        for bond in desired
        for nic in wanted_on(snapshot, host, bond).nics
        for _, pif in nic_pifs(snapshot, host, nic)
    ]
    if not any("fcoe" in pif.capabilities for pif in legs):
        return frozenset()
    try:
        storage, paths = api.read("SR.get_all_records"), api.read("PBD.get_all_records")
    except CallRefused:
        return None
    return frozenset(
        path["host"]
        for path in paths.values()
        if path["currently_attached"] and storage[path["SR"]]["type"] == _FCOE_STORAGE
    )


def _in_emergency(connections: Connections, snapshot: Snapshot) -> frozenset[str]:
    """Return the refs of hosts whose own xapi says so; the pool notices ten minutes later only."""
    by_uuid = {host.uuid: ref for ref, host in snapshot.hosts.items()}
    reachable: list[Host] = [
        host
        for host in snapshot.hosts.values()
        if (dom0 := snapshot.raw.dom0.get(host.uuid)) and not dom0.unreachable
    ]
    found = in_emergency(connections, reachable)
    return frozenset(by_uuid[uuid] for uuid in found)


_ANSWERED_THERE = "host.get_server_certificate"
"""A question that the pool master passes on to the host (message_forwarding.ml); every role may
ask it, and a release that does not know it says so."""
_NOT_REACHED = frozenset({"HOST_OFFLINE", "CANNOT_CONTACT_HOST"})


def _unreachable(
    api: PoolApi, snapshot: Snapshot, steps: Sequence[AnyStep | Change]
) -> Mapping[str, str]:
    """Return ref -> why, of the hosts that calls of these steps would not reach.

    A host that has lost its power is live for the pool for minutes. One that is not live has a
    refusal of its own.
    """
    called = {step.host for step in steps if step.calls} - {master_name(snapshot)}
    found = {}
    for ref in snapshot.hosts:
        if snapshot.labels[ref] in called and _is_live(snapshot, ref):
            try:
                api.read(_ANSWERED_THERE, ref)
            except CallRefused as refusal:
                if refusal.code in _NOT_REACHED:
                    found[ref] = refusal.code
    return found


def _is_live(snapshot: Snapshot, host: str) -> bool:
    metrics = snapshot.metrics.get(snapshot.hosts[host].metrics)
    return metrics is not None and metrics.live


def _lacking(api: PoolApi, calls: set[str]) -> tuple[str, tuple[str, ...]]:
    """Return who asks, and the calls of these that the account may not make.

    A permission is the call's name in lower case (rbac.ml); a session of root lists none.
    """
    try:
        session = api.read("session.get_record", api.session)
    except CallRefused:
        # Whoever may not look at its own session hears of it at the lock, the first change.
        return "", ()
    if session["is_local_superuser"]:
        return "", ()
    allowed = {each.lower() for each in session["rbac_permissions"]}
    lacking = sorted(call for call in calls if call.lower() not in allowed)
    return str(session.get("auth_user_name", "")), tuple(lacking)
