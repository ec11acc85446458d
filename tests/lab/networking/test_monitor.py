"""Links, speeds and alerts follow what dom0 sees."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.lab.worlds import ask, new_bond, new_network, pif, running
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.pool.state import Host
from xsbond.lab.timing.delays import Delays
from xsbond.lab.world import World


@pytest.fixture
def world() -> Iterator[World]:
    """The tutorial's pool, sampled only when a test says so."""
    with running(delays=Delays(monitoring=1e9), scale=1.0) as world:
        yield world


@pytest.fixture
def sample(world: World) -> Callable[[float], None]:
    """Lets lab seconds pass and samples the links."""

    def after(seconds: float) -> None:
        world.clock.skip(seconds)
        with world.lock:
            world.monitor.sample()

    return after


Sample = Callable[[float], None]


def plug_cable(host: Host, device: str, *, carrier: bool) -> None:
    """Plug a NIC's cable in, or pull it."""
    dom0 = host.backend
    assert isinstance(dom0, SimulatedDom0)
    dom0.nics_by_device[device] = replace(dom0.nics_by_device[device], carrier=carrier)


def nas(world: World, host: Host) -> str:
    """Return the Bond every host has from the start."""
    (bond,) = ask(world, "PIF.get_bond_master_of", pif(world, host, "bond0"))
    return str(bond)


def metrics(world: World, host: Host, device: str) -> dict[str, Any]:
    """Return the metrics of a host's PIF."""
    ref = ask(world, "PIF.get_metrics", pif(world, host, device))
    record: dict[str, Any] = ask(world, "PIF_metrics.get_record", ref)
    return record


def alerts(world: World) -> list[str]:
    """Return the bodies of all messages, oldest first."""
    found = ask(world, "event.from", ["message"], "", 0.0)["events"]
    found.sort(key=lambda event: int(event["id"]))
    return [event["snapshot"]["body"] for event in found]


def test_pool_starts_with_whole_bonds(world: World) -> None:
    """Both legs of NAS have been up for long."""
    assert ask(world, "Bond.get_links_up", nas(world, world.hosts[0])) == 2


def test_pool_starts_without_alerts(world: World) -> None:
    """Nothing happened yet."""
    assert alerts(world) == []


def test_new_bond_has_no_links_at_first(world: World) -> None:
    """Until the first sample."""
    bond = new_bond(world, world.hosts[0], new_network(world), "eth1", "eth5")
    assert ask(world, "Bond.get_links_up", bond) == 0


@pytest.mark.parametrize(("seconds", "links"), [(4.0, 1), (30.0, 1), (36.0, 2)])
def test_second_leg_waits_for_its_up_delay(
    seconds: float, links: int, world: World, sample: Sample
) -> None:
    """The first leg is enabled at once, the other one after 31 seconds."""
    bond = new_bond(world, world.hosts[0], new_network(world), "eth1", "eth5")
    sample(seconds)
    assert ask(world, "Bond.get_links_up", bond) == links


def test_new_bond_raises_the_recorded_alerts(world: World, sample: Sample) -> None:
    """First half, then whole."""
    new_bond(world, world.hosts[0], new_network(world), "eth5", "eth1")
    sample(4)
    sample(36)
    assert alerts(world) == [
        "The status of the eth1+eth5 bond is: 1/2 up",
        "The status of the eth1+eth5 bond changed: 2/2 up (was 1/2)",
    ]


def test_alert_is_about_the_host(world: World, sample: Sample) -> None:
    """Class Host, the host's uuid, priority 3."""
    new_bond(world, world.hosts[1], new_network(world), "eth1", "eth5")
    sample(4)
    (alert,) = ask(world, "message.get_all_records").values()
    assert (alert["name"], alert["cls"], alert["obj_uuid"], alert["priority"]) == (
        "BOND_STATUS_CHANGED",
        "Host",
        world.hosts[1].uuid,
        3,
    )


