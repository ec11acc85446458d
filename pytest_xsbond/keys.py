"""Where the plugin keeps its state: typed keys of `config.stash` and `item.stash`, no globals."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_xsbond.here import BondOnHost
    from pytest_xsbond.outcomes import Outcome
    from pytest_xsbond.run import Run
    from pytest_xsbond.seen import Evidence

RUN: "pytest.StashKey[Run]" = pytest.StashKey()
"""The run of this session, once it is open."""

VIEWS: "pytest.StashKey[list[BondOnHost]]" = pytest.StashKey()
"""The bonds a test has looked at."""

EVIDENCE: "pytest.StashKey[list[Evidence]]" = pytest.StashKey()
"""The raw answers a test has looked at."""

OUTCOMES: "pytest.StashKey[tuple[Outcome, ...]]" = pytest.StashKey()
"""The outcomes an item judges on its host."""

WARNED: pytest.StashKey[str] = pytest.StashKey()
"""What a test has warned of, in one line."""

PROGRESS: pytest.StashKey[list[tuple[str, str]]] = pytest.StashKey()
"""(UTC, line) of what was told while the pool was changed or disturbed."""
