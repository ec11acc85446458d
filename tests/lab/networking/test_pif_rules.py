"""What a PIF may be told, and what it refuses."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.lab.guest_pools import refusal
from tests.lab.worlds import ask, new_network, pif, running
from xsbond.lab.blueprint import GuestBlueprint, tutorial
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.pool.state import Host
from xsbond.lab.world import World


@pytest.fixture
def world() -> Iterator[World]:
    """The tutorial's pool."""
    with running() as world:
        yield world


def dom0(host: Host) -> SimulatedDom0:
    """Return a host's dom0, to look into."""
    assert isinstance(host.backend, SimulatedDom0)
    return host.backend


def manages(world: World) -> str:
    """Return the management PIF of the master."""
    return pif(world, world.hosts[0], "eth0")


def leg(world: World) -> str:
    """Return a leg of NAS."""
    return pif(world, world.hosts[0], "eth2")


def bond(world: World) -> str:
    """Return the bond of NAS."""
    return pif(world, world.hosts[0], "bond0")


def nic(world: World) -> str:
    """Return a NIC that is nothing else."""
    return pif(world, world.hosts[0], "eth3")


def unmanaged(world: World) -> str:
    """Return a NIC that xapi leaves alone."""
    return with_fields(world, nic(world), managed=False)


def pinned(world: World) -> str:
    """Return a NIC that must not be unplugged."""
    return with_fields(world, nic(world), disallow_unplug=True)


def vlan(world: World) -> str:
    """Return the PIF of a VLAN on a NIC."""
    ask(world, "VLAN.create", nic(world), 7, new_network(world))
    return pif(world, world.hosts[0], "eth3", vlan=7)


def tagged(world: World) -> str:
    """Return a NIC with a VLAN."""
    vlan(world)
    return nic(world)


def tunnel(world: World) -> str:
    """Return the access PIF of a tunnel on NAS."""
    ask(world, "tunnel.create", bond(world), new_network(world))
    return pif(world, world.hosts[0], "tunnel0")


def transport(world: World) -> str:
    """Return a NIC that a tunnel runs on."""
    ask(world, "PIF.reconfigure_ip", nic(world), "Static", "10.0.0.1", "255.0.0.0", "", "")
    ask(world, "tunnel.create", nic(world), new_network(world))
    return nic(world)


def with_fields(world: World, ref: str, **fields: Any) -> str:
    """Return a PIF whose record was changed."""
    with world.lock:
        world.database.set("PIF", ref, **fields)
    return ref


IP = ("Static", "10.0.0.1", "255.0.0.0", "", "")
NO_IP = ("None", "", "", "", "")
REFUSALS = [
    ("PIF.plug", unmanaged, (), "PIF_UNMANAGED"),
    ("PIF.plug", leg, (), "CANNOT_PLUG_BOND_SLAVE"),
    ("PIF.unplug", unmanaged, (), "PIF_UNMANAGED"),
    ("PIF.unplug", manages, (), "PIF_IS_MANAGEMENT_INTERFACE"),
    ("PIF.unplug", pinned, (), "PIF_DOES_NOT_ALLOW_UNPLUG"),
    ("PIF.forget", manages, (), "PIF_IS_MANAGEMENT_INTERFACE"),
    ("PIF.forget", leg, (), "PIF_ALREADY_BONDED"),
    ("PIF.forget", bond, (), "PIF_ALREADY_BONDED"),
    ("PIF.forget", tagged, (), "PIF_VLAN_STILL_EXISTS"),
    ("PIF.forget", vlan, (), "PIF_VLAN_STILL_EXISTS"),
    ("PIF.forget", tunnel, (), "PIF_TUNNEL_STILL_EXISTS"),
    ("PIF.forget", transport, (), "PIF_TUNNEL_STILL_EXISTS"),
    ("PIF.reconfigure_ip", unmanaged, IP, "PIF_UNMANAGED"),
    ("PIF.reconfigure_ip", manages, NO_IP, "PIF_IS_MANAGEMENT_INTERFACE"),
    ("PIF.reconfigure_ipv6", unmanaged, ("None", "", "", ""), "PIF_UNMANAGED"),
    ("PIF.set_primary_address_type", manages, ("IPv6",), "PIF_IS_MANAGEMENT_INTERFACE"),
    ("PIF.set_property", leg, ("gro", "off"), "CANNOT_CHANGE_PIF_PROPERTIES"),
    ("PIF.set_property", vlan, ("gro", "off"), "CANNOT_CHANGE_PIF_PROPERTIES"),
]


