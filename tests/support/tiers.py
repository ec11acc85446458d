"""Which cases of a kind are run before every commit; the others have the marker `slow`."""

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def sampled(cases: Iterable[str], quick: Collection[str]) -> list[Any]:
    """Return all cases to parametrise by; those that are not among the quick ones are slow."""
    cases = tuple(cases)
    assert set(quick) <= set(cases), set(quick) - set(cases)
    return [each if each in quick else slow(each) for each in cases]


def slow(*values: Any) -> Any:  # as pytest.param
    """Return a case that only a run of all tests has."""
    return pytest.param(*values, marks=pytest.mark.slow)
