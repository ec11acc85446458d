"""Programs that run others: sh, bash, nohup, setsid, timeout; and kill, called as a program."""

from dataclasses import replace

from xsbond.lab.shell.commands.system import seconds
from xsbond.lab.shell.machine import NOT_HERE, UNKNOWN, Expired, Process, UsageError
from xsbond.lab.shell.options import parse as read_options
from xsbond.lab.shell.session import Session
from xsbond.lab.shell.signals import kill

_NO_FILE = 127


def run_shell_program(process: Process) -> int:
    """Run `sh -c SCRIPT [NAME [ARGUMENT…]]`, a file, or what comes in at standard input."""
    words = [word for word in process.arguments if word != "-l"]
    try:
        script, arguments = _script(process, words)
    except OSError as error:
        process.complain(f"{words[0]}: {error.strerror}")
        return _NO_FILE
    return Session.within(process, arguments).run(script, process.streams)


def _script(process: Process, words: list[str]) -> tuple[str, list[str]]:
    """Return the script, and its arguments."""
    if words[:1] == ["-c"]:
        if len(words) == 1:
            raise UsageError("-c: option requires an argument")
        return words[1], words[3:]
    if words and words[0].startswith("-"):
        raise UsageError(f"{words[0]}: {NOT_HERE}", UNKNOWN)
    if words:
        return process.dom0.files.read(process.path(words[0])), words[1:]
    return process.streams.stdin.read(), []


def run_detached(process: Process) -> int:
    """Run a program that no hang-up ends: `nohup` and `setsid`.

    Nothing in the lab hangs up on what runs in the background, so that both just run it.
    """
    words = list(process.arguments)
    while process.name == "setsid" and words[:1] and words[0] in {"-w", "--wait", "-f", "--fork"}:
        words.pop(0)
    if not words:
        raise UsageError("missing operand", status=125 if process.name == "nohup" else 1)
    if words[0].startswith("-"):
        raise UsageError(f"the lab's {process.name} knows no option {words[0]}", status=125)
    return process.run(words, {})


_TIMED_OUT, _CANNOT_RUN, _KILLED = 124, 125, 128 + 9


def run_timeout(process: Process) -> int:
    """Run a program, and end it once its time is over: timeout of coreutils 8.5 and later.

    The first signal ends whatever the lab runs, so that there is nothing left to be killed. If it
    is KILL, it ends timeout, too.
    """
    options = read_options(process.arguments, valued="ks", permute=False)
    if len(options.operands) < 2:  # noqa: PLR2004 - how long, and what
        raise UsageError("missing operand", status=_CANNOT_RUN)
    limit, *words = options.operands
    try:
        with process.control.limited(seconds(limit)):
            return process.run(words, {})
    except Expired:
        return _KILLED if options.last("s") in {"KILL", "SIGKILL", "9"} else _TIMED_OUT


def run_kill(process: Process) -> int:
    """Send a signal, as /bin/kill."""
    complaints = kill(process.machine.processes, process.arguments)
    for text in complaints:
        replace(process, name="kill").complain(text)
    return int(bool(complaints))
