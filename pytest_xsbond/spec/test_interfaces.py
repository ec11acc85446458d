"""The interfaces of every dom0 (tutorial steps PM-4.4 and M-3.4)."""

from pytest_xsbond import BondOnHost, outcome
from pytest_xsbond.here import Addresses


def wanted_addresses(here: BondOnHost) -> Addresses:
    """Return what the bond file gives the wanted bonds of this host, by bridge."""
    return frozenset(
        (each.network.bridge, each.address) for each in here.of_all_bonds() if each.address
    )


def addresses_elsewhere(here: BondOnHost) -> Addresses:
    """Return what dom0 has apart from the wanted bonds' bridges and legs."""
    own = {each.network.bridge for each in here.of_all_bonds()} | {
        nic for each in here.of_all_bonds() for nic in each.wanted.nics
    }
    return frozenset((name, address) for name, address in here.addresses() if name not in own)


@outcome("PM-4.4.1", looks_at=["interfaces"])
def test_no_interface_has_gained_an_address(here: BondOnHost, before: BondOnHost | None) -> None:
    """No interface of dom0 has an address that it did not have before or was to get."""
    untouched = before.addresses() if before else addresses_elsewhere(here)
    assert here.addresses() == untouched | wanted_addresses(here)


@outcome("PM-4.4.2", looks_at=["interfaces"])
def test_bridge_is_up_without_an_address(here: BondOnHost) -> None:
    """The network's bridge is an interface of dom0 that is up, with no address but a wanted one."""
    bridge = here.interface(here.network.bridge)
    assert (bridge.up, bridge.addresses) == (True, (here.address,) if here.address else ())


@outcome("PM-4.4.3", "M-3.4", looks_at=["interfaces"])
def test_bridge_has_the_mac_of_the_first_nic(here: BondOnHost) -> None:
    """The bridge has the MAC of this host's first wanted NIC, which is the bond's primary leg."""
    first = here.wanted.nics[0]
    seen = (here.interface(here.network.bridge).mac, here.primary_leg.device)
    assert seen == (here.interface(first).mac, first)
