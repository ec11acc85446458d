"""A lab's own temporary directory, with its key and password: it goes however the lab ends.

A process that is killed removes nothing. A shell that outlives it does: it waits for the end of a
pipe that nobody but the lab's process can write to. What that shell has missed, because it was
killed, too, the next lab removes.
"""

import contextlib
import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

PREFIX = "xsbond-lab-"
_NAME = re.compile(rf"{PREFIX}([1-9][0-9]{{0,9}})-[a-z0-9_]{{8}}")
_SHELL = "/bin/sh"
_WATCH = 'trap "" INT TERM HUP; read -r _ || rm -rf -- "$1"'
"""Waits for a line, or for the end of the process that could have written it."""


@contextlib.contextmanager
def scratch_directory() -> Iterator[Path]:
    """Make a directory that nobody else can enter; it is removed, even if this process is killed.

    What earlier labs have left, because all of them was killed, is removed first.
    """
    sweep(Path(tempfile.gettempdir()))
    directory = tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-")
    with _watched(directory.name), directory as name, _held(name):
        yield Path(name)


@contextlib.contextmanager
def _watched(directory: str) -> Iterator[None]:
    """Have a directory removed if this process ends before the block does; POSIX only."""
    if not os.access(_SHELL, os.X_OK):
        yield
        return
    # Of a session of its own: what ends all that belongs to a terminal is not meant for it.
    with subprocess.Popen(  # noqa: S603 - a text of ours, and a name of tempfile's
        (_SHELL, "-c", _WATCH, PREFIX, directory),
        bufsize=0,
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as watching:
        assert watching.stdin is not None
        try:
            yield
        finally:
            with contextlib.suppress(BrokenPipeError):
                watching.stdin.write(b"\n")


@contextlib.contextmanager
def _held(directory: str) -> Iterator[None]:
    """Lock a directory while its lab lives: a process of another container has another number."""
    descriptor = _locked(directory)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _locked(directory: str) -> int | None:
    """Return a locked file descriptor; None if somebody else has the lock, or nobody can have it.

    Never follows a link.
    """
    try:
        import fcntl  # noqa: PLC0415 - POSIX only

        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except (ImportError, OSError):
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def sweep(place: Path) -> None:
    """Remove what labs of this user have left in a directory, if they are surely dead."""
    with contextlib.suppress(OSError), os.scandir(place) as entries:
        for entry in entries:
            match = _NAME.fullmatch(entry.name)
            if match and _is_ours(entry.path) and not _lives(int(match[1])):
                _remove(entry.path)


def _is_ours(path: str) -> bool:
    """Tell whether it is a directory, no link to one, that this user alone can enter."""
    try:
        found = os.lstat(path)
    except OSError:
        return False
    private = stat.S_IMODE(found.st_mode) == stat.S_IRWXU
    return stat.S_ISDIR(found.st_mode) and private and found.st_uid == os.geteuid()


def _lives(process: int) -> bool:
    """Tell whether a process may be alive; one that somebody else has is not ours to judge."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _remove(path: str) -> None:
    descriptor = _locked(path)
    if descriptor is None:
        return
    try:
        # It removes links within, and nothing that they lead to.
        shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(descriptor)
