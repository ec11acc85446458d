"""The side of the switch's administrator: which of its ports form a LAG."""

from collections.abc import Sequence

from xsbond.lab.rig.partner import Lag
from xsbond.lab.rig.switch import Switch

_LEAST = 2
"""Ports of a group."""


class Cabling:
    """Groups the ports of a lab's switch as the bonds of its hosts need them."""

    def __init__(self, switch: Switch) -> None:
        self._switch = switch
        self._groups: dict[str, list[frozenset[str]]] = {}
        """Host -> its NICs whose ports form a LAG."""

    def cable(self, host: str, devices: Sequence[str], *, lacp: bool) -> None:
        """Let the ports of these NICs form a LAG that speaks LACP, or be ports of their own."""
        wanted, known = frozenset(devices), self._groups.setdefault(host, [])
        if lacp and wanted in known:
            return
        for group in [group for group in known if group & wanted]:
            self._switch.ungroup(host, sorted(group))
            known.remove(group)
        if lacp and len(wanted) >= _LEAST:
            self._switch.group(host, sorted(wanted))
            known.append(wanted)

    def regroup(self, host: str, lags: Sequence[tuple[Sequence[str], Lag]]) -> None:
        """Let a host's ports form these LAGs and no others; the rest are ports of their own."""
        for group in self._groups.setdefault(host, []):
            self._switch.ungroup(host, sorted(group))
        for devices, lag in lags:
            self._switch.group(host, sorted(devices), lag)
        self._groups[host] = [frozenset(devices) for devices, _ in lags]
