"""`ifconfig -a` of both generations of net-tools, told apart by the first line of an interface.

Net-tools 1.60, in dom0s up to product 6.5, prints `Link encap:` and `HWaddr`; 2.x, from 7.0 on,
prints `flags=` and `ether`. Patterns follow lib/interface.c:ife_print_long of either, without
what no dom0 has: IPX, AppleTalk, SLIP, a choice of media.
"""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xsbond.model import Interface
from xsbond.snapshot.parsers.answer import INTERFACE_NAME, MAC, MOST_UINT, Answer, Facts, pattern

_NAME = rf"(?P<name>{INTERFACE_NAME}(?::\w+)?)"
_IP = r"\d+\.\d+\.\d+\.\d+"
_SCALED = r"\d+ \(\d+\.\d+ \w+\)"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Generation:
    """How one generation of net-tools writes; both leave blanks at the end of some lines."""

    head: re.Pattern[str]
    """The first line of an interface."""
    lines: tuple[re.Pattern[str], ...]
    """All others."""


_NET_TOOLS_1 = _Generation(
    head=pattern(rf"{_NAME} +Link encap:(?P<title>\S+(?: \S+)*)(?:  HWaddr (?P<hardware>\S+))? *"),
    lines=tuple(
        pattern(f" {{10}}{text} *")
        for text in (
            rf"inet addr:(?P<address>{_IP})(?:  (?:P-t-P|Bcast):{_IP})*  Mask:(?P<netmask>{_IP})",
            r"inet6 addr: [0-9a-f:.]+/\d+ Scope:\w+",
            r"(?P<flags>[A-Z]+(?: [A-Z]+)*|\[NO FLAGS\])  MTU:(?P<mtu>\d+)  Metric:\d+",
            r"RX packets:\d+ errors:\d+ dropped:\d+ overruns:\d+ frame:\d+",
            r"TX packets:\d+ errors:\d+ dropped:\d+ overruns:\d+ carrier:\d+",
            r"collisions:\d+(?: txqueuelen:\d+)?",
            rf"RX bytes:{_SCALED}  TX bytes:{_SCALED}",
            # Nothing but blanks for an I/O address too low to be shown.
            r"(?: ?(?:Interrupt|Base address|Memory|DMA chan):[0-9a-fx-]+)*",
        )
    ),
)

_NET_TOOLS_2 = _Generation(
    head=pattern(
        # An interface without flags loses the closing bracket.
        rf"{_NAME}: flags=(?P<number>-?\d{{1,10}})<(?:(?P<flags>[A-Z]+(?:,[A-Z]+)*)>|>?)"
        r"  mtu (?P<mtu>\d+) *"
    ),
    lines=tuple(
        pattern(f" {{8}}{text} *")
        for text in (
            rf"inet (?P<address>{_IP})  netmask (?P<netmask>{_IP})(?:  [a-z]+ {_IP})*",
            r"inet6 [0-9a-f:.]+  prefixlen \d+  scopeid 0x[0-9a-f]+(?:<[a-z,]*>?)?",
            r"(?P<link>[a-z]+)(?: (?P<hardware>\S*))?(?:  txqueuelen \d+)?  \((?P<title>.+)\)",
            rf"RX packets \d+  bytes {_SCALED}",
            r"RX errors \d+  dropped \d+  overruns \d+  frame \d+",
            rf"TX packets \d+  bytes {_SCALED}",
            r"TX errors \d+  dropped \d+ overruns \d+  carrier \d+  collisions \d+",
            r"device(?: +(?:interrupt|base|memory|dma) [0-9a-fx-]+)+",
        )
    ),
)

_LINKS = {
    "Ethernet": "ether",
    "Local Loopback": "loop",
    "UNSPEC": "unspec",
    "IPv6-in-IPv4": "sit",
    "IPIP Tunnel": "tunnel",
    "Point-to-Point Protocol": "ppp",
    "InfiniBand": "infiniband",
}
"""Title of a kind of link -> its name, which net-tools 2 prints too (lib/hw.c). Only Ethernet's
hardware address is a MAC."""

