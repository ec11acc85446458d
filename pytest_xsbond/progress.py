"""Lines that appear while a fixture changes the pool, in spite of pytest's capture."""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from pytest_xsbond.clean import clean_line
from pytest_xsbond.keys import PROGRESS


def say_on_terminal(config: pytest.Config) -> Callable[[str], None]:
    """Return a function that writes a line at once, with the seconds since now before it."""
    capture = config.pluginmanager.getplugin("capturemanager")
    terminal = config.pluginmanager.getplugin("terminalreporter")
    started = time.monotonic()

    def write(line: str) -> None:
        text = clean_line(f"xsbond: {time.monotonic() - started:6.1f} s  {line}")
        if terminal is not None:
            terminal.ensure_newline()
            terminal.write_line(text)
            terminal.flush()
        else:
            sys.stderr.write(text + "\n")

    def say(line: str) -> None:
        told = datetime.now(UTC).isoformat(timespec="milliseconds")
        config.stash.setdefault(PROGRESS, []).append((told, line))
        if capture is None:
            write(line)
            return
        with capture.global_and_fixture_disabled():
            write(line)

    return say
