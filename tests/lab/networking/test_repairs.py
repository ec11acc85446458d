"""What a start of a host's xapi puts right: nothing but the bond may use a leg.

Learnt from xapi's start-up ("Upgrade bonds": sync_networking.ml, fix_bonds; xapi_bond.ml, fix_bond)
and its unit tests; it runs on masters and members alike.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.lab.guest_pools import TWO_GUESTS
from tests.lab.worlds import ask, network, new_bond, new_network, pif, restart, running
from xsbond.lab.blueprint import GuestBlueprint
from xsbond.lab.contracts import BridgeSettings
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.pool.consistency import complaints, dom0_complaints
from xsbond.lab.pool.state import Host
from xsbond.lab.pool.values import NULL
from xsbond.lab.world import World

HOSTS = pytest.mark.parametrize("number", [0, 1], ids=["master", "member"])
GUEST_ON = "xenbr1"
POOL = replace(
    TWO_GUESTS,
    guests=(
        GuestBlueprint(name="on the master", host="xs-1", power_state="Running", networks=("NAS",)),
        GuestBlueprint(name="on the member", host="xs-2", power_state="Running", networks=("NAS",)),
    ),
)


@pytest.fixture
def world() -> Iterator[World]:
    """Two hosts with a guest each; a bond of eth1 and eth5 on each, on one network."""
    with running(blueprint=POOL) as world:
        shared = new_network(world)
        for host in world.hosts:
            new_bond(world, host, shared, "eth1", "eth5")
        yield world


def change(world: World, name: str, ref: str, **fields: object) -> None:
    """Change a record behind xapi's back, as an old release left it."""
    with world.lock:
        world.database.set(name, ref, **fields)


def get(world: World, name: str, ref: str, field: str) -> object:
    """Return a field, whatever it is."""
    return ask(world, f"{name}.get_{field}", ref)


def attached(world: World, ref: str) -> bool:
    """Tell whether a PIF is attached."""
    return bool(get(world, "PIF", ref, "currently_attached"))


def vlan_on_leg(world: World, host: Host, *, plugged: bool = False) -> str:
    """Put a VLAN of the bond on one of its legs; return its network."""
    tagged = new_network(world, "tagged")
    bond, leg = pif(world, host, "bond1"), pif(world, host, "eth1")
    vlan = ask(world, "VLAN.create", bond, 42, tagged)
    untagged = ask(world, "VLAN.get_untagged_PIF", vlan)
    if not plugged:
        ask(world, "PIF.unplug", untagged)
    change(world, "VLAN", vlan, tagged_PIF=leg)
    change(world, "PIF", untagged, device="eth1")
    return tagged


@HOSTS
def test_vlan_on_a_leg_moves_to_the_bond(number: int, world: World) -> None:
    """Same network, same tag, records of its own."""
    host = world.hosts[number]
    tagged = vlan_on_leg(world, host)
    restart(host)
    moved = pif(world, host, "bond1", vlan=42)
    assert get(world, "PIF", moved, "network") == tagged
    assert get(world, "PIF", pif(world, host, "eth1"), "VLAN_slave_of") == []


@HOSTS
def test_tunnel_on_a_leg_moves_to_the_bond(number: int, world: World) -> None:
    """As a VLAN does."""
    host = world.hosts[number]
    bond, leg = pif(world, host, "bond1"), pif(world, host, "eth1")
    ask(world, "PIF.reconfigure_ip", bond, "Static", f"10.0.0.{number + 1}", "255.0.0.0", "", "")
    tunnel = ask(world, "tunnel.create", bond, new_network(world, "tunnel"), "gre")
    ask(world, "PIF.unplug", ask(world, "tunnel.get_access_PIF", tunnel))
    change(world, "tunnel", tunnel, transport_PIF=leg)
    restart(host)
    assert get(world, "PIF", leg, "tunnel_transport_PIF_of") == []
    assert len(ask(world, "PIF.get_tunnel_transport_PIF_of", bond)) == 1


@HOSTS
def test_guest_on_a_legs_network_moves_to_the_bonds(number: int, world: World) -> None:
    """A guest that runs on this host."""
    host = world.hosts[number]
    vif = guest_on_leg(world, host)
    restart(host)
    bond = pif(world, host, "bond1")
    assert get(world, "VIF", vif, "network") == get(world, "PIF", bond, "network")


def guest_on_leg(world: World, host: Host) -> str:
    """Connect the host's guest to the network of a leg; return its VIF."""
    with world.lock:
        guests = world.database.where("VM", resident_on=host.ref, is_control_domain=False)
        (vif,) = world.database.get("VM", guests[0])["VIFs"]
    change(world, "VIF", vif, network=network(world, GUEST_ON))
    return str(vif)


def test_guest_of_another_host_stays(world: World) -> None:
    """It may be right where it runs."""
    vif = guest_on_leg(world, world.hosts[0])
    restart(world.hosts[1])
    assert get(world, "VIF", vif, "network") == network(world, GUEST_ON)


@HOSTS
def test_leg_of_a_bond_that_is_gone_is_free(number: int, world: World) -> None:
    """PIF.bond_slave_of becomes the null reference, and the NIC comes up."""
    host = world.hosts[number]
    eth3 = pif(world, host, "eth3")
    change(world, "PIF", eth3, bond_slave_of="OpaqueRef:gone")
    restart(host)
    assert (get(world, "PIF", eth3, "bond_slave_of"), attached(world, eth3)) == (NULL, True)


