"""The switch that the cables of all hosts end in."""

from collections.abc import Sequence

from xsbond.lab.contracts import Nic
from xsbond.lab.rig.machine import Machine

_BRIDGE = "switch"
_LONGEST = 9216
"""Bytes: a switch passes on what any of its hosts may send."""


class Switch:
    """One broadcast domain, and what happens to its ports."""

    def __init__(self, ground: Machine, hosts: Sequence[str]) -> None:
        self.ground = ground
        """What the hosts are forked from."""
        self._numbers = {name: number for number, name in enumerate(hosts)}
        ground.demand("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1")
        self._ip(
            "link set lo up",
            f"link add {_BRIDGE} type bridge stp_state 0 forward_delay 0 mcast_snooping 0",
            f"link set {_BRIDGE} up",
        )

    def _ip(self, *lines: str) -> None:
        self.ground.demand("ip", "-batch", "-", stdin="\n".join(lines).encode())

    def port(self, host: str, device: str) -> str:
        """Return the name of the port a NIC's cable ends in; it fits IFNAMSIZ."""
        return f"{self._numbers[host]}.{device}"

    def connect(self, host: str, pid: int, nics: Sequence[Nic]) -> None:
        """Give the host whose first process this is its NICs, each with a cable to the switch."""
        self.disconnect(host, nics)
        lines = []
        for nic in nics:
            port = self.port(host, nic.device)
            lines += [
                f"link add {port} mtu {_LONGEST} type veth peer {_end(nic)} netns {pid}",
                f"link set {port} master {_BRIDGE}",
                f"link set {port} {'up' if nic.carrier else 'down'}",
            ]
        self._ip(*lines)

    def disconnect(self, host: str, nics: Sequence[Nic]) -> None:
        """Take the cables of a dead host away; Linux may take its time to do so by itself."""
        lines = [f"link del {self.port(host, nic.device)}" for nic in nics]
        # Those that are gone are no error.
        self.ground.run("ip", "-force", "-batch", "-", stdin="\n".join(lines).encode())


def _end(nic: Nic) -> str:
    return f"name {nic.device} address {nic.mac} mtu {nic.mtu}"
