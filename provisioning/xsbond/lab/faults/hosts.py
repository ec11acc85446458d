"""Faults of whole hosts: not there, not ready, or of another kind than the rest."""

from dataclasses import replace

from xsbond.lab.contracts import Clock
from xsbond.lab.faults.fault import Fault, Target, frozen
from xsbond.lab.faults.nics import leg_down
from xsbond.lab.lab import LabHost

SKEW = 90.0
"""Seconds by which a clock that is off is ahead."""
BACKEND_FILE = "/etc/xensource/network.conf"


class SkewedClock:
    """A clock whose calendar is wrong; its seconds are as long as the lab's."""

    def __init__(self, right: Clock, seconds: float) -> None:
        self._right, self._seconds = right, seconds

    def now(self) -> float:
        """Return the seconds since some moment."""
        return self._right.now()

    def time(self) -> float:
        """Return the Unix time as this clock has it."""
        return self._right.time() + self._seconds

    def sleep(self, seconds: float) -> None:
        """Return after so many lab seconds."""
        self._right.sleep(seconds)


def host_disabled(target: Target) -> None:
    """The host is in maintenance: it takes no guests."""
    target.call("host.disable", target.host.ref)


def host_dead(target: Target) -> None:
    """The host lost its power; the pool has noticed."""
    world = target.lab.world
    with world.lock:
        agents = zip(world.hosts, world.agents, strict=True)
        next(agent for host, agent in agents if host.ref == target.host.ref).kill()
        metrics = target.database.get("host", target.host.ref)["metrics"]
        target.database.set("host_metrics", metrics, live=False)
    target.simulated.ssh_servers.cut(target.simulated.machine)


def power_lost(target: Target) -> None:
    """The host has just lost its power; the pool still takes it for live and enabled."""
    world = target.lab.world
    world.switch_off(next(host for host in world.hosts if host.ref == target.host.ref))
    # The lab cuts the host off by itself, a moment later.
    while isinstance(target.host, LabHost) and target.host.ssh_servers.serves(target.host.machine):
        world.clock.sleep(1)


def networkd_stopped(target: Target) -> None:
    """The host's xcp-networkd was stopped, then a cable was pulled: XAPI hears of no link."""
    target.host.toolstack.stop_networkd()
    leg_down(target)


def dom0_unreachable(target: Target) -> None:
    """Nobody answers at the host's SSH port."""
    target.simulated.ssh_servers.cut(target.simulated.machine)


def xapi_stopped(target: Target) -> None:
    """The host's xapi was stopped and not started again."""
    target.host.toolstack.stop()


def xapi_starting(target: Target) -> None:
    """The host's xapi is half-way through its start: not enabled, and no bond copied yet."""
    with frozen(target) as database:
        metrics = database.get("host", target.host.ref)["metrics"]
        database.set("host", target.host.ref, enabled=False)
        database.set("host_metrics", metrics, live=False)


def clock_off(target: Target) -> None:
    """The host's clock is a minute and a half fast."""
    with frozen(target):
        target.dom0.clock = SkewedClock(target.dom0.clock, SKEW)


def bridge_backend(target: Target) -> None:
    """The host is configured for Linux bridges where the others use Open vSwitch."""
    with frozen(target) as database:
        target.dom0.write_file(BACKEND_FILE, "bridge\n")
        software = database.get("host", target.host.ref)["software_version"]
        changed = {**software, "network_backend": "bridge"}
        database.set("host", target.host.ref, software_version=changed)


def other_version(target: Target) -> None:
    """The host was left out of the pool's update."""
    with frozen(target) as database:
        software = database.get("host", target.host.ref)["software_version"]
        changed = {**software, "product_version": "8.2.1", "build_number": "release/yangtze/78"}
        database.set("host", target.host.ref, software_version=changed)


def old_wording(target: Target) -> None:
    """The host's Open vSwitch is of an older generation: slaves where others say members."""
    with frozen(target):
        target.dom0.profile = replace(target.dom0.profile, openvswitch="2.5.3")


FAULTS = (
    Fault(host_disabled),
    Fault(host_dead),
    Fault(power_lost),
    Fault(networkd_stopped),
    Fault(dom0_unreachable),
    Fault(xapi_stopped),
    Fault(xapi_starting),
    Fault(clock_off),
    Fault(bridge_backend),
    Fault(other_version),
    Fault(old_wording),
)
