"""Fixtures: two hosts for the tests that leave them as they were."""

from collections.abc import Iterator

import pytest

from tests.lab.rig.rigs import Clients, hosts_with_ssh
from xsbond.lab.rig.host import RunningHost


@pytest.fixture(scope="session")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    """Two hosts and their SSH clients."""
    with hosts_with_ssh(tmp_path_factory.mktemp("rig")) as both:
        yield both


@pytest.fixture
def host(clients: Clients) -> RunningHost:
    """The first of two hosts."""
    return clients.rig.hosts["xs-1"]
