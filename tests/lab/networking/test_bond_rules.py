"""Bond.create refuses in the order of xapi_bond.ml, and writes nothing when it does."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.lab.worlds import ask, network, new_bond, new_network, pif, running
from xsbond.lab.contracts import Failure
from xsbond.lab.world import World


@dataclass(kw_only=True)
class Request:
    """The parameters of a Bond.create that would succeed, to be spoilt."""

    network: str
    members: list[str]
    mac: str = ""
    mode: str = "balance-slb"
    properties: dict[str, str] = field(default_factory=dict)

    def refusal(self, world: World) -> tuple[str, ...]:
        """Send it and return the failure's code and arguments."""
        params = (self.network, self.members, self.mac, self.mode, self.properties)
        with pytest.raises(Failure) as caught:
            ask(world, "Bond.create", *params)
        return (caught.value.code, *caught.value.arguments)


@pytest.fixture
def world() -> Iterator[World]:
    """The tutorial's pool."""
    with running() as world:
        yield world


def request_for(world: World) -> Request:
    """Return a request nothing is wrong with: eth1 and eth5 of the master on a new network."""
    host = world.hosts[0]
    return Request(
        network=new_network(world), members=[pif(world, host, "eth1"), pif(world, host, "eth5")]
    )


def no_members(_: World, request: Request) -> None:
    """Rule 0."""
    request.members = []


def unknown_first_member(_: World, request: Request) -> None:
    """The host to ask is looked up through it."""
    request.members = ["OpaqueRef:nobody", *request.members]


def unmanaged_network(world: World, request: Request) -> None:
    """Rule 1."""
    with world.lock:
        world.database.set("network", request.network, managed=False)


def connected_network(world: World, request: Request) -> None:
    """Rule 2: the host's eth3 is on the network, too."""
    with world.lock:
        world.database.set("PIF", pif(world, world.hosts[0], "eth3"), network=request.network)


def bad_mac(_: World, request: Request) -> None:
    """Rule 4."""
    request.mac = "no MAC"


def unknown_property(_: World, request: Request) -> None:
    """Rule 5."""
    request.properties = {"colour": "green"}


def unknown_last_member(_: World, request: Request) -> None:
    """After rule 6."""
    request.members = [*request.members, "OpaqueRef:somebody"]


def other_address_type(world: World, request: Request) -> None:
    """Rule 7."""
    with world.lock:
        world.database.set("PIF", request.members[1], primary_address_type="IPv6")


def unmanaged_member(world: World, request: Request) -> None:
    """Rule 8."""
    with world.lock:
        world.database.set("PIF", request.members[0], managed=False)


def bonded_member(world: World, request: Request) -> None:
    """Rule 9: a leg of NAS, in second place so that rule 8 comes first."""
    request.members = [request.members[0], pif(world, world.hosts[0], "eth2"), *request.members[1:]]


def management_under_ha(world: World, request: Request) -> None:
    """Rule 10."""
    request.members = [*request.members, pif(world, world.hosts[0], "eth0")]
    with world.lock:
        world.database.set("pool", world.pool.ref, ha_enabled=True)


def other_host(world: World, request: Request) -> None:
    """Rule 12."""
    request.members = [*request.members, pif(world, world.hosts[1], "eth3")]


def other_properties(world: World, request: Request) -> None:
    """Rule 13."""
    with world.lock:
        world.database.set("PIF", request.members[0], properties={"gro": "off"})


def two_addresses(world: World, request: Request) -> None:
    """Rule 14."""
    for index, member in enumerate(request.members[:2]):
        ask(world, "PIF.reconfigure_ip", member, "Static", f"10.0.{index}.1", "255.0.0.0", "", "")


RULES = {
    no_members: "PIF_BOND_NEEDS_MORE_MEMBERS",
    unknown_first_member: "HANDLE_INVALID",
    unmanaged_network: "NETWORK_UNMANAGED",
    connected_network: "NETWORK_ALREADY_CONNECTED",
    bad_mac: "MAC_INVALID",
    unknown_property: "INVALID_VALUE",
    unknown_last_member: "HANDLE_INVALID",
    other_address_type: "PIF_INCOMPATIBLE_PRIMARY_ADDRESS_TYPE",
    unmanaged_member: "PIF_UNMANAGED",
    bonded_member: "PIF_ALREADY_BONDED",
    management_under_ha: "HA_CANNOT_CHANGE_BOND_STATUS_OF_MGMT_IFACE",
    other_host: "PIF_CANNOT_BOND_CROSS_HOST",
    other_properties: "INCOMPATIBLE_PIF_PROPERTIES",
    two_addresses: "PIF_BOND_MORE_THAN_ONE_IP",
}
"""What breaks a rule -> the code, in the order the rules are applied."""
AGGREGATION_KEYS = {
    "7": True,
    "-7": True,
    "0x10": True,
    "0o17": True,
    "0b11": True,
    "1_000": True,
    "0u9": True,
    "4611686018427387903": True,
    "-4611686018427387904": True,
    "0x7fffffffffffffff": True,
    "4611686018427387904": False,
    "-4611686018427387905": False,
    "99999999999999999999": False,
    "0x8000000000000000": False,
    "0u9223372036854775808": False,
    "0x_1": False,
    "1.0": False,
    " 7": False,
    "": False,
}
"""lacp-aggregation-key -> whether it is one: what int_of_string of OCaml reads (xapi_bond.ml,
requirements_of_mode; its integers have 63 bits)."""
PAIRS = list(zip(list(RULES)[1:], list(RULES)[2:], strict=False))


