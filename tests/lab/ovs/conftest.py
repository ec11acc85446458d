"""Fixtures: labs of one host, and of two with the guest bond, each kept for a whole file."""

from collections.abc import Iterator

import pytest

from tests.lab.ovs.ground import bonded_lab
from xsbond.lab.blueprint import tutorial
from xsbond.lab.namespaced.lab import OvsHost, OvsLab


@pytest.fixture(scope="module")
def host() -> Iterator[OvsHost]:
    """The only host of a pool without a guest bond."""
    with OvsLab(tutorial(1)) as lab:
        yield lab.hosts[0]


@pytest.fixture(scope="module")
def lab() -> Iterator[OvsLab]:
    """A pool of two hosts with the guest bond."""
    with bonded_lab() as lab:
        yield lab
