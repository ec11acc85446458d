"""Faults of the answers: dom0 is as it should be, what its commands print is not."""

from collections.abc import Callable
from dataclasses import replace

from xsbond.lab.faults.fault import Fault, Target
from xsbond.lab.shell.machine import Process, Program, Stopped
from xsbond.lab.shell.streams import Sink

APPCTL, VSCTL, IFCONFIG = "/usr/bin/ovs-appctl", "/usr/bin/ovs-vsctl", "/sbin/ifconfig"
OFCTL = "/usr/bin/ovs-ofctl"
BASHRC = "/root/.bashrc"
BANNER = "echo 'Authorised use only.'\necho 'All sessions are recorded.' >&2\n"


def login_banner(target: Target) -> None:
    """The .bashrc of root greets whoever comes, on standard output and on standard error."""
    target.dom0.write_file(BASHRC, BANNER)


def unknown_wording(target: Target) -> None:
    """The host's ovs-appctl lists bonds under headings nobody has seen before."""
    _alter(target, APPCTL, lambda text: text.replace("bond\ttype", "trunk\tkind"))


def answer_cut_short(target: Target) -> None:
    """The shell is killed while it answers: what comes ends in the middle of a word."""

    def die(process: Process) -> int:
        process.out("xap")
        raise Stopped("Killed")

    _replace(target, VSCTL, die)


def line_cut_short(target: Target) -> None:
    """The last line of ovs-appctl's answers is missing its end."""
    _alter(target, APPCTL, lambda text: text.rstrip("\n")[:-4])


def noise_in_answer(target: Target) -> None:
    """ovs-vsctl writes a warning of its library among the bridges."""
    _alter(target, VSCTL, lambda text: f"2026-01-01T00:00:00Z|00001|fatal_signal|WARN|x\n{text}")


def not_utf_8(target: Target) -> None:
    """Among what ifconfig prints are bytes that are no text in any encoding in use."""
    _alter(target, IFCONFIG, lambda text: text.replace("mtu", "m\udcfft\udcfe"))


def command_missing(target: Target) -> None:
    """The host has no ovs-appctl where it is looked for."""

    def absent(process: Process) -> int:
        process.streams.stderr.write(f"bash: {process.name}: command not found\n")
        return 127

    _replace(target, APPCTL, absent)


def switch_daemon_dead(target: Target) -> None:
    """ovs-vswitchd of the host has died: the database answers, the switch does not."""
    pidfile = "/var/run/openvswitch/ovs-vswitchd.pid"

    def refuse(process: Process) -> int:
        process.complain(f'cannot read pidfile "{pidfile}" (No such file or directory)')
        return 1

    def no_socket(process: Process) -> int:
        process.complain(f"{process.arguments[-1]} is not a bridge or a socket")
        return 1

    _replace(target, APPCTL, refuse)
    _replace(target, OFCTL, no_socket)


def _alter(target: Target, path: str, change: Callable[[str], str]) -> None:
    """Let a program print something else, with the same exit status."""
    program = target.simulated.machine.programs[path]

    def altered(process: Process) -> int:
        printed: list[str] = []
        streams = replace(process.streams, stdout=Sink(printed.append))
        status = program(replace(process, streams=streams))
        process.out(change("".join(printed)))
        return status

    _replace(target, path, altered)


def _replace(target: Target, path: str, program: Program) -> None:
    target.simulated.machine.programs[path] = program


FAULTS = (
    Fault(login_banner),
    Fault(unknown_wording),
    Fault(answer_cut_short),
    Fault(line_cut_short),
    Fault(noise_in_answer),
    Fault(not_utf_8),
    Fault(command_missing),
    Fault(switch_daemon_dead),
)
