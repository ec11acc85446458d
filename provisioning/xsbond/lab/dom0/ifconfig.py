"""What `ifconfig` prints, in both generations of net-tools. Pure."""

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from xsbond.lab.dom0.kernel import Counters, Interface

_FLAGS = (
    (0x1, "UP"),
    (0x2, "BROADCAST"),
    (0x8, "LOOPBACK"),
    (0x40, "RUNNING"),
    (0x800, "SLAVE"),
    (0x400, "MASTER"),
    (0x1000, "MULTICAST"),
)
"""In the order net-tools prints them (linux/if.h)."""

_IPV6_SCOPES: Mapping[str, tuple[str, str]] = {
    "::1": ("Host", "0x10<host>"),
    "fe80": ("Link", "0x20<link>"),
    "": ("Global", "0x0<global>"),
}
"""Beginning of the address -> scope in the wording of either generation."""


def flags_of(interface: Interface) -> tuple[int, tuple[str, ...]]:
    """Return an interface's flags as a number and as words."""
    loopback = interface.name == "lo"
    holds = {
        "UP": interface.up,
        "BROADCAST": not loopback,
        "LOOPBACK": loopback,
        "RUNNING": interface.running,
        "SLAVE": interface.bonding == "SLAVE",
        "MASTER": interface.bonding == "MASTER",
        "MULTICAST": not loopback,
    }
    held = [(bit, word) for bit, word in _FLAGS if holds[word]]
    return sum(bit for bit, _ in held), tuple(word for _, word in held)


def render_all(interfaces: Iterable[Interface], generation: int) -> str:
    """Return the interfaces in the order ifconfig sorts them, each followed by a blank line."""
    ordered = sorted(interfaces, key=lambda interface: _natural(interface.name))
    return "".join(
        _RENDERERS[generation](interface) + "".join(_aliases(interface, generation))
        for interface in ordered
    )


def _aliases(interface: Interface, generation: int) -> Iterator[str]:
    """Yield a paragraph for each address that has a label; ifconfig shows no other further one."""
    for further in interface.further:
        if further.label:
            own = ipaddress.IPv4Interface(further.address)
            number, words = flags_of(interface)
            yield _ALIASES[generation].format(
                label=further.label,
                number=number,
                flags=(",", " ")[generation == 1].join(words),
                mtu=interface.mtu,
                ip=own.ip,
                netmask=own.netmask,
                mac=interface.mac if generation > 1 else interface.mac.upper(),
            )


_ALIASES: Mapping[int, str] = {
    1: "{label:<10}Link encap:Ethernet  HWaddr {mac}  \n"
    "          inet addr:{ip}  Mask:{netmask}\n"
    "          {flags}  MTU:{mtu}  Metric:1\n\n",
    2: "{label}: flags={number}<{flags}>  mtu {mtu}\n"
    "        inet {ip}  netmask {netmask}\n"
    "        ether {mac}  txqueuelen 1000  (Ethernet)\n\n",
}
"""Generation of net-tools -> an alias, which has no counters of its own."""


def _natural(name: str) -> list[tuple[bool, int, str]]:
    """Sort eth10 after eth9 (net-tools, lib/interface.c, nstrcmp)."""
    parts = re.findall(r"\d+|\D+", name)
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts]


def _human(count: int) -> str:
    """Return bytes in a binary unit; tenths are cut off (net-tools, print_bytes_scaled)."""
    for unit, size in (("TiB", 2**40), ("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if count >= size:
            return f"{count * 10 // size / 10:.1f} {unit}"
    return f"{count}.0 B"


def _broadcast(interface: Interface) -> str:
    address = interface.address
    assert address is not None
    network = ipaddress.IPv4Interface(f"{address.ip}/{address.netmask}").network
    return str(network.broadcast_address)


def _ipv6_addresses(interface: Interface) -> list[tuple[str, tuple[str, str]]]:
    """Return (address with prefix length, scope in either wording), the newest first."""
    addresses = [*interface.global_ipv6, *([interface.ipv6] if interface.ipv6 else [])]
    return [(each, _ipv6_scope(each)) for each in addresses]


def _ipv6_scope(address: str) -> tuple[str, str]:
    prefix = next(prefix for prefix in _IPV6_SCOPES if address.startswith(prefix))
    return _IPV6_SCOPES[prefix]


def _render_new(interface: Interface) -> str:
    """Return an interface as net-tools 2 prints it."""
    number, words = flags_of(interface)
    loopback = interface.name == "lo"
    lines = [f"{interface.name}: flags={number}<{','.join(words)}>  mtu {interface.mtu}"]
    if interface.address:
        broadcast = "" if loopback else f"  broadcast {_broadcast(interface)}"
        lines.append(
            f"        inet {interface.address.ip}  netmask {interface.address.netmask}{broadcast}"
        )
    for own, scopes in _ipv6_addresses(interface):
        address, _, prefix = own.partition("/")
        lines.append(f"        inet6 {address}  prefixlen {prefix}  scopeid {scopes[1]}")
    hardware = (
        "        loop  txqueuelen 1000  (Local Loopback)"
        if loopback
        else f"        ether {interface.mac}  txqueuelen 1000  (Ethernet)"
    )
    return "\n".join([*lines, hardware, *_new_counters(interface.counters), "", ""])


def _new_counters(counters: Counters) -> list[str]:
    indent = " " * 8
    return [
        (
            f"{indent}RX packets {counters.rx_packets}  bytes {counters.rx_bytes}"
            f" ({_human(counters.rx_bytes)})"
        ),
        f"{indent}RX errors 0  dropped 0  overruns 0  frame 0",
        (
            f"{indent}TX packets {counters.tx_packets}  bytes {counters.tx_bytes}"
            f" ({_human(counters.tx_bytes)})"
        ),
        f"{indent}TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0",
    ]


def _render_old(interface: Interface) -> str:
    """Return an interface as net-tools 1.60 prints it."""
    loopback = interface.name == "lo"
    indent = " " * 10
    hardware = "Local Loopback" if loopback else f"Ethernet  HWaddr {interface.mac.upper()}"
    lines = [f"{interface.name:<10}Link encap:{hardware}  "]
    if interface.address:
        broadcast = "" if loopback else f"  Bcast:{_broadcast(interface)}"
        netmask = interface.address.netmask
        lines.append(f"{indent}inet addr:{interface.address.ip}{broadcast}  Mask:{netmask}")
    for own, scopes in _ipv6_addresses(interface):
        lines.append(f"{indent}inet6 addr: {own} Scope:{scopes[0]}")
    words = " ".join(flags_of(interface)[1])
    lines.append(f"{indent}{words}  MTU:{interface.mtu}  Metric:1")
    return "\n".join([*lines, *_old_counters(interface.counters), "", ""])


def _old_counters(counters: Counters) -> list[str]:
    indent = " " * 10
    return [
        f"{indent}RX packets:{counters.rx_packets} errors:0 dropped:0 overruns:0 frame:0",
        f"{indent}TX packets:{counters.tx_packets} errors:0 dropped:0 overruns:0 carrier:0",
        f"{indent}collisions:0 txqueuelen:0 ",
        (
            f"{indent}RX bytes:{counters.rx_bytes} ({_human(counters.rx_bytes)})"
            f"  TX bytes:{counters.tx_bytes} ({_human(counters.tx_bytes)})"
        ),
    ]


_RENDERERS: Mapping[int, Callable[[Interface], str]] = {1: _render_old, 2: _render_new}
"""Generation of net-tools -> its rendering."""