@pytest.mark.parametrize(
    ("call", "find", "params", "code"), REFUSALS, ids=lambda each: getattr(each, "__name__", None)
)
def test_pif_is_refused(
    world: World, call: str, find: Any, params: tuple[str, ...], code: str
) -> None:
    """With its reference."""
    ref = find(world)
    assert refusal(world, call, ref, *params) == (code, ref)


@pytest.mark.parametrize("call", ["PIF.destroy"])
@pytest.mark.parametrize("find", [nic, bond, leg])
def test_what_is_no_vlan_is_not_destroyed(world: World, call: str, find: Any) -> None:
    """Without arguments."""
    assert refusal(world, call, find(world)) == ("PIF_IS_PHYSICAL",)


def test_pif_under_a_running_guest_is_not_unplugged() -> None:
    """VIF_IN_USE names network and VIF."""
    guest = GuestBlueprint(name="g", host="xs-1", power_state="Running", networks=("xenbr3",))
    with running(blueprint=replace(tutorial(2), guests=(guest,))) as world:
        net = ask(world, "PIF.get_network", nic(world))
        (vif,) = ask(world, "VIF.get_all")
        assert refusal(world, "PIF.unplug", nic(world)) == ("VIF_IN_USE", net, vif)


def test_management_of_a_detached_pif_does_not_keep_it(world: World) -> None:
    """Only an attached one is the host's way out (assert_not_management_pif)."""
    with_fields(world, nic(world), management=True, currently_attached=False)
    ask(world, "PIF.unplug", nic(world))
    with_fields(world, nic(world), management=False, currently_attached=True)


def test_unmanaged_pif_can_be_forgotten(world: World) -> None:
    """Its bridge is left to whoever made it."""
    ask(world, "PIF.forget", unmanaged(world))
    assert "xenbr3" in world.hosts[0].backend.bridges()


def test_forgotten_pif_leaves_no_metrics(world: World) -> None:
    """They go with it."""
    metrics = ask(world, "PIF.get_metrics", nic(world))
    ask(world, "PIF.forget", nic(world))
    assert metrics not in ask(world, "PIF_metrics.get_all")


def test_detached_leg_takes_an_address(world: World) -> None:
    """In the database alone."""
    ask(world, "PIF.reconfigure_ip", leg(world), *IP)
    record = ask(world, "PIF.get_record", leg(world))
    assert (record["IP"], record["currently_attached"]) == ("10.0.0.1", False)
    ask(world, "PIF.reconfigure_ip", leg(world), *NO_IP)


def test_address_without_a_mode_for_it_is_stored(world: World) -> None:
    """And not used."""
    ask(world, "PIF.reconfigure_ip", nic(world), "None", "10.0.0.1", "", "", "")
    assert ask(world, "PIF.get_IP", nic(world)) == "10.0.0.1"
    assert "xenbr3" not in dom0(world.hosts[0]).addresses


def mac_of(world: World) -> str:
    """Return the MAC by which the NIC asks the LAN for an address."""
    return str(ask(world, "PIF.get_MAC", nic(world))).lower()


def test_unanswered_dhcp_leaves_the_bridge_without_an_address(world: World) -> None:
    """The PIF is attached all the same, and XAPI knows no address of it."""
    with world.lock:
        world.pool.leases.silent.add(mac_of(world))
    ask(world, "PIF.reconfigure_ip", nic(world), "DHCP", "", "", "", "")
    assert ask(world, "PIF.get_currently_attached", nic(world)) is True
    assert ask(world, "PIF.get_IP", nic(world)) == ""
    assert "xenbr3" not in dom0(world.hosts[0]).addresses


