"""Fixtures: a pool with a fault, a key, and a sealed bundle to look at or to alter."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.labs import pool_arguments, provisioned_lab
from tests.support.sealed import CHANGE, run
from xsbond.lab import Lab
from xsbond.lab.faults import strike


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A lab with the guest bond, in which one leg has lost its carrier; nothing changes it."""
    with provisioned_lab() as lab:
        strike(lab, "leg-down@xs-2")
        yield lab


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's SSH key."""
    path = tmp_path_factory.mktemp("key") / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)  # noqa: S607
    return path


@pytest.fixture(scope="module")
def sealed(
    lab: Lab, key: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, "subprocess.CompletedProcess[str]"]:
    """A signed bundle of a run in which a claim fails, and what the run printed."""
    directory = tmp_path_factory.mktemp("sealed")
    options = ("--xsbond-evidence=out", f"--xsbond-change={CHANGE}", f"--xsbond-sign-key={key}")
    return directory / "out", run(directory, *pool_arguments(lab), *options)


@pytest.fixture
def bundle(sealed: tuple[Path, object], tmp_path: Path) -> Path:
    """A copy of it, to be tampered with."""
    return Path(shutil.copytree(sealed[0], tmp_path / "bundle", symlinks=True))
