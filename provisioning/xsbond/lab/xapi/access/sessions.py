"""Sessions: how they come, stay fresh and go (xapi_session.ml, session_check.ml)."""

from typing import Any

from xsbond.lab.contracts import Failure, ToolstackDown
from xsbond.lab.pool.state import Host, Pool
from xsbond.lab.pool.values import date

_FOR_EVER = 1e9
REFRESHED_EACH = 600.0
"""Lab seconds last_active may lag behind (xapi_globs.ml, threshold_last_active)."""


def open_session(pool: Pool, host: Host, /, **fields: Any) -> str:
    """Store a new session served by a host and return its reference."""
    now = pool.date()
    known = {"this_host": host.ref, "last_active": now, "validation_time": now} | fields
    return pool.database.create("session", **known)


def has_session(pool: Pool, session: str) -> bool:
    """Tell whether the pool knows a session."""
    return pool.database.has("session", session)


def forget_session(pool: Pool, session: str) -> None:
    """End a session; whoever waits for events in it wakes up."""
    pool.registrations.pop(session, None)
    pool.database.destroy("session", session)


def check_session(pool: Pool, host: Host, session: str) -> None:
    """Raise the failure of a session that is not valid on a host, or note that it was used."""
    if session in host.local_sessions:
        return
    if host.role == "member" and not host.emergency:
        _await_database(pool, host)
    if host.emergency or not has_session(pool, session):
        raise Failure("SESSION_INVALID", session)
    record = pool.database.get("session", session)
    if host is not pool.master:
        if not record["pool"]:
            master = pool.database.get("host", pool.master.ref)
            raise Failure("HOST_IS_SLAVE", master["address"])
    elif record["last_active"] < date(pool.clock.time() - REFRESHED_EACH):
        pool.database.set("session", session, last_active=pool.date())


def _await_database(pool: Pool, host: Host) -> None:
    """A member that lost its link to the master's database answers when it has it again."""
    pool.pause(_FOR_EVER, unless=lambda: (pool.is_served and host.linked) or not host.running)
    if not host.running:
        raise ToolstackDown(host.name)
