"""What XAPI records of the carrier of a bond's PIF, and of the VLANs on it."""

from collections.abc import Iterator

from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.seen import Missing
from xsbond.model import Pif
from xsbond.snapshot import lookup

__tracebackhide__ = True
"""pytest leaves these frames out, as those of `here`."""


def stale_carriers(here: BondOnHost) -> list[str]:
    """Return the PIFs that XAPI shows without a carrier, though every leg of the bond is up.

    A PIF has one while any leg of it is up (network_monitor_thread.ml); nobody need ask as long as
    a leg is down.
    """
    return [
        f"XAPI's PIF_metrics.carrier of {_name(pif)} is stale: every leg of it is up"
        for pif in _own_pifs(here)
        if pif.currently_attached and _shows_no_carrier(here, pif)
    ]


def _own_pifs(here: BondOnHost) -> Iterator[Pif]:
    yield here.pif
    for _, vlan in lookup.vlans_on(here.snapshot, here.host, here.pif_refs[0]):
        yield vlan


def _shows_no_carrier(here: BondOnHost, pif: Pif) -> bool:
    metrics = here.snapshot.pif_metrics.get(pif.metrics)
    if metrics is None:
        raise Missing(f"PIF {pif.device} of {here.name} has no metrics record")
    here.evidence.record("PIF_metrics", pif.metrics)
    return not metrics.carrier


def _name(pif: Pif) -> str:
    return pif.device if pif.VLAN == lookup.UNTAGGED else f"VLAN {pif.VLAN} of {pif.device}"
