"""What a starting xapi goes through, in the order of xapi.ml, server_init.

The length of the phases is in `Delays`; the tasks are those a watcher of a real start sees.
"""

from collections.abc import Callable
from dataclasses import dataclass

from xsbond.lab.contracts import Failure
from xsbond.lab.networking.inherit import inherit
from xsbond.lab.networking.nics import bring_up_at_start, resynchronise
from xsbond.lab.networking.repairs import repair_bonds
from xsbond.lab.pool import hosts, membership
from xsbond.lab.pool.state import Host, Pool

STARTUP_COOKIE = "/var/run/xapi_startup.cookie"
COMPLETE_COOKIE = "/var/run/xapi_init_complete.cookie"

_NEW_MASTER = "POOL_MASTER_TRANSITION"
_NEW_MASTER_PRIORITY = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """Something that happens on the way."""

    after: float
    """Lab seconds since what came before."""
    happens: Callable[[], bool | None]
    """False: not yet, try again later."""
    task: str = ""
    """Name of the task that is there meanwhile."""


class Startup:
    """One start of a host's xapi; `listen` opens its ports, `refuse` closes them."""

    def __init__(
        self,
        pool: Pool,
        host: Host,
        *,
        listen: Callable[[], None],
        refuse: Callable[[], None],
        is_ready: Callable[[], None],
    ) -> None:
        self._pool, self._host = pool, host
        self._listen, self._refuse, self._is_ready = listen, refuse, is_ready
        membership.adopt_role(host)

    def phases(self) -> tuple[Phase, ...]:
        """Return what happens, depending on the host's role."""
        if self._host.role == "broken":
            return (Phase(after=self._pool.delays.launch, happens=self._break),)
        return self._as_master() if self._host.role == "master" else self._as_member()

    def _as_master(self) -> tuple[Phase, ...]:
        delays = self._pool.delays
        return (
            Phase(after=0.0, happens=self._has_networkd),
            Phase(after=delays.launch, happens=self._serve),
            Phase(after=delays.hello, happens=self._touch_startup_cookie),
            Phase(after=delays.refresh, happens=self._refresh, task="dbsync (update_env)"),
            Phase(after=delays.enabling, happens=self._enable),
            Phase(after=delays.completion, happens=self._complete),
        )

    def _as_member(self) -> tuple[Phase, ...]:
        delays = self._pool.delays
        inheriting = Phase(after=delays.inheriting, happens=self._inherit)
        enabling = Phase(after=delays.enabling, happens=self._enable)
        ready = Phase(after=0.0, happens=self._touch_startup_cookie)
        early = self._pool.profile.bond_before_enabled
        return (
            Phase(after=0.0, happens=self._has_networkd),
            Phase(after=delays.launch, happens=self._answer_as_member),
            Phase(after=delays.database_link, happens=self._reach_master),
            Phase(after=0.0, happens=self._refuse),
            Phase(after=delays.tls_restart, happens=self._wait_for_address),
            Phase(after=delays.management_address, happens=self._say_hello),
            *(() if early else (ready,)),
            Phase(after=delays.hello, happens=self._leave_emergency, task="pool.hello"),
            Phase(after=delays.refresh, happens=self._refresh, task="dbsync (update_env)"),
            *((inheriting, ready, enabling) if early else (enabling, inheriting)),
            Phase(after=delays.completion, happens=self._complete),
        )

    def _has_networkd(self) -> bool:
        """Wait for xcp-networkd, without which no management interface comes up.

        Seen on a real pool: `service xapi restart` had not returned after 300 s.
        """
        return self._host.networkd

    def _break(self) -> None:
        """A host without a role can do nothing until somebody gives it one."""
        self._host.running = True
        self._host.emergency = Failure("HOST_BROKEN")
        self._listen()
        self._touch_startup_cookie()

    def _serve(self) -> bool:
        """Serve the pool, unless another host does already: follow that one from the next start."""
        masters = membership.other_masters(self._pool, self._host)
        if masters:
            membership.write_role(self._host, membership.slave_of(masters[0].address))
            self._host.process.respawn()
            return True
        is_new = self._pool.record["master"] != self._host.ref
        self._pool.database.set("pool", self._pool.ref, master=self._host.ref)
        self._host.running = True
        self._host.silent_since = None
        self._pool.bridge_names.clear()
        hosts.cancel_tasks(self._pool, self._host)
        self._listen()
        if is_new:
            self._tell_of_new_master()
        return True

    def _tell_of_new_master(self) -> None:
        """Say once that the pool has another master (xapi_pool_transition.ml)."""
        self._pool.database.create(
            "message",
            name=_NEW_MASTER,
            priority=_NEW_MASTER_PRIORITY,
            cls="Host",
            obj_uuid=self._host.uuid,
            timestamp=self._pool.date(),
        )

    def _answer_as_member(self) -> None:
        """Answers come long before there is a database to answer from."""
        self._host.running = True
        self._listen()

    def _reach_master(self) -> bool:
        """Go on once the master answers; until then the host is in emergency mode."""
        if membership.serving_master(self._pool, self._host):
            return True
        is_own = self._host.master_address == self._host.address and not self._shares_address()
        self._host.emergency = Failure("HOST_ITS_OWN_SLAVE" if is_own else "HOST_STILL_BOOTING")
        self._touch_startup_cookie()
        return False

    def _shares_address(self) -> bool:
        addresses = [host.address for host in self._pool.hosts.values()]
        return len(set(addresses)) < len(addresses)

    def _wait_for_address(self) -> None:
        self._host.emergency = Failure("HOST_HAS_NO_MANAGEMENT_IP")
        self._listen()

    def _say_hello(self) -> None:
        """The master takes the host for alive, and as not enabled yet (xapi_pool.ml, hello)."""
        self._host.emergency = Failure("HOST_STILL_BOOTING")
        self._host.silent_since = None
        hosts.set_enabled(self._pool, self._host, enabled=False)
        hosts.set_live(self._pool, self._host, live=True)
        hosts.cancel_tasks(self._pool, self._host)

    def _leave_emergency(self) -> None:
        self._host.emergency = None

    def _refresh(self) -> None:
        resynchronise(self._pool, self._host)
        hosts.set_live(self._pool, self._host, live=True)
        hosts.refresh(self._pool, self._host)
        repair_bonds(self._pool, self._host)
        bring_up_at_start(self._pool, self._host)

    def _enable(self) -> None:
        """Take guests again, unless somebody wanted the host to stay disabled."""
        self._host.booted = True
        if not self._host.stays_disabled and not self._host.is_going_down:
            hosts.set_enabled(self._pool, self._host, enabled=True)

    def _inherit(self) -> None:
        inherit(self._pool, self._host)

    def _touch_startup_cookie(self) -> None:
        self._host.backend.write_file(STARTUP_COOKIE, "")
        self._is_ready()

    def _complete(self) -> None:
        self._host.backend.write_file(COMPLETE_COOKIE, "")
