"""One host's xapi process: how it stops, dies and starts; what a start goes through: startup.py."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, Literal

from xsbond.lab.pool import hosts
from xsbond.lab.pool.state import Host, Pool
from xsbond.lab.pool.tasks import begin_task, end_call_task
from xsbond.lab.toolstack.startup import COMPLETE_COOKIE, STARTUP_COOKIE, Phase, Startup

__all__ = ["COMPLETE_COOKIE", "STARTUP_COOKIE", "Agent", "Door"]

Door = Literal["open", "dropping", "refusing"]
"""What port 443 does: serve, accept and close at once (stunnel without xapi), refuse."""

CarryOut = Callable[[Host, str, Sequence[Any]], Any]
"""Carries a call out as root, as if it had come through the Unix socket of this host."""

_SESSION_TABLES = ("session", "task")


class Agent:
    """Implements `contracts.Toolstack` and `state.Process` for one host."""

    def __init__(self, pool: Pool, host: Host, carry_out: CarryOut) -> None:
        self._pool, self._host, self._carry_out = pool, host, carry_out
        self.door: Door = "open"
        self.on_door: list[Callable[[Door], None]] = []
        """Told of every change of `door`, with the pool's lock held."""
        self._has_tls = True
        """stunnel runs; xapi starts it together with its management interface."""
        self._starts = 0
        """Number of the current start; a phase of an earlier one does nothing."""
        self._ready = threading.Event()
        """Set once the current start is as far as its start-up cookie, or given up."""
        host.process = self

    def call(self, method: str, *params: Any) -> Any:
        """Call through the Unix socket, as root; see contracts.Toolstack."""
        return self._carry_out(self._host, method, params)

    def running(self) -> bool:
        """Tell whether the xapi process exists."""
        return self._host.running

    def networkd_running(self) -> bool:
        """Tell whether xcp-networkd runs."""
        return self._host.networkd

    def stop_networkd(self) -> None:
        """Stop xcp-networkd, which leaves dom0 as it is."""
        with self._pool.lock:
            self._host.networkd = False

    def start_networkd(self) -> None:
        """Start xcp-networkd, unless the host is switched off."""
        with self._pool.lock:
            self._host.networkd = self._host.powered
            self._pool.wake()

    def stop(self) -> None:
        """Stop xapi cleanly and return when its process is gone."""
        pool, host = self._pool, self._host
        with pool.lock:
            self._give_up_starting()
            if not host.running:
                return
            self._remove_cookies()
            pool.pause(pool.delays.farewell)
            self._say_good_bye()
            pool.pause(pool.delays.exit)
            if host.running:
                self._die()

    def kill(self) -> None:
        """End the process at once: nobody says good-bye, the pool notices later."""
        with self._pool.lock:
            self._give_up_starting()
            if self._host.running:
                self._host.silent_since = self._pool.clock.now()
                self._die()

    def restart(self) -> None:
        """Restart xapi and what belongs to it, TLS included (scripts/xe-toolstack-restart)."""
        with self._pool.lock:
            self._has_tls = False
            self._open("refusing")
        self.stop()
        self.start_networkd()
        self.start()

    def respawn(self) -> None:
        """End the process as it ends itself; the service starts it again (xapi_fuse.ml)."""
        with self._pool.lock:
            self.kill()
            self.begin()

    def start(self) -> None:
        """Start xapi and return when its start-up cookie exists."""
        with self._pool.lock:
            self.begin()
            ready = self._ready
        ready.wait()

    def begin(self) -> None:
        """Start xapi, unless it runs or the host is switched off; return at once."""
        with self._pool.lock:
            ready = threading.Event()
            if self._host.running or not self._host.powered or self._pool.closed:
                ready.set()
                self._ready = ready
                return
            self._give_up_starting()
            self._remove_cookies()
            self._ready = ready
            number = self._starts
            self._pool.spawn(f"xapi of {self._host.name}", lambda: self._run(number, ready))

    def listen(self) -> None:
        """Open the ports to the network if the host has a management interface."""
        self._has_tls = True
        managed = self._pool.database.where("PIF", host=self._host.ref, management=True)
        self._open("open" if managed else "refusing")

    def lose_contact(self, seconds: float) -> None:
        """Be out of reach of the network for so long; nothing for none."""
        if seconds <= 0 or not self._pool.started:
            return
        self._open("refusing")
        self._tell(is_reachable=False)
        self._pool.spawn(f"contact of {self._host.name}", lambda: self._regain(seconds))

    def _regain(self, seconds: float) -> None:
        with self._pool.lock:
            self._pool.pause(seconds)
            if self._host.running:
                self.listen()
            self._tell(is_reachable=True)

    def _tell(self, *, is_reachable: bool) -> None:
        for tell in self._host.on_contact:
            tell(is_reachable)

    def _say_good_bye(self) -> None:
        """A member in reach of the master tells it; the master tells its own database."""
        if self._pool.is_served and self._host.linked:
            hosts.set_enabled(self._pool, self._host, enabled=False)
            hosts.set_live(self._pool, self._host, live=False)

    def _give_up_starting(self) -> None:
        """Let a start that is under way go no further."""
        self._starts += 1
        self._pool.wake()

    def _run(self, number: int, ready: threading.Event) -> None:
        """Go through all phases, as long as this is the current start."""
        with self._pool.lock:
            startup = Startup(
                self._pool,
                self._host,
                listen=self.listen,
                refuse=lambda: self._open("refusing"),
                is_ready=ready.set,
            )
            for phase in startup.phases():
                if not self._goes_through(number, phase):
                    break
            ready.set()

    def _goes_through(self, number: int, phase: Phase) -> bool:
        """Go through a phase, however often it takes; tell whether the start may go on."""
        if not self._waits(number, phase):
            return False
        while phase.happens() is False:
            if not self._passes(number, self._pool.delays.retry):
                return False
        return self._starts == number

    def _waits(self, number: int, phase: Phase) -> bool:
        """Let the time before a phase pass, with its task; tell whether all of it did."""
        if not phase.task or not self._pool.is_served or not phase.after:
            return self._passes(number, phase.after)
        task = begin_task(self._pool, phase.task, self._host)
        try:
            return self._passes(number, phase.after)
        finally:
            end_call_task(self._pool, task)

    def _passes(self, number: int, seconds: float) -> bool:
        return self._pool.pause(seconds, unless=lambda: self._starts != number)

    def _remove_cookies(self) -> None:
        for cookie in (STARTUP_COOKIE, COMPLETE_COOKIE):
            self._host.backend.remove_file(cookie)

    def _die(self) -> None:
        """What only the process kept is gone; on the master that includes sessions and tasks."""
        served = self._pool.is_served and self._host is self._pool.master
        self._host.running = self._host.booted = False
        self._host.emergency = None
        self._host.next_master = ""
        self._host.local_sessions.clear()
        self._pool.wake()
        if served:
            for table in _SESSION_TABLES:
                self._pool.database.clear(table)
            self._pool.database.forget_deletions()
            self._pool.registrations.clear()
        self._open("dropping" if self._host.powered and self._has_tls else "refusing")

    def _open(self, door: Door) -> None:
        self.door = door
        for tell in self.on_door:
            tell(door)
