"""Commands that work on the shell itself (bash(1), SHELL BUILTIN COMMANDS)."""

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence

from xsbond.lab.dom0.files import normal
from xsbond.lab.shell.conditions import run_test
from xsbond.lab.shell.language import background
from xsbond.lab.shell.language.grammar import parse
from xsbond.lab.shell.language.paths import find_path
from xsbond.lab.shell.language.state import FunctionReturn, LoopJump, Shell, ShellExit
from xsbond.lab.shell.machine import NOT_HERE, UNKNOWN, UsageError
from xsbond.lab.shell.streams import Streams

Builtin = Callable[[Shell, Streams, Sequence[str]], int]


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
    if not shell.depth:
        raise UsageError("can only `return' from a function or sourced script", status=1)
    raise FunctionReturn(_status(arguments, shell.status))


def _set(shell: Shell, _: Streams, arguments: Sequence[str]) -> int:
    """Switch -e and -u on or off."""
    if not arguments or not all(re.fullmatch(r"[-+][eu]+", each) for each in arguments):
        raise UsageError(f"{' '.join(arguments)}: {NOT_HERE}", UNKNOWN)
    for argument in arguments:
        letters = set(argument[1:])
        shell.options = (
            shell.options | letters if argument.startswith("-") else shell.options - letters
        )
    return 0


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
    shell.depth += 1
    try:
        return shell.rules.run(shell, streams, parse(script).children)
    except FunctionReturn as returned:
        return returned.status
    finally:
        shell.depth -= 1


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
    """With -v tell where a command is."""
    if arguments[:1] != ["-v"]:
        raise UsageError(NOT_HERE, UNKNOWN)
    status = 1
    for name in arguments[1:]:
        own = name in BUILTINS or name in shell.functions
        found = name if own else find_path(shell, name)
        if found:
            streams.stdout.write(f"{found}\n")
            status = 0
    return status


def _test(shell: Shell, _: Streams, arguments: Sequence[str]) -> int:
    return int(not run_test(shell.machine.dom0.files, shell.directory, arguments))


def _bracket(shell: Shell, streams: Streams, arguments: Sequence[str]) -> int:
    if arguments[-1:] != ["]"]:
        raise UsageError("missing `]'")
    return _test(shell, streams, arguments[:-1])


BUILTINS: Mapping[str, Builtin] = {
    ":": lambda _, __, ___: 0,
    "true": lambda _, __, ___: 0,
    "false": lambda _, __, ___: 1,
    ".": _source,
    "[": _bracket,
    "source": _source,
    "break": _break,
    "cd": _cd,
    "command": _command,
    "continue": _continue,
    "exit": _exit,
    "kill": background.run_kill,
    "logout": _exit,
    "pwd": _pwd,
    "read": _read,
    "return": _return,
    "set": _set,
    "test": _test,
    "wait": background.run_wait,
}
NOT_BUILT_IN = frozenset(
    [
        "alias",
        "bg",
        "bind",
        "builtin",
        "caller",
        "compgen",
        "complete",
        "coproc",
        "dirs",
        "disown",
        "enable",
        "eval",
        "exec",
        "fc",
        "fg",
        "getopts",
        "hash",
        "help",
        "history",
        "jobs",
        "let",
        "mapfile",
        "popd",
        "pushd",
        "readarray",
        "shift",
        "shopt",
        "suspend",
        "time",
        "times",
        "trap",
        "type",
        "ulimit",
        "umask",
        "unalias",
    ]
)
"""Commands of bash that the lab's shell does not know."""
