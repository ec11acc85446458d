"""What a run tells while it works: events line by line, and what it waits for and since when.

On a terminal a line at the bottom says what is waited for; it is drawn by rich, and is gone when
something else is said. In a pipe, on a dumb terminal, or with NO_COLOR there are only lines.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TextIO

import pytest

from pytest_xsbond.clean import clean_line

if TYPE_CHECKING:
    from pytest_xsbond.terminal.live import LiveLine

PROGRESS: pytest.StashKey[list[tuple[str, str]]] = pytest.StashKey()
"""(UTC, line) of what was told while the pool was changed or disturbed."""
_TELLER: pytest.StashKey["Teller"] = pytest.StashKey()

SILENCE = 2.0
"""Seconds after which a run says what it waits for."""
_TICK = 0.25
"""Seconds between two looks at the clock."""

_DONE = " has "
"""What is told of a host that has what it was given: `xs-2: has inherited PUB`."""

Said = str | Callable[[], str]
"""What is waited for: a text, or what tells it at any moment."""


class Teller:
    """Tells a person what happens, and what is waited for when nothing does."""

    def __init__(self, config: pytest.Config, out: TextIO | None, live: "LiveLine | None") -> None:
        self._config, self._out, self._live = config, out, live
        self._lock = threading.RLock()
        self._waits: list[tuple[Said, float]] = []
        self._last: tuple[Said, float] | None = None
        """The step that was told last and is not over."""
        self._spoke = time.monotonic()
        self._told: set[str] = set()
        self._thread: threading.Thread | None = None
        self._over = threading.Event()

    def tell(self, line: str, began: float) -> None:
        """Write a line at once, with the seconds since `began` before it."""
        told = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._config.stash.setdefault(PROGRESS, []).append((told, line))
        with self._lock:
            self._write(f"xsbond: {time.monotonic() - began:6.1f} s  {line}")
            self._last = (line, time.monotonic()) if _DONE not in line else None

    def say(self, line: str, **markup: bool) -> None:
        """Write a line that belongs to no change."""
        with self._lock:
            self._write(line, **markup)

    @contextmanager
    def waiting(self, what: Said) -> Iterator[None]:
        """Say what is waited for, if it takes longer than a moment."""
        with self._lock:
            self._waits.append((what, time.monotonic()))
            depth = len(self._waits)
        self._begin()
        try:
            yield
        finally:
            with self._lock:
                del self._waits[depth - 1 :]
                self._last = None
                self._clear()

    def close(self) -> None:
        """Say nothing any more."""
        self._over.set()
        if self._thread:
            self._thread.join()
        with self._lock:
            self._clear()
            if self._out:
                self._out.close()

    def _begin(self) -> None:
        if self._thread is None and not self._over.is_set():
            self._thread = threading.Thread(target=self._watch, name="xsbond-teller", daemon=True)
            self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(_TICK):
            with self._lock:
                if self._waits and time.monotonic() - self._spoke >= SILENCE:
                    self._remind(*(self._last or self._waits[-1]))

    def _remind(self, what: Said, since: float) -> None:
        text = clean_line(what() if callable(what) else what)
        seconds = time.monotonic() - since
        if self._live:
            self._live.show(f"{text} ({seconds:.0f} s)")
        elif self._out and text not in self._told:
            # A line for an event, not one for each second of it, nor for each host of many.
            self._told.add(text)
            self._spoke = time.monotonic()
            began = datetime.now().astimezone() - timedelta(seconds=seconds)
            self._out.write(f"xsbond: {text} (since {began:%H:%M:%S})\n")
            self._out.flush()

    def _clear(self) -> None:
        if self._live:
            self._live.hide()

    def _write(self, line: str, **markup: bool) -> None:
        self._clear()
        self._spoke = time.monotonic()
        terminal = self._config.pluginmanager.getplugin("terminalreporter")
        with _shown(self._config):
            if terminal is None:
                sys.stderr.write(clean_line(line) + "\n")
                return
            terminal.ensure_newline()
            terminal.write_line(clean_line(line), **markup)
            terminal.flush()


@contextmanager
def _shown(config: pytest.Config) -> Iterator[None]:
    """Let through what pytest would capture."""
    capture = config.pluginmanager.getplugin("capturemanager")
    if capture is None:
        yield
        return
    with capture.global_and_fixture_disabled():
        yield


def teller(config: pytest.Config, file: TextIO | None = None) -> Teller:
    """Return the session's teller; first called while pytest captures nothing.

    It writes to `file`, or to where pytest's reporter writes.
    """
    if _TELLER not in config.stash:
        out = None if hasattr(config, "workerinput") else _own_stream(config, file)
        config.stash[_TELLER] = Teller(config, out, _live(config, out) if out else None)
        config.add_cleanup(config.stash[_TELLER].close)
    return config.stash[_TELLER]


def _own_stream(config: pytest.Config, file: TextIO | None) -> TextIO | None:
    """Return a stream of our own to there, or to where pytest writes, which goes by no capture."""
    terminal = config.pluginmanager.getplugin("terminalreporter")
    try:
        copy = os.dup((file or terminal._tw._file).fileno())  # noqa: SLF001 - pytest's own
    except (AttributeError, OSError, ValueError):
        return None
    return os.fdopen(copy, "w", encoding="utf-8", errors="replace")


def _live(config: pytest.Config, out: TextIO) -> "LiveLine | None":
    """Return what draws a line on a terminal; None where none is to be drawn.

    https://no-color.org asks for plain text only; a dumb terminal cannot move its cursor.
    """
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM", "dumb") in {"dumb", "unknown"}
    if plain or config.option.color == "no" or not out.isatty():
        return None
    from pytest_xsbond.terminal.live import LiveLine  # noqa: PLC0415 - heavy, for terminals only

    return LiveLine(out)


def say_on_terminal(config: pytest.Config) -> Callable[[str], None]:
    """Return a function that writes a line at once, with the seconds since now before it."""
    session, began = teller(config), time.monotonic()
    return lambda line: session.tell(line, began)
