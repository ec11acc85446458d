"""Files of dom0: what the kernel says of NICs, the inventory, the choice of a network backend."""

from collections.abc import Mapping, Sequence

from xsbond.model import NicFacts
from xsbond.snapshot.parsers.answer import INTERFACE_NAME, MOST_UINT, Answer, pattern, quoted

_UNREADABLE = "(unreadable)"
"""What the probe prints where the kernel refuses to answer: the carrier of a NIC that is down."""

_SYSFS_LINE = pattern(
    rf"(?P<name>{INTERFACE_NAME}) (?P<field>[a-z]+) (?P<value>[\w:]*|\(unreadable\))"
)

_NO_INTERFACE = "bonding_masters"
"""The one file of /sys/class/net (net/core/net-sysfs.c and drivers/net/bonding/bond_sysfs.c)."""

_OCTET = "[0-9a-f]{2}"
_SYSFS_VALUES = {
    # net/core/net-sysfs.c:address_show prints addr_len octets: 6 of Ethernet, none of tun,
    # 4 or 16 of a tunnel (an IP address), 20 of InfiniBand.
    "address": pattern(
        f"(?:{_OCTET}(?::{_OCTET}){{3}}(?:(?::{_OCTET}){{2}}"
        f"|(?::{_OCTET}){{12}}|(?::{_OCTET}){{16}})?)?"
    ),
    "mtu": pattern(r"\d+"),
    # net/core/net-sysfs.c:operstates (RFC 2863).
    "operstate": pattern("unknown|notpresent|down|lowerlayerdown|testing|dormant|up"),
    "carrier": pattern(r"[01]|\(unreadable\)"),
}
"""Files of an entry in the order of the probe -> what they may say."""

_NOT_RUNNING = "down"
"""The operstate of an interface that is not running, and only of that one is the carrier no answer
(operstate_show and carrier_show in net/core/net-sysfs.c)."""

_INVENTORY_LINE = pattern(r"(?P<key>[A-Z][A-Z0-9_]*)='(?P<value>[^']*)'")

_NO_SETTING = pattern(r"[ \t]*(?:#.*)?")
"""A line that the shell, which reads this file too, passes over."""

_BACKENDS = {"openvswitch": "openvswitch", "vswitch": "openvswitch", "bridge": "bridge"}
"""Word in the file -> backend (xcp-networkd, network_server.ml:determine_backend)."""


def parse_sysfs_net(text: str) -> Mapping[str, NicFacts]:
    """Return name -> facts out of lines `NAME FIELD VALUE`, four for each /sys/class/net entry.

    `bonding_masters`, which is no interface, is left out. Raises UnexpectedOutput at an entry that
    cannot be read, since it is not gone, and at anything else that is incomplete.
    """
    answer = Answer(source="/sys/class/net", text=text)
    nics: dict[str, NicFacts] = {}
    seen: set[str] = set()
    lines, files = answer.lines(), len(_SYSFS_VALUES)
    for start in range(0, len(lines), files):
        name, values = _entry(answer, lines[start : start + files])
        if name in seen:
            raise answer.unexpected(f"{name} stands in it twice")
        seen.add(name)
        if name != _NO_INTERFACE:
            nics[name] = _nic(answer, name, values)
    return nics


def _entry(answer: Answer, lines: Sequence[str]) -> tuple[str, Mapping[str, str]]:
    """Return name and values of one entry, whose lines stand together and in order."""
    matches = [answer.match(line, (_SYSFS_LINE,)) for line in lines]
    values = {match["field"]: match["value"] for match in matches}
    if len({match["name"] for match in matches}) > 1 or list(values) != list(_SYSFS_VALUES):
        raise answer.unexpected(f"the entry at line {quoted(lines[0])} is incomplete")
    return matches[0]["name"], values


def _nic(answer: Answer, name: str, values: Mapping[str, str]) -> NicFacts:
    for field, value in values.items():
        if not _SYSFS_VALUES[field].fullmatch(value):
            raise answer.unexpected(f"{name} has {quoted(value)} for its {field}")
    carrier = values["carrier"]
    if carrier == _UNREADABLE and values["operstate"] != _NOT_RUNNING:
        raise answer.unexpected(f"the carrier of {name} cannot be read")
    return NicFacts(
        name=name,
        address=values["address"],
        mtu=answer.figure(values["mtu"], f"the mtu of {name}", MOST_UINT),
        operstate=values["operstate"],
        carrier=None if carrier == _UNREADABLE else carrier == "1",
    )


def parse_inventory(text: str) -> Mapping[str, str]:
    """Return the settings of /etc/xensource-inventory, lines KEY='value'.

    Raises UnexpectedOutput at another line that counts, at a key said twice, and where
    INSTALLATION_UUID is missing, which no host can be without (inventory.ml).
    """
    answer = Answer(source="/etc/xensource-inventory", text=text)
    settings: dict[str, str] = {}
    for line in text.split("\n"):
        if not _NO_SETTING.fullmatch(line):
            key, value = answer.match(line, (_INVENTORY_LINE,)).group("key", "value")
            if key in settings:
                raise answer.unexpected(f"{key} stands in it twice")
            settings[key] = value
    if "INSTALLATION_UUID" not in settings:
        raise answer.unexpected("it has no INSTALLATION_UUID")
    return settings


def parse_network_conf(text: str) -> str:
    """Return the backend that /etc/xensource/network.conf chooses: openvswitch or bridge.

    Raises UnexpectedOutput at any other word.
    """
    answer = Answer(source="/etc/xensource/network.conf", text=text)
    word = text.strip(" \t\n")
    if word not in _BACKENDS:
        raise answer.unexpected(f"{quoted(word)} is no network backend")
    return _BACKENDS[word]


START_UPS = ("complete", "under way", "stopped")
"""What the probe prints of xapi's start-up."""


def parse_start_up(text: str) -> str:
    """Return how far xapi's start-up is, one of START_UPS; UnexpectedOutput at anything else."""
    answer = Answer(source="xapi's start-up", text=text)
    (word,) = answer.lines() if text.count("\n") == 1 else ("",)
    if word not in START_UPS:
        raise answer.unexpected(f"it is none of {', '.join(START_UPS)}")
    return word
