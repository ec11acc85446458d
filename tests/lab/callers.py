"""Clients inside the process: they send messages as a socket's would, and hear failures."""

from typing import Any

import pytest

from xsbond.lab.contracts import Failure
from xsbond.lab.pool.tasks import INTERNAL, Origin
from xsbond.lab.world import World


def call(
    world: World, method: str, *parameters: Any, at: int = 0, origin: Origin = INTERNAL
) -> Any:
    """Send a message to a host."""
    return world.dispatcher.call(world.hosts[at], method, parameters, origin)


def refusal(world: World, method: str, *parameters: Any, at: int = 0) -> tuple[str, ...]:
    """Return the failure a message to a host meets."""
    with pytest.raises(Failure) as caught:
        call(world, method, *parameters, at=at)
    return (caught.value.code, *caught.value.arguments)


def log_in(world: World, user: str, password: str, originator: str = "") -> str:
    """Log in at the master."""
    method = "session.login_with_password"
    session: str = call(world, method, user, password, "2.21", originator)
    return session
