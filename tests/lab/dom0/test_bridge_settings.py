"""What networkd writes to Open vSwitch, as ovs-vsctl shows it in dom0."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.lab.hosts import Shell, machine_of
from tests.lab.worlds import ask, network, new_bond, new_network, pif, running
from xsbond.lab.blueprint import GuestBlueprint, tutorial
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.pool.state import Host
from xsbond.lab.world import World


@pytest.fixture
def world() -> Iterator[World]:
    """A pool with a guest on xenbr3 of xs-1."""
    guest = GuestBlueprint(name="g", host="xs-1", power_state="Running", networks=("xenbr3",))
    with running(blueprint=replace(tutorial(2), guests=(guest,))) as world:
        yield world


@pytest.fixture
def master(world: World) -> Host:
    """The host the commands are typed on."""
    return world.hosts[0]


@pytest.fixture
def shell(master: Host) -> Shell:
    """A shell there."""
    assert isinstance(master.backend, SimulatedDom0)
    return Shell(machine_of(master.backend))


def set_key(world: World, name: str, ref: str, key: str, value: str) -> None:
    """Put a key into an object's other_config."""
    ask(world, f"{name}.add_to_other_config", ref, key, value)


def replug(world: World, master: Host, device: str = "eth1") -> None:
    """Let networkd write everything again."""
    ask(world, "PIF.plug", pif(world, master, device))


FAIL_MODE = "vswitch-controller-fail-mode"


def test_fail_mode_is_the_networks(world: World, master: Host, shell: Shell) -> None:
    """Once its PIF is plugged again."""
    set_key(world, "network", network(world, "xenbr1"), FAIL_MODE, "secure")
    replug(world, master)
    assert shell.out("ovs-vsctl get bridge xenbr1 fail_mode") == "secure\n"


def test_fail_mode_of_the_pool_is_for_all(world: World, master: Host, shell: Shell) -> None:
    """Where the network has none."""
    set_key(world, "pool", ask(world, "pool.get_all")[0], FAIL_MODE, "secure")
    replug(world, master)
    assert shell.out("ovs-vsctl get bridge xenbr1 fail_mode") == "secure\n"


def test_fail_mode_of_the_network_goes_before_the_pools(
    world: World, master: Host, shell: Shell
) -> None:
    """The nearer one wins."""
    set_key(world, "pool", ask(world, "pool.get_all")[0], FAIL_MODE, "secure")
    set_key(world, "network", network(world, "xenbr1"), FAIL_MODE, "standalone")
    replug(world, master)
    assert shell.out("ovs-vsctl get bridge xenbr1 fail_mode") == "standalone\n"


def test_fail_mode_that_is_none_is_standalone(world: World, master: Host, shell: Shell) -> None:
    """Other words do not count."""
    set_key(world, "network", network(world, "xenbr1"), FAIL_MODE, "open")
    replug(world, master)
    assert shell.out("ovs-vsctl get bridge xenbr1 fail_mode") == "standalone\n"


@pytest.mark.parametrize("value", ["true", "false"])
def test_in_band_control_can_be_switched(
    world: World, master: Host, shell: Shell, value: str
) -> None:
    """By a key of the network."""
    set_key(world, "network", network(world, "xenbr1"), "vswitch-disable-in-band", value)
    replug(world, master)
    assert shell.out("ovs-vsctl get bridge xenbr1 other_config:disable-in-band") == f'"{value}"\n'


def test_in_band_control_is_not_mentioned_otherwise(shell: Shell) -> None:
    """The key is removed."""
    assert "disable-in-band" not in shell.out("ovs-vsctl get bridge xenbr1 other_config")


def test_parent_of_a_vlan_names_both_networks(world: World, master: Host, shell: Shell) -> None:
    """The VLAN's first, a semicolon between."""
    net, eth1 = new_network(world), pif(world, master, "eth1")
    ask(world, "VLAN.create", eth1, 42, net)
    uuids = [ask(world, "network.get_uuid", ref) for ref in (net, network(world, "xenbr1"))]
    told = shell.out("ovs-vsctl br-get-external-id xenbr1 xs-network-uuids")
    assert told == ";".join(uuids) + "\n"


def test_aggregation_key_is_on_each_interface(world: World, master: Host, shell: Shell) -> None:
    """Not on the port."""
    members = [pif(world, master, device) for device in ("eth1", "eth5")]
    properties = {"lacp-aggregation-key": "17"}
    ask(world, "Bond.create", new_network(world), members, "", "lacp", properties)
    told = [
        shell.out(f"ovs-vsctl get interface {device} other_config") for device in ("eth1", "eth5")
    ]
    assert told == ['{lacp-aggregation-key="17"}\n'] * 2
    assert "aggregation" not in shell.out("ovs-vsctl get port bond1 other_config")


