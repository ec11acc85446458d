"""Ways to ask about a host or its guest."""

from typing import Any

from tests.lab.callers import call
from tests.lab.worlds import (
    PASSWORD,
    ask,
)
from xsbond.lab.world import World


def local(world: World, at: int) -> str:
    """Log in at a host that need not be the master."""
    method = "session.slave_local_login_with_password"
    ref: str = call(world, method, "root", PASSWORD, at=at)
    return ref


def web(world: World) -> str:
    """Return the guest's reference."""
    (ref,) = ask(world, "VM.get_by_name_label", "web")
    return str(ref)


def field(world: World, number: int, name: str) -> Any:
    """Return a field of a host."""
    return ask(world, f"host.get_{name}", world.hosts[number].ref)
