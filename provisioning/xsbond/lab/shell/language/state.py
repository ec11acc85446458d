"""What a shell remembers, and how the parts of the language reach one another."""

import contextlib
import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from xsbond.lab.shell.language.tree import Node
from xsbond.lab.shell.machine import Control, Machine
from xsbond.lab.shell.processes import Job
from xsbond.lab.shell.streams import Streams

PATH = "/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin:/opt/xensource/bin"


class ShellExit(Exception):  # noqa: N818 - `exit`
    """The script ends with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class FunctionReturn(Exception):  # noqa: N818 - `return`
    """The function or sourced file ends with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class LoopJump(Exception):  # noqa: N818 - `break` and `continue`
    """The loop so many levels up ends, or goes on with its next turn."""

    def __init__(self, levels: int, *, ends: bool) -> None:
        super().__init__(levels)
        self.levels, self.ends = levels, ends


class CommandFailure(Exception):  # noqa: N818 - of the script, not of the lab
    """A command that cannot be carried out: bash prints the text, its status is 1."""


class UnboundVariable(CommandFailure):
    """A variable that is not set was wanted under `set -u`, which ends the script."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Part of a word on its way."""

    text: str
    quoted: bool = False
    split: bool = False
    """It came out of an unquoted expansion, so that blanks in it divide words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The two ways down: words hold commands, commands are made of words."""

    run: Callable[["Shell", Streams, Sequence[Node]], int]
    """Runs statements one after the other and returns the status of the last."""
    expand: Callable[["Shell", Streams, Node], list[Piece]]
    """Returns the pieces of a word."""


@dataclass(slots=True, kw_only=True)
class Shell:
    """One shell, or a subshell that changes nothing of its parent."""

    machine: Machine
    control: Control
    rules: Rules
    variables: dict[str, str] = field(default_factory=dict)
    exported: set[str] = field(default_factory=set)
    functions: dict[str, Node] = field(default_factory=dict)
    arguments: list[str] = field(default_factory=list)
    options: set[str] = field(default_factory=set)
    """Letters of `set`: e and u."""
    depth: int = 0
    """How many functions and sourced files are being run, one in the other."""
    tested: int = 0
    """Above 0 while a status is looked at, so that `set -e` does not count."""
    directory: str = "/root"
    status: int = 0
    substituted: int | None = None
    """Status of the last command substitution."""
    jobs: list[Job] = field(default_factory=list)
    """What it, or a subshell of it, has started in the background."""

    def fork(self) -> "Shell":
        """Return a subshell."""
        child = copy.copy(self)
        child.variables, child.exported = dict(self.variables), set(self.exported)
        child.functions, child.options = dict(self.functions), set(self.options)
        return child

    def environment(self) -> dict[str, str]:
        """Return the exported variables."""
        return {name: self.variables[name] for name in self.exported & self.variables.keys()}

    @contextlib.contextmanager
    def testing(self) -> Iterator[None]:
        """Let a status be looked at; `set -e` waits."""
        self.tested += 1
        try:
            yield
        finally:
            self.tested -= 1


def new_shell(machine: Machine, control: Control, rules: Rules) -> Shell:
    """Return the shell of root's session on this machine."""
    variables = {
        "HOME": "/root",
        "USER": "root",
        "LOGNAME": "root",
        "SHELL": "/bin/bash",
        "PATH": PATH,
        "PWD": "/root",
        "HOSTNAME": machine.dom0.hostname,
        "LANG": "en_US.UTF-8",
    }
    exported = set(variables) - {"HOSTNAME"}
    variables["IFS"] = " \t\n"
    return Shell(
        machine=machine, control=control, rules=rules, variables=variables, exported=exported
    )
