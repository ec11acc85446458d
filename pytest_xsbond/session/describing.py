"""`--xsbond-write-bonds`: a bond file that describes the pool as it is, and what to do with it."""

import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_xsbond import options
from pytest_xsbond.clean import clean_line
from pytest_xsbond.credentials import read_credentials
from pytest_xsbond.own_command import OwnCommand
from pytest_xsbond.runs.opening import Waiting, open_run, untold
from pytest_xsbond.runs.replay import ReplayRun
from pytest_xsbond.settings import Settings, read_settings
from xsbond.errors import OptionError, XsbondError
from xsbond.learn import Learned, bond_file_of
from xsbond.snapshot.snapshot import Snapshot

_OPTION = "--xsbond-write-bonds"


def describe(config: pytest.Config, waiting: Waiting = untold) -> str:
    """Look at the pool, write the file, and return what to tell.

    `waiting` is entered for everything that may take long. Raises pytest.UsageError if the pool
    cannot be asked, or if nothing can be written.
    """
    path = Path(options.value(config, "write-bonds"))
    try:
        _refuse(path)
        # What is wanted does not matter here, and must not be refused.
        looked = _look(config, replace(read_settings(config), desired=()), waiting)
        learned = bond_file_of(looked)
        if not learned.text:
            said = "; ".join(("the pool master has no bond to describe", *learned.remarks))
            raise OptionError(_OPTION, f"{said}; nothing was written")
        _write(path, learned.text)
    except XsbondError as error:
        raise pytest.UsageError(clean_line(str(error))) from None
    return "".join(f"{clean_line(line)}\n" for line in _lines(config, path, learned))


def _refuse(path: Path) -> None:
    """Raise OptionError where the file would be in the way, before anybody asks the pool."""
    if path.exists():
        raise OptionError(_OPTION, f"{path} is there already; name another file, or remove it")
    if not path.parent.is_dir():
        raise OptionError(_OPTION, f"there is no directory {path.parent}")


def _look(config: pytest.Config, settings: Settings, waiting: Waiting) -> Snapshot:
    if settings.replay:
        return ReplayRun(settings).expected().now
    run = open_run(settings, lambda: read_credentials(config), waiting)
    try:
        return run.first
    finally:
        run.close()


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise OptionError(_OPTION, f"{path} cannot be written: {error.strerror}") from error


def _lines(config: pytest.Config, path: Path, learned: Learned) -> Iterator[str]:
    yield f"{path} describes the bonds of the pool master: {', '.join(learned.networks)}"
    if learned.remarks:
        yield "These are only comments in the file; a run that judges by it tells them:"
        yield from (f"  - {line}" for line in learned.remarks)
    yield "Read the file, correct what is not meant, then judge the pool by it:"
    words = tuple(config.invocation_params.args)
    command = OwnCommand(words=words, options=(f"--xsbond-bonds={path}",)).to_type()
    yield shlex.join(command)
