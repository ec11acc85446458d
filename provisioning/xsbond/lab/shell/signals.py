"""kill: signals for what runs in the background of a dom0."""

import signal
from collections.abc import Sequence

from xsbond.lab.shell.machine import UsageError
from xsbond.lab.shell.processes import Processes

_CHECK = 0
_SIGNALS = {f"{signal.Signals(number).name}": number for number in (1, 2, 9, 15)}
_NUMBERS = {str(number): number for number in (_CHECK, *_SIGNALS.values())} | {
    name.removeprefix("SIG"): number for name, number in _SIGNALS.items()
}


def kill(processes: Processes, arguments: Sequence[str]) -> list[str]:
    """Send a signal to processes; return what is to be complained about.

    Every signal but 0 ends them: the lab's programs catch none.
    """
    wanted, numbers = _signal(arguments)
    complaints = []
    for number in numbers:
        if not number.isdigit():
            complaints.append(f"{number}: arguments must be process or job IDs")
        elif (job := processes.find(int(number))) is None:
            complaints.append(f"({number}) - No such process")
        elif wanted != _CHECK:
            job.killed.set()
    return complaints


def _signal(arguments: Sequence[str]) -> tuple[int, Sequence[str]]:
    """Return the signal's number and the operands; UsageError if there is none of that name."""
    rest, name = list(arguments), "TERM"
    if rest[:1] in (["-s"], ["-n"]):
        name, rest = "".join(rest[1:2]), rest[2:]
    elif rest and rest[0].startswith("-") and rest[0] != "--":
        name = rest.pop(0)[1:]
    rest = rest[1:] if rest[:1] == ["--"] else rest
    name = name.removeprefix("SIG")
    if name not in _NUMBERS:
        raise UsageError(f"{name}: invalid signal specification", status=1)
    if not rest:
        raise UsageError("usage: kill [-s sigspec | -n signum | -sigspec] pid ...")
    return _NUMBERS[name], rest
