"""The pool's networks (tutorial steps PM-1, PM-4.1 and M-3.1)."""

from pytest_xsbond import BondOnHost, outcome


@outcome("PM-1")
def test_one_network_has_the_wanted_name(here: BondOnHost) -> None:
    """Exactly one network carries the wanted name, and its bridge is its own."""
    sharing = [name for name, bridge in here.pool_networks() if bridge == here.network.bridge]
    assert here.network.bridge, "the network has no bridge"
    seen = {"networks of this name": len(here.networks), "networks on its bridge": sharing}
    assert seen == {"networks of this name": 1, "networks on its bridge": [here.wanted.network]}


@outcome("PM-4.1")
def test_only_wanted_networks_are_new(here: BondOnHost, before: BondOnHost) -> None:
    """The wanted networks exist, and besides them only those that were there before."""
    names = {network.network for wanted in here.desired for network in wanted.networks}
    new = {name for name, _ in here.pool_networks() - before.pool_networks()}
    gone = {name for name, _ in before.pool_networks() - here.pool_networks()}
    missing = names - {name for name, _ in here.pool_networks()}
    seen = {"new networks": new - names, "networks gone": gone, "networks missing": missing}
    assert seen == {about: set() for about in seen}


@outcome("M-3.1")
def test_inheriting_adds_no_network(here: BondOnHost, created: BondOnHost) -> None:
    """The member's inheritance leaves the networks of the pool as they were."""
    assert here.pool_networks() == created.pool_networks()
