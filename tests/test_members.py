"""Waiting for a member: what is still missing, in the order of xapi's own start-up."""

import pytest

from xsbond.bondfile import TUTORIAL
from xsbond.members import BondStanding, Standing, waits_for

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
