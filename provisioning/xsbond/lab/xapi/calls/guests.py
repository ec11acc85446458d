"""The messages of VM that move a guest, in the small (ocaml/xapi/xapi_vm.ml)."""

from collections.abc import Callable, Mapping

from xsbond.lab.contracts import Failure
from xsbond.lab.guests import guests
from xsbond.lab.networking.placement import possible_hosts, refuse_host
from xsbond.lab.pool.schema.kinds import BOOL, REF
from xsbond.lab.pool.state import Host, Pool
from xsbond.lab.pool.values import is_null
from xsbond.lab.xapi.messages import Body, Call, Message, Parameter

_VM, _HOST = Parameter("vm", REF), Parameter("host", REF)
_OPTIONS = (Parameter("start_paused", BOOL), Parameter("force", BOOL))
_MOST_VIFS = 7
"""Devices 0 to 6, as Xen has it (xapi_vm_helpers.ml, allowed_VIF_devices_HVM)."""


def _home(pool: Pool, vm: str, *_: object) -> str:
    """Return the host a guest runs on; what rests is the master's."""
    home = pool.database.get("VM", vm)["resident_on"]
    return pool.master.ref if is_null(home) else str(home)


def _start(call: Call, vm: str, paused: bool, _force: bool) -> None:
    """On the host it prefers, else on the first that can."""
    guests.refuse_operation(call.pool, vm, "start")
    hosts = possible_hosts(call.pool, vm)
    if not hosts:
        raise Failure("NO_HOSTS_AVAILABLE")
    preferred = call.pool.database.get("VM", vm)["affinity"]
    chosen = preferred if preferred in hosts else hosts[0]
    guests.start(call.pool, vm, call.pool.hosts[chosen], paused=paused)


def _start_on(call: Call, vm: str, host: str, paused: bool, _force: bool) -> None:
    guests.refuse_operation(call.pool, vm, "start_on")
    guests.start(call.pool, vm, call.pool.host(host), paused=paused)


def _stop(call: Call, vm: str) -> None:
    guests.stop(call.pool, vm)


def _reboot(call: Call, vm: str) -> None:
    """A new domain on the same host."""
    home = _resident(call, vm)
    guests.stop(call.pool, vm)
    guests.start(call.pool, vm, home)


def _resident(call: Call, vm: str) -> Host:
    return call.pool.hosts[call.pool.database.get("VM", vm)["resident_on"]]


def _turn(state: str) -> Body:
    return lambda call, vm: guests.set_power_state(call.pool, vm, state)


def _checked(operation: str, body: Callable[[Call, str], None]) -> Body:
    """Return a body that looks first whether the operation fits the VM's state."""

    def run(call: Call, vm: str) -> None:
        guests.refuse_operation(call.pool, vm, operation)
        body(call, vm)

    return run


def _assert_can_boot_here(call: Call, vm: str, host: str) -> None:
    refuse_host(call.pool, vm, call.pool.host(host))


def _possible_hosts(call: Call, vm: str) -> list[str]:
    call.pool.database.row("VM", vm)
    return possible_hosts(call.pool, vm)


def _allowed_vif_devices(call: Call, vm: str) -> list[str]:
    vifs = call.pool.database.get("VM", vm)["VIFs"]
    taken = {call.pool.database.get("VIF", vif)["device"] for vif in vifs}
    return [device for n in range(_MOST_VIFS) if (device := str(n)) not in taken]


_OPERATIONS: Mapping[str, Body] = {
    "pause": _turn("Paused"),
    "unpause": _turn("Running"),
    "clean_shutdown": _stop,
    "shutdown": _stop,
    "hard_shutdown": _stop,
    "clean_reboot": _reboot,
    "hard_reboot": _reboot,
}
"""Operation without parameters -> what it does."""

MESSAGES = (
    *(
        Message(
            name=f"VM.{name}",
            parameters=(_VM,),
            body=_checked(name, body),
            runs_on=_home,
            has_async=True,
            role="vm-operator",
        )
        for name, body in _OPERATIONS.items()
    ),
    Message(
        name="VM.start",
        parameters=(_VM, *_OPTIONS),
        body=_start,
        has_async=True,
        role="vm-operator",
    ),
    Message(
        name="VM.start_on",
        parameters=(_VM, _HOST, *_OPTIONS),
        body=_start_on,
        has_async=True,
        role="vm-power-admin",
    ),
    Message(
        name="VM.assert_can_boot_here",
        parameters=(Parameter("self", REF), _HOST),
        body=_assert_can_boot_here,
        has_async=True,
    ),
    Message(
        name="VM.get_possible_hosts",
        parameters=(_VM,),
        body=_possible_hosts,
        has_async=True,
    ),
    Message(
        name="VM.get_allowed_VIF_devices",
        parameters=(_VM,),
        body=_allowed_vif_devices,
    ),
)
