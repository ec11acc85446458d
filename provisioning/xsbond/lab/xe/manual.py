"""`xe help`: the list of commands, and what one of them takes (cli_frontend.ml, rio_help)."""

from collections.abc import Sequence

from xsbond.lab.xe.catalogue import COMMANDS
from xsbond.lab.xe.job import Job
from xsbond.lab.xe.printer import Printer

_NO_COMMANDS = frozenset({"server", "username", "password", "port", "minimal", "all"})
_WIDTH = 74
_INDENT = "    "
_SELECTORS = {"vm": "<vm-selectors>", "host": "<host-selectors>"}
_SELECTING = {
    kind: f" Takes {kind}=NAME-OR-UUID or any field of {kind}-list; more than one needs --multiple."
    for kind in _SELECTORS
}
_USAGE = """Usage:
  xe COMMAND [ARGUMENT=VALUE ...] [OPTION ...]
    -s HOST, -p PORT                    the server; this host without it
    -u USER, -pw PASSWORD, -pwf FILE    who is asking
    --minimal                           values alone, separated by commas
    --nossl                             in clear text
    --debug, --debug-on-fail            say what is sent and received
    --traceparent VALUE                 accepted; a lab traces nothing

What one command takes:
  xe help COMMAND

"""
_FULL = """Full command list
-----------------
"""
_COMMON = """To get a full listing of commands:
  xe help --all

Common command list
-------------------
"""


def print_help(job: Job) -> None:
    """Print what is known of the commands asked about, or the list of commands."""
    wanted = [name for name, _ in job.parameters.pairs if name not in _NO_COMMANDS]
    for name in wanted:
        _print_command(name, job.printer)
    if not wanted:
        full = job.parameters.get("all") == "true"
        _print_all(job.printer, full=full, minimal=job.minimal)


def _print_command(name: str, printer: Printer) -> None:
    command = COMMANDS.get(name)
    if command is None:
        printer.values([f"Unknown command '{name}'"])
        return
    selector = [_SELECTORS[command.selects]] if command.selects else []
    printer.table(
        [
            [
                ("command name        ", name),
                ("reqd params     ", ", ".join(command.required)),
                ("optional params ", ", ".join([*command.optional, *selector])),
                ("description     ", command.help + _SELECTING.get(command.selects, "")),
            ]
        ]
    )


def _print_all(printer: Printer, *, full: bool, minimal: bool) -> None:
    shown = {name: command for name, command in sorted(COMMANDS.items()) if not command.hidden}
    names = [name for name, command in shown.items() if full or command.standard]
    if minimal:
        printer.values(names)
        return
    printer.values([_USAGE + (_FULL if full else _COMMON)])
    for group in _groups(names) if full else [names]:
        printer.values(_filled(group))


def _groups(names: Sequence[str]) -> list[list[str]]:
    """Return the commands about hosts, about VMs, and the others, with space between."""
    hosts = [name for name in names if name.startswith("host-")]
    guests = [name for name in names if name.startswith("vm-")]
    others = [name for name in names if not name.startswith(("host-", "vm-"))]
    return [hosts, [""], guests, [""], others]


def _filled(names: Sequence[str]) -> list[str]:
    """Return lines that hold as many names as fit."""
    lines = [_INDENT + names[0]]
    for name in names[1:]:
        if len(lines[-1]) + len(name) > _WIDTH:
            lines.append(_INDENT + name)
        else:
            lines[-1] += f", {name}"
    return lines
