"""The failover drill: each leg in turn is taken down and comes back (`--xsbond-failover`)."""

from pytest_xsbond import LegOnHost, outcome
from pytest_xsbond.claims import leg_on_host


@outcome("F-carries-on")
def test_other_legs_carry_on(failover: LegOnHost) -> None:
    """While one leg is down the other legs stay enabled, and one of them is the active one."""
    assert leg_on_host.lost_legs(failover) == ()


@outcome("F-counted")
def test_xapi_counts_the_leg_out_and_in(failover: LegOnHost) -> None:
    """Bond.links_up counts one leg less while a leg is down, and all of them afterwards."""
    assert leg_on_host.miscounts(failover) == ()


@outcome("F-returns")
def test_leg_comes_back(failover: LegOnHost) -> None:
    """A leg that was down is enabled again once its updelay is over."""
    assert leg_on_host.not_returned(failover) == ()
