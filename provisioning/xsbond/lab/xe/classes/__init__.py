"""The classes xe knows here, each with its fields in the order they print (records.ml)."""

from collections.abc import Mapping

from xsbond.lab.xe.classes import guests, hosts, networking, running
from xsbond.lab.xe.classes.kinds import XeClass

__all__ = ["CLASSES", "XeClass"]

CLASSES: Mapping[str, XeClass] = {
    found.name: found
    for found in (
        hosts.POOL,
        networking.PIF,
        networking.BOND,
        networking.VLAN,
        networking.TUNNEL,
        networking.NETWORK_SRIOV,
        guests.VIF,
        networking.NETWORK,
        guests.VM,
        guests.TEMPLATE,
        guests.SNAPSHOT,
        hosts.HOST,
        running.TASK,
        running.MESSAGE,
        running.CONSOLE,
        running.CERTIFICATE,
    )
}
"""Name in xe -> class."""
