"""Why what was made is not taken back."""

from collections.abc import Mapping
from types import MappingProxyType

from xsbond.plan.rules.rule import Rule

UNDO: Mapping[str, Rule] = MappingProxyType(
    {
        "undo-bond-differs": Rule(
            what="bond {device} on network {network}",
            why="{name}: {seen}, it was made with {made}",
            way_out="run xe bond-destroy uuid={uuid} if it is to go all the same",
            harm="it is no longer what this product made: an undo leaves it alone",
        ),
        "undo-changed-since": Rule(
            what="{name} of network {network}",
            why="is {seen}, it was set to {made}",
            way_out="set it to {made} or back to {before} first",
            harm="somebody has changed it since: an undo leaves it alone",
        ),
        "undo-carries": Rule(
            what="bond {device} on network {network}",
            why="carries {what_runs}",
            way_out="move that to another NIC first",
            harm="Bond.destroy would move it to one of the legs",
        ),
        "undo-guests": Rule(
            what="network {network}",
            why="VM {guests} has an interface on it",
            way_out="move the interfaces of the VMs to another network first",
            harm="the VMs would lose the network, and network.destroy their interfaces",
        ),
        "undo-renamed": Rule(
            what="network {network}",
            why="is called {label} now",
            way_out="run xe network-destroy uuid={uuid} if it is to go all the same",
            harm="somebody has made it theirs",
        ),
        "undo-connected": Rule(
            what="network {network}",
            why="PIF {device} of {host} connects to it, which this product did not make",
            way_out="disconnect it, or keep the network",
            harm="NETWORK_CONTAINS_PIF",
        ),
    }
)
"""Rule -> its words."""
