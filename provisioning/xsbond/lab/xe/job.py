"""One command being carried out, and what a command is."""

from collections.abc import Callable
from dataclasses import dataclass

from xsbond.lab.xe.commandline import Parameters
from xsbond.lab.xe.conversions import truth
from xsbond.lab.xe.printer import Printer
from xsbond.lab.xe.terminal import Terminal
from xsbond.lab.xe.view import View

STANDARD = frozenset(
    {
        "all",
        "force",
        "message-priority",
        "minimal",
        "multiple",
        "password",
        "port",
        "server",
        "trace",
        "username",
    }
)
"""Parameters that are no fields (cli_operations.ml, stdparams)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a command works with."""

    view: View
    printer: Printer
    terminal: Terminal
    parameters: Parameters
    minimal: bool
    is_master: bool
    """The host xe talks to is the pool's master."""
    go_on: Callable[[], None]
    """Raises if nobody waits for the command any more."""

    def flag(self, name: str, *, otherwise: bool = False) -> bool:
        """Return a parameter that is a truth value."""
        typed = self.parameters.get(name)
        return otherwise if typed is None else truth(self.view, name, typed)

    def keys_of(self, name: str) -> dict[str, str]:
        """Return the keys given for a map, as in `name:key=value`."""
        start = len(name) + 1
        return {
            typed[start:]: value
            for typed, value in self.parameters.pairs
            if typed.startswith(name) and len(typed) > start
        }

    def ref(self, xapi_class: str, parameter: str = "uuid") -> str:
        """Return the reference of the object whose uuid a parameter gives."""
        return str(self.view.call(f"{xapi_class}.get_by_uuid", self.parameters[parameter]))

    def print_uuid(self, xapi_class: str, ref: str) -> None:
        """Print the uuid of an object."""
        self.printer.values([str(self.view.call(f"{xapi_class}.get_uuid", ref))])


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command of xe (cli_frontend.ml, cmd_spec)."""

    run: Callable[[Job], None]
    help: str
    required: tuple[str, ...] = ()
    """The parameters it cannot do without."""
    optional: tuple[str, ...] = ()
    selects: str = ""
    """Class whose objects are chosen by the values of fields: vm, host, or none."""
    standard: bool = False
    """`xe help` names it among the common commands."""
    hidden: bool = False
    """`xe help` does not name it."""
    stays: bool = False
    """A member carries it out itself instead of handing it to the master."""
