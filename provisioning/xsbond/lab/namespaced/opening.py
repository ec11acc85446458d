"""Lets the hosts of a new lab be set up at the same time, each in the order of its own work."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

_AT_ONCE = threading.Semaphore(4)
"""Hosts at work: more are no faster on a few processors, and starve each other."""


class Opening:
    """The work of one host that nobody waits for before somebody looks at the host."""

    def __init__(self, name: str) -> None:
        self._worker = ThreadPoolExecutor(1, thread_name_prefix=f"opening of {name}")
        self._begun: list[Future[None]] = []

    def later(self, work: Callable[[], None]) -> None:
        """Do some work after what was given before."""

        def bounded() -> None:
            with _AT_ONCE:
                work()

        self._begun.append(self._worker.submit(bounded))

    def wait(self) -> None:
        """Return when all is done; the first failure is raised, and ends what was to follow."""
        begun, self._begun = self._begun, []
        try:
            for each in begun:
                each.result()
        except BaseException:
            self.abandon()
            raise

    def abandon(self) -> None:
        """Begin nothing more, and return when what has begun is over."""
        self._worker.shutdown(cancel_futures=True)

    def close(self) -> None:
        """Wait, and take no more work."""
        self.wait()
        self._worker.shutdown()