def test_lease_is_on_the_bridge_and_in_the_record(world: World) -> None:
    """Whoever asks again with the same MAC gets the same address; another one another."""
    ask(world, "PIF.reconfigure_ip", nic(world), "DHCP", "", "", "", "")
    first = ask(world, "PIF.get_record", nic(world))
    assert dom0(world.hosts[0]).addresses["xenbr3"].ip == first["IP"]
    ask(world, "PIF.plug", nic(world))
    assert ask(world, "PIF.get_IP", nic(world)) == first["IP"]
    with world.lock:
        other = world.pool.leases.lease("02:00:00:00:00:99")
    assert other is not None
    assert (other.ip != first["IP"], other.netmask) == (True, first["netmask"])


@pytest.mark.parametrize("mode", ["Autoconf", "DHCP"])
def test_ipv6_of_the_lan_is_on_the_bridge_and_in_the_record(world: World, mode: str) -> None:
    """Xapi shows what networkd got; without IPv6 both have nothing."""
    ask(world, "PIF.reconfigure_ipv6", nic(world), mode, "", "", "")
    given = ask(world, "PIF.get_IPv6", nic(world))
    assert [each.startswith("2001:db8:20:") for each in given] == [True]
    assert list(dom0(world.hosts[0]).ipv6["xenbr3"]) == given
    ask(world, "PIF.reconfigure_ipv6", nic(world), "None", "", "", "")
    assert "xenbr3" not in dom0(world.hosts[0]).ipv6


@pytest.mark.parametrize(
    ("params", "wanted"),
    [
        (("Static", "fd00::1", "", ""), ("INVALID_CIDR_ADDRESS_SPECIFIED", "IPv6")),
        (("Static", "fd00::1/64", "10.0.0.1", ""), ("INVALID_IP_ADDRESS_SPECIFIED", "gateway")),
    ],
    ids=["length", "gateway"],
)
def test_ipv6_address_is_checked(
    world: World, params: tuple[str, ...], wanted: tuple[str, ...]
) -> None:
    """A prefix length is required."""
    assert refusal(world, "PIF.reconfigure_ipv6", nic(world), *params) == wanted


def test_ipv6_address_is_stored(world: World) -> None:
    """As the only one."""
    ask(world, "PIF.reconfigure_ipv6", nic(world), "Static", "fd00::1/64", "", "")
    record = ask(world, "PIF.get_record", nic(world))
    assert (record["ipv6_configuration_mode"], record["IPv6"]) == ("Static", ["fd00::1/64"])


def test_property_of_a_bond_reaches_its_legs(world: World) -> None:
    """They share one set."""
    ask(world, "PIF.set_property", bond(world), "gro", "off")
    assert ask(world, "PIF.get_properties", leg(world)) == {"gro": "off"}


def test_introduced_pif_needs_no_mac(world: World) -> None:
    """The device says which NIC it is."""
    ask(world, "PIF.forget", nic(world))
    made = ask(world, "PIF.introduce", world.hosts[0].ref, "", "eth3")
    assert ask(world, "PIF.get_MAC", made) == "00:26:55:d1:e8:cd"


def test_pif_can_be_put_into_the_database(world: World) -> None:
    """As a pool does with the PIFs of a host that joins."""
    made = ask(
        world,
        "PIF.db_introduce",
        *("eth9", new_network(world), world.hosts[1].ref, "02:00:00:00:00:09", 1500, -1, True),
        *("None", "", "", "", "", "OpaqueRef:NULL", "OpaqueRef:NULL", False, {}, False),
    )
    record = ask(world, "PIF.get_record", made)
    assert (record["device"], record["currently_attached"]) == ("eth9", False)
    ask(world, "PIF.db_forget", made)
    assert made not in ask(world, "PIF.get_all")


def test_pif_introduced_unmanaged_is_on_a_network_without_a_bridge(world: World) -> None:
    """Its own bridge is not xapi's affair."""
    ask(world, "PIF.forget", nic(world))
    made = ask(world, "PIF.introduce", world.hosts[0].ref, "", "eth3", False)
    net = ask(world, "network.get_record", ask(world, "PIF.get_network", made))
    assert (net["bridge"], net["managed"]) == ("", False)
