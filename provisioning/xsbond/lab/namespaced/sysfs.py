"""What a host's kernel tells of its network interfaces under /sys/class/net.

Source: Documentation/ABI/testing/sysfs-class-net.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from xsbond.lab.contracts import Nic

NET = "sys/class/net"
_ETHERNET = "1"
"""ARPHRD_ETHER (linux/if_arp.h)."""
_NUMBER = re.compile(r"\d+")
_VIF = re.compile(r"vif\d+\.\d+|tap\d+\.\d+")


def read(root: Path, name: str, attribute: str) -> str:
    """Return an interface's attribute; empty where it has none, for example while it is down."""
    try:
        return (root / NET / name / attribute).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def exists(root: Path, name: str) -> bool:
    """Tell whether the kernel has an interface of this name."""
    return (root / NET / name).exists()


def is_nic(root: Path, name: str) -> bool:
    """Tell whether an interface is a cable's end: no loopback, tap, bridge or guest's interface."""
    path = root / NET / name
    others = ("tun_flags", "bridge", "bonding")
    if _VIF.fullmatch(name) or any((path / each).exists() for each in others):
        return False
    return read(root, name, "type") == _ETHERNET


def nics(root: Path, built: Sequence[Nic]) -> tuple[Nic, ...]:
    """Return the NICs as they are now, in the order of their positions.

    `built` are those the host was built with; one of another name is counted where its name says.
    """
    known = {nic.device: nic for nic in built}
    names = [entry.name for entry in sorted((root / NET).iterdir())]
    found = [_nic(root, name, known) for name in names if is_nic(root, name)]
    return tuple(sorted(found, key=lambda nic: nic.position))


def _nic(root: Path, name: str, known: Mapping[str, Nic]) -> Nic:
    nic = known.get(name) or Nic(device=name, mac="", position=_position(name))
    speed = read(root, name, "speed")
    return replace(
        nic,
        mac=read(root, name, "address"),
        mtu=int(read(root, name, "mtu") or nic.mtu),
        carrier=read(root, name, "carrier") == "1",
        speed=int(speed) if speed.isdecimal() else nic.speed,
        full_duplex=read(root, name, "duplex") != "half",
    )


def _position(name: str) -> int:
    numbers = _NUMBER.findall(name)
    return int(numbers[-1]) if numbers else 0
