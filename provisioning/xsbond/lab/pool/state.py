"""The pool as all rules of the lab see it: database, hosts, time, and the one lock over them."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from xsbond.lab.contracts import Dom0Backend, Failure, Toolstack
from xsbond.lab.pool.database import Database, Record
from xsbond.lab.pool.leases import Leases
from xsbond.lab.pool.schema import schema_of
from xsbond.lab.pool.values import Date, date, new_uuid
from xsbond.lab.profiles import Profile
from xsbond.lab.timing.clock import Clock
from xsbond.lab.timing.delays import Delays

_LOG = "/var/log/xensource.log"
_LAST_JOIN = 10.0
"""Real seconds a thread has to end when the lab is closed."""


Role = Literal["master", "member", "broken"]
"""What a host's xapi takes itself for (pool_role.ml)."""


class Process(Protocol):
    """A host's xapi process as the rest of the pool moves it."""

    def kill(self) -> None:
        """End it at once: nobody says good-bye."""

    def begin(self) -> None:
        """Start it, and do not wait for anything."""

    def respawn(self) -> None:
        """End it at once, as it ends itself; the service starts it again."""

    def listen(self) -> None:
        """Open or close the ports to the network, as the management interface has it."""

    def lose_contact(self, seconds: float) -> None:
        """Be out of reach of the network for so long, in lab seconds; nothing for none."""


@dataclass(slots=True, kw_only=True)
class Host:
    """One host: what never changes about it, and the state of its xapi process."""

    name: str
    ref: str
    uuid: str
    address: str
    """Where clients reach its API."""
    backend: Dom0Backend
    running: bool = True
    """Its xapi process exists."""
    powered: bool = True
    """While it is switched off nothing refuses: whoever calls it waits."""
    networkd: bool = True
    """Its xcp-networkd runs."""
    linked: bool = True
    """Its management network reaches the other hosts."""
    role: Role = "master"
    """As pool.conf had it when xapi started."""
    master_address: str = ""
    """The master's, as a member's pool.conf had it then."""
    next_master: str = ""
    """The address it agreed to follow, between the two phases of a change of the master."""
    boot_time: str = ""
    """Since when it has power, as host.other_config has it; empty: since before the lab began."""
    booted: bool = True
    """Its xapi is as far as enabling the host (xapi_host_helpers.ml, startup_complete)."""
    stays_disabled: bool = False
    """Somebody disabled it for good: no start of its xapi enables it (host_auto_enable)."""
    is_going_down: bool = False
    """It was told to reboot or shut down (host_disabled_until_reboot)."""
    emergency: Failure | None = None
    """What xapi answers to nearly everything while it has no database (xapi_globs.ml)."""
    local_sessions: set[str] = field(default_factory=set)
    """Sessions of slave_local_login, kept in the process only."""
    silent_since: float | None = None
    """Lab time of the last heartbeat, if there was no farewell."""
    on_power: list[Callable[[bool], None]] = field(default_factory=list)
    """Told when it is switched on or off, with the pool's lock held."""
    on_contact: list[Callable[[bool], None]] = field(default_factory=list)
    """Told when its dom0 is out of reach, and when it is back, with the pool's lock held."""
    on_ssh: list[Callable[[bool], None]] = field(default_factory=list)
    """Told when its sshd is started or stopped by XAPI, with the pool's lock held."""
    toolstack: Toolstack = field(init=False)
    process: Process = field(init=False)

    @property
    def is_heard(self) -> bool:
        """Tell whether the other hosts can reach its xapi."""
        return self.running and self.powered and self.linked


@dataclass(slots=True, kw_only=True)
class Registration:
    """A session's subscription to event.next."""

    classes: set[str]
    generation: int
    """Everything up to here was delivered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One user besides root: what to log in with, and what a session shows of it."""

    name: str
    password: str
    role: str
    sid: str
    """Subject identifier."""
    subject: str
    """Reference of the subject that stands for the user in the pool."""


