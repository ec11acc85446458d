"""One host's xapi process: how it stops, and what it goes through until it is back.

The order of the phases is that of xapi.ml, server_init; their length is in `Delays`.
"""

import threading
from collections.abc import Callable
from typing import Any, Literal

from xsbond.lab import hosts
from xsbond.lab.contracts import Failure
from xsbond.lab.dispatch import Dispatcher
from xsbond.lab.inherit import inherit
from xsbond.lab.nics import bring_up_at_start, resynchronise
from xsbond.lab.state import Host, Pool

STARTUP_COOKIE = "/var/run/xapi_startup.cookie"
COMPLETE_COOKIE = "/var/run/xapi_init_complete.cookie"

Door = Literal["open", "dropping", "refusing"]
"""What port 443 does: serve, accept and close at once (stunnel without xapi), refuse."""

_SESSION_TABLES = ("session", "task")


class Agent:
    """Implements `contracts.Toolstack` for one host."""

    def __init__(self, pool: Pool, host: Host, dispatcher: Dispatcher) -> None:
        self._pool, self._host, self._dispatcher = pool, host, dispatcher
        self.door: Door = "open"
        self.on_door: list[Callable[[Door], None]] = []
        """Told of every change of `door`, with the pool's lock held."""
        self._starts = 0
        """Number of the current start; a phase of an earlier one does nothing."""
        self._ready = threading.Event()
        """Set once the current start is as far as its start-up cookie, or given up."""

    def call(self, method: str, *params: Any) -> Any:
        """Call through the Unix socket, as root; see contracts.Toolstack."""
        return self._dispatcher.call_as_root(self._host, method, params)

    def running(self) -> bool:
        """Tell whether the xapi process exists."""
        return self._host.running

    def stop(self) -> None:
        """Stop xapi cleanly and return when its process is gone."""
        pool, host = self._pool, self._host
        with pool.lock:
            self._give_up_starting()
            if not host.running:
                return
            self._remove_cookies()
            pool.pause(pool.delays.farewell)
            hosts.set_enabled(pool, host, enabled=False)
            hosts.set_live(pool, host, live=False)
            pool.pause(pool.delays.exit)
            self._die()

    def kill(self) -> None:
        """End the process at once: nobody says good-bye, the pool notices later."""
        with self._pool.lock:
            self._give_up_starting()
            if self._host.running:
                self._host.silent_since = self._pool.clock.now()
                self._die()

    def start(self) -> None:
        """Start xapi and return when its start-up cookie exists."""
        with self._pool.lock:
            if self._host.running or self._pool.closed:
                return
            self._give_up_starting()
            self._remove_cookies()
            number, ready = self._starts, threading.Event()
            self._ready = ready
            self._pool.spawn(f"xapi of {self._host.name}", lambda: self._run(number, ready))
        ready.wait()

    def _give_up_starting(self) -> None:
        """Let a start that is under way go no further."""
        self._starts += 1
        self._pool.wake()

    def _run(self, number: int, ready: threading.Event) -> None:
        """Go through all phases, as long as this is the current start."""
        with self._pool.lock:
            for seconds, phase in self._phases():
                if not self._pool.pause(seconds, unless=lambda: self._starts != number):
                    break
                if self._starts != number:
                    break
                phase()
            ready.set()

    def _phases(self) -> tuple[tuple[float, Callable[[], None]], ...]:
        """Return what happens, each with the seconds it comes after the one before."""
        delays = self._pool.delays
        if self._host is self._pool.master:
            return (
                (delays.launch, self._launch_master),
                (delays.hello, self._touch_startup_cookie),
                (delays.refresh, self._refresh),
                (delays.enabling, self._enable),
                (delays.completion, self._touch_complete_cookie),
            )
        inheriting = (delays.inheriting, self._inherit)
        enabling = (delays.enabling, self._enable)
        ready = (0.0, self._touch_startup_cookie)
        early = self._pool.profile.bond_before_enabled
        return (
            (delays.launch, self._answer_as_member),
            (delays.database_link, self._restart_tls),
            (delays.tls_restart, self._wait_for_address),
            *(() if early else (ready,)),
            (delays.management_address, self._say_hello),
            (delays.hello, self._leave_emergency),
            (delays.refresh, self._refresh),
            *((inheriting, ready, enabling) if early else (enabling, inheriting)),
            (delays.completion, self._touch_complete_cookie),
        )

    def _launch_master(self) -> None:
        self._host.running = True
        self._pool.bridge_names.clear()
        self._open("open")

    def _answer_as_member(self) -> None:
        """Answers come long before there is a database to answer from."""
        self._host.running = True
        self._open("open")

    def _restart_tls(self) -> None:
        self._open("refusing")

    def _wait_for_address(self) -> None:
        self._host.emergency = Failure("HOST_HAS_NO_MANAGEMENT_IP")
        self._open("open")

    def _say_hello(self) -> None:
        """The master takes the host for alive, and as not enabled yet (xapi_pool.ml, hello)."""
        self._host.emergency = Failure("HOST_STILL_BOOTING")
        self._host.silent_since = None
        hosts.set_enabled(self._pool, self._host, enabled=False)
        hosts.set_live(self._pool, self._host, live=True)
        self._cancel_tasks()

    def _cancel_tasks(self) -> None:
        """Pending tasks that ran on the host end with it (cancel_tasks.ml)."""
        database = self._pool.database
        for task in database.where("task", resident_on=self._host.ref, status="pending"):
            database.set("task", task, status="cancelled", finished=self._pool.date())

    def _leave_emergency(self) -> None:
        self._host.emergency = None

    def _refresh(self) -> None:
        resynchronise(self._pool, self._host)
        hosts.set_live(self._pool, self._host, live=True)
        hosts.refresh(self._pool, self._host)
        bring_up_at_start(self._pool, self._host)

    def _enable(self) -> None:
        hosts.set_enabled(self._pool, self._host, enabled=True)

    def _inherit(self) -> None:
        inherit(self._pool, self._host)

    def _touch_startup_cookie(self) -> None:
        self._host.backend.write_file(STARTUP_COOKIE, "")
        self._ready.set()

    def _touch_complete_cookie(self) -> None:
        self._host.backend.write_file(COMPLETE_COOKIE, "")

    def _remove_cookies(self) -> None:
        for cookie in (STARTUP_COOKIE, COMPLETE_COOKIE):
            self._host.backend.remove_file(cookie)

    def _die(self) -> None:
        """What only the process kept is gone; on the master that includes sessions and tasks."""
        self._host.running = False
        self._host.emergency = None
        self._host.local_sessions.clear()
        self._pool.wake()
        if self._host is self._pool.master:
            for table in _SESSION_TABLES:
                self._pool.database.clear(table)
            self._pool.database.forget_deletions()
            self._pool.registrations.clear()
        self._open("dropping")

    def _open(self, door: Door) -> None:
        self.door = door
        for tell in self.on_door:
            tell(door)
