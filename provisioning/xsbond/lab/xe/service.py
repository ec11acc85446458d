"""xe's other half, in xapi: finds the command, logs in, tells what went wrong (xapi_cli.ml)."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from xsbond.lab.contracts import Failure, ToolstackDown
from xsbond.lab.xe.catalogue import COMMANDS
from xsbond.lab.xe.commandline import CommandLine, read_command_line
from xsbond.lab.xe.errors import (
    CommandError,
    PartialError,
    XeError,
    described,
    explained,
    parameter_fault,
)
from xsbond.lab.xe.job import Command, Job
from xsbond.lab.xe.manual import print_help
from xsbond.lab.xe.printer import Printer
from xsbond.lab.xe.terminal import Terminal
from xsbond.lab.xe.view import View

_FAILED = 1
Caller = Callable[..., Any]
"""Takes a method and all its parameters, raises Failure or ToolstackDown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """How a command comes into xapi."""

    call: Caller
    credentials: tuple[str, str] | None
    """Name and password; None: through the Unix socket, where calls carry no session."""
    is_master: bool
    go_on: Callable[[], None]
    """Raises if nobody waits for the command any more."""


def serve(words: Sequence[str], door: Door, terminal: Terminal) -> int:
    """Carry out one command and return its exit status."""
    try:
        line = read_command_line(words)
    except XeError as error:
        terminal.complain(str(error))
        return terminal.exit(_FAILED)
    job = _job(line, door, terminal)
    if line.name == "help":
        return _attempt(print_help, job)
    try:
        command = _known(line)
        with _logged_in(door) as view:
            return _attempt(command.run, replace(job, view=view))
    except (XeError, Failure) as error:
        return _failed(error, job)


def _job(line: CommandLine, door: Door, terminal: Terminal) -> Job:
    """Return what a command works with before anybody has logged in."""
    minimal = line.parameters.get("minimal") == "true"
    return Job(
        view=View(door.call),
        printer=Printer(terminal, minimal=minimal),
        terminal=terminal,
        parameters=line.parameters,
        minimal=minimal,
        is_master=door.is_master,
        go_on=door.go_on,
    )


def _known(line: CommandLine) -> Command:
    """Return the command, once it has all it cannot do without."""
    command = COMMANDS.get(line.name)
    if command is None:
        raise parameter_fault("Unknown command", line.name)
    for name in command.required:
        if name not in line.parameters:
            raise parameter_fault("Required parameter not found", name)
    return command


@contextlib.contextmanager
def _logged_in(door: Door) -> Iterator[View]:
    if door.credentials is None:
        yield View(door.call)
        return
    session = door.call("session.login_with_password", *door.credentials, "", "cli")
    try:
        yield View(lambda method, *params: door.call(method, session, *params))
    finally:
        with contextlib.suppress(Failure, ToolstackDown):
            door.call("session.logout", session)


def _attempt(run: Callable[[Job], None], job: Job) -> int:
    """Run a command; what it printed before it failed stays, but for what --minimal kept."""
    try:
        run(job)
    except (XeError, Failure) as error:
        return _failed(error, job)
    job.printer.flush()
    return job.terminal.exit(0)


def _failed(error: XeError | Failure, job: Job) -> int:
    """Tell what went wrong; with --trace also what was raised, but not where in xapi."""
    terminal = job.terminal
    if isinstance(error, PartialError):
        for uuid, fault in error.faults.items():
            terminal.print(f"operation failed on {uuid}: {fault}")
    elif isinstance(error, XeError):
        terminal.complain(str(error))
    else:
        _tell(error, terminal, job.view)
    traced = job.parameters.get("trace") == "true"
    if traced and isinstance(error, Failure | CommandError):
        terminal.complain(f"Raised {_raised(error)}\n")
        terminal.complain("Backtrace:\n")
    return terminal.exit(_FAILED)


def _tell(failure: Failure, terminal: Terminal, view: View) -> None:
    if failure.code == "SESSION_AUTHENTICATION_FAILED":
        named = bool(failure.arguments and failure.arguments[0])
        text = "Authentication failed" if named else "Username/password must be specified"
        terminal.complain(str(parameter_fault("", text)))
        return
    lines = explained(failure, view)
    if lines is None:
        terminal.error(failure.code, described(failure, view))
        return
    for line in lines:
        terminal.complain(f"{line}\n")


def _raised(error: Failure | CommandError) -> str:
    """Return an exception as OCaml prints it."""
    if isinstance(error, CommandError):
        escaped = error.text.replace("\\", "\\\\").replace('"', '\\"')
        return f'Cli_util.Cli_failure("{escaped}")'
    return f"Server_error({error.code}, [ {'; '.join(error.arguments)} ])"
