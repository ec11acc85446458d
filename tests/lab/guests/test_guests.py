"""Virtual machines, as far as networks and bonds meet them."""

from collections.abc import Iterator

import pytest

from tests.lab.guest_pools import NULL, TWO_GUESTS, bridge_of, guest, pool, refusal, vif, vm
from tests.lab.worlds import ask, network, new_bond, new_network, pif, running
from xsbond.lab.world import World


@pytest.fixture
def world() -> Iterator[World]:
    """A pool with a guest at rest and one that runs on xs-1."""
    with running(blueprint=TWO_GUESTS) as world:
        yield world


def test_each_host_has_its_control_domain(world: World) -> None:
    """It runs there from the start."""
    homes = {
        ask(world, "VM.get_resident_on", ask(world, "host.get_control_domain", host.ref))
        for host in world.hosts
    }
    assert homes == {host.ref for host in world.hosts}


def test_host_lists_what_runs_on_it(world: World) -> None:
    """The control domain and the guest, not the one at rest."""
    resident = ask(world, "host.get_resident_VMs", world.hosts[0].ref)
    names = {ask(world, "VM.get_name_label", ref) for ref in resident}
    assert names == {"Control domain on host: xs-1", "busy"}


def test_network_lists_its_vifs(world: World) -> None:
    """Of running and resting guests alike."""
    vifs = ask(world, "network.get_VIFs", network(world, "xenbr1"))
    assert set(vifs) == {vif(world, "resting"), vif(world, "busy")}


def test_running_guest_has_its_interfaces_in_dom0(world: World) -> None:
    """Named after its domain's number and the device."""
    places = {name: bridge_of(world.hosts[0], name) for name in ("vif1.0", "vif1.1")}
    assert places == {"vif1.0": "xenbr1", "vif1.1": "xenbr3"}


def test_started_guest_is_on_a_host(world: World) -> None:
    """Power state, host and attachment follow."""
    resting = vm(world, "resting")
    ask(world, "VM.start_on", resting, world.hosts[1].ref, False, False)
    record = ask(world, "VM.get_record", resting)
    attached = [ask(world, "VIF.get_currently_attached", ref) for ref in record["VIFs"]]
    assert (record["power_state"], record["resident_on"]) == ("Running", world.hosts[1].ref)
    assert attached == [True, True]


def test_stopped_guest_is_nowhere(world: World) -> None:
    """Its interfaces are gone."""
    ask(world, "VM.clean_shutdown", vm(world, "busy"))
    record = ask(world, "VM.get_record", vm(world, "busy"))
    assert (record["power_state"], record["resident_on"], record["domid"]) == ("Halted", NULL, -1)
    assert bridge_of(world.hosts[0], "vif1.0") == ""


def test_running_guest_is_not_started(world: World) -> None:
    """The words are lower case."""
    busy = vm(world, "busy")
    wanted = ("VM_BAD_POWER_STATE", busy, "halted", "running")
    assert refusal(world, "VM.start", busy, False, False) == wanted


def test_resting_guest_is_not_stopped_by_force(world: World) -> None:
    """All states it could have are named."""
    resting = vm(world, "resting")
    wanted = ("VM_BAD_POWER_STATE", resting, "paused, suspended, running", "halted")
    assert refusal(world, "VM.hard_shutdown", resting) == wanted


def test_control_domain_is_not_stopped(world: World) -> None:
    """Nobody stops domain 0."""
    domain = ask(world, "host.get_control_domain", world.hosts[0].ref)
    wanted = ("OPERATION_NOT_ALLOWED", "Operations on domain 0 are not allowed")
    assert refusal(world, "VM.clean_shutdown", domain) == wanted


def test_guest_on_the_network_of_a_leg_cannot_start_there(world: World) -> None:
    """Its host has the network, but cannot bring it up."""
    new_bond(world, world.hosts[0], new_network(world), "eth1", "eth5")
    host, xenbr1 = world.hosts[0].ref, network(world, "xenbr1")
    wanted = ("HOST_CANNOT_ATTACH_NETWORK", host, xenbr1)
    assert refusal(world, "VM.start_on", vm(world, "resting"), host, False, False) == wanted


