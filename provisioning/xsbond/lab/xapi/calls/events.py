"""The messages of class event (ocaml/xapi/xapi_event.ml)."""

import hashlib
import re
from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.pool.schema.kinds import FLOAT, REF, STRING, STRINGS
from xsbond.lab.pool.state import Registration
from xsbond.lab.pool.values import WireInt
from xsbond.lab.xapi.eventlog import MESSAGES as MESSAGE_CLASS
from xsbond.lab.xapi.eventlog import Event, Subscription, events_since, sign_of_life
from xsbond.lab.xapi.messages import Call, Message, Parameter

_TOKEN = re.compile(r"([0-9]+),([0-9]+)")
_DAY = 86400.0
"""Seconds a negative timeout stands for."""
_COUNTED = (
    "vdi_nbd_server_info user tunnel task subject sr_stat session secret role probe_result "
    "pool_update pool_patch pool network_sriov network message host_patch host_metrics "
    "host_crashdump host_cpu host event data_source crashdump console blob auth vusb vtpm "
    "vm_metrics vm_guest_metrics vm_group vm_appliance vmss vmpp vm vlan vif_metrics vif "
    "vgpu_type vgpu vdi vbd_metrics vbd usb_group sr sm sdn_controller repository rate_limit "
    "pvs_site pvs_server pvs_proxy pvs_cache_storage pusb pif_metrics pif pgpu pci pbd observer "
    "lvhd host_driver gpu_group feature driver_variant diagnostics dr_task cluster_host cluster "
    "certificate caller bond"
)
"""The classes of valid_ref_counts; those the lab does not have count nothing."""
_HEARTBEAT = "pool"
"""The class whose one object is said to have changed when nothing happens."""
_QUEUED = 2500
"""Changes that wait for a session: 10 MB of records, of some 4 KB each (max_stored_events)."""
_CLASSES = Parameter("classes", STRINGS)


def _from(call: Call, classes: list[str], token: str, timeout: float) -> dict[str, Any]:
    """Answer as soon as something of interest happens, and with nothing once time is up.

    The timeout is in the client's seconds, which are real ones.
    """
    generation, message_generation = _parse_token(token)
    wanted = Subscription.parse(classes)
    found = events_since(call.pool, wanted, generation, message_generation)
    if not found:
        found = _wait(call, wanted, (generation, message_generation), timeout)
    return {
        "events": [event.as_value() for event in found],
        "valid_ref_counts": _counts(call),
        "token": _token_after(found, generation, message_generation),
    }


def _wait(call: Call, wanted: Subscription, since: tuple[int, int], timeout: float) -> list[Event]:
    pool = call.pool

    def something() -> bool:
        _refuse_lost_session(call)
        return pool.closed or bool(events_since(pool, wanted, *since))

    if not pool.database.changed.wait_for(something, _DAY if timeout < 0 else timeout):
        return []
    if not wanted.only_tasks:
        pool.pause(pool.delays.batching)
        _refuse_lost_session(call)
    return events_since(pool, wanted, *since)


def _refuse_lost_session(call: Call) -> None:
    if call.session and not call.pool.database.has("session", call.session):
        raise Failure("SESSION_INVALID", call.session)


def _parse_token(token: str) -> tuple[int, int]:
    if not token:
        return 0, 0
    match = _TOKEN.fullmatch(token)
    if not match:
        raise Failure("EVENT_FROM_TOKEN_PARSE_FAILURE", token)
    return int(match[1]), int(match[2])


def _token_after(found: list[Event], generation: int, message_generation: int) -> str:
    """Return the generations of the last events; without any, those asked about."""
    messages = [event.last for event in found if event.name == MESSAGE_CLASS]
    others = [event.last for event in found if event.name != MESSAGE_CLASS]
    return f"{max([generation, *others]):020d},{max([message_generation, *messages]):020d}"


def _counts(call: Call) -> dict[str, WireInt]:
    counts = {name.lower(): call.pool.database.count(name) for name in call.pool.schema}
    return {name: WireInt(counts.get(name, 0)) for name in _COUNTED.split()}


def _register(call: Call, classes: list[str]) -> None:
    known = call.pool.registrations.setdefault(
        call.session, Registration(classes=set(), generation=call.pool.database.generation)
    )
    known.classes.update(classes)


def _unregister(call: Call, classes: list[str]) -> None:
    registration = _registration(call)
    registration.classes.difference_update(classes)
    if not registration.classes:
        del call.pool.registrations[call.session]


def _next(call: Call) -> list[dict[str, Any]]:
    """Wait, for ever if need be, for something a registered session listens to."""
    registration = _registration(call)
    database = call.pool.database
    if database.generation - registration.generation > _QUEUED:
        registration.generation = database.generation
        raise Failure("EVENTS_LOST")
    wanted = Subscription.parse(registration.classes)
    since = registration.generation, registration.generation
    found = _wait_with_heartbeats(call, wanted, since)
    registration.generation = database.generation
    timestamp = f"{call.pool.clock.time():.0f}."
    return [event.as_value(timestamp) for event in found]


def _wait_with_heartbeats(call: Call, wanted: Subscription, since: tuple[int, int]) -> list[Event]:
    """Wait; whoever listens to the pool hears from it now and then (xapi_event.ml, heartbeat)."""
    pool = call.pool
    found: list[Event] = []
    while not found and not pool.closed:
        found = _wait(call, wanted, since, pool.clock.real(pool.delays.event_heartbeat))
        if not found and not pool.closed and wanted.covers(_HEARTBEAT, pool.ref):
            found = [sign_of_life(pool)]
    return found


def _registration(call: Call) -> Registration:
    if call.session not in call.pool.registrations:
        track = hashlib.md5(call.session.encode(), usedforsecurity=False).hexdigest()
        raise Failure("SESSION_NOT_REGISTERED", f"trackid={track}")
    return call.pool.registrations[call.session]


def _current_id(call: Call) -> int:
    return call.pool.database.generation


def _inject(call: Call, name: str, ref: str) -> str:
    """Let an object seem changed; the token is that of the moment before."""
    names = {each.lower(): each for each in call.pool.schema}
    if name.lower() not in names:
        raise Failure("HANDLE_INVALID", name, ref)
    generation = call.pool.database.touch(names[name.lower()], ref)
    return f"{generation - 1:020d},{0:020d}"


MESSAGES = (
    Message(
        name="event.from",
        parameters=(_CLASSES, Parameter("token", STRING), Parameter("timeout", FLOAT)),
        body=_from,
    ),
    Message(name="event.register", parameters=(_CLASSES,), body=_register),
    Message(name="event.unregister", parameters=(_CLASSES,), body=_unregister),
    Message(name="event.next", parameters=(), body=_next),
    Message(name="event.get_current_id", parameters=(), body=_current_id),
    Message(
        name="event.inject",
        parameters=(Parameter("class", STRING), Parameter("ref", REF)),
        body=_inject,
    ),
)
