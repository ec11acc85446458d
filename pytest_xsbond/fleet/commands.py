"""What is typed for all pools, turned into the command line of one pool's own run. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pytest_xsbond.fleet.file import FleetPool

_OF_FLEET = ("--pool", "--xsbond-pool", "--xsbond-fleet", "--xsbond-pools-at-once")
_DIRECTORIES = ("--xsbond-evidence", "--xsbond-save")
_FILES = ("--xsbond-json", "--xsbond-save-baseline", "--junitxml", "--junit-xml", "--html")
_VALUED = frozenset((*_OF_FLEET, *_DIRECTORIES, *_FILES))
"""Options with a value that no two pools may share."""


def words_of(pool: FleetPool, typed: Sequence[str], written: Mapping[str, str]) -> tuple[str, ...]:
    """Return the arguments of a pool's run.

    `typed` are those of all; `written` tells option -> path of what each run writes.
    """
    own = (f"{option}={of_pool(option, path, pool.name)}" for option, path in written.items())
    common = tuple(_common(typed))
    given = {word.partition("=")[0] for word in common}
    # What is typed for all counts more than what the file has of one.
    options = (each for each in pool.options if each.partition("=")[0] not in given)
    return (f"--pool={pool.address}", *options, *common, *own)


def _common(typed: Sequence[str]) -> Iterator[str]:
    words = iter(typed)
    for word in words:
        name, equals, _ = word.partition("=")
        if name not in _VALUED:
            yield word
        elif not equals:
            next(words, None)


def of_pool(option: str, path: str, name: str) -> str:
    """Return where one pool writes: in a directory of its own, or in a file with its name."""
    if option in _DIRECTORIES:
        return str(Path(path) / name)
    return str(Path(path).with_stem(f"{Path(path).stem}-{name}"))


def complaint_of(errors: str) -> str:
    """Return the line in which a run says why it could not be."""
    lines = [re.sub(r"^ERROR: ", "", line.strip()) for line in errors.splitlines() if line.strip()]
    return lines[0] if lines else "it ended without a word"
