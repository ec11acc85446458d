"""The network interfaces that follow from a dom0's NICs and bridges, and their traffic."""

import itertools
from collections.abc import Iterator
from typing import Any

from xsbond.lab.contracts import Address, Nic
from xsbond.lab.dom0 import linuxbridge
from xsbond.lab.dom0.kernel import Counters, Interface, link_local
from xsbond.lab.dom0.networks import Dom0Networks
from xsbond.lab.dom0.state import Bridge, Port
from xsbond.lab.dom0.versions import openvswitch_version

_FIRST_NIC = 2
_HEARD_PER_SECOND = 4
"""Broadcasts and switch protocols reach every port of a busy network all the time."""
_FRAME = 86
"""Bytes of such a frame."""
_LOOPBACK_MTU = 65536
_OLD_LOOPBACK_MTU = 16436
"""Before Linux 3.6."""
_VIF_MAC = "fe:ff:ff:ff:ff:ff"
_MADE_MAC = "56:b0:5a:9a:3a:74"
_ETHERNET_MTU = 1500
_DATAPATH_MAC = "5e:2c:a9:0b:71:44"


class Netdevs:
    """The kernel's side of one dom0."""

    def __init__(self, dom0: Dom0Networks) -> None:
        self._dom0 = dom0
        self._new_indices = itertools.count(_FIRST_NIC)
        self._indices: dict[str, int] = {}
        self._seconds_heard: dict[str, float] = {}
        self._seconds_spoken: dict[str, float] = {}
        self._counted_until = dom0.clock.now()

    def new_index(self) -> int:
        """Return the next free ifindex."""
        return next(self._new_indices)

    def interfaces(self) -> tuple[Interface, ...]:
        """Return all interfaces, in the order of their indices."""
        nics = [self._nic(nic) for nic in self._dom0.nics()]
        bridges = [self._bridge(bridge) for bridge in self._dom0.bridges_by_name.values()]
        others = self._kernel_devices() if self._is_bridged() else self._datapath()
        vifs = [self._vif(port) for port in self._dom0.ports_by_name.values() if port.of_guest]
        made = [self._made(name, below) for name, below in self._dom0.made_on.items()]
        found = [self._loopback(), *nics, *others, *bridges, *vifs, *made]
        return tuple(sorted(found, key=lambda interface: interface.index))

    def interface(self, name: str) -> Interface | None:
        """Return the interface of this name, if there is one."""
        if nic := self._dom0.nic(name):
            return self._nic(nic)
        if bridge := self._dom0.bridges_by_name.get(name):
            return self._bridge(bridge)
        return next((each for each in self.interfaces() if each.name == name), None)

    def count_traffic(self, now: float) -> None:
        """Let all interfaces hear and speak until `now`."""
        passed, self._counted_until = max(0.0, now - self._counted_until), now
        if not passed:
            return
        for name in self._running():
            spoken = self._seconds_spoken.get(name, 0.0)
            self._seconds_spoken[name] = spoken + passed
            if name not in self._dom0.deaf:
                self._seconds_heard[name] = self._seconds_heard.get(name, 0.0) + passed

    def _running(self) -> Iterator[str]:
        """Yield the names of the interfaces that carry frames, without building them all."""
        dom0 = self._dom0
        for device in dom0.nics_by_device:
            if dom0.port_of(device) and dom0.has_link(device):
                yield device
        vifs = (port.name for port in dom0.ports_by_name.values() if port.of_guest)
        yield from (name for name in (*dom0.bridges_by_name, *vifs) if name not in dom0.downed)
        if self._is_bridged():
            yield from (each.name for each in self._kernel_devices() if each.running)

    def _index(self, name: str) -> int:
        if name not in self._indices:
            self._indices[name] = self.new_index()
        return self._indices[name]

    def _has_ipv6(self) -> bool:
        """XenServer 6 switches IPv6 off in dom0 (/etc/modprobe.d/disable-ipv6)."""
        return self._dom0.profile.net_tools > 1

    def _loopback(self) -> Interface:
        return Interface(
            name="lo",
            index=1,
            mac="00:00:00:00:00:00",
            mtu=_LOOPBACK_MTU if self._has_ipv6() else _OLD_LOOPBACK_MTU,
            up=True,
            carrier=True,
            address=Address(ip="127.0.0.1", netmask="255.0.0.0"),
            ipv6="::1/128" if self._has_ipv6() else "",
        )

    def _nic(self, nic: Nic) -> Interface:
        port = self._dom0.port_of(nic.device)
        up = port is not None and nic.device not in self._dom0.downed
        return Interface(
            name=nic.device,
            index=self._index(nic.device),
            mac=self._mac(nic, port),
            mtu=nic.mtu,
            up=up,
            carrier=up and nic.carrier,
            physical=True,
            **self._membership(port),
            speed=nic.speed if nic.carrier else -1,
            full_duplex=nic.full_duplex if nic.carrier else None,
            address=self._dom0.addresses.get(nic.device),
            further=self._dom0.further.get(nic.device, ()),
            global_ipv6=self._dom0.ipv6.get(nic.device, ()) if self._has_ipv6() else (),
            counters=self._counters(nic.device),
        )

    def _mac(self, nic: Nic, port: Port | None) -> str:
        """Return a NIC's MAC; a bond of the kernel's own lends its slaves its own."""
        lent = port.bond.mac if port and port.bond and self._is_bridged() else ""
        return lent.lower() or nic.mac

    def _is_bridged(self) -> bool:
        """Tell whether the kernel's own bridges switch here."""
        return self._dom0.network_backend == "bridge"

    def _membership(self, port: Port | None) -> dict[str, Any]:
        """Return what a NIC shows of the kernel's own bond or bridge it is in."""
        if port is None or not self._is_bridged():
            return {"switched": port is not None}
        if port.bond:
            return {"master": port.name, "bonding": "SLAVE"}
        return {"master": port.bridge}

    def _kernel_devices(self) -> list[Interface]:
        """Return bonds and VLAN devices, which are interfaces where the kernel has them."""
        bonds = [self._bond(port) for port in self._dom0.ports_by_name.values() if port.bond]
        bridges = self._dom0.bridges_by_name.values()
        return bonds + [self._vlan(bridge) for bridge in bridges if bridge.settings.vlan]

    def _bond(self, port: Port) -> Interface:
        assert port.bond
        state = self._dom0.bonds.get(port.name)
        bridge = self._dom0.bridges_by_name[port.bridge]
        return Interface(
            name=port.name,
            index=self._index(port.name),
            mac=(port.bond.mac or bridge.settings.mac).lower(),
            mtu=bridge.settings.mtu,
            up=True,
            carrier=bool(state and state.active),
            master=port.bridge,
            bonding="MASTER",
            counters=self._counters(port.name),
        )

    def _vlan(self, bridge: Bridge) -> Interface:
        name = linuxbridge.vlan_device(self._dom0, bridge) or f"{bridge.name}-vlan"
        return Interface(
            name=name,
            index=self._index(name),
            mac=bridge.mac,
            mtu=bridge.settings.mtu,
            up=True,
            carrier=True,
            master=bridge.name,
            below=linuxbridge.device_below(self._dom0, bridge),
            counters=self._counters(name),
        )

    def _datapath(self) -> list[Interface]:
        """One kernel datapath carries all bridges since Open vSwitch 1.10, named ovs-system."""
        if openvswitch_version(self._dom0.profile) < (1, 10):
            return []
        name = "ovs-system"
        index = self._index(name)
        mac = _DATAPATH_MAC
        return [Interface(name=name, index=index, mac=mac, mtu=1500, up=False, carrier=False)]

    def _bridge(self, bridge: Bridge) -> Interface:
        up = bridge.name not in self._dom0.downed
        return Interface(
            name=bridge.name,
            index=bridge.index,
            mac=bridge.mac,
            mtu=bridge.settings.mtu,
            up=up,
            carrier=up,
            address=self._dom0.addresses.get(bridge.name),
            further=self._dom0.further.get(bridge.name, ()),
            ipv6=link_local(bridge.mac) if up and self._has_ipv6() else "",
            global_ipv6=self._dom0.ipv6.get(bridge.name, ()) if up and self._has_ipv6() else (),
            counters=self._counters(bridge.name),
        )

    def _vif(self, port: Port) -> Interface:
        """Return the half of a guest's interface that is in dom0."""
        name = port.name
        up = name not in self._dom0.downed
        return Interface(
            name=name,
            index=self._index(name),
            mac=_VIF_MAC,
            mtu=self._dom0.bridges_by_name[port.bridge].settings.mtu,
            up=up,
            carrier=up,
            **self._membership(port),
            ipv6=link_local(_VIF_MAC) if up and self._has_ipv6() else "",
            counters=self._counters(name),
        )

    def _made(self, name: str, below: str) -> Interface:
        """Return a device that somebody has made on an interface, and set up."""
        return Interface(
            name=name,
            index=self._index(name),
            mac=_MADE_MAC,
            mtu=_ETHERNET_MTU,
            up=True,
            carrier=True,
            below=below,
            further=self._dom0.further.get(name, ()),
            ipv6=link_local(_MADE_MAC) if self._has_ipv6() else "",
            counters=self._counters(name),
        )

    def _counters(self, name: str) -> Counters:
        heard = int(self._seconds_heard.get(name, 0.0) * _HEARD_PER_SECOND)
        spoken = int(self._seconds_spoken.get(name, 0.0))
        return Counters(
            rx_packets=heard,
            rx_bytes=heard * _FRAME,
            tx_packets=spoken,
            tx_bytes=spoken * _FRAME,
        )
