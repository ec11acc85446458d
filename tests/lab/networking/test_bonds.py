"""What a bond is once it is made, changed or undone, in the database and in dom0."""

from collections.abc import Iterator

import pytest

from tests.lab.worlds import ask, new_bond, new_network, pif, running
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.pool.state import Host
from xsbond.lab.world import World


@pytest.fixture
def world() -> Iterator[World]:
    """The tutorial's pool."""
    with running() as world:
        yield world


@pytest.fixture
def master(world: World) -> Host:
    """The host the bonds are made on."""
    return world.hosts[0]


def dom0(host: Host) -> SimulatedDom0:
    """Return a host's dom0, to look into."""
    assert isinstance(host.backend, SimulatedDom0)
    return host.backend


def field_of(world: World, host: Host, device: str, field: str) -> object:
    """Return one field of a host's PIF."""
    return ask(world, f"PIF.get_{field}", pif(world, host, device))


def test_first_bond_on_a_new_network_is_on_xapi1(world: World) -> None:
    """NAS has xapi0, and numbers are given in order."""
    assert ask(world, "network.get_bridge", new_network(world)) == "xapi1"


def test_bridge_number_is_not_given_twice(world: World) -> None:
    """A deleted network's bridge name stays used until the master's xapi restarts."""
    ask(world, "network.destroy", new_network(world))
    assert ask(world, "network.get_bridge", new_network(world)) == "xapi2"


def test_bond_has_the_smallest_free_number(world: World, master: Host) -> None:
    """bond0 is NAS, so the next one is bond1."""
    bond = new_bond(world, master, new_network(world), "eth1", "eth5")
    assert ask(world, "PIF.get_device", ask(world, "Bond.get_master", bond)) == "bond1"


def test_legs_are_detached(world: World, master: Host) -> None:
    """Only the bond itself is plugged."""
    new_bond(world, master, new_network(world), "eth1", "eth5")
    attached = {
        device: field_of(world, master, device, "currently_attached")
        for device in ("eth1", "eth5", "bond1")
    }
    assert attached == {"eth1": False, "eth5": False, "bond1": True}


def test_first_member_gives_the_mac(world: World, master: Host) -> None:
    """Without management and addresses the order decides."""
    new_bond(world, master, new_network(world), "eth5", "eth1")
    assert field_of(world, master, "bond1", "MAC") == "00:1b:78:5a:21:8c"


def test_member_with_an_address_is_primary(world: World, master: Host) -> None:
    """It beats the first one."""
    eth5 = pif(world, master, "eth5")
    ask(world, "PIF.reconfigure_ip", eth5, "Static", "10.0.0.1", "255.0.0.0", "", "")
    bond = new_bond(world, master, new_network(world), "eth1", "eth5")
    assert ask(world, "Bond.get_primary_slave", bond) == eth5


def test_management_member_is_primary(world: World, master: Host) -> None:
    """It beats everything, wherever it stands."""
    bond = new_bond(world, master, new_network(world), "eth1", "eth0")
    assert ask(world, "Bond.get_primary_slave", bond) == pif(world, master, "eth0")


def test_management_moves_to_the_bond(world: World, master: Host) -> None:
    """The bond's PIF manages the host, the leg no longer does."""
    new_bond(world, master, new_network(world), "eth1", "eth0")
    managing = ask(world, "host.get_management_interface", master.ref)
    assert managing == pif(world, master, "bond1")


def test_inventory_names_the_new_management_bridge(world: World, master: Host) -> None:
    """dom0 finds its management interface there."""
    new_bond(world, master, new_network(world), "eth1", "eth0")
    lines = master.backend.read_file("/etc/xensource-inventory").splitlines()
    assert "MANAGEMENT_INTERFACE='xapi1'" in lines


def test_address_moves_to_the_bond(world: World, master: Host) -> None:
    """The primary slave hands its IPv4 configuration over."""
    eth5 = pif(world, master, "eth5")
    ask(world, "PIF.reconfigure_ip", eth5, "Static", "10.0.0.1", "255.0.0.0", "", "")
    new_bond(world, master, new_network(world), "eth1", "eth5")
    moved = [field_of(world, master, device, "IP") for device in ("eth5", "bond1")]
    assert moved == ["", "10.0.0.1"]


