"""What a host says of its own health, in an emergency and not."""

from typing import Any

import pytest

from tests.lab.callers import call, refusal
from tests.lab.toolstack.asking import local
from xsbond.lab.world import World

HEALTHY = [("host.is_in_emergency_mode", False), ("host.local_assert_healthy", None)]
IN_EMERGENCY = [("host.is_in_emergency_mode", True), ("host.ha_xapi_healthcheck", True)]


@pytest.mark.parametrize(("method", "expected"), HEALTHY)
def test_healthy_member_says_so(method: str, expected: Any, world: World) -> None:
    """To whoever logs in there."""
    assert call(world, method, local(world, 1), at=1) is expected


@pytest.mark.parametrize(("method", "expected"), IN_EMERGENCY)
def test_member_in_an_emergency_says_so(method: str, expected: Any, world: World) -> None:
    """It answers such calls without a database."""
    world.agents[0].kill()
    world.hosts[1].toolstack.stop()
    world.hosts[1].toolstack.start()
    assert call(world, method, local(world, 1), at=1) is expected


def test_member_in_an_emergency_is_not_healthy(world: World) -> None:
    """It gives the reason that everything else meets."""
    world.agents[0].kill()
    world.hosts[1].toolstack.stop()
    world.hosts[1].toolstack.start()
    answer = refusal(world, "host.local_assert_healthy", local(world, 1), at=1)
    assert answer == ("HOST_STILL_BOOTING",)
