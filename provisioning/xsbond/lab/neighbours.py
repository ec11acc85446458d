"""How a host of the pool reaches the xapi of another one, as its clients do."""

from collections.abc import Callable
from typing import Any

from xsbond.lab.state import Host
from xsbond.lab.world import World


def caller_of(world: World, caller: Host, address: str) -> Callable[..., Any] | None:
    """Return what calls the xapi at an address as clients do; None if nobody listens."""
    if address in {"localhost", "::1", caller.name}:
        address = caller.address
    listening = (host for host in world.hosts if host.address == address and host.running)
    found = next(listening, None)
    if found is None:
        return None
    return lambda method, *params: world.dispatcher.call(found, method, params)
