"""What is kept of claims in pytest's stashes: of a test in its item's, of all in the session's.

pytest loads this module in every run, so it imports none of what it keeps.
"""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_xsbond.claims.bond_on_host import BondOnHost
    from pytest_xsbond.claims.outcomes import Outcome
    from pytest_xsbond.claims.results import Result
    from pytest_xsbond.claims.seen import Evidence

VIEWS: "pytest.StashKey[list[BondOnHost]]" = pytest.StashKey()
"""The bonds a test has looked at."""

EVIDENCE: "pytest.StashKey[list[Evidence]]" = pytest.StashKey()
"""The raw answers a test has looked at."""

OUTCOMES: "pytest.StashKey[tuple[Outcome, ...]]" = pytest.StashKey()
"""The outcomes an item judges on its host."""

FOLLOWS: pytest.StashKey[dict[str, str]] = pytest.StashKey()
"""The claim that a failed one follows from, as `results.Follows` has it; in the item's."""

RESULTS: "pytest.StashKey[list[Result]]" = pytest.StashKey()
"""What came of the session's claims so far; in `config.stash`."""