def test_address_is_on_the_bridge_in_dom0(master: Host) -> None:
    """NAS carries its address on xapi0."""
    address = dom0(master).addresses["xapi0"]
    assert (address.ip, address.netmask) == ("172.16.0.35", "255.255.255.240")


def test_explicit_mac_keeps_its_case(world: World, master: Host) -> None:
    """Typed in capitals, shown in capitals, and not followed by auto_update_mac."""
    bond = new_bond(world, master, new_network(world), "eth1", mac="02:AA:BB:CC:DD:EE")
    seen = (field_of(world, master, "bond1", "MAC"), ask(world, "Bond.get_auto_update_mac", bond))
    assert seen == ("02:AA:BB:CC:DD:EE", False)


def test_bridges_of_the_legs_are_gone(world: World, master: Host) -> None:
    """Before: one per NIC and NAS; after: those of eth1 and eth5 are one."""
    new_bond(world, master, new_network(world), "eth1", "eth5")
    assert master.backend.bridges() == {"xapi0", "xapi1", "xenbr0", "xenbr3"}


def test_other_hosts_keep_their_bridges(world: World, master: Host) -> None:
    """Nothing happens on a member until it inherits."""
    new_bond(world, master, new_network(world), "eth1", "eth5")
    assert world.hosts[1].backend.bridges() == {"xapi0", "xenbr0", "xenbr1", "xenbr3", "xenbr5"}


def test_port_has_the_settings_of_balance_slb(world: World, master: Host) -> None:
    """As recorded from ovs-vsctl list port."""
    new_bond(world, master, new_network(world), "eth1", "eth5")
    bond = dom0(master).ports_by_name["bond1"].bond
    assert bond
    assert (bond.bond_mode, bond.lacp, bond.updelay, bond.downdelay, bond.mac) == (
        "balance-slb",
        "off",
        31000,
        200,
        "00:1f:29:c4:9f:3c",
    )
    assert bond.other_config == {
        "bond-detect-mode": "carrier",
        "bond-miimon-interval": "100",
        "bond-rebalance-interval": "1800000",
    }


def test_port_of_lacp_negotiates(world: World, master: Host) -> None:
    """LACP hashes by default over addresses and ports, and rebalances by itself."""
    new_bond(world, master, new_network(world), "eth1", "eth5", mode="lacp")
    bond = dom0(master).ports_by_name["bond1"].bond
    assert bond
    assert (bond.bond_mode, bond.lacp) == ("balance-tcp", "active")
    assert bond.other_config == {
        "bond-detect-mode": "carrier",
        "bond-miimon-interval": "100",
        "lacp-time": "slow",
        "lacp-fallback-ab": "true",
    }


def test_key_of_the_pif_overrides_the_port(world: World, master: Host) -> None:
    """`bond-KEY` in the bond PIF's other_config goes before the Bond's own properties."""
    bond = new_bond(world, master, new_network(world), "eth1", "eth5")
    pif_of_bond = ask(world, "Bond.get_master", bond)
    ask(world, "PIF.add_to_other_config", pif_of_bond, "bond-updelay", "1000")
    ask(world, "PIF.plug", pif_of_bond)
    port = dom0(master).ports_by_name["bond1"].bond
    assert port
    assert port.updelay == 1000


def test_bond_of_one_is_an_ordinary_port(world: World, master: Host) -> None:
    """Named after its NIC, without the settings of a bond."""
    new_bond(world, master, new_network(world), "eth1")
    port = dom0(master).ports_by_name["eth1"]
    assert (port.bridge, port.bond) == ("xapi1", None)


def test_lacp_has_its_defaults(world: World, master: Host) -> None:
    """The other two modes have no properties."""
    bond = new_bond(world, master, new_network(world), "eth1", "eth5", mode="lacp")
    assert ask(world, "Bond.get_properties", bond) == {
        "hashing_algorithm": "tcpudp_ports",
        "lacp-time": "slow",
        "lacp-fallback-ab": "true",
    }


