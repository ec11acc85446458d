"""What a message of the API is: parameters, the host it runs on, who may send it, what it does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from xsbond.lab.pool.schema.kinds import Kind
from xsbond.lab.pool.state import Host, Pool

REQUIRED = object()
"""Default of a parameter that has none."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a message, the session left out."""

    name: str
    kind: Kind
    default: Any = REQUIRED


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call being carried out."""

    pool: Pool
    host: Host
    """The host it runs on."""
    received_by: Host
    """The host the client is connected to."""
    session: str = ""
    """Empty for calls without one, and for those through the Unix socket."""
    task: str = ""

    def progress(self, share: float) -> None:
        """Tell the client, through the task, how far the call is."""
        if self.task and self.pool.database.has("task", self.task):
            self.pool.database.set("task", self.task, progress=share)


Body = Callable[..., Any]
"""Called with the Call and the parameters; the pool's lock is held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message and its rules."""

    name: str
    """Class and message, for example Bond.create."""
    parameters: tuple[Parameter, ...]
    body: Body
    runs_on: Callable[..., str] | None = None
    """Given the pool and the parameters, the host that carries it out; default: the master."""
    needs_session: bool = True
    has_async: bool = False
    role: str = "read-only"
    """The least role that may send it, for a class whose messages roles.py does not list."""
    in_emergency: bool = False
    """Works while xapi has no database."""
    on_member: bool = False
    """Works at a member, too: the session, if any, is one of its own."""

    @property
    def required(self) -> int:
        """Return how many parameters have no default."""
        return sum(parameter.default is REQUIRED for parameter in self.parameters)
