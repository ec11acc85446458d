"""The switch that the cables of all hosts end in."""

import ipaddress
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from xsbond.lab.contracts import Nic
from xsbond.lab.rig.guest import NETWORK_BITS, Guest, ip, take_away
from xsbond.lab.rig.machine import Machine
from xsbond.lab.rig.partner import Lag, Partner

_BRIDGE = "switch"
_LONGEST = 9216
"""Bytes: a switch passes on what any of its hosts may send."""
_GUESTS = ipaddress.ip_network(f"198.18.0.0/{NETWORK_BITS}")
"""For tests of networks, and routed nowhere (RFC 2544, appendix C.2.2)."""
_PEER_MAC = "02:00:00:00:00:01"
ECHO_PORT = 7
"""TCP, at the peer (RFC 862)."""


@dataclass(slots=True)
class _Port:
    plugged: bool
    deaf: bool = False


class Switch:
    """One broadcast domain, and what happens to its ports. Methods are thread-safe."""

    def __init__(self, ground: Machine, hosts: Sequence[str], partner: Partner) -> None:
        self.ground = ground
        """What the hosts are forked from."""
        self._partner = partner
        self._numbers = {name: number for number, name in enumerate(hosts)}
        self._ports: dict[tuple[str, str], _Port] = {}
        self._addresses = map(str, _GUESTS.hosts())
        self._lock = threading.RLock()
        ground.demand("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1")
        ip(
            ground,
            "link set lo up",
            f"link add {_BRIDGE} type bridge stp_state 0 forward_delay 0 mcast_snooping 0",
            f"link set {_BRIDGE} up",
        )
        self.peer = Guest("peer", mac=_PEER_MAC, address=self.draw_address())
        """A machine upstream; it answers ping, and echoes TCP at `ECHO_PORT`."""
        self.peer.start(ground, "peer")
        ip(ground, f"link set peer master {_BRIDGE}")
        self.peer.call({"op": "open", "port": ECHO_PORT, "command": ["cat"]})

    def draw_address(self) -> str:
        """Return an address that no guest has had."""
        with self._lock:
            return next(self._addresses)

    def number(self, host: str) -> int:
        """Return a short name for a host, whatever characters its own has; KeyError if unknown."""
        return self._numbers[host]

    def port(self, host: str, device: str) -> str:
        """Return the name of the port a NIC's cable ends in; it fits IFNAMSIZ."""
        return f"{self.number(host)}.{device}"

    def connect(self, host: str, pid: int, nics: Sequence[Nic]) -> None:
        """Give the host whose first process this is its NICs, each with a cable to the switch.

        What was done to the ports before stays done.
        """
        if any(port[0] == host for port in self._ports):
            self.disconnect(host, nics)
        lines = []
        for nic in nics:
            name = self.port(host, nic.device)
            end = f"name {nic.device} address {nic.mac} mtu {nic.mtu} netns {pid}"
            lines.append(f"link add name {name} mtu {_LONGEST} type veth peer {end}")
        ip(self.ground, *lines)
        with self._lock:
            for nic in nics:
                self._ports.setdefault((host, nic.device), _Port(plugged=nic.carrier))
            ip(self.ground, *(line for nic in nics for line in self._setting(host, nic.device)))
            self._partner.regain([self.port(host, nic.device) for nic in nics])

    def disconnect(self, host: str, nics: Sequence[Nic]) -> None:
        """Take the cables of a dead host away; Linux may take its time to do so by itself."""
        ports = [self.port(host, nic.device) for nic in nics]
        with self._lock:
            self._partner.lose(ports)
        take_away(self.ground, ports)

    def _setting(self, host: str, device: str) -> list[str]:
        """Return what makes a port of the bridge what it is to be."""
        name, port = self.port(host, device), self._ports[host, device]
        away = port.deaf or self._partner.has(name)
        return [
            f"link set {name} nomaster" if away else f"link set {name} master {_BRIDGE}",
            f"link set {name} {'up' if port.plugged else 'down'}",
        ]

    def _set(self, host: str, device: str, **what: bool) -> None:
        with self._lock:
            port = self._ports[host, device]
            for name, value in what.items():
                setattr(port, name, value)
            ip(self.ground, *self._setting(host, device))

    def unplug(self, host: str, device: str) -> None:
        """Pull a cable: the NIC loses its carrier. KeyError for a NIC that is not there."""
        self._set(host, device, plugged=False)

    def plug(self, host: str, device: str) -> None:
        """Put a cable back."""
        self._set(host, device, plugged=True)

    def deafen(self, host: str, device: str) -> None:
        """Put a port in a VLAN of its own: the NIC keeps its carrier and hears nobody.

        Raises ValueError for a port of a group.
        """
        if self._partner.has(self.port(host, device)):
            raise ValueError(f"{device} of {host} is in a group of the switch")
        self._set(host, device, deaf=True)

    def hear(self, host: str, device: str) -> None:
        """Put a port back into the VLAN all others are in."""
        self._set(host, device, deaf=False)

    def group(self, host: str, devices: Sequence[str], lag: Lag | None = None) -> None:
        """Make one link aggregation group of ports that speaks LACP, as `lag` has it.

        Raises ValueError for fewer than two ports, unless they are told how they are to speak, and
        for one that is in a group already.
        """
        names = [self.port(host, device) for device in devices]
        with self._lock:
            self._partner.group(names, _BRIDGE, lag)

    def ungroup(self, host: str, devices: Sequence[str]) -> None:
        """Make them ports like all others again; ValueError if they are not one group."""
        with self._lock:
            self._partner.ungroup([self.port(host, device) for device in devices])
            ip(self.ground, *(line for each in devices for line in self._setting(host, each)))
