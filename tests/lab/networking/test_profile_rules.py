"""What differs from release to release: rules of bonds, inheritance, the order of a start."""

from dataclasses import replace

import pytest

from tests.lab.toolstack.test_restart_watched import changes_during, milestones
from tests.lab.worlds import (
    ask,
    bond_on,
    devices_of,
    new_bond,
    new_network,
    pif,
    restart,
    running,
)
from xsbond.lab.blueprint import PROFILES, Blueprint, Profile, tutorial
from xsbond.lab.contracts import Failure, Nic
from xsbond.lab.timing.delays import Delays

LACP_DEFAULTS = {
    "xenserver-6.2": {"hashing_algorithm": "tcpudp_ports"},
    "xcp-ng-8.2": {
        "hashing_algorithm": "tcpudp_ports",
        "lacp-time": "slow",
        "lacp-fallback-ab": "true",
    },
}


@pytest.mark.parametrize("name", LACP_DEFAULTS)
def test_lacp_bond_gets_the_properties_of_its_release(name: str) -> None:
    """6.2 knows the hashing algorithm alone."""
    with running(profile=PROFILES[name]) as world:
        bond = new_bond(world, world.hosts[0], new_network(world), "eth1", "eth5", mode="lacp")
        assert ask(world, "Bond.get_properties", bond) == LACP_DEFAULTS[name]


def test_xenserver_6_2_refuses_later_properties() -> None:
    """A property it does not know is a wrong value."""
    with running(profile=PROFILES["xenserver-6.2"]) as world:
        members = [pif(world, world.hosts[0], device) for device in ("eth1", "eth5")]
        network, fast = new_network(world), {"lacp-time": "fast"}
        with pytest.raises(Failure) as raised:
            ask(world, "Bond.create", network, members, "", "lacp", fast)
    assert raised.value.arguments == ("properties", "lacp-time = fast")


def two_addresses(profile: Profile) -> str:
    """Return what comes of bonding two NICs that both carry an address: a code, or bonded."""
    with running(profile=profile) as world:
        members = [pif(world, world.hosts[0], device) for device in ("eth1", "eth5")]
        for number, member in enumerate(members):
            address = f"10.0.{number}.1"
            ask(
                world,
                "PIF.reconfigure_ip",
                member,
                "Static",
                address,
                "255.255.255.0",
                "",
                "",
            )
        try:
            ask(world, "Bond.create", new_network(world), members, "", "balance-slb", {})
        except Failure as error:
            return error.code
        return "bonded"


@pytest.mark.parametrize(
    ("name", "outcome"),
    [("xenserver-6.2", "bonded"), ("xcp-ng-8.2", "PIF_BOND_MORE_THAN_ONE_IP")],
)
def test_second_address_is_refused_since_7_0(name: str, outcome: str) -> None:
    """Before, the bond took the first and nobody complained."""
    assert two_addresses(PROFILES[name]) == outcome


def swapped(profile: Profile) -> Blueprint:
    """Return a pool whose member calls the NIC in slot 1 eth5 and the one in slot 5 eth1."""
    plain = tutorial(2, profile)
    names = {"eth1": "eth5", "eth5": "eth1"}

    def renamed(nic: Nic) -> Nic:
        return replace(nic, device=names.get(nic.device, nic.device))

    member = replace(plain.hosts[1], nics=tuple(renamed(nic) for nic in plain.hosts[1].nics))
    return replace(plain, hosts=(plain.hosts[0], member))


COUNTERPARTS = {
    "xenserver-6.2": "eth1",
    "citrix-hypervisor-8.2": "eth1",
    "xcp-ng-8.2": "eth1",
    "xcp-ng-8.3": "eth1",
    "xenserver-8": "eth1",
    "current": "eth5",
}
"""Profile -> the member's name of the NIC that it takes for the master's eth1."""


@pytest.mark.parametrize("name", COUNTERPARTS)
def test_renamed_nic_is_found_as_the_release_does(name: str) -> None:
    """By its device name up to xapi 25.34, then by its position."""
    with running(blueprint=swapped(PROFILES[name])) as world:
        network = new_network(world)
        new_bond(world, world.hosts[0], network, "eth1", "eth3")
        restart(world.hosts[1])
        bond = bond_on(world, world.hosts[1], network)
        assert bond
        assert devices_of(world, bond) == {COUNTERPARTS[name], "eth3"}


LATE = Delays(inheriting=100_000.0)
"""A member that does not come to inherit while the test lasts."""

READY_WITH_BOND = {
    "xenserver-6.2": True,
    "citrix-hypervisor-8.2": False,
    "xcp-ng-8.2": False,
    "xcp-ng-8.3": False,
    "xenserver-8": False,
    "current": False,
}


@pytest.mark.parametrize("name", READY_WITH_BOND)
def test_start_command_returns_as_its_release_does(name: str) -> None:
    """With the bonds up to 6.5, and long before them since 7.0."""
    delays = Delays() if READY_WITH_BOND[name] else LATE
    with running(profile=PROFILES[name], delays=delays) as world:
        member, network = world.hosts[1], new_network(world)
        new_bond(world, world.hosts[0], network, "eth1", "eth5")
        member.toolstack.stop()
        member.toolstack.start()
        assert (bond_on(world, member, network) is not None) is READY_WITH_BOND[name]


SLOW = Delays(enabling=300.0, inheriting=300.0)
"""Long enough for each change to be an event of its own, on a busy machine, too."""


@pytest.mark.parametrize(("name", "bond_first"), READY_WITH_BOND.items())
def test_member_is_enabled_when_its_release_does_it(name: str, bond_first: bool) -> None:
    """After the bonds up to 6.5, before them since 7.0."""
    with running(profile=PROFILES[name], delays=SLOW) as world:
        new_bond(world, world.hosts[0], new_network(world), "eth1", "eth5")
        passed = milestones(changes_during(world, lambda: restart(world.hosts[1])))
    assert (passed.index("bond recorded") < passed.index("enabled")) is bond_first
