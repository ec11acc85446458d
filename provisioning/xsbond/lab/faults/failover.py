"""Faults that nothing shows until a leg goes down: what a failover drill is there to find."""

from xsbond.lab.faults.fault import Fault, Target, frozen
from xsbond.lab.shell.machine import Process

_IP = ("/sbin/ip", "/usr/sbin/ip")


def legs_tied(target: Target) -> None:
    """The second leg loses its link whenever the first one is down: one card carries both."""
    with frozen(target):
        first, second = target.legs[:2]
        target.dom0.tied[second] = first


def link_lost_for_good(target: Target) -> None:
    """The second leg finds no link any more once it was set down."""
    with frozen(target):
        target.dom0.reluctant.add(target.legs[-1])


def leg_stays_down(target: Target) -> None:
    """Once the second leg was set down, dom0 cannot set it up: its driver has crashed."""
    leg, programs = target.legs[-1], target.simulated.machine.programs

    def crashed(process: Process) -> int:
        if {"set", leg, "up"} <= set(process.arguments):
            process.streams.stderr.write("RTNETLINK answers: Input/output error\n")
            return 2
        return known(process)

    known = programs[_IP[0]]
    programs.update(dict.fromkeys(_IP, crashed))


def monitor_stopped(target: Target) -> None:
    """The host's xapi follows its links no more: what XAPI knows of them is what it knew."""
    with frozen(target):
        target.lab.world.pool.unwatched.add(target.host.ref)


FAULTS = (
    Fault(legs_tied),
    Fault(link_lost_for_good),
    Fault(leg_stays_down),
    Fault(monitor_stopped),
)
