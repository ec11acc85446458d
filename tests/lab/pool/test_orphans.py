"""Records whose host or network is gone are collected with what goes with them.

Learnt from xapi's own garbage collector (db_gc_util.ml: gc_PIFs, gc_VIFs, gc_host_metrics,
gc_certificates), which makes a pass every 30 s (db_gc.ml).
"""

from collections.abc import Callable, Iterator

import pytest

from tests.lab.guest_pools import TWO_GUESTS
from tests.lab.sriov_pools import nic, sriov, sriov_pool, vlan
from tests.lab.worlds import ask, eventually, new_network, pif, restart, running
from xsbond.lab.pool.consistency import complaints
from xsbond.lab.world import World

GONE = "OpaqueRef:gone"


@pytest.fixture
def world() -> Iterator[World]:
    """A pool of two hosts whose NICs can do SR-IOV."""
    with running(blueprint=sriov_pool()) as world:
        yield world


def collect(world: World) -> None:
    """Let the garbage collector make one pass."""
    with world.lock:
        world.collector.collect()


def lose(world: World, name: str, ref: str, field: str) -> None:
    """Let a record refer to what is gone."""
    with world.lock:
        world.database.set(name, ref, **{field: GONE})


def known(world: World, name: str) -> set[str]:
    """Return the references of a class."""
    with world.lock:
        return set(world.database.refs(name))


def plain(world: World) -> str:
    """A NIC."""
    return pif(world, world.hosts[1], "eth3")


def tagged(world: World) -> str:
    """A VLAN's PIF."""
    return vlan(world, nic(world, "eth3", host=1))


def tunnelled(world: World) -> str:
    """A tunnel's access PIF."""
    transport = plain(world)
    ask(world, "PIF.reconfigure_ip", transport, "Static", "10.0.0.1", "255.0.0.0", "", "")
    tunnel = ask(world, "tunnel.create", transport, new_network(world, "tunnel"), "gre")
    return str(ask(world, "tunnel.get_access_PIF", tunnel))


def shared(world: World) -> str:
    """What SR-IOV makes of a NIC."""
    return sriov(world, host=1)


KINDS: dict[Callable[[World], str], str] = {
    plain: "PIF_metrics",
    tagged: "VLAN",
    tunnelled: "tunnel",
    shared: "network_sriov",
}
"""A PIF -> the class of the record that goes with it."""


@pytest.mark.parametrize("field", ["host", "network"])
@pytest.mark.parametrize("make", KINDS, ids=lambda each: each.__name__)
def test_pif_that_lost_its_place_is_collected(
    make: Callable[[World], str], field: str, world: World
) -> None:
    """With the record that stands for what it is, and nothing else."""
    ref = make(world)
    before = {name: known(world, name) for name in ("PIF", KINDS[make])}
    lose(world, "PIF", ref, field)
    collect(world)
    gone = {name: len(refs - known(world, name)) for name, refs in before.items()}
    assert gone == {"PIF": 1, KINDS[make]: 1}


def test_pif_of_a_bond_takes_its_bond_along(world: World) -> None:
    """The legs are those of a bond that is gone until their host starts anew, and inherits."""
    host = world.hosts[1]
    master = pif(world, host, "bond0")
    (bond,) = ask(world, "PIF.get_bond_master_of", master)
    lose(world, "PIF", master, "network")
    collect(world)
    restart(host)
    leg = pif(world, host, "eth2")
    assert bond not in known(world, "Bond")
    assert ask(world, "PIF.get_bond_slave_of", leg) in known(world, "Bond")


def test_pool_is_possible_after_a_pass(world: World) -> None:
    """What a vanished host leaves behind goes with its VLAN."""
    lose(world, "PIF", tagged(world), "host")
    collect(world)
    with world.lock:
        assert complaints(world.database) == []


def test_pass_comes_by_itself(world: World) -> None:
    """Within the collector's period."""
    ref = tagged(world)
    lose(world, "PIF", ref, "network")
    assert eventually(lambda: ref not in known(world, "PIF"))


def test_what_has_its_place_stays(world: World) -> None:
    """A pass over a sound pool destroys nothing."""
    tagged(world)
    before = world.dump()
    collect(world)
    assert world.dump() == before


def test_calls_go_on_while_a_pif_has_no_host(world: World) -> None:
    """A VLAN on a network that a vanished host is on, too."""
    lose(world, "PIF", plain(world), "host")
    eth3 = pif(world, world.hosts[0], "eth3")
    made = ask(world, "pool.create_VLAN_from_PIF", eth3, new_network(world, "VLAN 5"), 5)
    collect(world)
    assert len(made) == 1


@pytest.mark.parametrize("field", ["VM", "network"])
def test_interface_of_nobody_is_collected(field: str) -> None:
    """With its metrics."""
    with running(blueprint=TWO_GUESTS) as world:
        vif = next(iter(known(world, "VIF")))
        metrics = ask(world, "VIF.get_metrics", vif)
        lose(world, "VIF", vif, field)
        collect(world)
        assert vif not in known(world, "VIF")
        assert metrics not in known(world, "VIF_metrics")


def test_certificate_of_a_vanished_host_is_collected(world: World) -> None:
    """Those of the others stay."""
    before = known(world, "Certificate")
    lose(world, "Certificate", min(before), "host")
    collect(world)
    assert before - known(world, "Certificate") == {min(before)}


def test_metrics_of_no_host_are_collected(world: World) -> None:
    """Those of the hosts stay."""
    with world.lock:
        stray = world.database.create("host_metrics", live=True)
    collect(world)
    assert stray not in known(world, "host_metrics")
