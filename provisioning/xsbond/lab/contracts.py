"""Where the two halves of the lab meet: xapi's rules on one side, a dom0 on the other.

The world (`world.py` and the rules around it) knows XAPI and drives a dom0 only through
`Dom0Backend`; the programs of a dom0 (`xe`, `service`) reach their xapi only through `Toolstack`.
A lab with another kind of dom0 implements `Dom0Backend` and keeps the world as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

NetworkBackend = Literal["openvswitch", "bridge"]
"""What switches packets in dom0: Open vSwitch, or the kernel's own bridges and bonds."""


class Failure(Exception):  # noqa: N818 - XAPI's own word for it
    """An answer `Status: Failure`: an error code and its arguments, all text."""

    def __init__(self, code: str, *arguments: str) -> None:
        super().__init__(code, *arguments)
        self.code = code
        self.arguments = arguments


class ToolstackDown(Exception):  # noqa: N818 - a state, not a fault of the caller
    """Nobody listens on this host's xapi socket."""


class ScriptError(Exception):
    """A program xcp-networkd called in dom0 failed (network_utils.ml, check_n_run)."""

    def __init__(self, script: str, args: str, *, code: str, stdout: str, stderr: str) -> None:
        self.parts = {
            "script": script,
            "args": args,
            "code": code,
            "stdout": stdout,
            "stderr": stderr,
        }
        """As xapi lists them; `code` is text, for example `Exit code 1`."""
        super().__init__(", ".join(f"{key} = {value}" for key, value in self.parts.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Nic:
    """One physical NIC as dom0's kernel sees it."""

    device: str
    """Kernel name, for example `eth1`."""
    mac: str
    """Lower case, colon separated."""
    position: int
    """Slot number N of the default network `xenbrN`."""
    pci: str = "N/A"
    """PCI bus path, `N/A` where the NIC has none."""
    carrier: bool = True
    speed: int = 10000
    """Mbit/s."""
    full_duplex: bool = True
    mtu: int = 1500
    virtual_functions: int = 0
    """How many guests can have a part of it by SR-IOV; 0: it is not capable of that."""
    vendor_id: str = ""
    device_id: str = ""
    """Which kind of board it is, as on the PCI bus; empty where it is on none."""

    @property
    def capabilities(self) -> list[str]:
        """What XAPI lists as PIF.capabilities."""
        return ["sriov"] if self.virtual_functions else []


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An IPv4 configuration of a bridge interface."""

    ip: str
    netmask: str
    gateway: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeSettings:
    """What networkd writes to the Open vSwitch Bridge row (network_utils.ml, create_bridge)."""

    mac: str
    """other_config:hwaddr; the bridge interface carries it."""
    mtu: int = 1500
    network_uuids: tuple[str, ...] = ()
    """external_ids:xs-network-uuids, joined by `;`."""
    fail_mode: str = "standalone"
    disable_in_band: str = ""
    """other_config:disable-in-band, true or false; empty: the key is not there."""
    igmp_snooping: bool = False
    vlan: tuple[str, int] | None = None
    """(parent bridge, tag) for a fake bridge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BondSettings:
    """What networkd writes to the Open vSwitch Port row of a bond."""

    bond_mode: str
    """Open vSwitch's word: balance-slb, active-backup, balance-tcp."""
    lacp: str
    """off or active."""
    updelay: int = 31000
    """Milliseconds."""
    downdelay: int = 200
    """Milliseconds."""
    mac: str = ""
    other_config: Mapping[str, str] = field(default_factory=dict)
    """Of the Port row."""
    interface_config: Mapping[str, str] = field(default_factory=dict)
    """other_config of each member's Interface row."""


class Clock(Protocol):
    """The lab's time, in lab seconds."""

    def now(self) -> float:
        """Return the seconds since some moment."""

    def time(self) -> float:
        """Return the Unix time in the lab."""

    def sleep(self, seconds: float) -> None:
        """Return after so many lab seconds."""


class Dom0Backend(Protocol):
    """A dom0 as xcp-networkd and xapi use it. Methods are called with the world's lock held.

    What changes bridges and ports may fail in three ways, and nothing is undone then: ScriptError
    for a program that failed, ValueError for what cannot be done, OSError for what is broken.
    """

    def nics(self) -> tuple[Nic, ...]:
        """Return the physical NICs, in the order of their positions."""

    def bridges(self) -> frozenset[str]:
        """Return the names of all bridges, VLAN (fake) bridges included."""

    def add_bridge(self, name: str, settings: BridgeSettings) -> None:
        """Create the bridge and bring its interface up; one that exists gets the settings."""

    def delete_bridge(self, name: str) -> None:
        """Delete the bridge, its ports and the fake bridges on it; nothing if it is absent."""

    def add_port(
        self, bridge: str, name: str, devices: Sequence[str], bond: BondSettings | None
    ) -> None:
        """Add a port of one device, or with `bond` set a bond of several; idempotent.

        With `bond` set on an existing port, its settings are replaced.
        """

    def add_vif(self, bridge: str, name: str, mac: str = "") -> None:
        """Put the interface of a running guest, for example vif1.0, on a bridge.

        It leaves the one it was on; nothing happens if it is there. `mac` is the guest's own.
        """

    def remove_vif(self, name: str) -> None:
        """Take the interface of a guest away; nothing if it is absent."""

    def set_address(self, bridge: str, address: Address | None) -> None:
        """Give the bridge interface this address, or take the one it has away."""

    def set_ipv6(self, bridge: str, addresses: Sequence[str]) -> None:
        """Give the bridge interface these global addresses, with prefix lengths, and no others."""

    def set_hostname(self, name: str) -> None:
        """Name the host."""

    def link_states(self, port: str) -> Mapping[str, bool]:
        """Return device -> enabled for the members of a bond, as Open vSwitch judges them."""

    def read_file(self, path: str) -> str:
        """Return a file of dom0; FileNotFoundError if there is none."""

    def write_file(self, path: str, text: str) -> None:
        """Create or replace a file of dom0."""

    def remove_file(self, path: str) -> None:
        """Remove a file of dom0; nothing if it is absent."""


class Toolstack(Protocol):
    """One host's xapi as the programs in its dom0 reach it."""

    def call(self, method: str, *params: Any) -> Any:
        """Call through the Unix socket: root without a password, a member forwards to the master.

        `params` and the result are native values (int, float, bool, str, list, dict), without the
        session. Raises Failure, or ToolstackDown while xapi does not run.
        """

    def stop(self) -> None:
        """Stop xapi cleanly and return when its process is gone."""

    def start(self) -> None:
        """Start xapi and return when its start-up cookie exists (before the bonds are copied)."""

    def restart(self) -> None:
        """Restart xapi and what belongs to it, TLS included; return as `start` does."""

    def running(self) -> bool:
        """Tell whether the xapi process exists."""

    def stop_networkd(self) -> None:
        """Stop xcp-networkd: bridges and ports stay, and xapi waits whenever it needs it."""

    def start_networkd(self) -> None:
        """Start xcp-networkd; what waits for it goes on."""

    def networkd_running(self) -> bool:
        """Tell whether xcp-networkd runs."""