def test_guest_starts_where_its_network_can_be_attached(world: World) -> None:
    """The master has a bond there, the member does not."""
    new_bond(world, world.hosts[0], new_network(world), "eth1", "eth5")
    ask(world, "VM.start", vm(world, "resting"), False, False)
    assert ask(world, "VM.get_resident_on", vm(world, "resting")) == world.hosts[1].ref


def test_guest_needs_its_networks(world: World) -> None:
    """A network with any PIF is on the hosts that have one."""
    net = new_network(world)
    new_bond(world, world.hosts[0], net, "eth1", "eth5")
    resting = vm(world, "resting")
    ask(world, "VIF.move", vif(world, "resting"), net)
    wanted = ("VM_REQUIRES_NETWORK", resting, net)
    assert refusal(world, "VM.assert_can_boot_here", resting, world.hosts[1].ref) == wanted


def test_guest_with_nowhere_to_go_is_not_started(world: World) -> None:
    """No host is left when both have the network on a leg."""
    net = new_network(world)
    for host in world.hosts:
        new_bond(world, host, net, "eth1", "eth5")
    resting = vm(world, "resting")
    ask(world, "VIF.move", vif(world, "resting"), network(world, "xenbr1"))
    assert refusal(world, "VM.start", resting, False, False) == ("NO_HOSTS_AVAILABLE",)


def test_disabled_host_takes_no_guest(world: World) -> None:
    """HOST_DISABLED comes before networks are looked at."""
    host = world.hosts[1].ref
    ask(world, "host.disable", host)
    resting = vm(world, "resting")
    assert refusal(world, "VM.start_on", resting, host, False, False) == ("HOST_DISABLED", host)


def test_internal_network_gets_a_bridge_with_its_first_guest(world: World) -> None:
    """And none before: it has no PIF."""
    net = new_network(world, "internal")
    bridge = ask(world, "network.get_bridge", net)
    before = bridge in world.hosts[0].backend.bridges()
    ask(world, "VIF.move", vif(world, "busy"), net)
    assert (before, bridge in world.hosts[0].backend.bridges()) == (False, True)


def test_internal_network_loses_its_bridge_with_its_last_guest(world: World) -> None:
    """Nobody else is on it."""
    net = new_network(world, "internal")
    ask(world, "VIF.move", vif(world, "busy"), net)
    ask(world, "VM.hard_shutdown", vm(world, "busy"))
    assert ask(world, "network.get_bridge", net) not in world.hosts[0].backend.bridges()


def test_internal_network_keeps_its_guests_together(world: World) -> None:
    """The second guest is available only where the first runs."""
    net = new_network(world, "internal")
    for name in ("busy", "resting"):
        ask(world, "VIF.move", vif(world, name), net)
    hosts = ask(world, "VM.get_possible_hosts", vm(world, "resting"))
    assert hosts == [world.hosts[0].ref]


def test_starting_guest_brings_its_pif_up(world: World) -> None:
    """What was unplugged is plugged on demand."""
    eth1 = pif(world, world.hosts[1], "eth1")
    ask(world, "PIF.unplug", eth1)
    ask(world, "VM.start_on", vm(world, "resting"), world.hosts[1].ref, False, False)
    assert ask(world, "PIF.get_currently_attached", eth1) is True


def test_paused_guest_is_not_at_rest() -> None:
    """A blueprint says where it is paused."""
    with pytest.raises(ValueError, match="guest g cannot be Paused on no host"):
        guest("g", state="Paused")


def test_guest_on_an_unknown_host_is_refused() -> None:
    """By the blueprint."""
    with pytest.raises(ValueError, match="guests on hosts that are not: xs-9"):
        pool(guest("g", host="xs-9"))


def test_guest_on_an_unknown_network_is_refused() -> None:
    """While the pool is built."""
    wanted = "there is no network PUB to connect guest g to"
    with pytest.raises(ValueError, match=wanted), running(blueprint=pool(guest("g", "PUB"))):
        pass
