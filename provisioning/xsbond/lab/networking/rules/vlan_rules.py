"""When VLAN.create refuses, and with which words: a table in the order of xapi_vlan.ml, create."""

from collections.abc import Callable
from dataclasses import dataclass

from xsbond.lab.contracts import Failure
from xsbond.lab.networking.pifs import (
    is_on_sriov,
    is_slave,
    is_sriov_network,
    kind_of,
    refuse_second_pif,
)
from xsbond.lab.networking.sriovs import are_alike
from xsbond.lab.pool.state import Pool

_TAGS = range(4095)
"""4095 is reserved (IEEE 802.1Q)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VlanRequest:
    """What VLAN.create is asked for."""

    tagged: str
    tag: int
    network: str


def refuse_vlan(pool: Pool, request: VlanRequest) -> None:
    """Raise the Failure of the first rule a new VLAN breaks."""
    pool.database.row("PIF", request.tagged)
    for rule in RULES:
        rule(pool, request)


def _network_is_managed(pool: Pool, request: VlanRequest) -> None:
    if not pool.database.get("network", request.network)["managed"]:
        raise Failure("NETWORK_UNMANAGED", request.network)


def _network_is_free(pool: Pool, request: VlanRequest) -> None:
    host = pool.host_of(pool.database.get("PIF", request.tagged))
    refuse_second_pif(pool, host, request.network)


def _pif_is_managed(pool: Pool, request: VlanRequest) -> None:
    if not pool.database.get("PIF", request.tagged)["managed"]:
        raise Failure("PIF_UNMANAGED", request.tagged)


def _pif_carries_vlans(pool: Pool, request: VlanRequest) -> None:
    """xapi_pif_helpers.ml, vlan_is_allowed_on_pif."""
    pif = pool.database.get("PIF", request.tagged)
    if is_slave(pif):
        raise Failure("CANNOT_ADD_VLAN_TO_BOND_SLAVE", request.tagged)
    match kind_of(pif):
        case "VLAN":
            raise Failure("PIF_IS_VLAN", request.tagged)
        case "tunnel":
            raise Failure("IS_TUNNEL_ACCESS_PIF", request.tagged)


def _network_fits(pool: Pool, request: VlanRequest) -> None:
    """xapi_network_helpers.ml: a network has VLANs over SR-IOV on all hosts, or on none."""
    tagged = pool.database.get("PIF", request.tagged)
    if not tagged["sriov_logical_PIF_of"]:
        if is_sriov_network(pool, request.network):
            raise Failure("NETWORK_INCOMPATIBLE_WITH_VLAN_ON_BRIDGE", request.network)
        return
    for first in pool.database.get("network", request.network)["PIFs"][:1]:
        pif = pool.database.get("PIF", first)
        if kind_of(pif) != "VLAN" or not is_on_sriov(pool, pif):
            raise Failure("NETWORK_INCOMPATIBLE_WITH_VLAN_ON_SRIOV", request.network)
        other = pool.database.get("VLAN", pif["VLAN_master_of"])["tagged_PIF"]
        if not are_alike(pool, request.tagged, other):
            code = "NETWORK_HAS_INCOMPATIBLE_VLAN_ON_SRIOV_PIFS"
            raise Failure(code, request.tagged, request.network)


def _tag_is_one(_: Pool, request: VlanRequest) -> None:
    if request.tag not in _TAGS:
        raise Failure("VLAN_TAG_INVALID", str(request.tag))


def _tag_is_free(pool: Pool, request: VlanRequest) -> None:
    pif = pool.database.get("PIF", request.tagged)
    tags = {pool.database.get("VLAN", vlan)["tag"] for vlan in pif["VLAN_slave_of"]}
    if request.tag in tags:
        raise Failure("PIF_VLAN_EXISTS", pif["device"])


RULES: tuple[Callable[[Pool, VlanRequest], None], ...] = (
    _network_is_managed,
    _network_is_free,
    _pif_is_managed,
    _pif_carries_vlans,
    _network_fits,
    _tag_is_one,
    _tag_is_free,
)
