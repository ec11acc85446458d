"""What runs in the background of a dom0, until it ends, is killed or the host loses its power."""

import contextlib
import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

_FIRST = 3001
_PATIENCE = 5.0
"""Real seconds that closing waits for each process."""


@dataclass(eq=False, slots=True, kw_only=True)
class Job:
    """One process in the background."""

    number: int
    """Its process id."""
    holds_output: bool
    """It may still write to the session it was started in."""
    killed: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    status: int = 0


class Processes:
    """The background of one dom0; it outlives the sessions it was started in."""

    def __init__(self) -> None:
        self._numbers = itertools.count(_FIRST)
        self._running: dict[int, tuple[Job, threading.Thread]] = {}
        self._lock = threading.Lock()

    def start(self, work: Callable[[Job], int], *, holds_output: bool) -> Job:
        """Run `work` in a thread of its own; it is told the job, whose `killed` it must heed."""
        job = Job(number=next(self._numbers), holds_output=holds_output)
        name = f"lab-background-{job.number}"
        thread = threading.Thread(target=self._run, args=(job, work), name=name, daemon=True)
        with self._lock:
            self._running[job.number] = job, thread
        thread.start()
        return job

    def _run(self, job: Job, work: Callable[[Job], int]) -> None:
        try:
            # Whoever it printed to may be gone.
            with contextlib.suppress(OSError, EOFError):
                job.status = work(job)
        finally:
            with self._lock:
                del self._running[job.number]
            job.ended.set()

    def find(self, number: int) -> Job | None:
        """Return a process that has not ended; None if there is none of this number."""
        with self._lock:
            found = self._running.get(number)
        return found[0] if found else None

    def kill_all(self) -> None:
        """Kill everything, as when the host loses its power."""
        with self._lock:
            jobs = [job for job, _ in self._running.values()]
        for job in jobs:
            job.killed.set()

    def close(self) -> None:
        """Kill everything and wait for it to end."""
        self.kill_all()
        with self._lock:
            threads = [thread for _, thread in self._running.values()]
        for thread in threads:
            thread.join(_PATIENCE)
