"""The interfaces of every dom0 (tutorial steps PM-4.4 and M-3.4)."""

from pytest_xsbond import BondOnHost, HostInPool, outcome
from pytest_xsbond.claims.declared import macs
from pytest_xsbond.claims.dom0 import gained


@outcome("PM-4.4.1", looks_at=["addresses", "devices"])
def test_no_interface_has_gained_an_address(
    this_host: HostInPool, host_before: HostInPool | None
) -> None:
    """No dom0 interface gained an IP address other than those in the bond file."""
    assert gained.address_changes(this_host, host_before) == ()


@outcome("PM-4.4.2", looks_at=["interfaces", "addresses"])
def test_bridge_is_up_without_an_address(here: BondOnHost) -> None:
    """The network's bridge is an interface of dom0 that is up, with no address but a wanted one."""
    seen = {"up": here.interface(here.network.bridge).up, "addresses": gained.on_bridge(here)}
    assert seen == {"up": True, "addresses": (here.address,) if here.address else ()}


@outcome("PM-4.4.3", "M-3.4", looks_at=["interfaces"])
def test_bridge_has_the_mac_of_the_first_nic(here: BondOnHost) -> None:
    """The bridge has the MAC of the first wanted NIC, the bond's primary leg, or a declared one."""
    assert macs.macs(here) == macs.wanted_macs(here)
