"""A simulated lab as it is, to be had back after a test has changed it.

What a lab consists of is copied, and put back into the same objects, so that its servers and the
connections to it live on. A service that was stopped or started, or a dom0 that nobody reaches any
more, cannot be put back so: such a lab is to be thrown away.
"""

import copy
from collections.abc import Callable, Iterator
from typing import Any

from xsbond.lab import Lab
from xsbond.lab.dom0.state import Watched
from xsbond.lab.lab import LabHost

_OF_POOL = ("bridge_names", "domids", "bounced", "unwatched", "registrations")
_OF_DATABASE = ("_rows", "_referrers")
_OF_HOST = ("running", "powered", "linked", "networkd", "role", "booted", "stays_disabled")
_OF_MONITOR = ("_links", "_agents", "_written")


class Memento:
    """The state of a lab at one moment."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        with lab.world.lock:
            self._processes = _processes(lab)
            self._listening = len(lab.ssh_servers._selector.get_map())
            self._records = lab.world.dump()
            self._restorers = [restore for part in _parts(lab) for restore in _kept(*part)]

    def restore(self) -> bool:
        """Make the lab what it was; False if it cannot be made so."""
        lab = self._lab
        with lab.world.lock:
            if _processes(lab) != self._processes:
                return False
            if len(lab.ssh_servers._selector.get_map()) != self._listening:
                return False
            for restore in self._restorers:
                restore()
            # Whoever waits for an event hears that everything has changed.
            for name in lab.world.database.classes:
                for ref in lab.world.database.refs(name):
                    lab.world.database.touch(name, ref)
            assert lab.world.dump() == self._records
        return True


def _processes(lab: Lab) -> list[Any]:
    """Return what tells whether anything on any host was stopped or started."""
    return [
        (agent._starts, agent.door, [getattr(host, name) for name in _OF_HOST])
        for agent, host in zip(lab.world.agents, lab.world.hosts, strict=True)
    ]


def _parts(lab: Lab) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Yield what a lab consists of: an object, and which of its attributes are its state."""
    world = lab.world
    yield world.database, _OF_DATABASE
    yield world.pool, _OF_POOL
    yield world.monitor, _OF_MONITOR
    for host in lab.hosts:
        yield from _parts_of_host(host)


def _parts_of_host(host: LabHost) -> Iterator[tuple[Any, tuple[str, ...]]]:
    dom0 = host.dom0
    yield dom0, tuple(set(vars(dom0)) - {"lock", "netdevs", "files"})
    yield dom0.netdevs, tuple(set(vars(dom0.netdevs)) - {"_dom0", "_new_indices"})
    yield dom0.files, ("written", "made", "programs")
    yield host.machine, ("programs",)


def _kept(owner: Any, names: tuple[str, ...]) -> Iterator[Callable[[], None]]:
    for name in names:
        yield _restorer(owner, name, getattr(owner, name))


def _restorer(owner: Any, name: str, value: Any) -> Callable[[], None]:
    """Return what gives an attribute its value back; what it holds is frozen, or copied."""
    if isinstance(value, Watched):
        return _refilled(value._items, dict(value._items))
    if name in _OF_DATABASE:
        kept = copy.deepcopy(value)
        return lambda: setattr(owner, name, copy.deepcopy(kept))
    if isinstance(value, dict | set):
        return _refilled(value, copy.copy(value))
    return lambda: setattr(owner, name, value)


def _refilled(container: dict[Any, Any] | set[Any], kept: Any) -> Callable[[], None]:
    def refill() -> None:
        container.clear()
        container.update(kept)

    return refill
