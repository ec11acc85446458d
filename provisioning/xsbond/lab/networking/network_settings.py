"""What networkd is told to write to bridges, ports and interfaces. Pure.

Sources: ocaml/xapi/nm.ml (determine_mtu, determine_other_config, create_bond),
ocaml/networkd/lib/network_utils.ml (Ovs.make_bond_properties, Ovs.create_bridge).
"""

import ipaddress
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from xsbond.lab.contracts import Address, BondSettings, BridgeSettings

Fields = Mapping[str, Any]
"""A record."""

_MODES = {"balance-slb": "balance-slb", "active-backup": "active-backup"}
_DETECT_MODES = {"1": "carrier", "0": "miimon"}
_FROM_PROPERTY = {
    "miimon": "bond-miimon-interval",
    "rebalance-interval": "bond-rebalance-interval",
    "lacp-time": "lacp-time",
    "lacp-fallback-ab": "lacp-fallback-ab",
}
"""Property networkd is given -> other_config key of the Port; others become `bond-KEY`."""
_DEFAULTS = {"miimon": "100", "downdelay": "200", "updelay": "31000", "use_carrier": "1"}
_REBALANCE = {"hashing-algorithm": "", "rebalance-interval": "1800000"}
_CONSUMED = {"mode", "hashing-algorithm", "use_carrier", "updelay", "downdelay"}
_OF_INTERFACES = {"lacp-aggregation-key", "lacp-actor-key"}
"""Properties networkd writes to each Interface, not to the Port."""
_FAIL_MODE, _FAIL_MODES = "vswitch-controller-fail-mode", ("standalone", "secure")
_NO_PIF: Fields = MappingProxyType({"other_config": {}, "MAC": ""})
_IN_BAND, _TRUTHS = "vswitch-disable-in-band", ("true", "false")


def bond_settings(bond: Fields, pif: Fields) -> BondSettings:
    """Return the settings of a bond's port; `bond-KEY` of the PIF overrides a property.

    Raises ValueError for a delay that is no number.
    """
    properties = bond_properties(bond, pif)
    mode = properties["mode"]
    hashing = properties.get("hashing-algorithm", "")
    balanced = "balance-slb" if hashing == "src_mac" else "balance-tcp"
    return BondSettings(
        bond_mode=_MODES.get(mode, balanced),
        lacp="active" if mode == "lacp" else "off",
        updelay=int(properties["updelay"]),
        downdelay=int(properties["downdelay"]),
        mac=pif["MAC"],
        other_config=_port_options(properties),
        interface_config={k: v for k, v in properties.items() if k in _OF_INTERFACES},
    )


def bond_properties(bond: Fields, pif: Fields) -> dict[str, str]:
    """Return what networkd is given: defaults, then the Bond's properties, then the PIF's."""
    overrides: dict[str, str] = {
        key.removeprefix("bond-"): value
        for key, value in pif["other_config"].items()
        if key.startswith("bond-")
    }
    mode = {"mode": overrides.get("mode", str(bond["mode"]))}
    defaults = mode | _DEFAULTS | ({} if mode["mode"] == "lacp" else _REBALANCE)
    own = {key.replace("_", "-"): value for key, value in bond["properties"].items()}
    return defaults | own | overrides


def _port_options(properties: Mapping[str, str]) -> dict[str, str]:
    detection = _DETECT_MODES.get(properties["use_carrier"], "carrier")
    return {"bond-detect-mode": detection} | {
        _FROM_PROPERTY.get(key, f"bond-{key}"): value
        for key, value in properties.items()
        if key not in _CONSUMED | _OF_INTERFACES
    }


def bridge_settings(pool: Fields, network: Fields, pif: Fields | None = None) -> BridgeSettings:
    """Return the settings of a network's bridge; without a PIF it connects guests only.

    A key of the PIF's other_config goes before one of the network's, and that before the pool's.
    """
    fields = _NO_PIF if pif is None else pif
    options = pool["other_config"] | network["other_config"] | fields["other_config"]
    fail_mode, in_band = options.get(_FAIL_MODE, ""), options.get(_IN_BAND, "")
    return BridgeSettings(
        mac=fields["MAC"],
        mtu=mtu(network, fields),
        network_uuids=(network["uuid"],),
        fail_mode=fail_mode if fail_mode in _FAIL_MODES else "standalone",
        disable_in_band=in_band if in_band in _TRUTHS else "",
        igmp_snooping=pool["igmp_snooping_enabled"],
    )


def mtu(network: Fields, pif: Fields) -> int:
    """Return the MTU a bridge gets: the PIF's own if it has a number for one."""
    override = pif["other_config"].get("mtu", "")
    return int(override) if override.isdecimal() else int(network["MTU"])


def address(pif: Fields) -> Address | None:
    """Return the address, static or leased; ValueError for a mask that is none."""
    if pif["ip_configuration_mode"] == "None" or not pif["IP"]:
        return None
    ipaddress.IPv4Network(f"0.0.0.0/{pif['netmask']}")
    return Address(ip=pif["IP"], netmask=pif["netmask"], gateway=pif["gateway"])
