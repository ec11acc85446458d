"""What a bond file may not ask for although it is well written, within a bond and between bonds."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import TypeVar

from xsbond.bondfile.address_checks import address_faults
from xsbond.bondfile.mistakes import Mistake
from xsbond.model import DEFAULT, DEFAULT_MTU, BondMode, DesiredBond, DesiredNetwork

PROPERTIES = MappingProxyType(
    {
        "hashing_algorithm": re.compile(r"src_mac|tcpudp_ports"),
        "lacp-time": re.compile(r"fast|slow"),
        "lacp-aggregation-key": re.compile(r"\d+"),
        "lacp-fallback-ab": re.compile(r"true|false"),
    }
)
"""Bond.properties of mode lacp and their values (xapi_bond.ml, requirements_of_mode)."""

_NUMBERS = ("miimon", "updelay", "downdelay", "rebalance-interval")
OVERRIDES = MappingProxyType(
    {f"bond-{key}": re.compile(r"\d+") for key in _NUMBERS}
    | {"bond-use_carrier": re.compile("[01]")}
)
"""Keys of PIF.other_config whose values networkd reads, milliseconds (network_utils.ml)."""
_WRITTEN_ELSEWHERE = MappingProxyType(
    {
        "bond-mode": "mode",
        "bond-hashing-algorithm": "properties.hashing_algorithm",
        **{f"bond-{key}": f"properties.{key}" for key in PROPERTIES if key.startswith("lacp")},
    }
)
"""Key of other_config -> the key of the bond file that says the same, and XAPI knows of."""


_T = TypeVar("_T", str, int)


def faults(bond: DesiredBond) -> Iterator[Mistake]:
    """Yield what is wrong within one bond."""
    yield from _nic_faults(bond)
    yield from _mac_faults(bond)
    yield from _property_faults(bond)
    yield from _override_faults(bond)
    yield from _vlan_faults(bond)
    for where, network in _networks(bond):
        for key, reason in address_faults(network):
            yield f"{where}{key}", reason


def _networks(bond: DesiredBond) -> Iterator[tuple[str, DesiredNetwork]]:
    """Yield (what the keys of it begin with, network)."""
    yield "", bond
    for number, vlan in enumerate(bond.vlans, start=1):
        yield f"vlans[{number}].", vlan


def _nic_faults(bond: DesiredBond) -> Iterator[Mistake]:
    if not bond.nics and not bond.nics_on:
        yield "nics", "it names no NICs"
    for host, nics in _legs(bond):
        key = "nics" if host == DEFAULT and not bond.nics_on else f"nics.{host}"
        for nic in repeated(nics):
            yield key, f"{nic} is named twice"
        if len(nics) < 2:  # noqa: PLR2004 - XAPI would accept one, Open vSwitch makes no bond of it
            yield key, "a bond joins at least two NICs"


def _mac_faults(bond: DesiredBond) -> Iterator[Mistake]:
    if DEFAULT in bond.macs:
        yield f"mac.{DEFAULT}", "two hosts cannot have one MAC; name the host"
    for mac in repeated(bond.macs.values()):
        yield "mac", f"{mac} is wanted on two hosts"


def _legs(bond: DesiredBond) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (host, its legs), for `default` where all other hosts have some."""
    if bond.nics:
        yield DEFAULT, bond.nics
    yield from bond.nics_on.items()


def _property_faults(bond: DesiredBond) -> Iterator[Mistake]:
    for name, value in bond.properties.items():
        rule = PROPERTIES.get(name) if bond.mode is BondMode.LACP else None
        if rule is None:
            yield "properties", f"{name} is no property of a {bond.mode} bond"
        elif not rule.fullmatch(value):
            yield "properties", f"{name} cannot be {value!r}; it takes {rule.pattern}"


def _override_faults(bond: DesiredBond) -> Iterator[Mistake]:
    for name, value in bond.other_config.items():
        key, rule = f"other_config.{name}", OVERRIDES.get(name)
        if name in _WRITTEN_ELSEWHERE:
            yield key, f"write {_WRITTEN_ELSEWHERE[name]} instead, which XAPI's record shows"
        elif not name.startswith("bond-"):
            yield key, f"only keys that begin with bond- belong here, such as bond-{name}"
        elif rule and not rule.fullmatch(value):
            yield key, f"it cannot be {value!r}; it takes {rule.pattern}"


def _vlan_faults(bond: DesiredBond) -> Iterator[Mistake]:
    for tag in repeated(vlan.tag for vlan in bond.vlans):
        yield "vlans", f"tag {tag} is wanted twice"
    for number, vlan in enumerate(bond.vlans, start=1):
        if (vlan.mtu or 0) > (bond.mtu or DEFAULT_MTU):
            mtu = bond.mtu or DEFAULT_MTU
            reason = f"{vlan.mtu} does not pass the bond, whose mtu is {mtu}"
            yield f"vlans[{number}].mtu", reason


def clashes(bonds: tuple[DesiredBond, ...]) -> Iterator[Mistake]:
    """Yield what is wrong between bonds."""
    networks = [
        (f"bond[{number}].{where}", network)
        for number, bond in enumerate(bonds, start=1)
        for where, network in _networks(bond)
    ]
    for name in repeated(network.network for _, network in networks):
        keys = ", ".join(f"{key}network" for key, each in networks if each.network == name)
        yield keys, f"network {name!r} is wanted twice"
    managing = [key for key, network in networks if network.management]
    if len(managing) > 1:
        keys = ", ".join(f"{key}management" for key in managing)
        yield keys, "a host has one management interface"
    hosts = {DEFAULT}.union(*(bond.nics_on for bond in bonds))
    for host in sorted(hosts, key=lambda host: (host != DEFAULT, host)):
        for nic in repeated(nic for bond in bonds for nic in {*bond.written_nics(host)}):
            where = "" if host == DEFAULT else f" of {host}"
            yield _places(bonds, host, nic), f"NIC {nic}{where} is wanted in two bonds"


def _places(bonds: tuple[DesiredBond, ...], host: str, nic: str) -> str:
    """Return the keys that hold a NIC, such as `bond[1].nics, bond[3].nics.xs-2`."""
    return ", ".join(
        f"bond[{number}].nics{f'.{host}' if host in bond.nics_on else ''}"
        for number, bond in enumerate(bonds, start=1)
        if nic in bond.written_nics(host)
    )


def repeated(values: Iterable[_T]) -> list[_T]:
    """Return the values that come more than once."""
    return [value for value, count in Counter(values).items() if count > 1]
