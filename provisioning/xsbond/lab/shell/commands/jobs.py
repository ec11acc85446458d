"""Programs that run others: sh, bash, nohup, setsid; and kill, where it is called as a program."""

from dataclasses import replace

from xsbond.lab.shell import background, statements
from xsbond.lab.shell.grammar import ScriptError, parse
from xsbond.lab.shell.machine import Process, UsageError
from xsbond.lab.shell.state import FunctionReturn, LoopJump, Shell, ShellExit, new_shell

_SYNTAX, _NO_FILE = 2, 127


def run_shell_program(process: Process) -> int:
    """Run `sh -c SCRIPT [NAME [ARGUMENT…]]`, a file, or what comes in at standard input."""
    words = list(process.arguments)
    options: set[str] = set()
    while words and words[0].startswith("-") and words[0] != "-c":
        letters = set(words.pop(0)[1:])
        if letters - {"e", "u", "f", "l"}:
            raise UsageError("the lab's shell takes the options -c, -e, -f, -l and -u")
        options |= letters - {"l"}
    shell = _child(process, options)
    try:
        script, shell.arguments = _script(process, words)
        return statements.run(shell, process.streams, parse(script))
    except ShellExit as ended:
        return ended.status
    except (FunctionReturn, LoopJump):
        return 0
    except OSError as error:
        process.complain(f"{words[0]}: {error.strerror}")
        return _NO_FILE
    except ScriptError as error:
        process.complain(str(error))
        return _SYNTAX


def _script(process: Process, words: list[str]) -> tuple[str, list[str]]:
    """Return the script, and its arguments."""
    if words[:1] == ["-c"]:
        if len(words) == 1:
            raise UsageError("-c: option requires an argument")
        return words[1], words[3:]
    if words:
        return process.dom0.files.read(process.path(words[0])), words[1:]
    return process.streams.stdin.read(), []


def _child(process: Process, options: set[str]) -> Shell:
    shell = new_shell(process.machine, process.control)
    shell.variables.update(process.environment)
    shell.exported = set(process.environment)
    shell.directory, shell.options = process.directory, options
    return shell


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


def run_kill(process: Process) -> int:
    """Send a signal, as /bin/kill."""
    complaints = background.kill(process.machine.processes, process.arguments)
    for text in complaints:
        replace(process, name="kill").complain(text)
    return int(bool(complaints))
