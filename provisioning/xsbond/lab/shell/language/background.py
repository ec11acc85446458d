"""Running in the background: COMMAND &, $!, wait, kill (bash(1), Lists; POSIX, 2.9.3.1)."""

import io
from collections.abc import Sequence
from dataclasses import replace

from xsbond.lab.shell.language.grammar import ScriptError, text_of
from xsbond.lab.shell.language.state import FunctionReturn, LoopJump, Shell, ShellExit
from xsbond.lab.shell.language.tree import Node
from xsbond.lab.shell.machine import Control, Stopped, UsageError
from xsbond.lab.shell.processes import Job
from xsbond.lab.shell.signals import kill
from xsbond.lab.shell.streams import Streams

_POLL = 0.05
"""Real seconds between two looks whether somebody still waits."""
_KILLED = 143


def start(shell: Shell, streams: Streams, node: Node) -> int:
    """Start a statement in the background of the machine; its number is then in $!."""
    child = shell.fork()
    # Without job control such a command reads nothing.
    inner = replace(streams, stdin=io.StringIO(""))

    def work(job: Job) -> int:
        child.control = Control(shell.machine, job.killed.is_set)
        try:
            return child.rules.run(child, inner, [node])
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


def run_kill(shell: Shell, streams: Streams, arguments: Sequence[str]) -> int:
    """Send a signal, as the shell's own command."""
    complaints = kill(shell.machine.processes, arguments)
    streams.stderr.write("".join(f"bash: kill: {text}\n" for text in complaints))
    return int(bool(complaints))