@HOSTS
def test_address_on_a_leg_moves_to_the_bond(number: int, world: World) -> None:
    """In the database and in dom0."""
    host = world.hosts[number]
    leg, bond = pif(world, host, "eth5"), pif(world, host, "bond1")
    address = {"ip_configuration_mode": "Static", "IP": "10.1.1.1", "netmask": "255.0.0.0"}
    change(world, "PIF", leg, **address)
    restart(host)
    assert [get(world, "PIF", bond, field) for field in address] == list(address.values())
    assert [get(world, "PIF", leg, field) for field in address] == ["None", "", ""]


def test_bond_keeps_its_own_address(world: World) -> None:
    """NAS has one; what a leg has besides stays where it is."""
    host = world.hosts[1]
    bond, leg = pif(world, host, "bond0"), pif(world, host, "eth2")
    before = get(world, "PIF", bond, "IP")
    change(world, "PIF", leg, ip_configuration_mode="Static", IP="10.1.1.1", netmask="255.0.0.0")
    restart(host)
    assert get(world, "PIF", bond, "IP") == before


def manage_through_leg(world: World, host: Host) -> None:
    """Bond the management NIC, and let records and inventory say that it still manages."""
    legs = [pif(world, host, "eth0"), pif(world, host, "eth3")]
    old = ask(world, "PIF.get_record", legs[0])
    bond = ask(world, "Bond.create", new_network(world, "MGT"), legs, "", "active-backup", {})
    master = ask(world, "Bond.get_master", bond)
    address = {key: old[key] for key in ("ip_configuration_mode", "IP", "netmask", "gateway")}
    none = {"ip_configuration_mode": "None", "IP": "", "netmask": "", "gateway": ""}
    change(world, "PIF", master, management=False, **none)
    change(world, "PIF", legs[0], management=True, **address)
    text = host.backend.read_file("/etc/xensource-inventory")
    bridge = ask(world, "network.get_bridge", ask(world, "PIF.get_network", master))
    inventory = text.replace(f"INTERFACE='{bridge}'", "INTERFACE='xenbr0'")
    host.backend.write_file("/etc/xensource-inventory", inventory)


@HOSTS
def test_management_on_a_leg_moves_to_the_bond(number: int, world: World) -> None:
    """With its address, and the leg becomes the primary slave."""
    host = world.hosts[number]
    manage_through_leg(world, host)
    leg, master = pif(world, host, "eth0"), pif(world, host, "bond2")
    restart(host)
    assert [get(world, "PIF", each, "management") for each in (leg, master)] == [False, True]
    assert get(world, "PIF", master, "IP")
    (bond,) = ask(world, "PIF.get_bond_master_of", master)
    assert get(world, "Bond", bond, "primary_slave") == leg


def test_bond_without_a_primary_slave_gets_one(world: World) -> None:
    """One of its legs."""
    host = world.hosts[1]
    (bond,) = ask(world, "PIF.get_bond_master_of", pif(world, host, "bond1"))
    change(world, "Bond", bond, primary_slave=NULL)
    restart(host)
    assert get(world, "Bond", bond, "primary_slave") in ask(world, "Bond.get_slaves", bond)


def test_record_of_a_second_management_pif_is_put_right(world: World) -> None:
    """dom0's inventory tells which one it is."""
    host = world.hosts[1]
    eth3 = pif(world, host, "eth3")
    change(world, "PIF", eth3, management=True)
    restart(host)
    found = [get(world, "PIF", each, "management") for each in (eth3, pif(world, host, "eth0"))]
    assert found == [False, True]


ILLEGAL: dict[Callable[[World, Host], object], str] = {
    vlan_on_leg: "a VLAN",
    guest_on_leg: "a guest",
    manage_through_leg: "management",
}


@HOSTS
@pytest.mark.parametrize("spoil", ILLEGAL, ids=ILLEGAL.get)
def test_pool_is_possible_after_the_restart(
    spoil: Callable[[World, Host], object], number: int, world: World
) -> None:
    """In the database and in dom0."""
    spoil(world, world.hosts[number])
    restart(world.hosts[number])
    with world.lock:
        assert complaints(world.database) == []
        assert dom0_complaints(world.pool) == []


@HOSTS
def test_second_restart_changes_nothing(number: int, world: World) -> None:
    """What is right is left alone, uuids and all."""
    host = world.hosts[number]
    vlan_on_leg(world, host)
    restart(host)
    before = {name: set(ask(world, f"{name}.get_all")) for name in ("PIF", "VLAN", "Bond")}
    restart(host)
    assert {name: set(ask(world, f"{name}.get_all")) for name in before} == before


def test_restart_brings_dom0_in_line_with_the_database(world: World) -> None:
    """All NICs and bonds are plugged anew, also those that are up."""
    host = world.hosts[1]
    (bond,) = ask(world, "PIF.get_bond_master_of", pif(world, host, "bond1"))
    change(world, "Bond", bond, mode="active-backup")
    restart(host)
    dom0 = host.backend
    assert isinstance(dom0, SimulatedDom0)
    settings = dom0.ports_by_name["bond1"].bond
    assert settings
    assert settings.bond_mode == "active-backup"


def test_what_cannot_be_put_right_is_logged(world: World) -> None:
    """A VLAN that was up and does not come up where it moves; the start goes on."""
    host = world.hosts[1]
    vlan_on_leg(world, host, plugged=True)
    with world.lock:
        real = host.backend.add_bridge

        def refuse(name: str, settings: BridgeSettings) -> None:
            if settings.vlan:
                raise ValueError("no fake bridges today")
            real(name, settings)

        host.backend.add_bridge = refuse  # type: ignore[method-assign] # broken on purpose
    restart(host)
    assert "could not be put right" in host.backend.read_file("/var/log/xensource.log")
