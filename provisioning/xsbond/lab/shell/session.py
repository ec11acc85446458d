"""A session: scripts one after the other in the same shell."""

import contextlib
from collections.abc import Callable

from xsbond.lab.shell import background, statements
from xsbond.lab.shell.grammar import ScriptError, parse
from xsbond.lab.shell.machine import Control, Machine, Stopped
from xsbond.lab.shell.state import FunctionReturn, LoopJump, ShellExit, new_shell
from xsbond.lab.shell.streams import Streams

REFUSED, STOPPED = 2, 124


class Session:
    """One shell on a machine; variables last from script to script."""

    def __init__(self, machine: Machine, is_cancelled: Callable[[], bool] = bool) -> None:
        self._machine, self._is_cancelled = machine, is_cancelled
        self._shell = new_shell(machine, Control(machine, is_cancelled))
        self.exited = False
        """`exit` was called."""

    @property
    def status(self) -> int:
        """Return the status of the last command."""
        return self._shell.status

    def wait_for_output(self) -> None:
        """Return when nothing in the background holds the session's outputs, as sshd does."""
        held = [job for job in self._shell.jobs if job.holds_output]
        with contextlib.suppress(Stopped):
            background.wait_for(self._shell, held)

    @property
    def directory(self) -> str:
        """Return the directory the shell is in."""
        return self._shell.directory

    def execute(self, script: str, streams: Streams) -> int:
        """Run a script to its end and return its status; errors go to the error stream.

        Each script may take as many steps as the limit allows, however long the session.
        """
        self._shell.control = Control(self._machine, self._is_cancelled)
        try:
            self._shell.status = statements.run(self._shell, streams, parse(script))
        except ShellExit as ended:
            self.exited = True
            self._shell.status = ended.status
        except (FunctionReturn, LoopJump):
            self._shell.status = 0
        except ScriptError as error:
            streams.stderr.write(f"bash: {error}\n")
            self._shell.status = REFUSED
        except RecursionError:
            streams.stderr.write("bash: this script is nested too deeply for the lab\n")
            self._shell.status = REFUSED
        except Stopped as stopped:
            streams.stderr.write(f"bash: {stopped}\n")
            self._shell.status = STOPPED
        return self._shell.status
