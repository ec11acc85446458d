"""Where the run of a session is kept.

pytest loads this module in every run, so it imports none of what it keeps.
"""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_xsbond.runs.run import Run

RUN: "pytest.StashKey[Run]" = pytest.StashKey()
"""The run of this session, in `config.stash` once it is open."""
