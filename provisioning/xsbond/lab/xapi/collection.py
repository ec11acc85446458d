"""The pass that drops what is old or too much every half minute (ocaml/xapi/db_gc_util.ml)."""

from collections.abc import Iterator, Mapping
from typing import Any

from xsbond.lab.pool.orphans import collect_orphans
from xsbond.lab.pool.state import Pool
from xsbond.lab.pool.tasks import is_completed, is_marked_for_destruction
from xsbond.lab.pool.values import date, is_null
from xsbond.lab.xapi.access.sessions import forget_session

PASS_EACH = 30.0
"""Lab seconds between two passes (db_gc.ml)."""
COMPLETED_TASK_TIMEOUT = 65 * 60.0
PENDING_TASK_TIMEOUT = 24 * 60 * 60.0
MOST_TASKS = 200
INACTIVE_SESSION_TIMEOUT = 24 * 60 * 60.0
MOST_SESSIONS = 2 * MOST_TASKS
"""Of root without an originator; the hosts' own count apart."""
MOST_NAMED_SESSIONS = 500
"""Of one originator of root's, or of one other user."""
MOST_MESSAGES = 10_000
"""Alerts that are kept (xapi_globs.ml, message_limit)."""

Named = tuple[str, Mapping[str, Any]]
"""A reference and its record."""


class Collector:
    """Runs on the master for as long as the pool does."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._progress: dict[str, float] = {}
        """How far old pending tasks were at the last pass."""

    def run(self) -> None:
        """Collect every now and then until the pool is closed."""
        with self._pool.lock:
            while self._pool.pause(PASS_EACH):
                if self._pool.master.running:
                    self.collect()

    def collect(self) -> None:
        """Do one pass; the pool's lock is held."""
        collect_orphans(self._pool.database)
        self._collect_tasks()
        self._collect_sessions()
        self._collect_messages()

    def _collect_messages(self) -> None:
        """Keep the newest alerts (xapi_message.ml, gc)."""
        if self._pool.database.count("message") > MOST_MESSAGES:
            rows = sorted(self._pool.database.rows("message"), key=lambda each: each[1].created)
            for ref, _ in rows[:-MOST_MESSAGES]:
                self._pool.database.destroy("message", ref)

    def _collect_tasks(self) -> None:
        tasks = self._records("task")
        completed = [each for each in tasks if is_completed(each[1])]
        marked = [each for each in completed if is_marked_for_destruction(each[1])]
        old = [each for each in completed if self._is_old(each, "finished", COMPLETED_TASK_TIMEOUT)]
        gone = {ref for ref, _ in (*marked, *old, *self._hung(tasks))}
        young = [each for each in tasks if each[0] not in gone]
        for ref in gone | self._overflow(young):
            self._pool.database.destroy("task", ref)

    def _hung(self, tasks: list[Named]) -> list[Named]:
        """Return the old pending tasks that got no further since the last pass."""
        before = self._progress
        old = [
            each
            for each in tasks
            if not is_completed(each[1]) and self._is_old(each, "created", PENDING_TASK_TIMEOUT)
        ]
        self._progress = {ref: record["progress"] for ref, record in old}
        return [(ref, task) for ref, task in old if before.get(ref, -1.0) >= task["progress"]]

    @staticmethod
    def _overflow(young: list[Named]) -> set[str]:
        """Return the completed tasks that are too many, the oldest first."""
        completed = [each for each in young if is_completed(each[1])]
        completed.sort(key=lambda each: each[1]["finished"])
        return {ref for ref, _ in completed[: max(0, len(young) - MOST_TASKS)]}

    def _collect_sessions(self) -> None:
        groups: dict[tuple[str, str], list[Named]] = {}
        for ref, session in self._records("session"):
            groups.setdefault(_group(session), []).append((ref, session))
        for (kind, _), sessions in groups.items():
            limit = MOST_SESSIONS if kind in {"pool", "anonymous"} else MOST_NAMED_SESSIONS
            for ref in list(self._surplus(sessions, limit)):
                forget_session(self._pool, ref)

    def _surplus(self, sessions: list[Named], limit: int) -> Iterator[str]:
        """Yield the unused sessions that are out of date, and the least recent beyond the limit."""
        unused = [each for each in sessions if self._is_unused(each[0])]
        unused.sort(key=self._recency, reverse=True)
        for place, each in enumerate(unused):
            if place >= limit or self._is_old(each, "last_active", INACTIVE_SESSION_TIMEOUT):
                yield each[0]

    def _recency(self, named: Named) -> tuple[str, int]:
        """Dates are those of seconds: of two in the same one the later comes later."""
        ref, session = named
        return session["last_active"], self._pool.database.row("session", ref).created

    def _is_unused(self, ref: str) -> bool:
        """Tell whether no task of the session or of those it came from is still to end."""
        database = self._pool.database
        if is_null(ref) or not database.has("session", ref):
            return True
        session = database.get("session", ref)
        ended = all(is_completed(database.get("task", task)) for task in session["tasks"])
        return ended and self._is_unused(session["parent"])

    def _records(self, name: str) -> list[Named]:
        database = self._pool.database
        return [(ref, database.get(name, ref)) for ref in database.refs(name)]

    def _is_old(self, named: Named, field: str, seconds: float) -> bool:
        """Dates compare as their text does."""
        return bool(named[1][field] < date(self._pool.clock.time() - seconds))


def _group(session: Mapping[str, Any]) -> tuple[str, str]:
    """Return which limit a session counts for: kind, and whose."""
    if session["pool"]:
        return "pool", ""
    if session["auth_user_name"] not in {"", "root"}:
        return "user", session["auth_user_name"]
    return ("originator" if session["originator"] else "anonymous"), session["originator"]
