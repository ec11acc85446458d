"""Files that hold what a pool has answered are their owner's only, whatever the umask."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_xsbond.claims.stages import Stages, store_stages
from xsbond.private import make_private, write_private


@pytest.fixture(autouse=True)
def _open_umask() -> Iterator[None]:
    """A umask that takes nothing away."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    """Return the permission bits."""
    return path.stat().st_mode & 0o777


def test_new_snapshots_are_private(recorded: Stages, tmp_path: Path) -> None:
    """Directories are made 0700, the ones on the way too, and files 0600."""
    directory = tmp_path / "change" / "stages"
    store_stages(recorded, directory)
    assert {mode(directory), mode(directory.parent)} == {0o700}
    assert {mode(file) for file in directory.iterdir()} == {0o600}


def test_what_was_open_is_closed(recorded: Stages, tmp_path: Path) -> None:
    """A directory of an earlier run with wide modes, and its files, are closed to others."""
    directory = tmp_path / "stages"
    directory.mkdir(mode=0o777)
    (directory / "run.json").touch(mode=0o666)
    store_stages(recorded, directory)
    assert mode(directory) == 0o700
    assert {mode(file) for file in directory.iterdir()} == {0o600}


def test_directory_with_other_things_keeps_its_mode(tmp_path: Path) -> None:
    """A directory that others may have business in is not closed to them."""
    directory = tmp_path / "shared"
    directory.mkdir(mode=0o755)
    (directory / "notes.txt").touch()
    make_private(directory, {"run.json"})
    assert mode(directory) == 0o755


def test_planted_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    """A link in place of the file leads nowhere: its target stays as it was."""
    (tmp_path / "target").write_text("precious")
    (tmp_path / "now.json").symlink_to(tmp_path / "target")
    write_private(tmp_path / "now.json", b"{}")
    assert (tmp_path / "target").read_text() == "precious"
    assert not (tmp_path / "now.json").is_symlink()


def test_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    """A write that fails half-way leaves the old file, and no litter."""
    write_private(tmp_path / "now.json", b"old")
    with pytest.raises(TypeError):
        write_private(tmp_path / "now.json", "no bytes")  # type: ignore[arg-type]
    assert [each.name for each in tmp_path.iterdir()] == ["now.json"]
    assert (tmp_path / "now.json").read_bytes() == b"old"
