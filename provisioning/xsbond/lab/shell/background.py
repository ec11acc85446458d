"""Running in the background: COMMAND &, $!, wait, kill (bash(1), Lists; POSIX, 2.9.3.1)."""

import io
import signal
from collections.abc import Callable, Sequence
from dataclasses import replace

from tree_sitter import Node

from xsbond.lab.shell.grammar import ScriptError, text_of
from xsbond.lab.shell.machine import Control, Stopped, UsageError
from xsbond.lab.shell.processes import Job, Processes
from xsbond.lab.shell.state import FunctionReturn, LoopJump, Shell, ShellExit
from xsbond.lab.shell.streams import Streams

Statement = Callable[[Shell, Streams, Node], int]

_POLL = 0.05
"""Real seconds between two looks whether somebody still waits."""
_KILLED = 143
_CHECK = 0
_SIGNALS = {f"{signal.Signals(number).name}": number for number in (1, 2, 9, 15)}
_NUMBERS = {str(number): number for number in (_CHECK, *_SIGNALS.values())} | {
    name.removeprefix("SIG"): number for name, number in _SIGNALS.items()
}


def start(shell: Shell, streams: Streams, node: Node, run: Statement) -> int:
    """Start a statement in the background of the machine; its number is then in $!."""
    child = shell.fork()
    # Without job control such a command reads nothing.
    inner = replace(streams, stdin=io.StringIO(""))

    def work(job: Job) -> int:
        child.control = Control(shell.machine, job.killed.is_set)
        try:
            return run(child, inner, node)
        except ShellExit as ended:
            return ended.status
        except Stopped:
            return _KILLED
        except (ScriptError, FunctionReturn, LoopJump):
            return 1

    job = shell.machine.processes.start(work, holds_output=not _is_detached(node))
    shell.jobs.append(job)
    return 0


def _is_detached(node: Node) -> bool:
    """Tell whether both outputs lead elsewhere, so that sshd need not wait for them to close."""
    redirects = [text_of(child).strip() for child in node.children if "redirect" in child.type]
    both = any(text.startswith("&>") for text in redirects)
    stdout = any(text.startswith((">", "1>")) for text in redirects)
    return both or (stdout and any(text.startswith("2>") for text in redirects))


def wait_for(shell: Shell, jobs: Sequence[Job]) -> int:
    """Return when all of these have ended, with the status of the last; Stopped if cancelled."""
    for job in jobs:
        while not job.ended.wait(_POLL):
            shell.control.check()
    return jobs[-1].status if jobs else 0


def run_wait(shell: Shell, streams: Streams, arguments: Sequence[str]) -> int:
    """Wait for all that was started in the background, or for the processes named."""
    del streams
    known = {str(job.number): job for job in shell.jobs}
    if unknown := [number for number in arguments if number not in known]:
        raise UsageError(f"pid {unknown[0]} is not a child of this shell", status=127)
    return wait_for(shell, [known[number] for number in arguments] or shell.jobs)


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


def run_kill(shell: Shell, streams: Streams, arguments: Sequence[str]) -> int:
    """Send a signal, as the shell's own command."""
    complaints = kill(shell.machine.processes, arguments)
    streams.stderr.write("".join(f"bash: kill: {text}\n" for text in complaints))
    return int(bool(complaints))
