"""The simulated dom0: what xcp-networkd can do to it, and what its programs can see of it.

Its state is plain on purpose: a fault is injected by replacing a value, for example
`dom0.nics_by_device["eth1"] = replace(nic, carrier=False)`.
"""

import itertools
import threading
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from xsbond.lab.blueprint import CURRENT, NetworkBackend, Profile
from xsbond.lab.contracts import Address, BondSettings, BridgeSettings, Nic
from xsbond.lab.dom0 import bonding
from xsbond.lab.dom0.files import FileTree
from xsbond.lab.dom0.kernel import Interface
from xsbond.lab.dom0.netdevs import Netdevs
from xsbond.lab.dom0.state import Bridge, Clock, Port, RealTime, Watched, new_uuid


class SimulatedDom0:
    """One host's dom0; implements `contracts.Dom0Backend`."""

    def __init__(
        self,
        nics: Sequence[Nic],
        *,
        profile: Profile = CURRENT,
        hostname: str = "xs-1",
        clock: Clock | None = None,
        network_backend: NetworkBackend = "openvswitch",
    ) -> None:
        self.profile, self.hostname = profile, hostname
        self.network_backend = network_backend
        self.clock: Clock = clock or RealTime()
        self.lock = threading.RLock()
        found = {nic.device: nic for nic in sorted(nics, key=lambda nic: nic.position)}
        self.nics_by_device: Watched[Nic] = Watched(self.lock, self.settle, found)
        self.bridges_by_name: dict[str, Bridge] = {}
        self.ports_by_name: dict[str, Port] = {}
        self.addresses: dict[str, Address] = {}
        """Bridge -> its IPv4 configuration."""
        self.bonds: dict[str, bonding.BondState] = {}
        """Port -> its legs, for the ports that really are bonds."""
        self.without_lacp: Watched[str] = Watched(self.lock, self.settle)
        """NICs whose switch port speaks no LACP -> why; the lab's switch speaks it elsewhere."""
        self.downed: Watched[str] = Watched(self.lock, self.settle)
        """Interfaces set down by hand -> by whom."""
        self.deaf: set[str] = set()
        """NICs that hear nothing although their link is up."""
        self.tied: dict[str, str] = {}
        """NIC -> the one without whose link it has none, either."""
        self.reluctant: set[str] = set()
        """NICs that never find their link again once they were set down."""
        self.switch_uuid = new_uuid()
        self.netdevs = Netdevs(self)
        self.files = FileTree(self)
        # The kernel numbers its NICs before anybody makes a bridge.
        self.netdevs.interfaces()

    def nics(self) -> tuple[Nic, ...]:
        """Return the physical NICs as the kernel shows them, in the order of their positions."""
        nics = sorted(self.nics_by_device.values(), key=lambda nic: nic.position)
        return tuple(replace(nic, carrier=self.has_link(nic.device)) for nic in nics)

    def has_link(self, device: str) -> bool:
        """Tell whether a NIC has a link: one that was set down has none."""
        nic, other = self.nics_by_device.get(device), self.tied.get(device)
        if nic is None or device in self.downed or not nic.carrier:
            return False
        return other is None or self.has_link(other)

    def set_interface(self, name: str, *, up: bool, by: str) -> None:
        """Set an interface up or down by hand."""
        with self.lock:
            if up:
                self.downed.pop(name, None)
                return
            self.downed[name] = by
            if name in self.reluctant & set(self.nics_by_device):
                nic = self.nics_by_device[name]
                self.nics_by_device[name] = replace(nic, carrier=False)

    def lose_power(self) -> None:
        """Forget what does not outlive a boot: interfaces set down, directories in /var/run."""
        with self.lock:
            self.downed.clear()
            self.files.forget("/var/run")

    def set_hostname(self, name: str) -> None:
        """Name the host."""
        self.hostname = name

    def interfaces(self) -> tuple[Interface, ...]:
        """Return the kernel's network interfaces, in the order of their indices."""
        with self.lock:
            self.settle()
            return self.netdevs.interfaces()

    def bridges(self) -> frozenset[str]:
        """Return the names of all bridges, VLAN (fake) bridges included."""
        return frozenset(self.bridges_by_name)

    def add_bridge(self, name: str, settings: BridgeSettings) -> None:
        """Create the bridge and bring its interface up; one that exists gets the settings.

        Raises ValueError if it is a fake bridge on a parent that does not exist.
        """
        with self.lock:
            existing = self.bridges_by_name.get(name)
            if existing and existing.settings.vlan == settings.vlan:
                self.bridges_by_name[name] = replace(existing, settings=settings)
                return
            if existing:
                # ovs-vsctl, --may-exist add-br: it must be what it is asked to be.
                raise ValueError(f"bridge {name} exists on {existing.settings.vlan}")
            if settings.vlan and settings.vlan[0] not in self.bridges_by_name:
                raise ValueError(f"no bridge {settings.vlan[0]} to put {name} on")
            self.bridges_by_name[name] = Bridge(
                name=name, settings=settings, index=self.netdevs.new_index()
            )

    def delete_bridge(self, name: str) -> None:
        """Delete the bridge, its ports and the fake bridges on it; nothing if it is absent."""
        with self.lock:
            fakes = [fake.name for fake in self.fake_bridges(name)]
            for bridge in (name, *fakes):
                for port in self.ports_of(bridge):
                    del self.ports_by_name[port.name]
                    self.bonds.pop(port.name, None)
                self.addresses.pop(bridge, None)
                self.bridges_by_name.pop(bridge, None)
                self.downed.pop(bridge, None)

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

    def add_port(
        self, bridge: str, name: str, devices: Sequence[str], bond: BondSettings | None
    ) -> None:
        """Add a port of one device, or with `bond` set a bond of several; idempotent.

        With `bond` set on an existing port, its settings are replaced. Raises ValueError for what
        ovs-vsctl refuses: no such bridge, a device in another port, other devices than before.
        """
        with self.lock:
            self.settle()
            existing = self.ports_by_name.get(name)
            self._refuse_impossible_port(bridge, name, devices, existing)
            for device in set(devices) & set(self.nics_by_device):
                mtu = self.bridges_by_name[bridge].settings.mtu
                self.nics_by_device[device] = replace(self.nics_by_device[device], mtu=mtu)
            self.ports_by_name[name] = (
                replace(existing, bond=bond)
                if existing
                else Port(
                    name=name,
                    bridge=bridge,
                    devices=self._in_hash_order(name, devices),
                    bond=bond,
                )
            )
            self.settle()

    def _refuse_impossible_port(
        self, bridge: str, name: str, devices: Sequence[str], existing: Port | None
    ) -> None:
        if bridge not in self.bridges_by_name:
            raise ValueError(f"no bridge named {bridge}")
        if existing and (set(existing.devices) != set(devices) or existing.bridge != bridge):
            raise ValueError(f"port {name} exists on {existing.bridge} with {existing.devices}")
        for device in devices:
            port = self.port_of(device)
            if port and port.name != name:
                raise ValueError(f"{device} already belongs to port {port.name} of {port.bridge}")

    def _in_hash_order(self, port: str, devices: Sequence[str]) -> tuple[str, ...]:
        """Open vSwitch keeps members in a hash table: any order, but the same each time."""
        return tuple(
            sorted(devices, key=lambda name: zlib.crc32(f"{self.hostname} {port} {name}".encode()))
        )

    def add_vif(self, bridge: str, name: str, mac: str = "") -> None:
        """Put the interface of a running guest on a bridge; it leaves the one it was on.

        Raises ValueError if there is no such bridge. Nothing here shows the guest's own MAC.
        """
        del mac
        with self.lock:
            if bridge not in self.bridges_by_name:
                raise ValueError(f"no bridge named {bridge}")
            port = self.ports_by_name.get(name)
            if port is None or port.bridge != bridge:
                self.ports_by_name[name] = Port(
                    name=name, bridge=bridge, devices=(name,), bond=None, of_guest=True
                )

    def remove_vif(self, name: str) -> None:
        """Take the interface of a guest away; nothing if it is absent."""
        with self.lock:
            self.ports_by_name.pop(name, None)
            self.downed.pop(name, None)

    def set_address(self, bridge: str, address: Address | None) -> None:
        """Give the bridge interface this address, or take the one it has away."""
        with self.lock:
            self.addresses.pop(bridge, None)
            if address is None:
                return
            if bridge not in self.bridges_by_name:
                raise ValueError(f"no interface {bridge} to carry {address.ip}")
            self.addresses[bridge] = address

    def link_states(self, port: str) -> Mapping[str, bool]:
        """Return device -> enabled for the members of a bond, as Open vSwitch judges them.

        A port that is no bond (absent, or with fewer than two working NICs) has none.
        """
        with self.lock:
            self.settle()
            state = self.bonds.get(port)
            return {device: leg.enabled for device, leg in state.legs.items()} if state else {}

    def settle(self) -> None:
        """Let everything that was due by now happen."""
        with self.lock:
            now = self.clock.now()
            for port in tuple(self.ports_by_name.values()):
                self._settle_bond(port, now)
            self.netdevs.count_traffic(now)

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
        links = {device: self._usable(device, port.bond) for device in present}
        self.bonds[port.name] = bonding.advance(
            replace(state, legs=legs), links, bonding.delays_of(port.bond), now
        )

    def _free_recirculation(self) -> int:
        taken = {state.recirculation for state in self.bonds.values()}
        return next(number for number in itertools.count() if number not in taken)

    def _usable(self, device: str, bond: BondSettings) -> bool:
        """Tell whether a leg may carry traffic: it has a link, and its partner agrees."""
        return self.has_link(device) and (bond.lacp == "off" or device not in self.without_lacp)

    def read_file(self, path: str) -> str:
        """Return a file of dom0; FileNotFoundError if there is none."""
        return self.files.read(path)

    def write_file(self, path: str, text: str) -> None:
        """Create or replace a file of dom0."""
        self.files.install(path, text)

    def remove_file(self, path: str) -> None:
        """Remove a file of dom0; nothing if it is absent."""
        self.files.remove(path)
