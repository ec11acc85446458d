"""The part of the switch that speaks LACP: an Open vSwitch of its own, started when needed."""

from collections.abc import Sequence

from xsbond.lab.rig.daemons import start_open_vswitch
from xsbond.lab.rig.guest import ip
from xsbond.lab.rig.machine import Machine
from xsbond.lab.rig.modes import Footing

_BRIDGE = "groups"
_HERE, _THERE = "uplink", "downlink"
_PLACE = "/run/openvswitch"
_LEAST = 2


class Partner:
    """A second bridge with the groups, and one cable to the switch's own."""

    def __init__(self, ground: Machine, footing: Footing, database: bytes) -> None:
        self._ground, self._footing, self._database = ground, footing, database
        self._running = False
        self._groups: list[tuple[str, ...]] = []

    def has(self, port: str) -> bool:
        """Tell whether a port is in a group."""
        return any(port in group for group in self._groups)

    def _start(self, bridge: str) -> None:
        if self._running:
            return
        start_open_vswitch(self._ground, self._database, place=_PLACE, logs=_PLACE)
        ip(
            self._ground,
            f"link add {_HERE} type veth peer name {_THERE}",
            f"link set {_HERE} up",
            f"link set {_THERE} master {bridge}",
            f"link set {_THERE} up",
        )
        kind = f"datapath_type={self._footing.datapath_type}"
        added = ["add-br", _BRIDGE, "--", "set", "bridge", _BRIDGE, kind]
        self._ground.demand("ovs-vsctl", *added, "--", "add-port", _BRIDGE, _HERE)
        self._running = True

    def group(self, ports: Sequence[str], bridge: str) -> None:
        """Take ports off a bridge and make them a group; ValueError for those that cannot."""
        if len(set(ports)) < _LEAST:
            raise ValueError("a group has two ports or more")
        taken = [port for port in ports if self.has(port)]
        if taken:
            raise ValueError(f"in a group already: {', '.join(taken)}")
        self._start(bridge)
        ip(self._ground, *(f"link set {port} nomaster" for port in ports))
        self._add(ports)
        self._groups.append(tuple(ports))

    def _add(self, ports: Sequence[str]) -> None:
        settings = ["lacp=active", "bond_mode=balance-tcp", "other_config:lacp-time=fast"]
        bond = ["add-bond", _BRIDGE, self._name(ports), *ports, *settings]
        self._ground.demand("ovs-vsctl", *bond)

    def ungroup(self, ports: Sequence[str]) -> None:
        """Let ports go; ValueError if they are not one group."""
        group = next((each for each in self._groups if set(each) == set(ports)), None)
        if group is None:
            raise ValueError(f"no group: {', '.join(ports)}")
        self._remove(group)
        self._groups.remove(group)

    def _remove(self, ports: Sequence[str]) -> None:
        self._ground.demand("ovs-vsctl", "--if-exists", "del-port", _BRIDGE, self._name(ports))

    def lose(self, ports: Sequence[str]) -> None:
        """Let go of ports that are about to vanish; their groups are still wanted."""
        for group in self._of(ports):
            self._remove(group)

    def regain(self, ports: Sequence[str]) -> None:
        """Take ports back that are there again: Open vSwitch does not look for them itself."""
        for group in self._of(ports):
            self._add(group)

    def _of(self, ports: Sequence[str]) -> list[tuple[str, ...]]:
        return [group for group in self._groups if set(group) & set(ports)]

    @staticmethod
    def _name(ports: Sequence[str]) -> str:
        return f"group-{ports[0]}"
