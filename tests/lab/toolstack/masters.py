"""A pool of three hosts, and who of them is its master."""

from typing import Any

from tests.lab.callers import call, log_in
from tests.lab.worlds import (
    PASSWORD,
    eventually,
    is_complete,
)
from xsbond.lab.world import World

XS_1, XS_2, XS_3 = "127.16.0.10", "127.16.0.12", "127.16.0.14"


POOL_CONF = "/etc/xensource/pool.conf"


def designate(world: World, number: int) -> None:
    """Let a host become the master and wait until everybody is back."""
    session = log_in(world, "root", PASSWORD)
    call(world, "pool.designate_new_master", session, world.hosts[number].ref)
    assert eventually(lambda: world.pool.master is world.hosts[number])
    assert_everybody_is_back(world)


def assert_everybody_is_back(world: World) -> None:
    """Wait until there is a master, and every host's start-up is complete."""
    assert eventually(
        lambda: world.pool.is_served and all(is_complete(host) for host in world.hosts)
    )


def as_root(world: World, method: str, *params: Any, at: int) -> Any:
    """Call as root at a host's own socket."""
    return world.dispatch(world.hosts[at], method, params)


def local_session(world: World, at: int) -> str:
    """Log in at a host that need not be the master."""
    method = "session.slave_local_login_with_password"
    session: str = call(world, method, "root", PASSWORD, at=at)
    return session


def files(world: World) -> list[str]:
    """Return every host's pool.conf."""
    return [host.backend.read_file(POOL_CONF) for host in world.hosts]
