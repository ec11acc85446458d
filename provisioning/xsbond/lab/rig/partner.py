"""The part of the switch that speaks LACP: an Open vSwitch of its own, started when needed."""

from collections.abc import Sequence
from dataclasses import dataclass

from xsbond.lab.rig.daemons import start_open_vswitch
from xsbond.lab.rig.guest import ip
from xsbond.lab.rig.machine import Machine
from xsbond.lab.rig.modes import Footing

_BRIDGE = "groups"
_HERE, _THERE = "uplink", "downlink"
_PLACE = "/run/openvswitch"
_LEAST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """How a group speaks, where that is not as Open vSwitch does it by itself."""

    system: str = ""
    """System id; empty for that of the switch."""
    key: int = 0
    """0 for what Open vSwitch chooses."""

    def settings(self, port: str, devices: Sequence[str]) -> list[str]:
        """Return what ovs-vsctl is told beside the port."""
        said = ["--", "set", "port", port, f'other_config:lacp-system-id="{self.system}"']
        words = said if self.system else []
        for device in devices if self.key else ():
            words += ["--", "set", "interface", device]
            words.append(f"other_config:lacp-aggregation-key={self.key}")
        return words


class Partner:
    """A second bridge with the groups, and one cable to the switch's own."""

    def __init__(self, ground: Machine, footing: Footing, database: bytes) -> None:
        self._ground, self._footing, self._database = ground, footing, database
        self._running = False
        self._groups: dict[tuple[str, ...], Lag] = {}

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

    def group(self, ports: Sequence[str], bridge: str, lag: Lag | None = None) -> None:
        """Take ports off a bridge and make them a group; ValueError for those that cannot."""
        if len(set(ports)) < (1 if lag else _LEAST):
            raise ValueError("a group has two ports or more")
        taken = [port for port in ports if self.has(port)]
        if taken:
            raise ValueError(f"in a group already: {', '.join(taken)}")
        self._start(bridge)
        ip(self._ground, *(f"link set {port} nomaster" for port in ports))
        self._groups[tuple(ports)] = lag or Lag()
        self._add(tuple(ports))

    def _add(self, ports: tuple[str, ...]) -> None:
        name, settings = self._name(ports), ["lacp=active", "other_config:lacp-time=fast"]
        if len(ports) < _LEAST:
            # ovs-vsctl calls a bond of one interface none; its port speaks LACP all the same.
            made = ["add-port", _BRIDGE, name, *settings]
        else:
            made = ["add-bond", _BRIDGE, name, *ports, "bond_mode=balance-tcp", *settings]
        said = self._groups[ports].settings(name, ports)
        self._ground.demand("ovs-vsctl", *made, *said)

    def ungroup(self, ports: Sequence[str]) -> None:
        """Let ports go; ValueError if they are not one group."""
        group = next((each for each in self._groups if set(each) == set(ports)), None)
        if group is None:
            raise ValueError(f"no group: {', '.join(ports)}")
        self._remove(group)
        del self._groups[group]

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
        return f"group-{ports[0]}" if len(ports) >= _LEAST else ports[0]
