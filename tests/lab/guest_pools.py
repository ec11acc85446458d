"""Pools with guests for the tests, and how to find one's way in them."""

from dataclasses import replace
from typing import Any

import pytest

from tests.lab.worlds import ask
from xsbond.lab.blueprint import Blueprint, GuestBlueprint, tutorial
from xsbond.lab.contracts import Failure
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.pool.state import Host
from xsbond.lab.world import World

NULL = "OpaqueRef:NULL"


def guest(name: str, *networks: str, host: str = "", state: str = "") -> GuestBlueprint:
    """Return a guest that runs where it has a host."""
    power: Any = state or ("Running" if host else "Halted")
    return GuestBlueprint(name=name, host=host, power_state=power, networks=networks)


def pool(*guests: GuestBlueprint) -> Blueprint:
    """Return the tutorial's pool with these guests."""
    return replace(tutorial(2), guests=guests)


TWO_GUESTS = pool(guest("resting", "xenbr1", "NAS"), guest("busy", "xenbr1", "xenbr3", host="xs-1"))
"""One at rest, and one that runs on xs-1."""


def vm(world: World, name: str) -> str:
    """Return the reference of a VM."""
    (ref,) = ask(world, "VM.get_by_name_label", name)
    return str(ref)


def vif(world: World, name: str, device: str = "0") -> str:
    """Return the reference of a VIF."""
    refs = ask(world, "VM.get_VIFs", vm(world, name))
    (ref,) = (ref for ref in refs if ask(world, "VIF.get_device", ref) == device)
    return str(ref)


def refusal(world: World, method: str, *params: Any) -> tuple[str, ...]:
    """Return code and arguments of a failure."""
    with pytest.raises(Failure) as caught:
        ask(world, method, *params)
    return (caught.value.code, *caught.value.arguments)


def bridge_of(host: Host, port: str) -> str:
    """Return the bridge a port is on in dom0; empty if there is no such port."""
    assert isinstance(host.backend, SimulatedDom0)
    found = host.backend.ports_by_name.get(port)
    return found.bridge if found else ""