@pytest.mark.parametrize("spoil", RULES, ids=lambda rule: rule.__name__)
def test_broken_rule_has_its_code(spoil: Any, world: World) -> None:
    """Each rule alone gives its own code."""
    request = request_for(world)
    spoil(world, request)
    assert request.refusal(world)[0] == RULES[spoil]


@pytest.mark.parametrize(
    ("earlier", "later"), PAIRS, ids=lambda rule: rule.__name__.replace("_", "-")
)
def test_earlier_rule_comes_first(earlier: Any, later: Any, world: World) -> None:
    """Of two broken rules the one further up in xapi_bond.ml answers."""
    request = request_for(world)
    later(world, request)
    earlier(world, request)
    assert request.refusal(world)[0] == RULES[earlier]


@pytest.mark.parametrize("spoil", RULES, ids=lambda rule: rule.__name__)
def test_refusal_writes_nothing(spoil: Any, world: World) -> None:
    """The database is the same before and after."""
    request = request_for(world)
    spoil(world, request)
    before = world.dump()
    request.refusal(world)
    assert world.dump() == before


@pytest.mark.parametrize("key", [key for key, good in AGGREGATION_KEYS.items() if not good])
def test_aggregation_key_that_is_no_integer_is_refused(key: str, world: World) -> None:
    """INVALID_VALUE tells key and value."""
    request = request_for(world)
    request.mode, request.properties = "lacp", {"lacp-aggregation-key": key}
    told = f"lacp-aggregation-key = {key}"
    assert request.refusal(world) == ("INVALID_VALUE", "properties", told)


@pytest.mark.parametrize("key", [key for key, good in AGGREGATION_KEYS.items() if good])
def test_aggregation_key_is_any_integer(key: str, world: World) -> None:
    """Whatever Open vSwitch makes of it."""
    request = request_for(world)
    properties = {"lacp-aggregation-key": key}
    bond = ask(world, "Bond.create", request.network, request.members, "", "lacp", properties)
    assert ask(world, "Bond.get_properties", bond)["lacp-aggregation-key"] == key


@pytest.mark.parametrize("key", ["4611686018427387904", "99999999999999999999"])
def test_aggregation_key_too_large_cannot_be_set(key: str, world: World) -> None:
    """Bond.set_property asks the same."""
    bond = new_bond(world, world.hosts[0], new_network(world), "eth1", "eth5", mode="lacp")
    with pytest.raises(Failure, match="INVALID_VALUE"):
        ask(world, "Bond.set_property", bond, "lacp-aggregation-key", key)


def test_rules_of_a_member_come_before_the_next_member(world: World) -> None:
    """A later rule broken by the first member beats an earlier one broken by the second."""
    request = request_for(world)
    request.members = [pif(world, world.hosts[0], "eth2"), request.members[0]]
    with world.lock:
        world.database.set("PIF", request.members[1], managed=False)
    assert request.refusal(world) == ("PIF_ALREADY_BONDED", request.members[0])


def test_management_network_is_connected(world: World) -> None:
    """The refusal names the host and its PIF on the network."""
    request = request_for(world)
    request.network = network(world, "xenbr0")
    host = world.hosts[0]
    expected = ("NETWORK_ALREADY_CONNECTED", host.ref, pif(world, host, "eth0"))
    assert request.refusal(world) == expected


def test_loser_of_two_creates_finds_its_nics_bonded(world: World) -> None:
    """The same NICs cannot be bonded on a second network."""
    request = request_for(world)
    new_bond(world, world.hosts[0], new_network(world, "first"), "eth1", "eth5")
    assert request.refusal(world) == ("PIF_ALREADY_BONDED", request.members[0])


@pytest.mark.parametrize("mode", ["balance-slb", "active-backup", "lacp"])
def test_one_member_is_enough(mode: str, world: World) -> None:
    """There is no minimum of two."""
    bond = new_bond(world, world.hosts[0], new_network(world), "eth1", mode=mode)
    assert ask(world, "Bond.get_slaves", bond) == [pif(world, world.hosts[0], "eth1")]


def test_member_named_twice_counts_once(world: World) -> None:
    """Repetitions are dropped."""
    bond = new_bond(world, world.hosts[0], new_network(world), "eth1", "eth5", "eth1")
    assert len(ask(world, "Bond.get_slaves", bond)) == 2


def test_member_named_twice_stands_where_it_is_named_last(world: World) -> None:
    """So eth5 is the first of eth1, eth5, eth1."""
    bond = new_bond(world, world.hosts[0], new_network(world), "eth1", "eth5", "eth1")
    assert ask(world, "Bond.get_primary_slave", bond) == pif(world, world.hosts[0], "eth5")


def test_bond_of_a_bond_leaves_debris(world: World) -> None:
    """A bond's PIF passes the rules and fails in dom0; the records stay, as they do in xapi."""
    net = new_network(world)
    with pytest.raises(Failure, match="PIF_CONFIGURATION_ERROR"):
        new_bond(world, world.hosts[0], net, "bond0")
    master = pif(world, world.hosts[0], "bond1")
    assert ask(world, "PIF.get_currently_attached", master) is False
