"""Scripts that stand before a program of dom0, so that it says or does something else."""

from xsbond.lab.namespaced.machine import RigMachine

_FIRST_IN_PATH = "/opt/xensource/bin"
_EXECUTABLE = 0o755


def wrap(machine: RigMachine, program: str, script: str) -> None:
    """Let a script be run where somebody calls a program by its name; it finds that as $real."""
    found = machine.run("sh", "-c", f"command -v {program}").stdout.strip()
    text = f"#!/bin/sh\nreal={found}\n{script}"
    machine.write(f"{_FIRST_IN_PATH}/{program}", text, mode=_EXECUTABLE)
