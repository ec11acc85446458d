"""A bond's port that has other interfaces than XAPI wants: networkd cannot put it right by adding.

Recorded from a real pool (xapi 26.17, Open vSwitch 3.5): eth5 was taken out of the port by hand;
`xe pif-plug` then fails, a restart of xapi changes nothing, unplugging and plugging mends.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.lab.worlds import ask, new_bond, new_network, pif, restart, running
from xsbond.lab.contracts import Failure
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.world import World

ARGUMENTS = (
    "script error [script = /usr/bin/ovs-vsctl, args = --timeout=20 -- --may-exist add-bond xapi1"
    ' bond1 {legs} -- set port bond1 MAC="00:1f:29:c4:9d:c2" lacp=off bond_mode=balance-slb'
    " bond_updelay=31000 bond_downdelay=200 other-config:bond-miimon-interval=100"
    " other-config:bond-detect-mode=carrier other-config:bond-rebalance-interval=1800000,"
    ' code = Exit code 1, stdout = , stderr = ovs-vsctl: "--may-exist add-bond xapi1 bond1 {legs}"'
    " but bond1 actually has interface(s) {there}\n]"
)
"""The second argument of PIF_CONFIGURATION_ERROR as recorded, the order of the legs aside."""


@pytest.fixture
def world() -> Iterator[World]:
    """The tutorial's pool with its guest bond on both hosts."""
    with running() as world:
        network = new_network(world)
        for host in world.hosts:
            new_bond(world, host, network, "eth1", "eth5")
        yield world


def dom0_of(world: World) -> SimulatedDom0:
    """Return the member's dom0."""
    dom0 = world.hosts[1].backend
    assert isinstance(dom0, SimulatedDom0)
    return dom0


def put(world: World, *devices: str) -> None:
    """Let the member's bond have these interfaces."""
    dom0 = dom0_of(world)
    dom0.ports_by_name["bond1"] = replace(dom0.ports_by_name["bond1"], devices=devices)


def legs(world: World) -> set[str]:
    """Return the interfaces of the member's bond."""
    return set(dom0_of(world).ports_by_name["bond1"].devices)


def bond(world: World) -> str:
    """Return the member's bond PIF."""
    return pif(world, world.hosts[1], "bond1")


@pytest.mark.parametrize(
    ("there", "told"), [(("eth1",), "eth1"), (("eth5", "eth1", "eth9"), "eth1, eth5, eth9")]
)
def test_plug_is_refused_in_the_words_of_ovs_vsctl(
    there: tuple[str, ...], told: str, world: World
) -> None:
    """PIF_CONFIGURATION_ERROR with the PIF and what networkd was told."""
    put(world, *there)
    with pytest.raises(Failure) as refused:
        ask(world, "PIF.plug", bond(world))
    code, ref, text = refused.value.code, *refused.value.arguments
    assert (code, ref) == ("PIF_CONFIGURATION_ERROR", bond(world))
    expected = {ARGUMENTS.format(legs=two, there=told) for two in ("eth1 eth5", "eth5 eth1")}
    assert text in expected


def test_refused_plug_changes_nothing(world: World) -> None:
    """The port is as it was, and XAPI says that the PIF is attached."""
    put(world, "eth1")
    with pytest.raises(Failure):
        ask(world, "PIF.plug", bond(world))
    attached = ask(world, "PIF.get_currently_attached", bond(world))
    assert (legs(world), attached) == ({"eth1"}, True)


def test_restart_changes_nothing(world: World) -> None:
    """It plugs, too, and is refused as well."""
    put(world, "eth1")
    restart(world.hosts[1])
    assert legs(world) == {"eth1"}
    assert "actually has interface(s)" in dom0_of(world).read_file("/var/log/xensource.log")


def test_unplug_and_plug_mends(world: World) -> None:
    """The bridge goes, and comes with a port of both."""
    put(world, "eth1")
    ask(world, "PIF.unplug", bond(world))
    ask(world, "PIF.plug", bond(world))
    assert legs(world) == {"eth1", "eth5"}


def spoil(world: World, host: int) -> None:
    """Change mode, MTU and MAC by hand, and set bridge and leg down."""
    dom0 = world.hosts[host].backend
    assert isinstance(dom0, SimulatedDom0)
    port, bridge = dom0.ports_by_name["bond1"], dom0.bridges_by_name["xapi1"]
    assert port.bond
    dom0.ports_by_name["bond1"] = replace(port, bond=replace(port.bond, bond_mode="active-backup"))
    settings = replace(bridge.settings, mac="02:00:00:00:00:09", mtu=1400)
    dom0.bridges_by_name["xapi1"] = replace(bridge, settings=settings)
    dom0.nics_by_device["eth5"] = replace(dom0.nics_by_device["eth5"], mtu=1400)
    for name in ("xapi1", "eth5"):
        dom0.set_interface(name, up=False, by="hand")


def state(world: World, host: int) -> tuple[object, ...]:
    """Return what `spoil` changes."""
    dom0 = world.hosts[host].backend
    assert isinstance(dom0, SimulatedDom0)
    port, settings = dom0.ports_by_name["bond1"], dom0.bridges_by_name["xapi1"].settings
    assert port.bond
    down = sorted(dom0.downed)
    mtu = dom0.nics_by_device["eth5"].mtu
    return port.bond.bond_mode, settings.mac, settings.mtu, mtu, down


def test_plug_applies_mode_mtu_and_mac_again_on_that_host_only(world: World) -> None:
    """What was changed by hand is as XAPI has it, and up; the other host is left alone."""
    right = state(world, 1)
    for host in (0, 1):
        spoil(world, host)
    wrong = state(world, 0)
    ask(world, "PIF.plug", bond(world))
    assert (state(world, 1), state(world, 0)) == (right, wrong)


def test_plug_applies_a_new_mtu_of_the_network(world: World) -> None:
    """network.set_MTU alone changes nothing; nor is the other host's bridge changed."""
    network = ask(world, "PIF.get_network", bond(world))
    ask(world, "network.set_MTU", network, 9000)
    ask(world, "PIF.plug", bond(world))
    assert [state(world, host)[2] for host in (0, 1)] == [1500, 9000]
