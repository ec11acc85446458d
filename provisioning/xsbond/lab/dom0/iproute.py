"""What iproute2's `ip` prints, one line a record (`-o`) or several. Pure."""

import ipaddress
from collections.abc import Iterable

from xsbond.lab.dom0.kernel import Interface

_FAMILIES = {"": "inet", "-4": "inet ", "-6": "inet6 "}
"""Option -> how the lines of its addresses begin."""


def _netdev_flags(interface: Interface) -> str:
    words = ["LOOPBACK"] if interface.name == "lo" else ["BROADCAST", "MULTICAST"]
    if interface.up and not interface.carrier:
        words.insert(0, "NO-CARRIER")
    words += [interface.bonding] if interface.bonding else []
    words += ["UP"] if interface.up else []
    words += ["LOWER_UP"] if interface.running else []
    return ",".join(words)


def _queue(interface: Interface) -> str:
    if not interface.up:
        return "noop"
    return "mq" if interface.physical else "noqueue"


def link_lines(interface: Interface, *, shows_master: bool) -> tuple[str, str]:
    """Return the two lines of a link; `shows_master` since Linux 3.9 names the datapath."""
    owner = interface.master or ("ovs-system" if interface.switched else "")
    master = f" master {owner}" if owner and shows_master else ""
    state = interface.operstate.upper()
    loopback = interface.name == "lo"
    broadcast = "00:00:00:00:00:00" if loopback else "ff:ff:ff:ff:ff:ff"
    kind = "loopback" if loopback else "ether"
    return (
        (
            f"{interface.index}: {_with_below(interface)}: <{_netdev_flags(interface)}>"
            f" mtu {interface.mtu} qdisc {_queue(interface)}{master} state {state}"
            " mode DEFAULT group default qlen 1000"
        ),
        f"    link/{kind} {interface.mac} brd {broadcast}",
    )


def _with_below(interface: Interface) -> str:
    return f"{interface.name}@{interface.below}" if interface.below else interface.name


def address_lines(interface: Interface) -> list[tuple[str, str]]:
    """Return the two lines of each address: family and value, then life times."""
    life = "       valid_lft forever preferred_lft forever"
    found = []
    if interface.address:
        ipv4 = ipaddress.IPv4Interface(f"{interface.address.ip}/{interface.address.netmask}")
        loopback = interface.name == "lo"
        broadcast = "" if loopback else f" brd {ipv4.network.broadcast_address}"
        scope = "host" if loopback else "global"
        found.append((f"inet {ipv4}{broadcast} scope {scope} {interface.name}", life))
    for further in interface.further:
        own = ipaddress.IPv4Interface(further.address)
        shown = f"inet {own} scope global {further.label or interface.name}"
        found.append((shown, life))
    found += [(f"inet6 {each} scope global ", life) for each in interface.global_ipv6]
    if interface.ipv6:
        scope = "host" if interface.name == "lo" else "link"
        found.append((f"inet6 {interface.ipv6} scope {scope} ", life))
    return found


def render_links(
    interfaces: Iterable[Interface], *, one_line: bool, shows_master: bool = True
) -> str:
    """Return what `ip [-o] link` prints."""
    separator = "\\" if one_line else "\n"
    records = (link_lines(interface, shows_master=shows_master) for interface in interfaces)
    return "".join(f"{separator.join(lines)}\n" for lines in records)


def render_addresses(
    interfaces: Iterable[Interface],
    *,
    one_line: bool,
    shows_master: bool = True,
    family: str = "",
) -> str:
    """Return what `ip [-o] [-4|-6] addr` prints; on one line each only what has an address."""
    printed = []
    for interface in interfaces:
        addresses = [
            lines for lines in address_lines(interface) if lines[0].startswith(_FAMILIES[family])
        ]
        if family and not addresses:
            continue
        if one_line:
            head = f"{interface.index}: {interface.name}    "
            printed += [f"{head}{first}\\{second}" for first, second in addresses]
        else:
            link = link_lines(interface, shows_master=shows_master)
            printed += [link[0].replace(" mode DEFAULT", ""), link[1]]
            printed += [line for first, second in addresses for line in (f"    {first}", second)]
    return "".join(f"{line}\n" for line in printed)


def render_routes(interfaces: Iterable[Interface]) -> str:
    """Return what `ip route` prints: the default gateway, then the connected networks."""
    defaults, connected = [], []
    for interface in interfaces:
        if interface.address is None or not interface.up or interface.name == "lo":
            continue
        address = interface.address
        network = ipaddress.IPv4Interface(f"{address.ip}/{address.netmask}").network
        if address.gateway:
            defaults.append(f"default via {address.gateway} dev {interface.name} \n")
        route = f"{network} dev {interface.name} proto kernel scope link src {address.ip} \n"
        connected.append((network, route))
    return "".join(defaults) + "".join(route for _, route in sorted(connected))
