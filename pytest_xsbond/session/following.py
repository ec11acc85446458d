"""Which failures follow from one that is told already, while a run goes on."""

from dataclasses import asdict

import pytest

from pytest_xsbond.claims.seen import Missing
from pytest_xsbond.claims.stash import FOLLOWS, OUTCOMES
from pytest_xsbond.runs.stash import RUN
from pytest_xsbond.session.ordering import subject
from pytest_xsbond.spec.following import Judged, Roots

JUDGED: pytest.StashKey[frozenset[Judged]] = pytest.StashKey()
"""The claims that this run judges; in `config.stash`, once they are collected."""
_ROOTS: pytest.StashKey[Roots] = pytest.StashKey()
"""Which claims tell of what is not there; in `config.stash`, once one of them was asked for."""


def judged_by(item: pytest.Item) -> Judged:
    """Return what a claim's item judges."""
    assert isinstance(item, pytest.Function)
    host, network = subject(item)
    return item.function.__name__, host, network or ""


def note_what_it_follows_from(item: pytest.Item, error: BaseException) -> bool:
    """Keep the claim that tells what this one lacks; tell whether there is one beside it."""
    if OUTCOMES not in item.stash or not isinstance(error, Missing):
        return False
    root = _roots(item.config).of(error.of)
    if root is None or (root.test, root.host, root.network) == judged_by(item):
        return False
    item.stash[FOLLOWS] = {name: str(value) for name, value in asdict(root).items()}
    return True


def _roots(config: pytest.Config) -> Roots:
    if _ROOTS not in config.stash:
        judged = config.stash.get(JUDGED, frozenset())
        config.stash[_ROOTS] = Roots(stages=config.stash[RUN].expected(), judged=judged)
    return config.stash[_ROOTS]
