"""What ends a run from outside: Ctrl-C, a job that is cancelled, a terminal that is lost.

A shell lets its background jobs ignore SIGINT (POSIX, Shell Command Language, 2.11), so that
SIGTERM and SIGHUP are the only polite ways to end such a run. Only the main thread can be told.
"""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from types import FrameType

_ENDING = ("SIGTERM", "SIGHUP")
_ALL = ("SIGINT", *_ENDING)
_Handler = Callable[[int, FrameType | None], object] | int


def ends_in_order() -> contextlib.AbstractContextManager[None]:
    """Let SIGTERM and SIGHUP be taken as Ctrl-C is meanwhile: they raise KeyboardInterrupt."""
    return _handled(_ENDING, _interrupt)


def undisturbed() -> contextlib.AbstractContextManager[None]:
    """Hold SIGINT, SIGTERM and SIGHUP back while what was begun is left in order."""
    return _handled(_ALL, signal.SIG_IGN)


def _interrupt(number: int, _: FrameType | None) -> None:
    raise KeyboardInterrupt(signal.Signals(number).name)


@contextlib.contextmanager
def _handled(names: Sequence[str], handler: _Handler) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # Not every system has a SIGHUP.
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    earlier = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, known in earlier.items():
            # None: what was there was not set by Python, and cannot be had back.
            signal.signal(number, signal.SIG_DFL if known is None else known)
