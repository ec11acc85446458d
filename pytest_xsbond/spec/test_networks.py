"""The pool's networks (tutorial steps PM-1, PM-4.1 and M-3.1)."""

from pytest_xsbond import BondOnHost, outcome


@outcome("PM-1")
def test_one_network_has_the_wanted_name(here: BondOnHost) -> None:
    """Exactly one network carries the wanted name, and its bridge is its own."""
    sharing = [name for name, bridge in here.pool_networks() if bridge == here.network.bridge]
    assert here.network.bridge, "the network has no bridge"
    assert ([network.name_label for network in here.networks], sharing) == (
        [here.wanted.network],
        [here.wanted.network],
    )


@outcome("PM-4.1")
def test_only_wanted_networks_are_new(here: BondOnHost, before: BondOnHost) -> None:
    """The wanted networks exist, and besides them only those that were there before."""
    names = {wanted.network for wanted in here.desired}
    new = {name for name, _ in here.pool_networks() - before.pool_networks()}
    gone = {name for name, _ in before.pool_networks() - here.pool_networks()}
    missing = names - {name for name, _ in here.pool_networks()}
    assert (new - names, gone, missing) == (set(), set(), set())


@outcome("M-3.1")
def test_inheriting_adds_no_network(here: BondOnHost, created: BondOnHost) -> None:
    """The member's inheritance leaves the networks of the pool as they were."""
    assert here.pool_networks() == created.pool_networks()
