"""`ip -o link` and `ip -o addr`: what ifconfig does not show.

Those are devices made on others, further addresses without a label, and IPv6.
"""

import ipaddress
from collections.abc import Mapping

from xsbond.model import Device, DeviceAddress
from xsbond.snapshot.parsers.answer import INTERFACE_NAME, Answer, pattern

_LINK = pattern(
    # ip/ipaddress.c, print_linkinfo: `mv0@eth5`, or `eth1@if7` where that is in another namespace.
    rf"\d+: (?P<name>{INTERFACE_NAME}?)(?:@(?P<below>{INTERFACE_NAME}))?:"
    rf" <[A-Z0-9_,-]*> mtu \d+(?P<settings>.*?) ?\\    link/\S+.*"
)
_MASTER = pattern(rf".* master (?P<master>{INTERFACE_NAME})(?: .*)?")
_ELSEWHERE = pattern(r"if\d+|NONE")
"""The device below is in another namespace, or there is none (ll_idx_n2a)."""
_ADDRESS = pattern(
    rf"\d+: (?P<name>{INTERFACE_NAME}) +(?P<family>inet6?) (?P<address>[0-9a-f:.]+/\d+)"
    r"(?: .*)? scope (?P<scope>\w+)(?: .*)?"
)
_PEER = pattern(
    rf"\d+: (?P<name>{INTERFACE_NAME}) +(?P<family>inet6?) (?P<own>[0-9a-f:.]+)"
    r" peer [0-9a-f:.]+/(?P<length>\d+)(?: .*)? scope (?P<scope>\w+)(?: .*)?"
)
"""The other end of a tunnel stands between an address and its prefix length."""
_OF_LINK = pattern(r"\d+: \S+: <.*")
"""Releases before 3.9 print the links, too."""


def parse_ip_links(text: str) -> Mapping[str, Device]:
    """Return name -> device out of `ip -o link`; UnexpectedOutput at any line that is none."""
    answer = Answer(source="ip -o link", text=text)
    found = [answer.match(line, (_LINK,)) for line in answer.lines()]
    devices = {match["name"]: _device(**match.groupdict()) for match in found}
    if len(devices) < len(found):
        raise answer.unexpected("a device stands in it twice")
    if "lo" not in devices:
        raise answer.unexpected("it lacks lo, which every kernel has")
    return devices


def _device(name: str, below: str | None, settings: str) -> Device:
    master = _MASTER.fullmatch(settings)
    is_here = below and not _ELSEWHERE.fullmatch(below)
    return Device(
        name=name, below=below or "" if is_here else "", master=master["master"] if master else ""
    )


def parse_ip_addresses(text: str) -> tuple[DeviceAddress, ...]:
    """Return the addresses out of `ip -o addr`; UnexpectedOutput at any line that has none."""
    answer = Answer(source="ip -o addr", text=text)
    found = tuple(_address(answer, line) for line in answer.lines() if not _OF_LINK.fullmatch(line))
    if not any(each.address.is_loopback for each in found):
        raise answer.unexpected("it lacks the address of lo, which every kernel has")
    return found


def _address(answer: Answer, line: str) -> DeviceAddress:
    match = answer.match(line, (_PEER, _ADDRESS))
    parts = match.groupdict()
    written = parts.get("address") or f"{parts['own']}/{parts['length']}"
    try:
        address = ipaddress.ip_interface(written)
    except ValueError as error:
        raise answer.unexpected(f"{match['name']} has an impossible address: {error}") from error
    if (address.version == 4) != (match["family"] == "inet"):  # noqa: PLR2004 - of IP
        raise answer.unexpected(f"{match['name']} has an address of another family, {written}")
    return DeviceAddress(device=match["name"], address=address, scope=match["scope"])
