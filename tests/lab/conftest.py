"""Fixtures: a shell on the tutorial's master, current and as of XenServer 6.2."""

import pytest

from tests.lab.hosts import (
    HandClock,
    RecordedToolstack,
    Shell,
    bare_dom0,
    machine_of,
    master_dom0,
)
from tests.lab.ssh.ssh_hosts import client, host
from tests.lab.tutorial_run import Printed, type_the_tutorial
from xsbond.lab.blueprint import XENSERVER_6_2
from xsbond.lab.dom0 import SimulatedDom0

__all__ = ["client", "host"]


@pytest.fixture
def bare() -> SimulatedDom0:
    """A dom0 with NICs only."""
    return bare_dom0()[0]


@pytest.fixture
def master() -> SimulatedDom0:
    """The tutorial's master with both bonds settled."""
    return master_dom0()[0]


@pytest.fixture
def clock(master: SimulatedDom0) -> HandClock:
    """The master's clock."""
    assert isinstance(master.clock, HandClock)
    return master.clock


@pytest.fixture
def toolstack() -> RecordedToolstack:
    """The master's xapi."""
    return RecordedToolstack()


@pytest.fixture
def shell(master: SimulatedDom0, toolstack: RecordedToolstack) -> Shell:
    """A shell on the master."""
    return Shell(machine_of(master, toolstack))


@pytest.fixture
def old_shell() -> Shell:
    """A shell on the master as XenServer 6.2 has it."""
    return Shell(machine_of(master_dom0(XENSERVER_6_2)[0]))


@pytest.fixture(scope="session")
def printed() -> Printed:
    """What the whole tutorial printed, by step."""
    return type_the_tutorial()
