"""The simulated dom0: what xcp-networkd can do to it, and what its programs can see of it.

What is switched and linked in it stands in networks.py; here is what changes that.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from xsbond.lab.contracts import Address, BondSettings, BridgeSettings, Clock, NetworkBackend, Nic
from xsbond.lab.dom0.files import FileTree
from xsbond.lab.dom0.kernel import Interface
from xsbond.lab.dom0.netdevs import Netdevs
from xsbond.lab.dom0.networks import Dom0Networks
from xsbond.lab.dom0.ovs.refusals import other_bond
from xsbond.lab.dom0.state import Bridge, Port, RealTime, new_uuid
from xsbond.lab.profiles import CURRENT, Profile


class SimulatedDom0(Dom0Networks):
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
        super().__init__(
            nics,
            profile=profile,
            hostname=hostname,
            clock=clock or RealTime(),
            network_backend=network_backend,
        )
        self.switch_uuid = new_uuid()
        self.netdevs = Netdevs(self)
        self.files = FileTree(self, self.interfaces, self.interface)
        # The kernel numbers its NICs before anybody makes a bridge.
        self.netdevs.interfaces()

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
            self.forget_by_hand()
            self.files.forget("/var/run")

    def set_hostname(self, name: str) -> None:
        """Name the host."""
        self.hostname = name

    def interfaces(self) -> tuple[Interface, ...]:
        """Return the kernel's network interfaces, in the order of their indices."""
        with self.lock:
            self.settle()
            return self.netdevs.interfaces()

    def interface(self, name: str) -> Interface | None:
        """Return one of the kernel's network interfaces; None if there is none of this name."""
        with self.lock:
            self.settle()
            return self.netdevs.interface(name)

    def bridges(self) -> frozenset[str]:
        """Return the names of all bridges, VLAN (fake) bridges included."""
        return frozenset(self.bridges_by_name)

    def add_bridge(self, name: str, settings: BridgeSettings) -> None:
        """Create the bridge and bring its interface up; one that exists gets the settings.

        Raises ValueError if it is a fake bridge on a parent that does not exist.
        """
        with self.lock:
            existing = self.bridges_by_name.get(name)
            self.downed.pop(name, None)
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
                self.ipv6.pop(bridge, None)
                self.further.pop(bridge, None)
                self.flows.pop(bridge, None)
                self.bridges_by_name.pop(bridge, None)
                self.downed.pop(bridge, None)

    def add_port(
        self, bridge: str, name: str, devices: Sequence[str], bond: BondSettings | None
    ) -> None:
        """Add a port of one device, or with `bond` set a bond of several; idempotent.

        With `bond` set on an existing port, its settings are replaced. Raises ScriptError for a
        bond that has other devices than these, and ValueError for what else ovs-vsctl refuses: no
        such bridge, a device in another port.
        """
        with self.lock:
            self.settle()
            existing = self.ports_by_name.get(name)
            if bond and existing and _is_other(existing, bridge, devices):
                raise other_bond(bridge, name, devices, bond, existing)
            self._refuse_impossible_port(bridge, name, devices, existing)
            for device in devices:
                self.downed.pop(device, None)
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
        if existing and _is_other(existing, bridge, devices):
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
            self.further.pop(bridge, None)
            if address is None:
                return
            if bridge not in self.bridges_by_name:
                raise ValueError(f"no interface {bridge} to carry {address.ip}")
            self.addresses[bridge] = address

    def set_ipv6(self, bridge: str, addresses: Sequence[str]) -> None:
        """Give the bridge interface these global addresses, with prefix lengths, and no others."""
        with self.lock:
            self.ipv6.pop(bridge, None)
            if addresses and bridge in self.bridges_by_name:
                self.ipv6[bridge] = tuple(addresses)

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
            self.settle_bonds(now)
            self.netdevs.count_traffic(now)

    def read_file(self, path: str) -> str:
        """Return a file of dom0; FileNotFoundError if there is none."""
        return self.files.read(path)

    def write_file(self, path: str, text: str) -> None:
        """Create or replace a file of dom0."""
        self.files.install(path, text)

    def remove_file(self, path: str) -> None:
        """Remove a file of dom0; nothing if it is absent."""
        self.files.remove(path)


def _is_other(port: Port, bridge: str, devices: Sequence[str]) -> bool:
    """Tell whether a port is not what it is asked to be."""
    return set(port.devices) != set(devices) or port.bridge != bridge