def test_pulled_cable_takes_a_link(world: World, sample: Sample) -> None:
    """OVS needs 200 ms, the next sample shows it."""
    plug_cable(world.hosts[0], "eth4", carrier=False)
    sample(5)
    assert ask(world, "Bond.get_links_up", nas(world, world.hosts[0])) == 1


def test_pulled_cable_raises_an_alert(world: World, sample: Sample) -> None:
    """With the state before."""
    plug_cable(world.hosts[0], "eth4", carrier=False)
    sample(5)
    assert alerts(world) == ["The status of the eth2+eth4 bond changed: 1/2 up (was 2/2)"]


def test_pulled_cable_has_no_carrier(world: World, sample: Sample) -> None:
    """Nor speed, nor duplex."""
    plug_cable(world.hosts[0], "eth4", carrier=False)
    sample(5)
    seen = metrics(world, world.hosts[0], "eth4")
    assert (seen["carrier"], seen["speed"], seen["duplex"]) == (False, 0, False)


def test_pulled_cable_leaves_the_pif_attached(world: World, sample: Sample) -> None:
    """currently_attached follows bridges, not cables."""
    plug_cable(world.hosts[0], "eth3", carrier=False)
    sample(5)
    assert ask(world, "PIF.get_currently_attached", pif(world, world.hosts[0], "eth3")) is True


def test_bond_without_links_has_no_carrier(world: World, sample: Sample) -> None:
    """Both cables pulled."""
    for device in ("eth2", "eth4"):
        plug_cable(world.hosts[0], device, carrier=False)
    sample(5)
    assert metrics(world, world.hosts[0], "bond0")["carrier"] is False


def test_active_backup_is_as_fast_as_one_leg(world: World) -> None:
    """NAS sends through one of two NICs of 10 Gbit/s."""
    assert metrics(world, world.hosts[0], "bond0")["speed"] == 10000


def test_balance_slb_is_as_fast_as_all_legs(world: World, sample: Sample) -> None:
    """Two NICs of 10 Gbit/s."""
    new_bond(world, world.hosts[0], new_network(world), "eth1", "eth5")
    sample(40)
    assert metrics(world, world.hosts[0], "bond1")["speed"] == 20000


def test_legs_seem_down_right_after_they_were_bonded(world: World, sample: Sample) -> None:
    """They are taken down and up, and the next sample catches that."""
    new_bond(world, world.hosts[0], new_network(world), "eth1", "eth5")
    sample(1)
    assert metrics(world, world.hosts[0], "eth1")["carrier"] is False


def test_legs_are_up_one_sample_later(world: World, sample: Sample) -> None:
    """The NICs never lost their cables."""
    new_bond(world, world.hosts[0], new_network(world), "eth1", "eth5")
    sample(1)
    sample(5)
    assert metrics(world, world.hosts[0], "eth1")["carrier"] is True


def test_bond_of_one_has_no_links(world: World, sample: Sample) -> None:
    """An ordinary port is no bond to Open vSwitch."""
    bond = new_bond(world, world.hosts[0], new_network(world), "eth1")
    sample(40)
    assert ask(world, "Bond.get_links_up", bond) == 0


def test_bond_of_one_raises_no_alert(world: World, sample: Sample) -> None:
    """Nobody looks at it."""
    new_bond(world, world.hosts[0], new_network(world), "eth1")
    sample(40)
    assert alerts(world) == []


def test_quiet_sample_changes_nothing(world: World, sample: Sample) -> None:
    """Not even a date."""
    before = world.dump()
    sample(5)
    assert world.dump() == before


def test_stopped_host_is_not_sampled(world: World, sample: Sample) -> None:
    """Its xapi is the one that writes."""
    world.agents[1].kill()
    plug_cable(world.hosts[1], "eth4", carrier=False)
    sample(5)
    assert ask(world, "Bond.get_links_up", nas(world, world.hosts[1])) == 2
