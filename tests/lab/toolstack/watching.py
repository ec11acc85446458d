"""Whoever waits in the lab asks its clock how long; the watcher looks at everything right then."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.lab.worlds import (
    FAST,
    eventually,
    is_complete,
    new_bond,
    new_network,
    running,
)
from xsbond.lab.blueprint import CURRENT, Profile
from xsbond.lab.contracts import Failure, ToolstackDown
from xsbond.lab.pool.state import Host
from xsbond.lab.timing.clock import Clock
from xsbond.lab.world import World

View = Callable[[World, Host], str]


ATTEMPT = ["session.login_with_password", "root", "no password"]
"""What a client tries at the member: it hears where the master is before the password counts."""


class Watching(Clock):
    """A clock that lets somebody look whenever a wait begins."""

    def __init__(self) -> None:
        super().__init__(FAST)
        self.look: Callable[[], None] = lambda: None

    def real(self, seconds: float) -> float:
        """Return how many real seconds so many lab seconds take."""
        self.look()
        return super().real(seconds)


def through_master(world: World, host: Host) -> str:
    """Say what the pool tells of a host and its newest bond."""
    record = world.database.get("host", host.ref)
    live = world.database.get("host_metrics", record["metrics"])["live"]
    bonds = world.database.where("PIF", host=host.ref, device="bond1")
    attached = [world.database.get("PIF", ref)["currently_attached"] for ref in bonds]
    words = ("enabled" if record["enabled"] else "disabled", "live" if live else "dead")
    return " ".join([*words, *("attached" if each else "detached" for each in attached)])


def start_time(world: World, host: Host) -> str:
    """Say when the host's agent started."""
    config = world.database.get("host", host.ref)["other_config"]
    return str(config["agent_start_time"])


def https(world: World, host: Host) -> str:
    """Say what port 443 does."""
    agent = world.agents[world.hosts.index(host)]
    return answer(world, host) if agent.door == "open" else agent.door


def http(world: World, host: Host) -> str:
    """Say what port 80 does, which is xapi's own."""
    return answer(world, host) if host.running else "refusing"


def answer(world: World, host: Host) -> str:
    """Say what a client's login at the host meets."""
    method, *parameters = ATTEMPT
    try:
        world.dispatcher.call(host, method, parameters)
    except Failure as failure:
        return failure.code
    except ToolstackDown:
        return "nothing"
    return "session"


def process(world: World, host: Host) -> str:
    """Say what dom0 shows of xapi: its process and its cookies."""
    del world
    words = ["running"] if host.running else []
    for cookie in ("startup", "init_complete"):
        try:
            host.backend.read_file(f"/var/run/xapi_{cookie}.cookie")
        except FileNotFoundError:
            continue
        words.append(cookie)
    return " ".join(words)


def bridges(world: World, host: Host) -> str:
    """Say which bridges dom0 has."""
    del world
    return " ".join(sorted(host.backend.bridges()))


VIEWS: tuple[View, ...] = (through_master, https, http, process, bridges)


@dataclass(kw_only=True)
class Watcher:
    """Notes every change of every view of one host."""

    world: World
    host: Host
    seen: dict[View, list[str]] = field(default_factory=lambda: {view: [] for view in VIEWS})

    def look(self) -> None:
        """Note what has changed."""
        for view, values in self.seen.items():
            value = view(self.world, self.host)
            if values[-1:] != [value]:
                values.append(value)


def watched(
    work: Callable[[World], None], view: View, *, number: int = 1, profile: Profile = CURRENT
) -> list[str]:
    """Return the changes of a host's view while `work` is done, a bond waiting to be copied."""
    clock = Watching()
    with running(3, clock=clock, profile=profile) as world:
        new_bond(world, world.hosts[0], new_network(world), "eth1", "eth5")
        watcher = Watcher(world=world, host=world.hosts[number], seen={view: []})
        with world.lock:
            clock.look = watcher.look
            watcher.look()
        work(world)
        assert eventually(lambda: world.pool.is_served and all(map(is_complete, world.hosts)))
        with world.lock:
            watcher.look()
            clock.look = lambda: None
        return watcher.seen[view]
