"""The messages that change a host's state (ocaml/xapi/xapi_host.ml)."""

from collections.abc import Callable

from xsbond.lab.contracts import Failure
from xsbond.lab.guests import evacuation
from xsbond.lab.pool import hosts
from xsbond.lab.pool.schema.kinds import BOOL, INT, REF
from xsbond.lab.pool.state import Host, Pool
from xsbond.lab.pool.values import NULL
from xsbond.lab.toolstack import power
from xsbond.lab.xapi.messages import Body, Call, Message, Parameter

_ROLE = "pool-operator"
_HOST = Parameter("host", REF)
_POWER_ON_PLUGIN = "power-on-host"


def _host_itself(_: Pool, host: str, *__: object) -> str:
    return host


def _known_host(pool: Pool, host: str, *_: object) -> str:
    """Look the host up first: the pool's own checks need its record (message_forwarding.ml)."""
    return pool.host(host).ref


def _restart_agent(call: Call, _host: str) -> None:
    """Answer first; the restart happens a moment later."""
    pool, host = call.pool, call.host

    def restart() -> None:
        with pool.lock:
            go = pool.pause(pool.delays.restart_agent)
        if go:
            host.toolstack.restart()

    pool.spawn(f"restart of {host.name}", restart)


def _shutdown_agent(call: Call) -> None:
    call.pool.spawn(f"stop of {call.received_by.name}", call.received_by.toolstack.stop)


def _enable(call: Call, ref: str) -> None:
    """Take guests again (assert_safe_to_reenable); nothing if the host does."""
    if call.pool.database.get("host", ref)["enabled"]:
        return
    if not call.host.booted:
        raise Failure("HOST_STILL_BOOTING")
    if call.host.is_going_down:
        raise Failure("HOST_DISABLED_UNTIL_REBOOT")
    call.host.stays_disabled = False
    hosts.set_enabled(call.pool, call.host, enabled=True)


def _disable(call: Call, ref: str, auto_enable: bool) -> None:
    """Take no more guests, until the next start of xapi or for good."""
    if call.pool.database.get("host", ref)["enabled"]:
        hosts.set_enabled(call.pool, call.host, enabled=False)
    call.host.stays_disabled = not auto_enable


def _disabled_host(pool: Pool, ref: str) -> Host:
    """Return a host that may go down (valid_operations, assert_bacon_mode)."""
    host, record = pool.host(ref), pool.database.get("host", ref)
    for operation in record["current_operations"].values():
        raise Failure("OTHER_OPERATION_IN_PROGRESS", "host", ref, operation)
    if record["enabled"]:
        raise Failure("HOST_NOT_DISABLED")
    for vm in evacuation.guests_of(pool, host):
        if pool.database.get("VM", vm)["power_state"] == "Running":
            raise Failure("HOST_IN_USE", ref, "vm", vm)
    return hosts.reach(pool, ref)


def _shutdown(call: Call, ref: str) -> None:
    power.go_down(call.pool, _disabled_host(call.pool, ref), again=False)


def _reboot(call: Call, ref: str) -> None:
    power.go_down(call.pool, _disabled_host(call.pool, ref), again=True)


def _power_on(call: Call, ref: str) -> None:
    """Fail in one of the ways of a host that cannot be woken (valid_operations)."""
    host = call.pool.host(ref)
    if hosts.is_live(call.pool, host):
        raise Failure("HOST_IS_LIVE", ref)
    if not call.pool.database.get("host", ref)["power_on_mode"]:
        raise Failure("HOST_POWER_ON_MODE_DISABLED")
    raise Failure("XENAPI_MISSING_PLUGIN", _POWER_ON_PLUGIN)


def _evacuate(call: Call, ref: str, network: str, _batch_size: int) -> None:
    if network not in {NULL, ""}:
        call.pool.database.row("network", network)
    evacuation.evacuate(call.pool, call.pool.host(ref))


def _obstacles(call: Call, ref: str) -> dict[str, list[str]]:
    found = evacuation.obstacles(call.pool, call.pool.host(ref))
    return {vm: [failure.code, *failure.arguments] for vm, failure in found.items()}


def _assert_can_evacuate(call: Call, ref: str) -> None:
    found = _obstacles(call, ref)
    if found:
        text = "|".join(",".join(words) for words in found.values())
        raise Failure("CANNOT_EVACUATE_HOST", text)


def _destroy(call: Call, ref: str) -> None:
    """Refuse for a host that answers; the lab never forgets one (precheck_destroy)."""
    host = call.pool.host(ref)
    if host is call.pool.master or (hosts.is_live(call.pool, host) and host.is_heard):
        raise Failure("HOST_IS_LIVE", ref)
    if call.pool.record["ha_enabled"]:
        raise Failure("HA_IS_ENABLED")
    if evacuation.guests_of(call.pool, host):
        raise Failure("HOST_HAS_RESIDENT_VMS", ref)
    raise Failure("NOT_IMPLEMENTED", "host.destroy")


def _of_host(
    verb: str, body: Body, *more: Parameter, runs_on: Callable[..., str] | None = None
) -> Message:
    return Message(
        name=f"host.{verb}",
        parameters=(_HOST, *more),
        body=body,
        runs_on=runs_on,
        has_async=True,
        role=_ROLE,
    )


MESSAGES = (
    _of_host("restart_agent", _restart_agent, runs_on=_host_itself),
    Message(
        name="host.shutdown_agent",
        parameters=(),
        body=_shutdown_agent,
        role=_ROLE,
        in_emergency=True,
        on_member=True,
    ),
    _of_host("enable", _enable, runs_on=_known_host),
    _of_host("disable", _disable, Parameter("auto_enable", BOOL, True), runs_on=_known_host),
    _of_host("shutdown", _shutdown),
    _of_host("reboot", _reboot),
    _of_host("power_on", _power_on),
    _of_host(
        "evacuate",
        _evacuate,
        Parameter("network", REF, NULL),
        Parameter("evacuate_batch_size", INT, 0),
    ),
    _of_host("get_vms_which_prevent_evacuation", _obstacles),
    _of_host("assert_can_evacuate", _assert_can_evacuate),
    _of_host("destroy", _destroy),
)
