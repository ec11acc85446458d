"""Waiting for a member: what is still missing, in the order of xapi's own start-up."""

from dataclasses import replace

import pytest

from tests.support.labs import connected, provisioned_lab, quiet
from xsbond.apply.restart import restart_member
from xsbond.bondfile import TUTORIAL
from xsbond.errors import PoolError
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial
from xsbond.lab.timing.delays import Delays
from xsbond.plan.members import BondStanding, Standing, waits_for

DONE = BondStanding(attached=True, legs=frozenset({"eth1", "eth5"}))


def member(
    *,
    live: bool = True,
    enabled: bool = True,
    start_time: str = "200.",
    bond: BondStanding | None = DONE,
) -> Standing:
    """Return a member that was restarted at 200, its agent having been started at 100 before."""
    bonds = {"PUB": bond} if bond else {}
    return Standing(live=live, enabled=enabled, start_time=start_time, bonds=bonds)


@pytest.mark.parametrize(
    ("now", "missing"),
    [
        (member(live=False, enabled=False, start_time="100.", bond=None), "xapi to come back"),
        (member(enabled=False, start_time="100.", bond=None), "xapi to start"),
        (member(enabled=False, bond=None), "the host to be enabled"),
        (member(bond=None), "the bond on PUB"),
        (
            member(bond=BondStanding(attached=True, legs=frozenset({"eth1"}))),
            "eth1+eth5 in the bond on PUB, it has eth1",
        ),
        (
            member(bond=BondStanding(attached=False, legs=frozenset({"eth1", "eth5"}))),
            "the bond on PUB to be attached",
        ),
        # Up to 6.5 the bond comes before the host is enabled.
        (member(enabled=False), "the host to be enabled"),
        (member(), ""),
    ],
    ids=[
        "agent-is-down",
        "agent-is-live-but-old",
        "agent-has-started",
        "enabled-without-a-bond",
        "one-legged",
        "not-attached",
        "bond-before-enabled",
        "back",
    ],
)
def test_what_is_waited_for(now: Standing, missing: str) -> None:
    """Each state of a start-up is named by what it lacks next; only the last one lacks nothing."""
    assert waits_for(now, "100.", TUTORIAL) == missing


def test_start_up_that_ends_without_the_wanted_legs_is_an_error() -> None:
    """When xapi has finished and the bond differs, waiting longer is no use: the error says so."""
    other = replace(TUTORIAL[0], nics=("eth1", "eth3"))
    with (
        provisioned_lab() as lab,
        connected(lab) as connections,
        pytest.raises(PoolError) as caught,
    ):
        restart_member(connections, lab.host("xs-2").ref, (other,), 60, quiet)
    assert "eth1+eth3 in the bond on PUB, it has eth1+eth5 is missing" in str(caught.value)


def test_member_that_never_starts_is_named_at_the_deadline() -> None:
    """A restart that takes longer than it may ends with the host's name and what was waited for."""
    slow = replace(Delays(), database_link=10_000)
    with (
        Lab(tutorial(2), delays=slow) as lab,
        connected(lab) as connections,
        pytest.raises(
            PoolError, match=r"^xs-2: wait: .* within 1.5 s, waiting for xapi to come back$"
        ),
    ):
        restart_member(connections, lab.host("xs-2").ref, TUTORIAL, 1.5, quiet)
