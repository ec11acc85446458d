"""What all tests share: nothing of the person's own environment reaches them."""

from pathlib import Path

import pytest

from pytest_xsbond.stages import Stages, load_stages


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Hide the person's SSH configuration, known hosts and password."""
    monkeypatch.setenv("HOME", str(tmp_path))
    own = ("XSBOND_USERNAME", "XSBOND_PASSWORD", "XDG_STATE_HOME")
    for name in (*own, "SSH_AUTH_SOCK", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def recorded(recorded_tutorial: Path) -> Stages:
    """The recorded stages, loaded the way a replay loads them."""
    return load_stages(recorded_tutorial)