class Pool:
    """What the rules work on. Their functions are called with `lock` held."""

    def __init__(self, *, profile: Profile, password: str, clock: Clock, delays: Delays) -> None:
        self.profile, self.password, self.clock, self.delays = profile, password, clock, delays
        self.on_password: list[Callable[[str], None]] = []
        """Told when root gets another password, with `lock` held."""
        self.lock = threading.RLock()
        self.database = Database(self.lock)
        self.schema = schema_of(profile)
        """The classes with the fields this release shows; the database keeps all."""
        self.hosts: dict[str, Host] = {}
        """By reference, in the order of the blueprint."""
        self.ref = ""
        """Of the pool object."""
        self.secret = "/".join(new_uuid() for _ in range(3))
        """What the hosts know each other by (/etc/xensource/ptoken)."""
        self.accounts: Mapping[str, Account] = {}
        """Users besides root, by name."""
        self.permissions: Mapping[str, tuple[str, ...]] = {}
        """Role -> what a session of that role may do."""
        self.bridge_names: set[str] = set()
        """Names network.create gave since the master's xapi started; not given again."""
        self.domids: dict[str, int] = {}
        """Host -> the last number it gave to a guest's domain."""
        self.bounced: set[tuple[str, str]] = set()
        """(host, device) of NICs that were taken down and up since the last sample."""
        self.leases = Leases()
        """What the LAN's DHCP server has given to whom."""
        self.unwatched: set[str] = set()
        """Hosts whose xapi does not follow their links any more."""
        self.registrations: dict[str, Registration] = {}
        """Session -> what event.register asked for."""
        self.started = False
        """While the lab is being built nothing takes time."""
        self.closed = False
        self._threads: list[threading.Thread] = []

    @property
    def record(self) -> Record:
        """The pool object."""
        return self.database.get("pool", self.ref)

    @property
    def master(self) -> Host:
        """The host whose xapi serves the pool."""
        return self.hosts[self.record["master"]]

    @property
    def is_served(self) -> bool:
        """Tell whether there is a master that answers."""
        return self.master.running and self.master.role == "master"

    def host(self, ref: str) -> Host:
        """Return a host; Failure HANDLE_INVALID if there is none."""
        self.database.row("host", ref)
        return self.hosts[ref]

    def host_of(self, pif: Mapping[str, str]) -> Host:
        """Return the host a PIF belongs to."""
        return self.hosts[pif["host"]]

    def shown(self, name: str, ref: str) -> Record:
        """Return an object's record as this release shows it; Failure HANDLE_INVALID."""
        record, fields = self.database.get(name, ref), self.schema[name].by_name
        if len(fields) == len(record):
            return record
        return Record({key: value for key, value in record.items() if key in fields})

    def date(self) -> Date:
        """Return the lab's date and time."""
        return date(self.clock.time())

    def pause(self, seconds: float, unless: Callable[[], bool] = lambda: False) -> bool:
        """Let so many lab seconds pass with the lock released; tell whether they all did.

        They do not if the lab is closed, or `unless` turns true.
        """
        if not self.started or seconds <= 0:
            return not self.closed and not unless()
        return not self.database.changed.wait_for(
            lambda: self.closed or unless(), timeout=self.clock.real(seconds)
        )

    def wake(self) -> None:
        """Let all pauses look at their `unless` again."""
        self.database.changed.notify_all()

    def spawn(self, name: str, work: Callable[[], None]) -> None:
        """Start a thread that `close` waits for."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=work, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def log(self, host: Host, text: str) -> None:
        """Write a line to the host's xensource.log."""
        try:
            before = host.backend.read_file(_LOG)
        except FileNotFoundError:
            before = ""
        line = f"{self.date()} {host.name} xapi: [ warn||0 |server_init|xapi] {text}\n"
        host.backend.write_file(_LOG, before + line)

    def close(self) -> None:
        """End all pauses and waits, and the threads with them."""
        with self.lock:
            self.closed = True
            self.wake()
            threads = list(self._threads)
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(_LAST_JOIN)
