"""Commands run as a person runs them: on a terminal of their own, with answers typed into it."""

import os
import pty
import selectors
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PATIENCE = 240.0
"""Seconds after which a command that still waits for something is ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTerminal:
    """What became of a command, and all that was shown."""

    exit_status: int
    shown: str


def on_terminal(
    command: Sequence[str | Path], cwd: Path, answers: Mapping[str, str] | None = None
) -> OnTerminal:
    """Run a command on a terminal; each text in `answers`, once it is shown, is answered.

    The terminal controls the command's session, as a person's own does: /dev/tty is it.
    """
    ours, theirs = pty.openpty()
    # A session leader without a terminal gets the one it opens first (tty(4)).
    opens = 'exec "$@" < "$0" > "$0" 2>&1'
    process = subprocess.Popen(
        ["sh", "-c", opens, os.ttyname(theirs), *map(str, command)],  # noqa: S607
        cwd=cwd,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
        start_new_session=True,
    )
    try:
        shown = _watched(ours, process, dict(answers or {}))
        return OnTerminal(exit_status=process.wait(_PATIENCE), shown=shown)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
        os.close(theirs)


def _watched(terminal: int, process: "subprocess.Popen[bytes]", answers: dict[str, str]) -> str:
    shown, deadline = b"", time.monotonic() + _PATIENCE
    with selectors.DefaultSelector() as selector:
        selector.register(terminal, selectors.EVENT_READ)
        while time.monotonic() < deadline:
            ended = process.poll() is not None
            if selector.select(timeout=0.1):
                shown += os.read(terminal, 65536)
            elif ended:
                break
            for asked in [asked for asked in answers if asked.encode() in shown]:
                os.write(terminal, answers.pop(asked).encode() + b"\n")
    return shown.decode("utf-8", "replace")
