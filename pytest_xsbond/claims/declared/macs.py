"""The MAC of a bond on one host: that of its first leg, or one that it was created with."""

from collections.abc import Mapping

from pytest_xsbond.claims.bond_on_host import BondOnHost

__tracebackhide__ = True
"""pytest leaves these frames out, as those of `here`."""


def macs(here: BondOnHost) -> Mapping[str, str]:
    """Return the MAC of the bridge, and which leg is the primary one."""
    seen = here.interface(here.network.bridge).mac
    note = ", an explicit MAC: XAPI and dom0 agree" if undeclared_mac(here) else ""
    return {"MAC": f"{seen}{note}", "primary": here.primary_leg.device}


def wanted_macs(here: BondOnHost) -> Mapping[str, str]:
    """Return what `macs` is to return."""
    first = here.wanted.nics[0]
    return {"MAC": here.wanted.mac_on(here.name) or here.interface(first).mac, "primary": first}


def undeclared_mac(here: BondOnHost) -> str:
    """Return the MAC that the bond was created with and dom0 has, where no file says so."""
    mac = here.pif.MAC.lower()
    in_dom0 = here.interface(here.network.bridge).mac
    is_meant = here.bond.auto_update_mac or here.wanted.mac_on(here.name)
    return "" if is_meant or mac != in_dom0 else mac
