"""A guest: a network namespace whose only cable is a virtual interface of its host."""

from collections.abc import Iterable

from xsbond.lab.rig.machine import Machine

NETWORK_BITS = 15
_DEVICE = "eth0"
_BACKEND_MAC = "fe:ff:ff:ff:ff:ff"
"""Of every vifN.M on a XenServer host (vif script)."""


class Guest(Machine):
    """A guest as the launcher drives it."""

    def __init__(self, name: str, *, mac: str, address: str) -> None:
        super().__init__(name)
        self.mac = mac
        self.address = address
        """IPv4, in the network that all guests and the peer share."""

    def start(self, parent: Machine, cable: str, *, mtu: int = 1500) -> int:
        """Fork it from its parent, with a cable of that name there; return its pid there."""
        pid = parent.fork("guest", self)
        # Once it answers it is in its own network namespace.
        self.set_hostname(self.name)
        peer = f"name {_DEVICE} address {self.mac} mtu {mtu} netns {pid}"
        ip(parent, f"link add name {cable} address {_BACKEND_MAC} mtu {mtu} type veth peer {peer}")
        ip(parent, f"link set dev {cable} up")
        ip(
            self,
            "link set lo up",
            f"addr add {self.address}/{NETWORK_BITS} dev {_DEVICE}",
            f"link set {_DEVICE} up",
        )
        # Open vSwitch in user space sends on what it reads: sums left to hardware stay undone.
        self.demand("ethtool", "-K", _DEVICE, "tx", "off")
        return pid


def ip(machine: Machine, *lines: str) -> None:
    """Carry out commands as `ip -batch` does; RigError at the first that fails."""
    machine.demand("ip", "-batch", "-", stdin="\n".join(lines).encode())


def take_away(machine: Machine, devices: Iterable[str]) -> None:
    """Delete devices; those that are gone are no error."""
    lines = [f"link del dev {device}" for device in devices]
    machine.run("ip", "-force", "-batch", "-", stdin="\n".join(lines).encode())
