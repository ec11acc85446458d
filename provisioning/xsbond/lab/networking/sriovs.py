"""SR-IOV: a NIC whose hardware gives guests parts of itself, beside Open vSwitch.

Sources: ocaml/xapi/xapi_network_sriov.ml (create, destroy), xapi_pif_helpers.ml
(sriov_is_allowed_on_pif, is_device_underneath_same_type), xapi_network_helpers.ml
(assert_network_compatible_with_sriov).
"""

from collections.abc import Callable
from dataclasses import dataclass

from xsbond.lab.contracts import Failure
from xsbond.lab.networking.pifs import create_pif, kind_of, refuse_second_pif
from xsbond.lab.networking.plugging import plug_pif, unplug_pif
from xsbond.lab.networking.vifs import home_of, is_active
from xsbond.lab.pool.state import Pool

SRIOV_MAC = "fe:ff:ff:ff:ff:ff"
"""Of every logical PIF's record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SriovRequest:
    """What network_sriov.create is asked for."""

    pif: str
    network: str


def create_sriov(pool: Pool, request: SriovRequest) -> str:
    """Enable SR-IOV on a NIC and return the reference; records stay if plugging fails."""
    pool.database.row("PIF", request.pif)
    for rule in RULES:
        rule(pool, request)
    sriov = record_sriov(pool, request)
    plug_pif(pool, pool.database.get("network_sriov", sriov)["logical_PIF"])
    return sriov


def record_sriov(pool: Pool, request: SriovRequest) -> str:
    """Store an SR-IOV and its logical PIF, which shares device and metrics with the NIC's own."""
    pif = pool.database.get("PIF", request.pif)
    logical = create_pif(
        pool,
        pool.host_of(pif),
        device=pif["device"],
        network=request.network,
        mac=SRIOV_MAC,
        metrics=pif["metrics"],
        MTU=pif["MTU"],
        primary_address_type=pif["primary_address_type"],
    )
    return pool.database.create("network_sriov", physical_PIF=request.pif, logical_PIF=logical)


def destroy_sriov(pool: Pool, sriov: str) -> None:
    """Disable SR-IOV on a NIC; Failure PIF_VLAN_STILL_EXISTS while VLANs are on it."""
    logical = pool.database.get("network_sriov", sriov)["logical_PIF"]
    if pool.database.get("PIF", logical)["VLAN_slave_of"]:
        raise Failure("PIF_VLAN_STILL_EXISTS", logical)
    unplug_pif(pool, logical)
    pool.database.destroy("PIF", logical)
    pool.database.destroy("network_sriov", sriov)


def remaining_capacity(pool: Pool, sriov: str) -> int:
    """Return how many more guests can have a part of the NIC."""
    logical = pool.database.get("network_sriov", sriov)["logical_PIF"]
    pif = pool.database.get("PIF", logical)
    if not pif["currently_attached"]:
        return 0
    host = pool.host_of(pif)
    above = [pool.database.get("VLAN", vlan)["untagged_PIF"] for vlan in pif["VLAN_slave_of"]]
    networks = [pool.database.get("PIF", each)["network"] for each in (logical, *above)]
    vifs = [vif for each in networks for vif in pool.database.get("network", each)["VIFs"]]
    used = sum(is_active(pool, vif) and home_of(pool, vif) is host for vif in vifs)
    nics = (nic for nic in host.backend.nics() if nic.device == pif["device"])
    return max(0, next((nic.virtual_functions for nic in nics), 0) - used)


def are_alike(pool: Pool, pif: str, other: str) -> bool:
    """Tell whether two NICs are boards of the same kind."""
    return _board_of(pool, pif) == _board_of(pool, other)


def _board_of(pool: Pool, pif: str) -> tuple[str, str]:
    record = pool.database.get("PIF", pif)
    nics = pool.host_of(record).backend.nics()
    found = (nic for nic in nics if nic.device == record["device"])
    return next(((nic.vendor_id, nic.device_id) for nic in found), ("", ""))


def _network_is_managed(pool: Pool, request: SriovRequest) -> None:
    if not pool.database.get("network", request.network)["managed"]:
        raise Failure("NETWORK_UNMANAGED", request.network)


def _pif_is_managed(pool: Pool, request: SriovRequest) -> None:
    if not pool.database.get("PIF", request.pif)["managed"]:
        raise Failure("PIF_UNMANAGED", request.pif)


def _pif_is_a_nic(pool: Pool, request: SriovRequest) -> None:
    if kind_of(pool.database.get("PIF", request.pif)) != "physical":
        raise Failure("PIF_IS_NOT_PHYSICAL", request.pif)


def _is_not_enabled_yet(pool: Pool, request: SriovRequest) -> None:
    if pool.database.get("PIF", request.pif)["sriov_physical_PIF_of"]:
        raise Failure("NETWORK_SRIOV_ALREADY_ENABLED", request.pif)


def _pif_is_capable(pool: Pool, request: SriovRequest) -> None:
    if "sriov" not in pool.database.get("PIF", request.pif)["capabilities"]:
        raise Failure("PIF_IS_NOT_SRIOV_CAPABLE", request.pif)


def _network_is_free(pool: Pool, request: SriovRequest) -> None:
    host = pool.host_of(pool.database.get("PIF", request.pif))
    refuse_second_pif(pool, host, request.network)


def _network_fits(pool: Pool, request: SriovRequest) -> None:
    """A network is SR-IOV's on all hosts or on none, and of one kind of board."""
    for first in pool.database.get("network", request.network)["PIFs"][:1]:
        sriovs = pool.database.get("PIF", first)["sriov_logical_PIF_of"]
        if not sriovs:
            raise Failure("NETWORK_INCOMPATIBLE_WITH_SRIOV", request.network)
        other = pool.database.get("network_sriov", sriovs[0])["physical_PIF"]
        if not are_alike(pool, request.pif, other):
            raise Failure("NETWORK_HAS_INCOMPATIBLE_SRIOV_PIFS", request.pif, request.network)


RULES: tuple[Callable[[Pool, SriovRequest], None], ...] = (
    _network_is_managed,
    _pif_is_managed,
    _pif_is_a_nic,
    _is_not_enabled_yet,
    _pif_is_capable,
    _network_is_free,
    _network_fits,
)
"""In the order of xapi_network_sriov.ml, create."""
