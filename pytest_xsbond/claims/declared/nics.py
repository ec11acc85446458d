"""The wanted NICs of one host: are they in dom0, and free to be legs of the wanted bond."""

from collections.abc import Iterator, Mapping

from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.seen import Sentences
from xsbond.model import Pif
from xsbond.snapshot import lookup

__tracebackhide__ = True
"""pytest leaves these frames out, as those of `here`."""


def unusable_nics(here: BondOnHost) -> Sentences:
    """Return which wanted NICs XAPI lists and dom0 lacks, or another bond of the host has."""
    return Sentences([*_lost(here), *_taken(here)])


def _lost(here: BondOnHost) -> Iterator[str]:
    here.evidence.output("sysfs-net")
    for nic in lost_nics(here):
        here.noted(f"interface {nic}", ())
        yield f"{nic} is not in dom0 of {here.name}, though XAPI still lists it"


def lost_nics(here: BondOnHost) -> list[str]:
    """Return the wanted NICs that XAPI lists and the kernel of dom0 does not have."""
    kernel = here.snapshot.nics(here.host)
    return [nic for nic in here.wanted.nics if nic not in kernel and _pifs(here, nic)]


def _taken(here: BondOnHost) -> Iterator[str]:
    for nic, pif in nics_elsewhere(here).items():
        network = here.snapshot.networks.get(pif.network)
        on = f" on network {network.name_label}" if network else ""
        yield f"{nic} is a leg of {pif.device}{on}, another bond of {here.name}"


def nics_elsewhere(here: BondOnHost) -> Mapping[str, Pif]:
    """Return wanted NIC -> PIF of the other bond of this host that it is a leg of."""
    own = lookup.bond_on(here.snapshot, here.host, here.wanted)
    found = {}
    for nic in here.wanted.nics:
        for pif in _pifs(here, nic):
            bond = here.snapshot.bonds.get(pif.bond_slave_of)
            if bond and bond.master in here.snapshot.pifs and (own is None or bond != own[1]):
                found[nic] = here.snapshot.pifs[bond.master]
    return found


def _pifs(here: BondOnHost, nic: str) -> list[Pif]:
    found = lookup.nic_pifs(here.snapshot, here.host, nic)
    return [pif for ref, pif in found if here.evidence.record("PIF", ref)]
