"""Where the plugin keeps its state: typed keys of `config.stash` and `item.stash`, no globals."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_xsbond.here import BondOnHost
    from pytest_xsbond.run import Run

RUN: "pytest.StashKey[Run]" = pytest.StashKey()
"""The run of this session, once it is open."""

VIEWS: "pytest.StashKey[list[BondOnHost]]" = pytest.StashKey()
"""What a test has looked at."""
