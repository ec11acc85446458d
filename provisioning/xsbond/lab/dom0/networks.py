"""A dom0's NICs, bridges and ports, and its bonds, whose legs follow their links.

Its state is plain on purpose: a fault is injected by replacing a value, for example
`dom0.nics_by_device["eth1"] = replace(nic, carrier=False)`.
"""

import itertools
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import replace
from ipaddress import IPv4Interface

from xsbond.lab.contracts import Address, Clock, NetworkBackend, Nic
from xsbond.lab.dom0 import bonding
from xsbond.lab.dom0.state import Bridge, Further, Port, Watched
from xsbond.lab.profiles import Profile


class Dom0Networks(ABC):
    """The state of one dom0's networks, and what follows from it."""

    def __init__(
        self,
        nics: Sequence[Nic],
        *,
        profile: Profile,
        hostname: str,
        clock: Clock,
        network_backend: NetworkBackend,
    ) -> None:
        self.profile, self.hostname = profile, hostname
        self.network_backend = network_backend
        self.clock = clock
        self.lock = threading.RLock()
        found = {nic.device: nic for nic in sorted(nics, key=lambda nic: nic.position)}
        self.nics_by_device: Watched[Nic] = Watched(self.lock, self.settle, found)
        self.bridges_by_name: dict[str, Bridge] = {}
        self.ports_by_name: dict[str, Port] = {}
        self.addresses: dict[str, Address] = {}
        """Bridge -> its IPv4 configuration."""
        self.ipv6: dict[str, tuple[str, ...]] = {}
        """Bridge -> its global IPv6 addresses."""
        self.further: dict[str, tuple[Further, ...]] = {}
        """Interface -> the IPv4 addresses that somebody has added by hand."""
        self.made_on: dict[str, str] = {}
        """VLAN device or macvlan that somebody has made -> the interface it is on."""
        self.policed: dict[str, int] = {}
        """Interface -> how many kbit/s Open vSwitch takes from it at most."""
        self.flows: dict[str, tuple[str, ...]] = {}
        """Bridge -> the flows that somebody has added, as `priority=10,in_port=1 actions=drop`."""
        self.bonds: dict[str, bonding.BondState] = {}
        """Port -> its legs, for the ports that really are bonds."""
        self.without_lacp: Watched[str] = Watched(self.lock, self.settle)
        """NICs whose switch port speaks no LACP -> why; the lab's switch speaks it elsewhere."""
        self.lag_ports: Watched[bonding.LagPort] = Watched(self.lock, self.settle)
        """NICs whose switch port says something else than all others."""
        self.downed: Watched[str] = Watched(self.lock, self.settle)
        """Interfaces set down by hand -> by whom."""
        self.deaf: set[str] = set()
        """NICs that hear nothing although their link is up."""
        self.tied: dict[str, str] = {}
        """NIC -> the one without whose link it has none, either."""
        self.reluctant: set[str] = set()
        """NICs that never find their link again once they were set down."""

    def forget_by_hand(self) -> None:
        """Forget what somebody has added to the kernel by hand: no boot brings it back."""
        for table in (self.further, self.made_on, self.flows):
            table.clear()

    def delete_device(self, name: str) -> bool:
        """Delete a device that somebody has made; False for any other."""
        with self.lock:
            self.further.pop(name, None)
            return self.made_on.pop(name, None) is not None

    def delete_address(self, device: str, address: str) -> bool:
        """Take one address from a device; False if it has no such one."""
        with self.lock:
            first = self.addresses.get(device)
            written = f"{first.ip}/{first.netmask}" if first else ""
            if first and address in {first.ip, str(IPv4Interface(written))}:
                return self.addresses.pop(device) is first
            further, ipv6 = self.further.get(device, ()), self.ipv6.get(device, ())
            self.further[device] = tuple(each for each in further if each.address != address)
            self.ipv6[device] = tuple(each for each in ipv6 if each != address)
            return (self.further[device], self.ipv6[device]) != (further, ipv6)

    @abstractmethod
    def settle(self) -> None:
        """Let everything that was due by now happen."""

    def nics(self) -> tuple[Nic, ...]:
        """Return the physical NICs as the kernel shows them, in the order of their positions."""
        nics = sorted(self.nics_by_device.values(), key=lambda nic: nic.position)
        return tuple(replace(nic, carrier=self.has_link(nic.device)) for nic in nics)

    def nic(self, device: str) -> Nic | None:
        """Return a physical NIC as the kernel shows it; None if there is none of this name."""
        nic = self.nics_by_device.get(device)
        return replace(nic, carrier=self.has_link(device)) if nic else None

    def has_link(self, device: str) -> bool:
        """Tell whether a NIC has a link: one that was set down has none."""
        nic, other = self.nics_by_device.get(device), self.tied.get(device)
        if nic is None or device in self.downed or not nic.carrier:
            return False
        return other is None or self.has_link(other)

    def fake_bridges(self, parent: str) -> tuple[Bridge, ...]:
        """Return the VLAN bridges on a real bridge."""
        bridges = self.bridges_by_name.values()
        return tuple(b for b in bridges if b.settings.vlan and b.settings.vlan[0] == parent)

    def ports_of(self, bridge: str) -> tuple[Port, ...]:
        """Return the ports of a bridge, its own internal one left out."""
        return tuple(port for port in self.ports_by_name.values() if port.bridge == bridge)

    def port_of(self, device: str) -> Port | None:
        """Return the port a NIC belongs to."""
        ports = self.ports_by_name.values()
        return next((port for port in ports if device in port.devices), None)

    def settle_bonds(self, now: float) -> None:
        """Judge the legs of all bonds anew."""
        for port in tuple(self.ports_by_name.values()):
            self._settle_bond(port, now)

    def _settle_bond(self, port: Port, now: float) -> None:
        """Judge a bond's legs anew; a port with one working NIC is no bond to Open vSwitch."""
        fewest = 2 if self.network_backend == "openvswitch" else 1
        present = [device for device in port.devices if device in self.nics_by_device]
        if port.bond is None or len(present) < fewest:
            self.bonds.pop(port.name, None)
            return
        state = self.bonds.get(port.name) or bonding.BondState(
            legs={}, created=now, recirculation=self._free_recirculation()
        )
        legs = {device: state.legs.get(device, bonding.Leg()) for device in present}
        heard = self.partnered(present)
        links = {device: self.has_link(device) for device in present}
        links = bonding.usable(links, heard, port.bond)
        state = bonding.advance(replace(state, legs=legs), links, bonding.delays_of(port.bond), now)
        negotiated = any(state.legs[device].enabled for device in heard)
        self.bonds[port.name] = replace(state, negotiated=negotiated)

    def partnered(self, devices: Iterable[str]) -> dict[str, bonding.LagPort]:
        """Return those of some NICs on whose link the switch speaks LACP, and what it says."""
        return {
            each: self.lag_ports.get(each, bonding.LagPort())
            for each in devices
            if each not in self.without_lacp and self.has_link(each)
        }

    def _free_recirculation(self) -> int:
        taken = {state.recirculation for state in self.bonds.values()}
        return next(number for number in itertools.count() if number not in taken)
