"""A system whose loopback is 127.0.0.1 alone: the lab works, members have no XAPI of their own."""

import pytest

from tests.support.labs import verify
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial


@pytest.mark.slow
def test_hosts_that_share_an_address_are_provisioned(pytester: pytest.Pytester) -> None:
    """The whole tutorial holds, each dom0 being reached at a port of its own."""
    with Lab(tutorial(2), addresses=["127.0.0.1"] * 2) as lab:
        assert lab.shares_address
        run = verify(pytester, lab, "--xsbond-apply")
    assert (run.exit_status, run.not_passed()) == (0, {})


def test_hosts_have_addresses_of_their_own_where_they_can() -> None:
    """On Linux no two hosts share one."""
    with Lab(tutorial(2)) as lab:
        assert not lab.shares_address
