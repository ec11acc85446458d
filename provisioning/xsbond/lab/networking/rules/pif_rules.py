"""When calls on a PIF refuse, and with which words: a table in the order of xapi_pif.ml."""

from collections.abc import Callable, Mapping

from xsbond.lab.contracts import Failure
from xsbond.lab.networking.pifs import is_slave, kind_of
from xsbond.lab.networking.vifs import is_active
from xsbond.lab.pool.database import Record
from xsbond.lab.pool.state import Pool

Rule = Callable[[Pool, str, Record], None]
"""Given the pool, the PIF's reference and its record; raises Failure."""


def refuse_pif(pool: Pool, ref: str, call: str) -> None:
    """Raise the Failure of the first rule of a call that a PIF breaks."""
    for rule in RULES[call]:
        rule(pool, ref, pool.database.get("PIF", ref))


def _is_managed(_: Pool, ref: str, pif: Record) -> None:
    if not pif["managed"]:
        raise Failure("PIF_UNMANAGED", ref)


def _is_no_leg(_: Pool, ref: str, pif: Record) -> None:
    """Plugging a leg with SR-IOV plugs its bond."""
    if is_slave(pif) and not pif["sriov_physical_PIF_of"]:
        raise Failure("CANNOT_PLUG_BOND_SLAVE", ref)


def _tunnel_has_an_address_below(pool: Pool, _: str, pif: Record) -> None:
    for tunnel in pif["tunnel_access_PIF_of"]:
        transport = pool.database.get("tunnel", tunnel)["transport_PIF"]
        if pool.database.get("PIF", transport)["ip_configuration_mode"] == "None":
            raise Failure("TRANSPORT_PIF_NOT_CONFIGURED", transport)


def _is_unprotected(pool: Pool, _: str, pif: Record) -> None:
    """assert_no_protection_enabled."""
    if not pif["currently_attached"]:
        return
    if pool.record["ha_enabled"]:
        raise Failure("HA_IS_ENABLED")
    if pool.record["redo_log_enabled"]:
        raise Failure("REDO_LOG_IS_ENABLED")


def _does_not_manage(_: Pool, ref: str, pif: Record) -> None:
    """assert_not_management_pif: an interface that is down may go."""
    if pif["currently_attached"] and pif["management"]:
        raise Failure("PIF_IS_MANAGEMENT_INTERFACE", ref)


def _does_not_manage_a_member(pool: Pool, ref: str, pif: Record) -> None:
    """assert_not_slave_management_pif."""
    if pif["host"] != pool.master.ref:
        _does_not_manage(pool, ref, pif)


def _never_manages(_: Pool, ref: str, pif: Record) -> None:
    if pif["management"]:
        raise Failure("PIF_IS_MANAGEMENT_INTERFACE", ref)


def _carries_no_guest(pool: Pool, _: str, pif: Record) -> None:
    """assert_network_has_no_vifs_in_use_on_me."""
    for vif in pool.database.get("network", pif["network"])["VIFs"]:
        vm = pool.database.get("VM", pool.database.get("VIF", vif)["VM"])
        if is_active(pool, vif) and vm["resident_on"] == pif["host"]:
            raise Failure("VIF_IN_USE", pif["network"], vif)


def _may_be_unplugged(_: Pool, ref: str, pif: Record) -> None:
    if pif["disallow_unplug"]:
        raise Failure("PIF_DOES_NOT_ALLOW_UNPLUG", ref)


def _is_in_no_bond(_: Pool, ref: str, pif: Record) -> None:
    if is_slave(pif) or pif["bond_master_of"]:
        raise Failure("PIF_ALREADY_BONDED", ref)


def _has_no_vlans(_: Pool, ref: str, pif: Record) -> None:
    if pif["VLAN_slave_of"] or kind_of(pif) == "VLAN":
        raise Failure("PIF_VLAN_STILL_EXISTS", ref)


def _has_no_tunnels(_: Pool, ref: str, pif: Record) -> None:
    if pif["tunnel_transport_PIF_of"] or pif["tunnel_access_PIF_of"]:
        raise Failure("PIF_TUNNEL_STILL_EXISTS", ref)


def _has_no_sriov(_: Pool, ref: str, pif: Record) -> None:
    """assert_no_sriov."""
    if kind_of(pif) == "SR-IOV":
        raise Failure("CANNOT_FORGET_SRIOV_LOGICAL", ref)
    if pif["sriov_physical_PIF_of"]:
        raise Failure("PIF_SRIOV_STILL_EXISTS", ref)


def _has_a_tag(_: Pool, __: str, pif: Record) -> None:
    if kind_of(pif) != "VLAN":
        raise Failure("PIF_IS_PHYSICAL")


def _has_properties(_: Pool, ref: str, pif: Record) -> None:
    """Those of a leg are its bond's, and a VLAN has none (pif_has_properties)."""
    if is_slave(pif) or not (pif["physical"] or pif["bond_master_of"]):
        raise Failure("CANNOT_CHANGE_PIF_PROPERTIES", ref)


RULES: Mapping[str, tuple[Rule, ...]] = {
    "PIF.plug": (_is_managed, _is_no_leg, _tunnel_has_an_address_below),
    "PIF.unplug": (
        _is_managed,
        _is_unprotected,
        _does_not_manage,
        _carries_no_guest,
        _may_be_unplugged,
    ),
    "PIF.forget": (
        _does_not_manage,
        _is_in_no_bond,
        _has_no_vlans,
        _has_no_tunnels,
        _has_no_sriov,
        _does_not_manage_a_member,
        _is_unprotected,
    ),
    "PIF.destroy": (_has_a_tag,),
    "VLAN.destroy": (_is_in_no_bond, _does_not_manage_a_member, _is_unprotected, _has_a_tag),
    "PIF.reconfigure_ip": (_is_managed, _is_unprotected),
    "PIF.reconfigure_ipv6": (_is_managed, _is_unprotected),
    "PIF.set_primary_address_type": (_is_unprotected, _never_manages),
    "PIF.set_property": (_has_properties,),
}
"""Call -> what it asks of its PIF, in this order; other checks of a call are beside its body."""
