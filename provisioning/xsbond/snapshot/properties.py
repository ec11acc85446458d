"""Bond.properties: what XAPI has, and what is wanted with its defaults. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from xsbond.model import Bond, BondMode, DesiredBond

DEFAULTS = MappingProxyType(
    {
        "hashing_algorithm": "tcpudp_ports",
        "lacp-time": "slow",
        "lacp-fallback-ab": "true",
    }
)
"""Properties of a lacp bond -> XAPI's default (requirements_of_mode).

`lacp-aggregation-key` has none, and no call takes one away that is there, so it is compared only
where the bond file has one.
"""


def wanted_property(bond: DesiredBond, name: str) -> str:
    """Return the value that a property is to have."""
    return bond.properties.get(name, DEFAULTS.get(name, ""))


def recorded_property(bond: Bond, name: str) -> str:
    """Return the value that a Bond has; releases that know no such property do the default."""
    return bond.properties.get(name, DEFAULTS.get(name, "none"))


def other_properties(bond: Bond, wanted: DesiredBond) -> Mapping[str, tuple[str, str]]:
    """Return name -> (seen, wanted) of the properties that differ, `none` where there is none.

    Only a lacp bond has any; one that is of another mode has none to compare.
    """
    if bond.mode != BondMode.LACP or wanted.mode is not BondMode.LACP:
        return {}
    names = [*DEFAULTS, *(name for name in wanted.properties if name not in DEFAULTS)]
    pairs = {name: (recorded_property(bond, name), wanted_property(wanted, name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
