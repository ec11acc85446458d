"""Claims that need no dom0: the snapshot says it all, so a stored one can be judged, too."""

import re

from pytest_xsbond import BondOnHost, Snapshot, outcome


@outcome("X-HOST-NAMES", claim="Hosts are called xs- and a number.")
def test_host_name_keeps_to_the_rule(xs_host: str) -> None:
    """Once for every host: it needs nothing but the name."""
    assert re.fullmatch(r"xs-\d+", xs_host), f"{xs_host} is called otherwise"


@outcome("X-FIRST-NIC", claim="The bond has the MAC of the NIC with the lowest number.", warns=True)
def test_first_nic_has_the_lowest_number(here: BondOnHost) -> None:
    """A warning only: it is shown everywhere and fails no run."""
    assert here.primary_leg.device == min(here.legs)


@outcome("X-SIZE", claim="The pool has at least two hosts.")
def test_pool_can_lose_a_host(pool: Snapshot) -> None:
    """Without `xs_host` and `here` a claim is about the pool: one row, under the pool master."""
    assert len(pool.hosts) >= 2, "one host only"  # noqa: PLR2004 - the claim names the number
