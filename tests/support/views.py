"""One wanted bond on one host of a snapshot, as claims and causes see it."""

from pytest_xsbond.claims.bond_on_host import BondOnHost
from xsbond.bondfile import TUTORIAL
from xsbond.snapshot.snapshot import Snapshot


def view(snapshot: Snapshot, host: str = "xs-2") -> BondOnHost:
    """Return the tutorial's bond on a host."""
    (wanted,) = TUTORIAL
    ref = snapshot.host_ref(host)
    return BondOnHost(snapshot=snapshot, host=ref, wanted=wanted, desired=TUTORIAL)
