"""The journal: what this product set out to change in a pool, and what came of it.

One JSON object a line, only ever appended to. An intent is on the disk before the change is begun,
its result after it; an intent without a result is a change nobody knows the end of. The shape of
the lines is documented in docs/provisioning.md.
"""

import contextlib
import itertools
import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import msgspec

from xsbond.errors import OptionError, XsbondError
from xsbond.snapshot.snapshot import now

SCHEMA = 1
"""Version of the lines; a reader refuses a newer one."""
FILE = "journal.jsonl"


def state_directory() -> Path:
    """Return where journals are kept unless told otherwise (XDG Base Directory Specification)."""
    state = os.environ.get("XDG_STATE_HOME", "")
    base = Path(state) if state.startswith("/") else Path.home() / ".local" / "state"
    return base / "pytest-xsbond"


def new_run() -> str:
    """Return what a run calls itself: its time, and something random."""
    return f"{now().replace(':', '').replace('+0000', 'Z')}-{secrets.token_hex(4)}"


Entry = Mapping[str, Any]
"""One line."""


class JournalError(XsbondError):
    """The journal cannot be written; nothing is changed without it."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(path, reason)

    def __str__(self) -> str:
        return f"journal {self.path}: {self.reason}"


class Journal:
    """The journal of one pool, opened by one run."""

    def __init__(self, directory: Path, pool: str, run: str) -> None:
        """Open or begin it, readable by its owner only; raises JournalError."""
        self.path, self._pool, self._run = directory / FILE, pool, run
        self._numbers = itertools.count(1)
        with self._errors():
            _make_private(directory)
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
            self._descriptor = os.open(self.path, flags | getattr(os, "O_CLOEXEC", 0), 0o600)
            self._close_last_line()

    def _close_last_line(self) -> None:
        """Let a line that a full disk cut off not swallow the next one."""
        if self.path.is_file() and self.path.read_bytes()[-1:] not in {b"", b"\n"}:
            self._append(b"\n")

    def begin(self, **facts: Any) -> None:
        """Write who does what, before anything is changed."""
        self._write("run", **facts)

    def plan(self, **facts: Any) -> None:
        """Write what is wanted, what is to be done, and what there was not before."""
        self._write("plan", **facts)

    def entries(self) -> Sequence[Entry]:
        """Return all entries about the pool, this run's and earlier ones'."""
        return read_journal(self.path.parent, self._pool)

    def intend(self, **facts: Any) -> int:
        """Write that a change is about to be made; return its number within the run."""
        number = next(self._numbers)
        self._write("intent", n=number, **facts)
        return number

    def result(self, number: int, outcome: str, **facts: Any) -> None:
        """Write what came of a change: done, failed or unknown."""
        self._write("result", n=number, outcome=outcome, **facts)

    def settle(self, run: str, number: int, outcome: str, **facts: Any) -> None:
        """Write what became of a change that an earlier run had begun and not seen the end of."""
        self._write("settled", of=run, n=number, outcome=outcome, **facts)

    def end(self, outcome: str, **facts: Any) -> None:
        """Write how the run ended."""
        self._write("end", outcome=outcome, **facts)

    def close(self) -> None:
        """Close the file."""
        with contextlib.suppress(OSError):
            os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self, event: str, **facts: Any) -> None:
        head = {"schema": SCHEMA, "time": now(), "pool": self._pool, "run": self._run}
        line = msgspec.json.encode({**head, "event": event, **facts}, enc_hook=str) + b"\n"
        with self._errors():
            self._append(line)

    def _append(self, line: bytes) -> None:
        """Have a whole line on the disk, or none of it counted upon."""
        written = os.write(self._descriptor, line)
        if written < len(line):
            raise OSError(28, "No space left on device")
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            # What is no file, as /dev/stderr, has nothing to be flushed to.
            if error.errno != 22:  # noqa: PLR2004 - EINVAL
                raise

    @contextlib.contextmanager
    def _errors(self) -> Any:
        try:
            yield
        except OSError as error:
            raise JournalError(self.path, f"cannot be written: {error.strerror}") from error


def _make_private(directory: Path) -> None:
    """Make a directory, and what leads to it, for its owner only; what is there stays as it is."""
    if not directory.exists():
        _make_private(directory.parent)
        directory.mkdir(mode=0o700, exist_ok=True)


def read_journal(directory: Path, pool: str) -> Sequence[Entry]:
    """Return the entries about a pool, by its uuid, oldest first.

    A line that was cut off, as by a full disk, was never counted upon and is left out. Raises
    OptionError if there is no journal, it cannot be read, or a newer release wrote it.
    """
    path = directory / FILE
    if path.exists() and not path.is_file():
        # A device may have no end; writing to it will say what is wrong.
        return ()
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise OptionError("--xsbond-journal", f"{path} cannot be read: {error.strerror}") from error
    entries = [entry for line in lines if (entry := _decoded(line)) and entry["pool"] == pool]
    newest = max((entry["schema"] for entry in entries), default=SCHEMA)
    if newest > SCHEMA:
        reason = f"{path} has schema {newest}; this release reads up to {SCHEMA}"
        raise OptionError("--xsbond-journal", reason)
    return entries


def _decoded(line: bytes) -> Entry | None:
    try:
        entry = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    whole = isinstance(entry, dict) and {"schema", "pool", "run", "event"} <= entry.keys()
    return entry if whole else None
