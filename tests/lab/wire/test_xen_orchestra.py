"""Xen Orchestra's own client, unmodified, takes the lab for any small pool and sees it change."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.lab.wire.xen_orchestra import Client, NotInstalledError, connected, install
from tests.lab.worlds import PASSWORD, ask, pif, restart, running
from xsbond.lab.world import World
from xsbond.lab.xapi.doors.server import ApiServers

KINDS = ("pool", "host", "host_metrics", "network", "PIF", "PIF_metrics", "Bond", "VLAN")


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The npm package xen-api, in a directory of its own."""
    try:
        return install(tmp_path_factory.mktemp("xen-orchestra"))
    except NotInstalledError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


@pytest.fixture
def world() -> Iterator[World]:
    """The tutorial's pool."""
    with running() as world:
        yield world


@pytest.fixture
def client(installed: Path, world: World) -> Iterator[Client]:
    """Xen Orchestra's client, connected to the pool by way of a member, watching events."""
    with ApiServers(world) as servers:
        url = f"https://{world.hosts[1].address}:{servers.port}"
        with connected(installed, url, PASSWORD) as client:
            yield client


def legs(world: World) -> list[str]:
    """Return the master's PIFs that are to be bonded."""
    return [pif(world, world.hosts[0], device) for device in ("eth1", "eth5")]


def bonded(client: Client, world: World) -> tuple[str, str]:
    """Make the guest network and its bond through the client; return both refs."""
    record = {"name_label": "PUB", "name_description": "", "other_config": {}}
    network = client.call("network.create", record)
    bond = client.call("Async.Bond.create", network, legs(world), "", "balance-slb", {})
    return network, bond


def test_client_sees_every_object_of_the_pool(client: Client, world: World) -> None:
    """What it fetched on connecting is what the database has, class by class."""
    with world.lock:
        there = {kind: set(world.database.refs(kind)) for kind in KINDS}
    assert {kind: set(client.all(kind)) for kind in KINDS} == there


def test_client_speaks_json(client: Client, world: World) -> None:
    """It did not fall back to XML-RPC, in which an int is text."""
    assert client.call("PIF.get_MTU", legs(world)[0]) == 1500


def test_client_sees_a_bond_come(client: Client, world: World) -> None:
    """The Bond, its PIF on the new network, attached, and its legs, detached."""
    network, bond = bonded(client, world)
    made = client.sees("Bond", lambda record: record["uuid"] == ask(world, "Bond.get_uuid", bond))
    assert set(made["slaves"]) == set(legs(world))
    client.sees("PIF", lambda r: r["network"] == network and r["currently_attached"])
    for device in ("eth1", "eth5"):
        client.sees("PIF", partial(is_detached_leg, device=device, bond=bond))


def is_detached_leg(record: dict[str, Any], device: str, bond: str) -> bool:
    """Tell whether a PIF is a NIC that a bond has taken off its own network."""
    of_this = (record["device"], record["bond_slave_of"]) == (device, bond)
    return of_this and not record["currently_attached"]


def test_client_sees_a_member_inherit(client: Client, world: World) -> None:
    """A restart of the member's xapi brings a second bond, which the client is told of."""
    network, _ = bonded(client, world)
    restart(world.hosts[1])
    client.sees(
        "PIF", lambda r: r["network"] == network and r["host"] == world.hosts[1].ref and r["uuid"]
    )
    made = client.sees("Bond", lambda r: pif(world, world.hosts[1], "eth1") in r["slaves"])
    assert made["mode"] == "balance-slb"


def test_client_sees_a_bond_go(client: Client, world: World) -> None:
    """Bond.destroy takes the Bond and its PIF away, and attaches a leg again."""
    _, bond = bonded(client, world)
    master = client.sees("Bond", lambda r: set(r["slaves"]) == set(legs(world)))["master"]
    client.call("Async.Bond.destroy", bond)
    client.misses(bond)
    client.misses(master)
    client.sees("PIF", lambda r: r["device"] == "eth1" and r["currently_attached"])


def test_client_hears_an_error_with_its_code(client: Client, world: World) -> None:
    """Code and arguments come as XAPI has them."""
    network, _ = bonded(client, world)
    answer = client.answer("Bond.create", network, legs(world), "", "balance-slb", {})
    assert answer["failure"][0] == "NETWORK_ALREADY_CONNECTED"
