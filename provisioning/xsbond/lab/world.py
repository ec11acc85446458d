"""The simulated pool: one database, xapi's rules over it, and one dom0 per host below."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, Self

from xsbond.lab.blueprint import Blueprint
from xsbond.lab.contracts import Dom0Backend
from xsbond.lab.founding import found
from xsbond.lab.networking.monitor import Monitor
from xsbond.lab.pool.consistency import complaints
from xsbond.lab.pool.database import Database
from xsbond.lab.pool.state import Host, Pool
from xsbond.lab.timing.clock import Clock
from xsbond.lab.timing.delays import Delays
from xsbond.lab.toolstack import ha, power
from xsbond.lab.toolstack.agent import Agent
from xsbond.lab.xapi.access.accounts import draw_password
from xsbond.lab.xapi.collection import Collector
from xsbond.lab.xapi.dispatch import Dispatcher


class ImpossibleWorldError(Exception):
    """The pool is in a state no XAPI allows."""

    def __init__(self, complaints: Sequence[str]) -> None:
        super().__init__("; ".join(complaints))
        self.complaints = tuple(complaints)


class World:
    """A pool that runs until it is closed; clients reach it through `server.ApiServers`."""

    def __init__(
        self,
        blueprint: Blueprint,
        backends: Sequence[Dom0Backend],
        addresses: Sequence[str],
        *,
        clock: Clock | None = None,
        delays: Delays | None = None,
    ) -> None:
        self.clock, self.delays = clock or Clock(), delays or Delays()
        self.pool = Pool(
            profile=blueprint.profile,
            password=blueprint.password or draw_password(),
            clock=self.clock,
            delays=self.delays,
        )
        self.dispatcher = Dispatcher(self.pool)
        found(self.pool, blueprint, backends, addresses)
        self.agents = tuple(
            Agent(self.pool, host, self.dispatcher.call_as_root) for host in self.hosts
        )
        for host, agent in zip(self.hosts, self.agents, strict=True):
            host.toolstack = agent
        self.monitor = Monitor(self.pool)
        with self.lock:
            self.monitor.sample()
            self.check()
            self.pool.started = True
        self.pool.spawn("monitor", self.monitor.run)
        self.collector = Collector(self.pool)
        self.pool.spawn("collector", self.collector.run)

    @property
    def hosts(self) -> tuple[Host, ...]:
        """The hosts, in the order of the blueprint; the first is the master."""
        return tuple(self.pool.hosts.values())

    @property
    def password(self) -> str:
        """Root's password as it is now."""
        return self.pool.password

    @property
    def lock(self) -> threading.RLock:
        """Guards everything in the world."""
        return self.pool.lock

    @property
    def database(self) -> Database:
        """The pool's database; to be used with `lock` held."""
        return self.pool.database

    def dispatch(self, host: Host, method: str, params: Sequence[Any]) -> Any:
        """Carry out a call as root without a session, values being native; see contracts."""
        return self.dispatcher.call_as_root(host, method, params)

    def neighbour(self, caller: Host, address: str) -> Callable[..., Any] | None:
        """Return what calls the xapi at an address as clients do; None if nobody listens.

        `caller` is the host whose program calls: it may say localhost, or its own name.
        """
        if address in {"localhost", "::1", caller.name}:
            address = caller.address
        listening = (host for host in self.hosts if host.address == address and host.running)
        found = next(listening, None)
        if found is None:
            return None
        return lambda method, *params: self.dispatcher.call(found, method, params)

    def dump(self) -> dict[str, Any]:
        """Return all persistent tables, fit for JSON."""
        with self.lock:
            return self.database.dump()

    def check(self) -> None:
        """Raise ImpossibleWorldError if the pool is in a state no XAPI allows."""
        with self.lock:
            found = complaints(self.database)
        if found:
            raise ImpossibleWorldError(found)

    def switch_off(self, host: Host) -> None:
        """Take a host's power away; nobody is told."""
        with self.lock:
            power.switch_off(self.pool, host)

    def switch_on(self, host: Host) -> None:
        """Give it back; after a while the host's xapi starts."""
        with self.lock:
            power.switch_on(self.pool, host)

    def cut_link(self, host: Host) -> None:
        """Let a host's management network lead nowhere."""
        with self.lock:
            power.cut_link(self.pool, host)

    def mend_link(self, host: Host) -> None:
        """Connect a host's management network again."""
        with self.lock:
            power.mend_link(self.pool, host)

    def arm_ha(self, *, armed: bool = True) -> None:
        """Let HA be on, as if there were storage for it, or off."""
        with self.lock:
            ha.set_armed(self.pool, armed=armed)

    def close(self) -> None:
        """Stop all that moves."""
        self.pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
