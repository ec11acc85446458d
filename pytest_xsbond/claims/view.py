"""The view that a claim, or its explanation, has of one bond on one host."""

from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.stages import Stages


def view_of(stages: Stages, host: str, network: str | None) -> BondOnHost:
    """Return one bond on one host, by their names; any wanted bond if none is named."""
    bonds = [bond for bond in stages.desired if bond.network == network]
    return BondOnHost(
        snapshot=stages.now,
        host=stages.now.host_ref(host),
        wanted=(*bonds, *stages.desired)[0],
        desired=stages.desired,
        baseline=stages.baseline,
    )