def test_change_of_mode_reaches_the_port(world: World, master: Host) -> None:
    """And properties the mode does not know are dropped."""
    bond = new_bond(world, master, new_network(world), "eth1", "eth5", mode="lacp")
    ask(world, "Bond.set_mode", bond, "active-backup")
    port = dom0(master).ports_by_name["bond1"].bond
    assert port
    assert (port.bond_mode, ask(world, "Bond.get_properties", bond)) == ("active-backup", {})


def test_undone_bond_gives_the_bridges_back(world: World, master: Host) -> None:
    """dom0 is as it was."""
    before = master.backend.bridges()
    ask(world, "Bond.destroy", new_bond(world, master, new_network(world), "eth1", "eth5"))
    assert master.backend.bridges() == before


def test_undone_bond_leaves_no_record(world: World, master: Host) -> None:
    """Bond and PIF are gone, the network stays."""
    network = new_network(world)
    before = {name: ask(world, f"{name}.get_all") for name in ("Bond", "PIF")}
    ask(world, "Bond.destroy", new_bond(world, master, network, "eth1", "eth5"))
    assert {name: ask(world, f"{name}.get_all") for name in before} == before


def test_undone_bond_leaves_its_metrics(world: World, master: Host) -> None:
    """xapi_bond.ml, destroy, destroys the PIF alone."""
    bond = new_bond(world, master, new_network(world), "eth1", "eth5")
    metrics = ask(world, "PIF.get_metrics", ask(world, "Bond.get_master", bond))
    ask(world, "Bond.destroy", bond)
    assert metrics in ask(world, "PIF_metrics.get_all")


def test_address_goes_back_to_the_primary_slave(world: World, master: Host) -> None:
    """NAS undone leaves its address on eth2."""
    bond = ask(world, "PIF.get_bond_master_of", pif(world, master, "bond0"))[0]
    ask(world, "Bond.destroy", bond)
    assert field_of(world, master, "eth2", "IP") == "172.16.0.35"


def test_vlans_move_to_the_bond(world: World, master: Host) -> None:
    """They keep their network and get a new PIF on the bond, plugged as before."""
    network = new_network(world, "tagged")
    ask(world, "VLAN.create", pif(world, master, "eth1"), 42, network)
    new_bond(world, master, new_network(world), "eth1", "eth5")
    moved = ask(world, "PIF.get_record", pif(world, master, "bond1", vlan=42))
    assert (moved["network"], moved["currently_attached"]) == (network, True)


def test_vlans_move_back(world: World, master: Host) -> None:
    """To the primary slave, when the bond is undone."""
    network = new_network(world, "tagged")
    bond = new_bond(world, master, new_network(world), "eth5", "eth1")
    ask(world, "VLAN.create", pif(world, master, "bond1"), 42, network)
    ask(world, "Bond.destroy", bond)
    assert field_of_vlan(world, master, "eth5") == (network, True)


def field_of_vlan(world: World, host: Host, device: str) -> tuple[str, bool]:
    """Return network and attachment of VLAN 42 on a device."""
    record = ask(world, "PIF.get_record", pif(world, host, device, vlan=42))
    return record["network"], record["currently_attached"]


def test_vlan_is_a_fake_bridge(world: World, master: Host) -> None:
    """Its parent is the bridge of what it is on."""
    network = new_network(world, "tagged")
    ask(world, "VLAN.create", pif(world, master, "eth3"), 7, network)
    assert dom0(master).bridges_by_name["xapi1"].settings.vlan == ("xenbr3", 7)


def test_disallow_unplug_moves_to_the_bond(world: World, master: Host) -> None:
    """Any leg that had it is enough."""
    eth5 = pif(world, master, "eth5")
    ask(world, "PIF.set_disallow_unplug", eth5, True)
    new_bond(world, master, new_network(world), "eth1", "eth5")
    flags = [field_of(world, master, device, "disallow_unplug") for device in ("eth5", "bond1")]
    assert flags == [False, True]


def test_default_networks_have_no_jumbo_frames_of_the_bond(world: World, master: Host) -> None:
    """The bond's PIF has its network's MTU; the legs' networks keep theirs."""
    network = new_network(world)
    ask(world, "network.set_MTU", network, 9000)
    new_bond(world, master, network, "eth1", "eth5")
    assert field_of(world, master, "bond1", "MTU") == 9000
