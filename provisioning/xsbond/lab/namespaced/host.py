"""One host of a lab on real Open vSwitch, and what its faults need of the lab."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from xsbond.lab.anylab import AnyLab
from xsbond.lab.contracts import Toolstack
from xsbond.lab.namespaced.cabling import Cabling
from xsbond.lab.namespaced.dom0 import NamespacedDom0
from xsbond.lab.namespaced.machine import RigMachine
from xsbond.lab.namespaced.played import PlayedMachine
from xsbond.lab.rig.rig import Rig


@dataclass(frozen=True, slots=True, kw_only=True)
class OvsHost:
    """One host of a lab on real Open vSwitch."""

    name: str
    address: str
    """Where its API and its SSH server listen."""
    uuid: str
    ref: str
    dom0: NamespacedDom0
    machine: RigMachine
    played: PlayedMachine

    @property
    def toolstack(self) -> Toolstack:
        """Return its xapi as its own programs reach it."""
        return self.played.toolstack

    @contextlib.contextmanager
    def without_ssh(self) -> Iterator[None]:
        """Let its SSH server be gone for a while."""
        self.machine.running.close_door()
        try:
            yield
        finally:
            self.machine.running.open_door()


class RiggedLab(AnyLab[OvsHost]):
    """A lab whose hosts hang on a rig and on the ports of its switch."""

    rig: Rig
    cabling: Cabling
