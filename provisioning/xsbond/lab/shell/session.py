"""A session: scripts one after the other in the same shell.

This is the one door to the interpreter of `language`; another one could stand behind it.
"""

import contextlib
from collections.abc import Callable, Sequence

from xsbond.lab.shell.language import background, grammar
from xsbond.lab.shell.language.grammar import ScriptError, UnsupportedError
from xsbond.lab.shell.language.state import FunctionReturn, LoopJump, ShellExit, new_shell
from xsbond.lab.shell.language.statements import RULES
from xsbond.lab.shell.machine import UNKNOWN, Control, Machine, Process, Stopped
from xsbond.lab.shell.streams import Streams

REFUSED, STOPPED = 2, 124
require = grammar.load
"""Raises ImportError, which says what to do, where the interpreter's library is not installed."""


class Session:
    """One shell on a machine; variables last from script to script."""

    def __init__(self, machine: Machine, is_cancelled: Callable[[], bool] = bool) -> None:
        self._machine, self._is_cancelled = machine, is_cancelled
        self._shell = new_shell(machine, Control(machine, is_cancelled), RULES)
        self.exited = False
        """`exit` was called."""

    @classmethod
    def within(cls, process: Process, arguments: Sequence[str] = ()) -> "Session":
        """Return the shell that a program starts: it ends with the program, and has its files."""
        session = cls(process.machine)
        shell = session._shell
        shell.control, shell.directory = process.control, process.directory
        shell.arguments = list(arguments)
        shell.variables.update(process.environment)
        shell.exported = set(process.environment)
        return session

    @property
    def status(self) -> int:
        """Return the status of the last command."""
        return self._shell.status

    @property
    def directory(self) -> str:
        """Return the directory the shell is in."""
        return self._shell.directory

    @staticmethod
    def is_unfinished(script: str) -> bool:
        """Tell whether a script only lacks its end, so that an interactive shell asks for more."""
        return grammar.is_unfinished(script)

    def wait_for_output(self) -> None:
        """Return when nothing in the background holds the session's outputs, as sshd does."""
        held = [job for job in self._shell.jobs if job.holds_output]
        with contextlib.suppress(Stopped):
            background.wait_for(self._shell, held)

    def execute(self, script: str, streams: Streams) -> int:
        """Run a script to its end and return its status; errors go to the error stream.

        Each script may take as many steps as the limit allows, however long the session.
        """
        self._shell.control = Control(self._machine, self._is_cancelled)
        try:
            return self.run(script, streams)
        except RecursionError:
            streams.stderr.write("bash: this script is nested too deeply for the lab\n")
            self._shell.status = REFUSED
        except Stopped as stopped:
            streams.stderr.write(f"bash: {stopped}\n")
            self._shell.status = STOPPED
        return self._shell.status

    def run(self, script: str, streams: Streams) -> int:
        """Run a script as part of another one: raises Stopped where that has to end, too."""
        try:
            self._shell.status = RULES.run(self._shell, streams, grammar.parse(script).children)
        except ShellExit as ended:
            self.exited = True
            self._shell.status = ended.status
        except (FunctionReturn, LoopJump):
            self._shell.status = 0
        except ScriptError as error:
            streams.stderr.write(f"bash: {error}\n")
            self._shell.status = UNKNOWN if isinstance(error, UnsupportedError) else REFUSED
        return self._shell.status
