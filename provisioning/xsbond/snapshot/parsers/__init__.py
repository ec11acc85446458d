"""Pure functions from the text of a dom0 to values: the right value, or UnexpectedOutput.

None of them passes over a line it does not know, and all but `/etc` files must end in a complete
line, so that an answer cut short never reads as a smaller truth.
"""

from xsbond.snapshot.parsers.bond_show import parse_bond_show
from xsbond.snapshot.parsers.files import (
    parse_inventory,
    parse_network_conf,
    parse_start_up,
    parse_sysfs_net,
)
from xsbond.snapshot.parsers.flows import parse_flows, parse_policing
from xsbond.snapshot.parsers.ifconfig import parse_ifconfig
from xsbond.snapshot.parsers.iproute import parse_ip_addresses, parse_ip_links
from xsbond.snapshot.parsers.kernel import (
    parse_clock,
    parse_counters,
    parse_kernel_bonds,
    parse_names,
)
from xsbond.snapshot.parsers.lacp_show import parse_lacp_show
from xsbond.snapshot.parsers.openvswitch import parse_bond_list, parse_bridges, parse_ovs_version
from xsbond.snapshot.parsers.ports import parse_ovs_bridges, parse_ovs_ports, parse_ovs_show
from xsbond.snapshot.parsers.xe import parse_xe_list

__all__ = [
    "parse_bond_list",
    "parse_bond_show",
    "parse_bridges",
    "parse_clock",
    "parse_counters",
    "parse_flows",
    "parse_ifconfig",
    "parse_inventory",
    "parse_ip_addresses",
    "parse_ip_links",
    "parse_kernel_bonds",
    "parse_lacp_show",
    "parse_names",
    "parse_network_conf",
    "parse_ovs_bridges",
    "parse_ovs_ports",
    "parse_ovs_show",
    "parse_ovs_version",
    "parse_policing",
    "parse_start_up",
    "parse_sysfs_net",
    "parse_xe_list",
]
