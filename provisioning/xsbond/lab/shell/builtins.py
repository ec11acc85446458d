"""Commands that work on the shell itself (bash(1), SHELL BUILTIN COMMANDS)."""

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence

from xsbond.lab.dom0.files import normal
from xsbond.lab.shell import background, simple, statements
from xsbond.lab.shell.conditions import run_test
from xsbond.lab.shell.grammar import parse
from xsbond.lab.shell.machine import UsageError
from xsbond.lab.shell.state import FunctionReturn, LoopJump, Shell, ShellExit
from xsbond.lab.shell.streams import Streams

Builtin = Callable[[Shell, Streams, Sequence[str]], int]
_OPTIONS = frozenset("euf")
_NAMED_OPTIONS: Mapping[str, str] = {"errexit": "e", "nounset": "u", "noglob": "f"}


def _no_options(arguments: Sequence[str]) -> list[str]:
    """Return the operands; UsageError for any option."""
    rest = list(arguments)
    if rest[:1] == ["--"]:
        return rest[1:]
    if rest and re.fullmatch(r"-[A-Za-z].*", rest[0]):
        raise UsageError(f"{rest[0]}: invalid option")
    return rest


def _cd(shell: Shell, streams: Streams, arguments: Sequence[str]) -> int:
    """Change the directory; `-` is the one before, which is then told."""
    operands = _no_options(arguments) or [shell.variables.get("HOME", "/root")]
    target = shell.variables.get("OLDPWD", "") if operands[0] == "-" else operands[0]
    path = normal(posixpath.join(shell.directory, target))
    files = shell.machine.dom0.files
    if not files.is_directory(path):
        reason = "Not a directory" if files.exists(path) else "No such file or directory"
        raise UsageError(f"{target}: {reason}", status=1)
    shell.variables["OLDPWD"], shell.directory = shell.directory, path
    shell.variables["PWD"] = path
    if operands[0] == "-":
        streams.stdout.write(f"{path}\n")
    return 0


def _pwd(shell: Shell, streams: Streams, arguments: Sequence[str]) -> int:
    _no_options(arguments)
    streams.stdout.write(f"{shell.directory}\n")
    return 0


def _status(arguments: Sequence[str], default: int) -> int:
    if not arguments:
        return default
    if not arguments[0].lstrip("-").isdigit():
        raise UsageError(f"{arguments[0]}: numeric argument required")
    return int(arguments[0]) & 0xFF


def _exit(shell: Shell, _: Streams, arguments: Sequence[str]) -> int:
    raise ShellExit(_status(arguments, shell.status))


def _return(shell: Shell, _: Streams, arguments: Sequence[str]) -> int:
    if not shell.in_function:
        raise UsageError("can only `return' from a function or sourced script", status=1)
    raise FunctionReturn(_status(arguments, shell.status))


def _break(_: Shell, __: Streams, arguments: Sequence[str]) -> int:
    raise LoopJump(max(1, _status(arguments, 1)), ends=True)


def _continue(_: Shell, __: Streams, arguments: Sequence[str]) -> int:
    raise LoopJump(max(1, _status(arguments, 1)), ends=False)


def _source(shell: Shell, streams: Streams, arguments: Sequence[str]) -> int:
    """Run a file in this very shell."""
    operands = _no_options(arguments)
    if not operands:
        raise UsageError("filename argument required")
    path = posixpath.join(shell.directory, operands[0])
    try:
        script = shell.machine.dom0.files.read(path)
    except OSError as error:
        streams.stderr.write(f"bash: {operands[0]}: {error.strerror}\n")
        return 1
    shell.in_function += 1
    try:
        return statements.run(shell, streams, parse(script))
    except FunctionReturn as returned:
        return returned.status
    finally:
        shell.in_function -= 1


def _eval(shell: Shell, streams: Streams, arguments: Sequence[str]) -> int:
    return statements.run(shell, streams, parse(" ".join(arguments)))


def _exec(shell: Shell, streams: Streams, arguments: Sequence[str]) -> int:
    if not arguments:
        return 0
    raise ShellExit(simple.run_words(shell, streams, arguments))


