"""What the bond file says beyond NICs and mode: management, VLANs, IPv6, overrides, names."""

from pytest_xsbond import BondOnHost, outcome
from pytest_xsbond.claims import described
from pytest_xsbond.claims.declared import properties


@outcome("H-management")
def test_management_is_where_it_is_wanted(here: BondOnHost) -> None:
    """The management interface is on the bond or its VLAN, with the wanted address and gateway."""
    assert described.management_differences(here) == ()


@outcome("H-wanted-vlans", looks_at=["interfaces", "bridges"])
def test_bond_has_the_wanted_vlans(here: BondOnHost) -> None:
    """Each VLAN of the bond file is on this host's bond, attached, with its tag and address."""
    assert described.wanted_vlan_differences(here) == ()


@outcome("H-ipv6")
def test_bond_has_the_wanted_ipv6_address(here: BondOnHost) -> None:
    """The bond's PIF has the IPv6 configuration of the bond file, and an address by it."""
    assert described.ipv6_differences(here) == ()


@outcome("H-overrides", looks_at=["statuses", "port_settings"])
def test_bond_has_the_wanted_overrides(here: BondOnHost) -> None:
    """The bond's PIF has the overrides of the bond file, and the switch runs them."""
    assert described.override_differences(here) == ()


@outcome("H-properties", looks_at=["port_settings"])
def test_bond_has_the_wanted_properties(here: BondOnHost) -> None:
    """A lacp bond has the properties of the bond file, or else XAPI's, and the switch runs them."""
    assert properties.property_differences(here) == ()


@outcome("H-device")
def test_bond_is_called_as_wanted(here: BondOnHost) -> None:
    """The bond has the device name that the bond file gives it on this host."""
    assert described.device_difference(here) == ""
