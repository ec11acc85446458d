"""Worlds for the tests: the tutorial's pool on simulated dom0s, with or without API servers."""

import json
import ssl
import time
import xmlrpc.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from xsbond.lab.blueprint import CURRENT, Blueprint, Profile, tutorial
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.pool.state import Host
from xsbond.lab.timing.clock import Clock
from xsbond.lab.timing.delays import Delays
from xsbond.lab.world import World
from xsbond.lab.xapi.doors.server import ApiServers

PASSWORD = "xenroot"
FAST = 0.002
"""Real seconds of a lab second."""
RECORDED = Path(__file__).parent / "recorded"
_PATIENCE = 20.0


def recorded(name: str) -> Any:
    """Return recorded data from this package."""
    return json.loads((RECORDED / name).read_text(encoding="utf-8"))


@contextmanager
def running(
    hosts: int = 2,
    *,
    profile: Profile = CURRENT,
    blueprint: Blueprint | None = None,
    scale: float = FAST,
    delays: Delays | None = None,
    clock: Clock | None = None,
) -> Iterator[World]:
    """Run the tutorial's pool; what it ends as must be possible."""
    wanted = replace(blueprint or tutorial(hosts, profile), password=PASSWORD)
    clock = clock or Clock(scale)
    dom0s = [
        SimulatedDom0(
            host.nics,
            profile=wanted.profile,
            hostname=host.name,
            clock=clock,
            network_backend=host.network_backend,
        )
        for host in wanted.hosts
    ]
    addresses = [f"127.16.0.{10 + 2 * index}" for index in range(len(dom0s))]
    with World(wanted, dom0s, addresses, clock=clock, delays=delays) as world:
        yield world
        world.check()


@contextmanager
def serving(world: World) -> Iterator[Callable[[Host], xmlrpc.client.ServerProxy]]:
    """Serve a world over HTTPS; yields what connects to one of its hosts."""
    context = ssl._create_unverified_context()  # noqa: S323 - other tests look at certificates
    proxies: list[xmlrpc.client.ServerProxy] = []

    def connect(host: Host) -> xmlrpc.client.ServerProxy:
        url = f"https://{host.address}:{servers.port}"
        proxies.append(xmlrpc.client.ServerProxy(url, allow_none=True, context=context))
        return proxies[-1]

    with ApiServers(world) as servers:
        yield connect
        for proxy in proxies:
            proxy("close")()


def ask(world: World, method: str, *params: Any) -> Any:
    """Call as root at the master."""
    return world.dispatch(world.hosts[0], method, params)


def pif(world: World, host: Host, device: str, vlan: int = -1) -> str:
    """Return the reference of a host's PIF."""
    with world.lock:
        (ref,) = world.database.where("PIF", host=host.ref, device=device, VLAN=vlan)
    return ref


def network(world: World, bridge: str) -> str:
    """Return the reference of the network on a bridge."""
    with world.lock:
        (ref,) = world.database.where("network", bridge=bridge)
    return ref


def new_network(world: World, label: str = "PUB") -> str:
    """Make a network and return its reference."""
    ref: str = ask(world, "network.create", {"name_label": label, "other_config": {}})
    return ref


def new_bond(
    world: World, host: Host, network: str, *devices: str, mode: str = "balance-slb", mac: str = ""
) -> str:
    """Bond NICs of a host and return the Bond's reference."""
    members = [pif(world, host, device) for device in devices]
    ref: str = ask(world, "Bond.create", network, members, mac, mode, {})
    return ref


def bond_on(world: World, host: Host, network: str) -> dict[str, Any] | None:
    """Return the Bond record of a host on a network; None if there is none."""
    pifs = ask(world, "PIF.get_all_records").values()
    bonds = [
        bond
        for each in pifs
        if (each["host"], each["network"]) == (host.ref, network)
        for bond in each["bond_master_of"]
    ]
    return ask(world, "Bond.get_record", bonds[0]) if bonds else None


def devices_of(world: World, bond: dict[str, Any]) -> set[str]:
    """Return the device names of a bond's legs."""
    return {ask(world, "PIF.get_device", slave) for slave in bond["slaves"]}


def eventually(condition: Callable[[], bool]) -> bool:
    """Tell whether a condition turns true within a generous while."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.005)
    return condition()


def restart(host: Host) -> None:
    """Restart a host's xapi and wait for its start-up to be complete."""
    host.toolstack.stop()
    host.toolstack.start()
    assert eventually(lambda: is_complete(host)), f"{host.name} did not finish its start-up"


def is_complete(host: Host) -> bool:
    """Tell whether a host's start-up is complete."""
    try:
        host.backend.read_file("/var/run/xapi_init_complete.cookie")
    except FileNotFoundError:
        return False
    return True