def _set(shell: Shell, _: Streams, arguments: Sequence[str]) -> int:
    """Switch options on or off, or replace the arguments."""
    rest = list(arguments)
    while rest and re.fullmatch(r"[-+][A-Za-z]+", rest[0]):
        argument = rest.pop(0)
        letters = set(argument[1:])
        if "o" in letters:
            letters -= {"o"}
            letters.add(_option_named(rest.pop(0) if rest else ""))
        if letters - _OPTIONS - {"pipefail"}:
            raise UsageError(f"{argument}: the lab's shell knows -e, -f, -u and -o pipefail")
        shell.options = (
            shell.options | letters if argument.startswith("-") else shell.options - letters
        )
    if rest:
        shell.arguments = rest[1:] if rest[0] == "--" else rest
    return 0


def _option_named(name: str) -> str:
    if name != "pipefail" and name not in _NAMED_OPTIONS:
        raise UsageError(f"{name}: the lab's shell does not know this option")
    return _NAMED_OPTIONS.get(name, name)


def _shift(shell: Shell, _: Streams, arguments: Sequence[str]) -> int:
    count = _status(arguments, 1)
    if count > len(shell.arguments):
        return 1
    shell.arguments = shell.arguments[count:]
    return 0


def _read(shell: Shell, streams: Streams, arguments: Sequence[str]) -> int:
    """Read a line and divide it among variables; the last one takes the rest."""
    names = list(arguments)
    raw = names[:1] == ["-r"]
    names = _no_options(names[1:] if raw else names) or ["REPLY"]
    line = streams.stdin.readline()
    text = line.removesuffix("\n")
    if not raw:
        text = re.sub(r"\\(.)", r"\1", text)
    separators = shell.variables.get("IFS", " \t\n")
    for name, value in zip(names, _divided(text, separators, len(names)), strict=True):
        shell.variables[name] = value
    return 0 if line.endswith("\n") else 1


def _without_blanks(text: str, separators: str) -> str:
    """Take away the blanks at both ends that separate words."""
    blanks = "".join(set(separators) & set(" \t\n"))
    return text.strip(blanks) if blanks else text


def _divided(text: str, separators: str, count: int) -> list[str]:
    if not separators or count == 1:
        return [_without_blanks(text, separators), *[""] * (count - 1)]
    text = _without_blanks(text, separators)
    parts = re.split(f"[{re.escape(separators)}]+", text, maxsplit=count - 1)
    return parts + [""] * (count - len(parts))


def _command(shell: Shell, streams: Streams, arguments: Sequence[str]) -> int:
    """Run a command, functions left aside; with -v tell what it is."""
    if arguments[:1] != ["-v"]:
        child_functions, shell.functions = shell.functions, {}
        try:
            return simple.run_words(shell, streams, _no_options(arguments))
        finally:
            shell.functions = child_functions
    status = 1
    for name in arguments[1:]:
        found = name if _is_own(shell, name) else simple.find_path(shell, name)
        if found:
            streams.stdout.write(f"{found}\n")
            status = 0
    return status


def _is_own(shell: Shell, name: str) -> bool:
    return name in BUILTINS or name in shell.functions


def _type(shell: Shell, streams: Streams, arguments: Sequence[str]) -> int:
    status = 0
    for name in _no_options(arguments):
        path = simple.find_path(shell, name)
        if name in shell.functions:
            streams.stdout.write(f"{name} is a function\n")
        elif name in BUILTINS:
            streams.stdout.write(f"{name} is a shell builtin\n")
        elif path:
            streams.stdout.write(f"{name} is {path}\n")
        else:
            streams.stderr.write(f"bash: type: {name}: not found\n")
            status = 1
    return status


def _test(shell: Shell, _: Streams, arguments: Sequence[str]) -> int:
    return int(not run_test(shell.machine.dom0.files, shell.directory, arguments))


BUILTINS: Mapping[str, Builtin] = {
    ":": lambda _, __, ___: 0,
    "true": lambda _, __, ___: 0,
    "false": lambda _, __, ___: 1,
    ".": _source,
    "source": _source,
    "break": _break,
    "cd": _cd,
    "command": _command,
    "continue": _continue,
    "eval": _eval,
    "exec": _exec,
    "exit": _exit,
    "kill": background.run_kill,
    "logout": _exit,
    "pwd": _pwd,
    "read": _read,
    "return": _return,
    "set": _set,
    "shift": _shift,
    "test": _test,
    "type": _type,
    "wait": background.run_wait,
}