@pytest.mark.parametrize(
    ("mode", "properties", "wanted"),
    [
        ("balance-slb", {}, ["balance-slb", "off"]),
        ("active-backup", {}, ["active-backup", "off"]),
        ("lacp", {}, ["balance-tcp", "active"]),
        ("lacp", {"hashing_algorithm": "tcpudp_ports"}, ["balance-tcp", "active"]),
        ("lacp", {"hashing_algorithm": "src_mac"}, ["balance-slb", "active"]),
    ],
)
def test_port_is_set_by_mode(
    world: World, shell: Shell, mode: str, properties: dict[str, str], wanted: list[str]
) -> None:
    """The hash decides how lacp balances."""
    members = [pif(world, world.hosts[0], device) for device in ("eth1", "eth5")]
    ask(world, "Bond.create", new_network(world), members, "", mode, properties)
    assert shell.out("ovs-vsctl get port bond1 bond_mode lacp").split() == wanted


@pytest.mark.parametrize(
    ("override", "column", "wanted"),
    [
        ("mode=active-backup", "bond_mode", "active-backup"),
        ("updelay=1000", "bond_updelay", "1000"),
        ("downdelay=7", "bond_downdelay", "7"),
        ("use_carrier=0", "other_config:bond-detect-mode", "miimon"),
        ("miimon=50", "other_config:bond-miimon-interval", '"50"'),
        ("rebalance-interval=10000", "other_config:bond-rebalance-interval", '"10000"'),
        ("nonsense=x", "other_config:bond-nonsense", "x"),
    ],
)
def test_key_of_the_bonds_pif_overrides_the_port(
    world: World, shell: Shell, override: str, column: str, wanted: str
) -> None:
    """Whatever the Bond itself says."""
    bond = new_bond(world, world.hosts[0], new_network(world), "eth1", "eth5")
    made = ask(world, "Bond.get_master", bond)
    key, _, value = override.partition("=")
    set_key(world, "PIF", made, f"bond-{key}", value)
    ask(world, "PIF.plug", made)
    assert shell.out(f"ovs-vsctl get port bond1 {column}") == f"{wanted}\n"


def test_mtu_of_a_network_reaches_its_nics(world: World, master: Host, shell: Shell) -> None:
    """With the next plug, on the bridge and below it."""
    ask(world, "network.set_MTU", network(world, "xenbr1"), 9000)
    replug(world, master)
    told = [shell.out(f"cat /sys/class/net/{name}/mtu") for name in ("xenbr1", "eth1")]
    assert told == ["9000\n", "9000\n"]


def test_mtu_of_a_pif_goes_before_its_networks(world: World, master: Host, shell: Shell) -> None:
    """Key mtu of its other_config, if it is a number."""
    set_key(world, "PIF", pif(world, master, "eth1"), "mtu", "4000")
    replug(world, master)
    assert shell.out("cat /sys/class/net/xenbr1/mtu") == "4000\n"


def test_running_guest_has_a_port(shell: Shell) -> None:
    """On the bridge of its network."""
    assert shell.out("ovs-vsctl port-to-br vif1.0") == "xenbr3\n"


def test_running_guest_has_an_interface(shell: Shell) -> None:
    """With the MAC all backends of Xen have."""
    assert shell.out("cat /sys/class/net/vif1.0/address") == "fe:ff:ff:ff:ff:ff\n"


def test_guest_on_a_vlan_is_on_its_fake_bridge(world: World, master: Host, shell: Shell) -> None:
    """The port carries the tag."""
    net = new_network(world)
    ask(world, "VLAN.create", pif(world, master, "eth1"), 42, net)
    (vif,) = ask(world, "VIF.get_all")
    ask(world, "VIF.move", vif, net)
    bridge = ask(world, "network.get_bridge", net)
    told = [shell.out("ovs-vsctl port-to-br vif1.0"), shell.out("ovs-vsctl get port vif1.0 tag")]
    assert told == [f"{bridge}\n", "42\n"]


def test_stopped_guest_has_no_port(world: World, shell: Shell) -> None:
    """And no interface."""
    (vm,) = ask(world, "VM.get_by_name_label", "g")
    ask(world, "VM.hard_shutdown", vm)
    assert "vif1.0" not in shell.out("ovs-vsctl list-ports xenbr3")
