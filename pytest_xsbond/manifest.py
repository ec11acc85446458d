"""MANIFEST.sha256: the digest of every file of a bundle, in the format of `sha256sum -c`."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from xsbond.errors import XsbondError
from xsbond.private import write_private

NAME = "MANIFEST.sha256"
SIGNATURE = f"{NAME}.sig"
_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")


class BundleError(XsbondError):
    """A directory is no bundle, or cannot be read as one."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(path, reason)

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """In what a directory is not what its manifest says; paths relative to it."""

    altered: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """Yield one line for each file: what became of it, and its name."""
        for word in ("altered", "missing", "added"):
            for path in getattr(self, word):
                yield f"{word}: {path}"


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file's content, 64 hex digits."""
    return hashlib.sha256(content).hexdigest()


def seal(directory: Path) -> str:
    """Write the manifest of all files there are and return its own digest."""
    lines = [f"{_digest_of(directory / path)}  {path}\n" for path in sorted(_files(directory))]
    content = "".join(lines).encode()
    write_private(directory / NAME, content)
    return digest(content)


def read_manifest(directory: Path) -> Mapping[str, str]:
    """Return path -> digest; BundleError if there is no manifest, or it is none."""
    path = directory / NAME
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "is no text"
        raise BundleError(path, f"cannot be read: {reason}") from error
    found = {}
    for number, line in enumerate(lines, 1):
        match = _LINE.fullmatch(line)
        if match is None or not _stays_inside(match[2]):
            raise BundleError(path, f"line {number} is no digest and file of this directory")
        found[match[2]] = match[1]
    return found


def compare(directory: Path, below: str = "") -> Differences:
    """Return in what the files are not what the manifest says; BundleError without a manifest.

    `below` is a directory of the bundle, with `/` at its end: files elsewhere are not looked at.
    """
    manifest = read_manifest(directory)
    promised = {path: hexes for path, hexes in manifest.items() if path.startswith(below)}
    there = {path for path in _files(directory) if path.startswith(below)}
    return Differences(
        altered=tuple(
            path
            for path in sorted(promised.keys() & there)
            if _digest_of(directory / path) != promised[path]
        ),
        missing=tuple(sorted(promised.keys() - there)),
        added=tuple(sorted(there - promised.keys())),
    )


def _digest_of(path: Path) -> str:
    # A link is no file of the bundle: what it leads to may be another thing tomorrow.
    try:
        return "link" if path.is_symlink() else digest(path.read_bytes())
    except OSError as error:
        raise BundleError(path, f"cannot be read: {error.strerror}") from error


def _files(directory: Path) -> Iterator[str]:
    for path in directory.rglob("*"):
        name = path.relative_to(directory).as_posix()
        if (path.is_symlink() or not path.is_dir()) and name not in {NAME, SIGNATURE}:
            yield name


def _stays_inside(path: str) -> bool:
    parts = PurePosixPath(path)
    return not parts.is_absolute() and ".." not in parts.parts
