"""Starting and stopping xapi and xcp-networkd: service, systemctl, xe-toolstack-restart."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from xsbond.lab.contracts import Toolstack
from xsbond.lab.shell.anyprocess import AnyProcess
from xsbond.lab.shell.machine import UsageError

_LSB_NOT_RUNNING = 3
_COLUMN = 60
"""Where Red Hat's init functions print [  OK  ]."""
_NETWORKD = "xcp-networkd"
_INIT_COMPLETE = "/var/run/xapi_init_complete.cookie"


def _is_old(process: AnyProcess) -> bool:
    """XenServer 6's init script prints Red Hat's marks, later ones do not."""
    return process.dom0.profile.net_tools == 1


def _stop(process: AnyProcess) -> int:
    process.out("Stopping xapi: ")
    was_running = process.machine.toolstack.running()
    process.machine.toolstack.stop()
    if _is_old(process):
        process.out(".." + _mark("Stopping xapi: .."))
    else:
        process.out(".xapi stopped successfully\n" if was_running else "xapi is not running\n")
    return 0


def _mark(before: str) -> str:
    return " " * (_COLUMN - len(before)) + "[  OK  ]\n"


def _start(process: AnyProcess) -> int:
    process.out("Starting xapi: ")
    if process.machine.toolstack.running():
        process.out("xapi is already running.\n")
        return 0
    process.machine.toolstack.start()
    process.out("OK" + (_mark("Starting xapi: OK") if _is_old(process) else "\n"))
    return 0


def _restart(process: AnyProcess) -> int:
    return _stop(process) or _start(process)


def _status(process: AnyProcess) -> int:
    if process.machine.toolstack.running():
        process.out("xapi is running\n")
        return 0
    process.out("xapi is stopped\n")
    return _LSB_NOT_RUNNING


_ACTIONS: Mapping[str, Callable[[AnyProcess], int]] = {
    "start": _start,
    "stop": _stop,
    "restart": _restart,
    "status": _status,
}


def run_service(process: AnyProcess) -> int:
    """Run `service NAME start|stop|restart|status`; systemd carries out what has no script."""
    if len(process.arguments) != 2:  # noqa: PLR2004 - a service and what to do
        raise UsageError("usage: service < service_name > [ command ]", status=1)
    name, action = process.arguments
    if name == _NETWORKD:
        if not _is_old(process):
            told = f"Redirecting to /bin/systemctl {action} {name}.service\n"
            process.streams.stderr.write(told)
        return _control(process, action, name, quiet=False)
    if name != "xapi":
        process.streams.stderr.write(f"{name}: unrecognized service\n")
        return 1
    if action not in _ACTIONS:
        process.out("Usage: /etc/init.d/xapi {start|stop|status|restart}\n")
        return 1
    return _ACTIONS[action](process)


def run_init_script(process: AnyProcess) -> int:
    """Run /etc/init.d/xapi itself."""
    action = process.arguments[0] if process.arguments else ""
    if action not in _ACTIONS:
        process.out("Usage: /etc/init.d/xapi {start|stop|status|restart}\n")
        return 1
    return _ACTIONS[action](process)


def run_systemctl(process: AnyProcess) -> int:
    """Run `systemctl start|stop|restart|is-active|status UNIT`; it says little."""
    words = [word for word in process.arguments if word not in {"-q", "--quiet", "--no-pager"}]
    if len(words) != 2:  # noqa: PLR2004 - an action and a unit
        raise UsageError("the lab's systemctl takes one action and one unit", status=1)
    action, unit = words[0], words[1].removesuffix(".service")
    if unit not in _UNITS:
        process.streams.stderr.write(f"Unit {unit}.service could not be found.\n")
        return 4 if action in {"status", "is-active"} else 5
    quiet = len(words) != len(process.arguments)
    return _control(process, action, unit, quiet=quiet)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unit:
    """A service of systemd."""

    runs: Callable[[], bool]
    stop: Callable[[], None]
    start: Callable[[], None]


def _xapi(toolstack: Toolstack) -> _Unit:
    return _Unit(runs=toolstack.running, stop=toolstack.stop, start=toolstack.start)


def _networkd(toolstack: Toolstack) -> _Unit:
    return _Unit(
        runs=toolstack.networkd_running,
        stop=toolstack.stop_networkd,
        start=toolstack.start_networkd,
    )


_UNITS: Mapping[str, Callable[[Toolstack], _Unit]] = {"xapi": _xapi, _NETWORKD: _networkd}


def _control(process: AnyProcess, action: str, name: str, *, quiet: bool) -> int:
    """Do what systemctl does to a unit that exists."""
    unit = _UNITS[name](process.machine.toolstack)
    if action in {"is-active", "status"}:
        active = unit.runs()
        if not quiet or action == "status":
            process.out("active\n" if active else "inactive\n")
        return 0 if active else _LSB_NOT_RUNNING
    if action not in {"start", "stop", "restart"}:
        raise UsageError(f"Unknown operation {action}.", status=1)
    if action != "start" and unit.runs():
        unit.stop()
    if action != "stop" and not unit.runs():
        unit.start()
    return 0


def run_toolstack_restart(process: AnyProcess) -> int:
    """Run xe-toolstack-restart: xapi and what belongs to it, stopped and started."""
    if process.arguments:
        raise UsageError("xe-toolstack-restart takes no arguments", status=1)
    process.out("Executing xe-toolstack-restart\n")
    process.machine.toolstack.restart()
    process.out("done.\n")
    return 0


def run_wait_init_complete(process: AnyProcess) -> int:
    """Wait up to so many seconds until xapi has written that its start is complete."""
    if len(process.arguments) != 1 or not process.arguments[0].isdigit():
        raise UsageError("usage: xapi-wait-init-complete TIMEOUT", status=1)
    for _ in range(int(process.arguments[0])):
        if process.dom0.files.exists(_INIT_COMPLETE):
            return 0
        process.control.sleep(1)
    return 0 if process.dom0.files.exists(_INIT_COMPLETE) else 1