_FLAGS = {
    "UP": 0x1,
    "BROADCAST": 0x2,
    "DEBUG": 0x4,
    "LOOPBACK": 0x8,
    "POINTOPOINT": 0x10,
    "NOTRAILERS": 0x20,
    "RUNNING": 0x40,
    "NOARP": 0x80,
    "PROMISC": 0x100,
    "ALLMULTI": 0x200,
    "MASTER": 0x400,
    "SLAVE": 0x800,
    "MULTICAST": 0x1000,
}
"""Flags that ifconfig prints, with their bits in linux/if.h."""

_NOT_ALWAYS_PRINTED = "DYNAMIC"
"""A flag that ifconfig prints only where it was built to."""


def parse_ifconfig(text: str) -> Mapping[str, Interface]:
    """Return name -> interface as `ifconfig` or `ifconfig -a` prints them; MACs in lower case.

    An alias stands under its own name, `xapi0:1`. Raises UnexpectedOutput at any line that
    neither generation prints, and where an interface is incomplete or contradicts itself.
    """
    answer = Answer(source="ifconfig -a", text=text)
    paragraphs = answer.paragraphs()
    generation = _generation(answer, paragraphs[0][0])
    interfaces: dict[str, Interface] = {}
    for lines in paragraphs:
        interface = _interface(_facts(answer, generation, lines))
        if interface.name in interfaces:
            raise answer.unexpected(f"{interface.name} stands in it twice")
        interfaces[interface.name] = interface
    return interfaces


def _generation(answer: Answer, first_line: str) -> _Generation:
    for generation in (_NET_TOOLS_1, _NET_TOOLS_2):
        if generation.head.fullmatch(first_line):
            return generation
    raise answer.unexpected("it does not begin with an interface")


def _facts(answer: Answer, generation: _Generation, lines: Sequence[str]) -> Facts:
    head, *rest = lines
    matches = [answer.match(head, (generation.head,))]
    matches += [answer.match(line, generation.lines) for line in rest]
    return answer.facts(matches[0]["name"], matches)


def _interface(facts: Facts) -> Interface:
    return Interface(
        name=facts.once("name"),
        mac=_mac(facts),
        up="UP" in _flags(facts),
        mtu=facts.figure("mtu", MOST_UINT),
        addresses=_addresses(facts),
    )


def _mac(facts: Facts) -> str:
    """Return the MAC of an Ethernet interface, nothing for another kind of link."""
    title, hardware = facts.once("title"), facts.at_most_once("hardware") or ""
    if title not in _LINKS or facts.at_most_once("link") not in (_LINKS[title], None):
        raise facts.unexpected(f"is a link of an unknown kind, {title}")
    if title != "Ethernet":
        return ""
    if not re.fullmatch(MAC, hardware):
        raise facts.unexpected(f"has {hardware or 'nothing'} for its MAC")
    return hardware.lower()


def _flags(facts: Facts) -> frozenset[str]:
    """Return the flags, checked against their sum where net-tools prints that as well."""
    words = (facts.at_most_once("flags") or "").replace("[NO FLAGS]", "").replace(",", " ").split()
    flags = [word for word in words if word != _NOT_ALWAYS_PRINTED]
    number = facts.at_most_once("number")
    known = all(flag in _FLAGS for flag in flags)
    if not known or (number and sum(map(_bit, flags)) != int(number) & sum(_FLAGS.values())):
        raise facts.unexpected(f"has impossible flags, {' '.join(words) or 'none'}")
    return frozenset(flags)


def _bit(flag: str) -> int:
    return _FLAGS[flag]


def _addresses(facts: Facts) -> tuple[ipaddress.IPv4Interface, ...]:
    pairs = zip(facts.every("address"), facts.every("netmask"), strict=True)
    addresses = tuple(_address(facts, address, netmask) for address, netmask in pairs)
    if len(set(addresses)) < len(addresses):
        raise facts.unexpected("has an address twice")
    return addresses


def _address(facts: Facts, address: str, netmask: str) -> ipaddress.IPv4Interface:
    try:
        interface = ipaddress.IPv4Interface(f"{address}/{netmask}")
    except ValueError as error:
        raise facts.unexpected(f"has an impossible address: {error}") from error
    # ipaddress would take 0.0.0.255 for a /24.
    if str(interface.netmask) != netmask:
        raise facts.unexpected(f"has an impossible netmask, {netmask}")
    return interface
