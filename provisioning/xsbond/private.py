"""Files that only their owner may read, whatever the umask, and whatever was there before."""

import contextlib
import os
import tempfile
from collections.abc import Collection
from pathlib import Path

_OTHERS = 0o077


def write_private(path: Path, content: bytes) -> None:
    """Write a file of mode 0600, in one step: a reader sees all of it or what was there before.

    A file with wider mode, or a link that somebody has planted, is replaced. Raises OSError.
    """
    # mkstemp creates with O_EXCL and mode 0600.
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def make_private(directory: Path, known: Collection[str] = ()) -> None:
    """Make a directory of mode 0700, and its missing parents with it.

    One that exists is closed to others, too, if it holds nothing but `known` names; a directory
    with other things in it may have other readers, and keeps its mode. Raises OSError.
    """
    missing = [each for each in (directory, *directory.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=0o700)
    if directory.stat().st_mode & _OTHERS and {each.name for each in directory.iterdir()} <= {
        *known
    }:
        directory.chmod(0o700)
