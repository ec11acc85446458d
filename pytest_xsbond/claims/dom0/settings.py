"""How a bond's port is set up in the switch, beside how XAPI sets one up."""

from collections.abc import Mapping

from pytest_xsbond.claims import health
from pytest_xsbond.claims.bond_on_host import BondOnHost
from xsbond.model import BondMode, OvsPortSettings
from xsbond.snapshot import switch

__tracebackhide__ = True
"""pytest leaves these frames out, as those of `here`."""

SLB = {
    "lacp": "off",
    "updelay": 31000,
    "downdelay": 200,
    "detection": "carrier",
    "rebalance-interval": "1800000",
    "overrides": {},
}
"""How networkd sets up a balance-slb bond, milliseconds (nm.ml, create_bond)."""
_NOT_OF_LACP = frozenset({"lacp", "fallback"})
_DETECTION = {"1": "carrier", "0": "miimon"}
"""bond-use_carrier of PIF.other_config -> bond-detect-mode (network_utils.ml)."""


def wanted_slb(here: BondOnHost) -> Mapping[str, object]:
    """Return what `slb` is to return: SLB, but for the overrides of the bond file."""
    own = here.wanted.other_config
    return SLB | {
        "updelay": int(own.get("bond-updelay", "31000")),
        "downdelay": int(own.get("bond-downdelay", "200")),
        "detection": _DETECTION.get(own.get("bond-use_carrier", "1"), "carrier"),
        "rebalance-interval": own.get("bond-rebalance-interval", "1800000"),
        "overrides": dict(own),
    }


def slb(here: BondOnHost) -> Mapping[str, object]:
    """Return what the switch runs and the bond's PIF overrides, under the keys of SLB."""
    settings = _port_settings(here)
    return {
        "lacp": settings.lacp
        if settings.lacp != "off"
        else (health.status(here).lacp_status or "off"),
        "updelay": health.status(here).updelay,
        "downdelay": health.status(here).downdelay,
        "detection": settings.other_config.get("bond-detect-mode", "carrier"),
        "rebalance-interval": settings.other_config.get("bond-rebalance-interval", "not set"),
        "overrides": {k: v for k, v in here.pif.other_config.items() if k.startswith("bond-")},
    }


def wanted_settings(here: BondOnHost) -> Mapping[str, object]:
    """Return what `settings` is to return for an active-backup or lacp bond."""
    wanted = {**wanted_slb(here), "fallback": "not set"}
    return _fitting(here, wanted)


def settings(here: BondOnHost) -> Mapping[str, object]:
    """Return what the switch runs and the bond's PIF overrides, whatever the mode."""
    told = _port_settings(here).other_config.get("lacp-fallback-ab", "not set")
    return _fitting(here, {**slb(here), "fallback": told})


def _fitting(here: BondOnHost, values: Mapping[str, object]) -> Mapping[str, object]:
    """Leave out what is another mode's: how legs are balanced, or what LACP settles itself."""
    others = _NOT_OF_LACP if here.wanted.mode is BondMode.LACP else frozenset[str]()
    return {k: v for k, v in values.items() if k not in others | {"rebalance-interval"}}


def lacp(here: BondOnHost) -> Mapping[str, str]:
    """Return the state of the negotiation, the mode that runs, and leg -> enabled or disabled."""
    _port_settings(here)
    seen = health.status(here)
    members = {member.name: member for member in seen.members}
    legs = {
        leg: "enabled" if leg in members and members[leg].enabled else "disabled"
        for leg in sorted(here.legs)
    }
    return {"lacp": seen.lacp_status, "mode": here.ovs_bond.type, **legs}


def _port_settings(here: BondOnHost) -> OvsPortSettings:
    if switch.is_kernel(here.snapshot, here.host):
        health.not_judged("the kernel's bonding has no such settings")
    here.evidence.output("ovs-ports")
    port = here.pif.device
    settings = switch.all_port_settings(here.snapshot, here.host)
    if port not in settings:
        raise here.missing(f"port {port}", f"Open vSwitch of {here.name} has no port {port}")
    return settings[port]
