"""The pool whose hosts are asked."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.lab.callers import log_in
from tests.lab.worlds import (
    PASSWORD,
    running,
)
from xsbond.lab.blueprint import GuestBlueprint, tutorial
from xsbond.lab.world import World


@pytest.fixture
def world() -> Iterator[World]:
    """The tutorial's pool, with a guest on the second host."""
    guest = GuestBlueprint(
        name="web", host="xs-2", power_state="Running", networks=("Pool-wide network 3",)
    )
    with running(blueprint=replace(tutorial(), guests=(guest,))) as world:
        yield world


@pytest.fixture
def session(world: World) -> str:
    """A session of root's at the master."""
    return log_in(world, "root", PASSWORD)
