"""Fixtures for this project's own tests and benchmarks; the plugin's are in `pytest_xsbond`."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def recorded_tutorial() -> Path:
    """The tutorial's stages as recorded from a real pool (xapi 26.17, Open vSwitch 3.5)."""
    return Path(__file__).parent / "tests" / "recorded" / "tutorial"
