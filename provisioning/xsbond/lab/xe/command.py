"""xe as a program: reads its words, runs one command, prints its answer or its failure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from xsbond.lab.contracts import Failure, ToolstackDown
from xsbond.lab.shell.machine import Process
from xsbond.lab.xe import records
from xsbond.lab.xe.actions import ACTIONS, Action
from xsbond.lab.xe.classes import CLASSES, XeClass
from xsbond.lab.xe.errors import UNREACHABLE, XeError, explained, parameter_error
from xsbond.lab.xe.view import View

_FAILED = 1
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})

_USAGE = """Usage:
  xe <command> [ --minimal ] [ parameter=value ... ]

Commands of the lab:
{commands}
"""

Generic = Callable[[XeClass, View, Mapping[str, str]], str]
_GENERIC: Mapping[str, tuple[Generic, tuple[str, ...]]] = {
    "list": (records.run_list, ()),
    "param-list": (records.run_param_list, ("uuid",)),
    "param-get": (records.run_param_get, ("uuid", "param-name")),
    "param-set": (records.run_param_set, ("uuid",)),
    "param-add": (records.run_param_add, ("uuid", "param-name")),
    "param-remove": (records.run_param_remove, ("uuid", "param-name", "param-key")),
}
"""What every class has -> how it runs, and the parameters it cannot do without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """A command and its parameters in the order they were typed."""

    command: str
    parameters: Mapping[str, str]


def _generic(found: XeClass, operation: str) -> Action:
    run, required = _GENERIC[operation]
    return Action(run=lambda view, parameters: run(found, view, parameters), required=required)


_COMMANDS: Mapping[str, Action] = {
    **{
        f"{found.name}-{operation}": _generic(found, operation)
        for found in CLASSES.values()
        for operation in _GENERIC
    },
    **ACTIONS,
}


def run_xe(process: Process) -> int:
    """Run xe."""
    try:
        invocation = _read(process.arguments)
    except XeError as error:
        process.streams.stderr.write(str(error))
        return _FAILED
    if invocation.command in {"", "help"}:
        process.out(_USAGE.format(commands="\n".join(f"  {name}" for name in sorted(_COMMANDS))))
        return 0
    view = View(process.machine.toolstack)
    try:
        process.out(_run(invocation, view))
    except XeError as error:
        process.streams.stderr.write(str(error))
    except Failure as failure:
        process.streams.stderr.write(_told(failure, view))
    except ToolstackDown:
        process.streams.stderr.write(UNREACHABLE)
    else:
        return 0
    return _FAILED


def _told(failure: Failure, view: View) -> str:
    try:
        return explained(failure, view)
    except ToolstackDown:
        return UNREACHABLE


def _read(arguments: tuple[str, ...]) -> Invocation:
    """Return the command and its parameters; XeError for words that are neither."""
    rest, command, parameters = list(arguments), "", {}
    while rest:
        word = rest.pop(0)
        if word in {"-u", "-pw", "-pwf", "-p", "-s"}:
            # On its own host xe needs no password: the Unix socket belongs to root.
            value = rest.pop(0) if rest else ""
            if word == "-s" and value not in _LOCAL:
                raise parameter_error("Syntax error", f"the lab's xe is for its own host: {value}")
        elif word.startswith("--"):
            parameters[word[2:]] = "true"
        elif not command:
            command = word
        elif re.match(r"[^=]+=", word):
            name, _, value = word.partition("=")
            parameters[name] = value
        elif command == "help":
            continue
        else:
            raise parameter_error("Syntax error", f"Failed to parse parameter: {word}")
    return Invocation(command=command, parameters=parameters)


def _run(invocation: Invocation, view: View) -> str:
    action = _COMMANDS.get(invocation.command)
    if action is None:
        raise parameter_error("Unknown command", invocation.command)
    for name in action.required:
        if name not in invocation.parameters:
            raise parameter_error("Required parameter not found", name)
    printed = action.run(view, invocation.parameters)
    # With --minimal the answer is flushed once more, so that it is never without a line.
    minimal = invocation.parameters.get("minimal") == "true"
    return printed or ("\n" if minimal else "")
