"""What a dom0 consists of: frozen parts, and dictionaries that notice when one is replaced."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import TypeVar

from xsbond.lab.contracts import BondSettings, BridgeSettings

Value = TypeVar("Value")


class RealTime:
    """A lab second is a second."""

    def now(self) -> float:
        """Return the seconds since some moment."""
        return time.monotonic()

    def time(self) -> float:
        """Return the Unix time."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Return after so many seconds."""
        time.sleep(seconds)


def new_uuid() -> str:
    """Return a random row identifier."""
    return str(uuid.uuid4())


def new_mac() -> str:
    """Return a random, locally administered MAC."""
    first, *rest = uuid.uuid4().bytes[:6]
    return ":".join(f"{byte:02x}" for byte in ((first | 2) & 0xFE, *rest))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """An Open vSwitch bridge, real or fake, with the internal port and interface of its name."""

    name: str
    settings: BridgeSettings
    index: int
    """ifindex of its interface."""
    drawn_mac: str = field(default_factory=new_mac)
    """What it has unless networkd sets one."""
    uuid: str = field(default_factory=new_uuid)
    port_uuid: str = field(default_factory=new_uuid)
    interface_uuid: str = field(default_factory=new_uuid)

    @property
    def mac(self) -> str:
        """Return the MAC its interface has."""
        return self.settings.mac.lower() or self.drawn_mac


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """An Open vSwitch port: one NIC, or a bond of several."""

    name: str
    bridge: str
    devices: tuple[str, ...]
    bond: BondSettings | None
    of_guest: bool = False
    """It is one half of a virtual machine's interface."""
    tag: int | None = None
    """The VLAN that somebody has put it in."""
    trunks: tuple[int, ...] = ()
    """The only VLANs that somebody lets it carry."""
    uuid: str = field(default_factory=new_uuid)

    def interface_uuid(self, device: str) -> str:
        """Return the row identifier of one of its interfaces."""
        return str(uuid.uuid5(uuid.UUID(self.uuid), device))


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """An address beside the one that xcp-networkd gives an interface."""

    address: str
    """With its prefix length."""
    label: str = ""
    """As `xapi1:0`, which ifconfig shows as an interface of its own."""


class Watched(MutableMapping[str, Value]):
    """A dictionary that calls `settle` before and after each change, under `lock`."""

    def __init__(
        self,
        lock: threading.RLock,
        settle: Callable[[], None],
        initial: Mapping[str, Value] | None = None,
    ) -> None:
        self._items: dict[str, Value] = dict(initial or {})
        self._lock, self._settle = lock, settle

    def __getitem__(self, key: str) -> Value:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self._items))

    def __len__(self) -> int:
        return len(self._items)

    def __setitem__(self, key: str, value: Value) -> None:
        with self._lock:
            self._settle()
            self._items[key] = value
            self._settle()

    def __delitem__(self, key: str) -> None:
        with self._lock:
            self._settle()
            del self._items[key]
            self._settle()
