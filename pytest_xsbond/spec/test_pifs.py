"""The PIFs of every host (tutorial steps PM-2, PM-4.2 and M-3.2)."""

from pytest_xsbond import BondOnHost, outcome
from pytest_xsbond.claims import described


@outcome("PM-2")
def test_each_wanted_nic_is_one_physical_pif(here: BondOnHost) -> None:
    """Each wanted NIC is exactly one physical PIF of this host."""
    assert here.nic_counts() == dict.fromkeys(here.wanted.nics, 1)


@outcome("PM-4.2.1")
def test_nics_with_an_address_keep_it(here: BondOnHost, before: BondOnHost) -> None:
    """The physical PIFs that had an address still have the same one."""
    assert here.nic_addresses() == before.nic_addresses()


@outcome("PM-4.2.2")
def test_other_bonds_are_untouched(here: BondOnHost, before: BondOnHost) -> None:
    """Bonds that nobody asked to change keep device, network and address."""
    assert here.other_bonds() == before.other_bonds()


@outcome("PM-4.2.3", "M-3.2")
def test_bond_has_an_attached_pif(here: BondOnHost) -> None:
    """The host has exactly one PIF on the network: a bond PIF, attached."""
    pif = here.pif
    seen = {
        "PIFs": len(here.pif_refs),
        "physical": pif.physical,
        "attached": pif.currently_attached,
    }
    assert seen == {"PIFs": 1, "physical": False, "attached": True}


@outcome("PM-4.2.4", "M-3.2")
def test_bond_pif_has_no_address_but_the_wanted_one(here: BondOnHost) -> None:
    """The bond's PIF has no IP configuration, or exactly the one the bond file gives it."""
    assert described.ip_fields(here) == described.wanted_ip_fields(here)
