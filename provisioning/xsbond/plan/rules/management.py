"""Why the management interface does not move to a bond."""

from collections.abc import Mapping
from types import MappingProxyType

from xsbond.plan.rules.rule import Rule

MANAGEMENT: Mapping[str, Rule] = MappingProxyType(
    {
        "management-elsewhere": Rule(
            what="management interface",
            why="is {device}, which {bond} does not take along",
            way_out="name its NIC first in nics, or leave management out",
            harm="Bond.create moves the management interface of its NICs only; any other move"
            " changes the address of the host",
        ),
        "management-not-first": Rule(
            what="NIC {nic}",
            why="is the management interface, and not the first of nics",
            way_out="write {nic} first in nics",
            harm="the bond gets the MAC of the management interface, whatever comes first"
            " (xapi_bond.ml)",
        ),
        "management-differs": Rule(
            what="management interface",
            why="{name}: {seen}, wanted {wanted}",
            way_out="correct the bond file, or change the management interface first",
            harm="XAPI moves the configuration as it is; a host that changes its address is lost to"
            " its pool",
        ),
        "management-ipv6": Rule(
            what="management interface",
            why="has IPv6 for its primary address type",
            way_out="bond it by hand at the console",
            harm="Bond.create moves the IPv4 configuration only (move_configuration)",
        ),
    }
)
"""Rule -> its words."""
