"""What Ctrl-C must not reach: paramiko's own code, which holds locks while it waits."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def apart(work: Callable[[], T]) -> T:
    """Return what `work` returns, or raise what it raises; the main thread only waits for it.

    Python raises KeyboardInterrupt between any two steps of the main thread. Between paramiko's
    taking a lock and its `try`, the lock would be held for ever, and closing the channel would
    never end. Work that is interrupted here goes on until its own time is over.
    """
    if threading.current_thread() is not threading.main_thread():
        return work()
    done: Future[T] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001 - told to whoever waits
            done.set_exception(error)

    threading.Thread(target=run, name="xsbond-ssh", daemon=True).start()
    return done.result()
