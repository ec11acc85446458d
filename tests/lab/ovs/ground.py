"""Labs on real Open vSwitch for tests, where this machine can have them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.labs import provision
from xsbond.lab.blueprint import Blueprint, tutorial
from xsbond.lab.namespaced.lab import OvsHost, OvsLab, missing
from xsbond.model import BondMode

LACKING = "; ".join(missing())
needs_namespaces = pytest.mark.skipif(bool(LACKING), reason=LACKING)


@contextmanager
def bonded_lab(
    blueprint: Blueprint | None = None, mode: BondMode = BondMode.BALANCE_SLB
) -> Iterator[OvsLab]:
    """Keep a lab that has the guest bond, all of whose legs are up and counted."""
    with OvsLab(blueprint or tutorial(2)) as lab:
        provision(lab, mode)
        lab.pass_time(60)
        yield lab


def shown(host: OvsHost, *words: str) -> str:
    """Return what a command prints in dom0; it must succeed."""
    done = host.machine.run(*words)
    assert done.code == 0, done.stderr
    return done.stdout


def members(host: OvsHost, port: str = "bond1") -> dict[str, str]:
    """Return leg -> enabled or disabled, out of bond/show."""
    text = shown(host, "ovs-appctl", "bond/show", port)
    return dict(re.findall(r"^(?:member|slave) (\S+): (\w+)$", text, re.MULTILINE))


def field(lab: OvsLab, name: str, ref: str, key: str) -> Any:
    """Return a field of an object in XAPI's database."""
    with lab.world.lock:
        return lab.world.database.get(name, ref)[key]
