"""The messages of class host, each as xapi answers it."""

import xmlrpc.client
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.lab.callers import call, log_in, refusal
from tests.lab.worlds import (
    PASSWORD,
    ask,
    eventually,
    is_complete,
    new_bond,
    new_network,
    pif,
    running,
    serving,
)
from xsbond.lab.blueprint import GuestBlueprint, tutorial
from xsbond.lab.delays import Delays
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.world import World

GONE = "OpaqueRef:gone"


@pytest.fixture
def world() -> Iterator[World]:
    """The tutorial's pool, with a guest on the second host."""
    guest = GuestBlueprint(
        name="web", host="xs-2", power_state="Running", networks=("Pool-wide network 3",)
    )
    with running(blueprint=replace(tutorial(), guests=(guest,))) as world:
        yield world


@pytest.fixture
def session(world: World) -> str:
    """A session of root's at the master."""
    return log_in(world, "root", PASSWORD)


def local(world: World, at: int) -> str:
    """Log in at a host that need not be the master."""
    method = "session.slave_local_login_with_password"
    ref: str = call(world, method, "root", PASSWORD, at=at)
    return ref


def web(world: World) -> str:
    """Return the guest's reference."""
    (ref,) = ask(world, "VM.get_by_name_label", "web")
    return str(ref)


def field(world: World, number: int, name: str) -> Any:
    """Return a field of a host."""
    return ask(world, f"host.get_{name}", world.hosts[number].ref)


RUNS_THERE = [
    ("host.restart_agent", []),
    ("host.get_server_certificate", []),
    ("host.get_servertime", []),
    ("host.get_server_localtime", []),
    ("host.dmesg", []),
    ("host.get_log", []),
    ("host.syslog_reconfigure", []),
    ("host.set_hostname_live", ["name"]),
    ("host.call_plugin", ["nosuch", "fn", {}]),
    ("host.call_extension", ["nosuch"]),
    ("host.compute_free_memory", []),
]
"""What the host itself carries out, with the parameters after the host."""


@pytest.mark.parametrize(("method", "more"), RUNS_THERE)
def test_host_nobody_knows_is_offline(
    method: str, more: list[Any], world: World, session: str
) -> None:
    """The call would have to be forwarded to it."""
    assert refusal(world, method, session, GONE, *more) == ("HOST_OFFLINE", GONE)


@pytest.mark.parametrize(("method", "more"), RUNS_THERE)
def test_stopped_host_is_offline(method: str, more: list[Any], world: World, session: str) -> None:
    """It has said good-bye."""
    host = world.hosts[1]
    host.toolstack.stop()
    assert refusal(world, method, session, host.ref, *more) == ("HOST_OFFLINE", host.ref)


LOOKED_UP = [
    "host.enable",
    "host.disable",
    "host.shutdown",
    "host.reboot",
    "host.power_on",
    "host.evacuate",
    "host.assert_can_evacuate",
    "host.get_vms_which_prevent_evacuation",
    "host.declare_dead",
    "host.destroy",
    "host.get_management_interface",
]


@pytest.mark.parametrize("method", LOOKED_UP)
def test_host_nobody_knows_has_no_record(method: str, world: World, session: str) -> None:
    """The master looks before it forwards anything."""
    assert refusal(world, method, session, GONE) == ("HANDLE_INVALID", "host", GONE)


ANSWERS: list[tuple[str, list[Any], tuple[str, ...]]] = [
    ("host.call_plugin", ["nosuch", "fn", {}], ("XENAPI_MISSING_PLUGIN", "nosuch")),
    ("host.call_extension", ["nosuch"], ("MESSAGE_METHOD_UNKNOWN", "nosuch")),
    ("host.dmesg_clear", [], ("NOT_IMPLEMENTED", "dmesg_clear")),
    ("host.get_log", [], ("NOT_IMPLEMENTED", "get_log")),
    (
        "host.bugreport_upload",
        ["https://example.invalid/", {}],
        ("INTERNAL_ERROR", 'Failure("Failed to resolve proxy or host")'),
    ),
    (
        "host.bugreport_upload",
        ["nonsense", {}],
        ("INTERNAL_ERROR", 'Failure("URL not recognised")'),
    ),
    ("host.set_hostname_live", [""], ("HOST_NAME_INVALID", "hostname empty")),
    ("host.set_hostname_live", ["x" * 256], ("HOST_NAME_INVALID", "hostname is too long")),
    (
        "host.set_hostname_live",
        ["under_score"],
        ("HOST_NAME_INVALID", "hostname contains invalid characters"),
    ),
    (
        "host.set_hostname_live",
        ["ends-"],
        ("HOST_NAME_INVALID", "hostname contains invalid characters"),
    ),
    ("host.reboot", [], ("HOST_NOT_DISABLED",)),
    ("host.shutdown", [], ("HOST_NOT_DISABLED",)),
]


@pytest.mark.parametrize(("method", "more", "expected"), ANSWERS)
def test_host_refuses_in_the_words_of_xapi(
    method: str, more: list[Any], expected: tuple[str, ...], world: World, session: str
) -> None:
    """Code and arguments."""
    assert refusal(world, method, session, world.hosts[1].ref, *more) == expected


def test_methods_of_the_host_class_are_not_listed(world: World, session: str) -> None:
    """system.listMethods is another message."""
    assert refusal(world, "host.list_methods", session) == ("NOT_IMPLEMENTED", "list_method")


def test_local_time_says_no_zone(world: World, session: str) -> None:
    """The server's time ends in Z, the local one in nothing."""
    master = world.hosts[0].ref
    times = [call(world, f"host.get_{name}", session, master) for name in ("servertime",)]
    local_time = call(world, "host.get_server_localtime", session, master)
    assert (times[0][-1], len(local_time)) == ("Z", len("20261123T04:50:00"))


def test_host_is_named(world: World, session: str) -> None:
    """In the database and in dom0."""
    host = world.hosts[1]
    call(world, "host.set_hostname_live", session, host.ref, "node-2")
    assert isinstance(host.backend, SimulatedDom0)
    assert (field(world, 1, "hostname"), host.backend.hostname) == ("node-2", "node-2")


def test_host_under_active_directory_keeps_its_name(world: World, session: str) -> None:
    """The directory knows it by that."""
    host = world.hosts[1]
    with world.lock:
        names = {"external_auth_type": "AD", "external_auth_service_name": "example.org"}
        world.database.set("host", host.ref, **names)
    answer = refusal(world, "host.set_hostname_live", session, host.ref, "node-2")
    assert answer == ("AUTH_ALREADY_ENABLED", "AD", "example.org")


def test_free_memory_is_what_the_guests_leave(world: World, session: str) -> None:
    """The second host has one guest more than the first."""
    free = [call(world, "host.compute_free_memory", session, host.ref) for host in world.hosts]
    assert free[0] - free[1] == 2**30


def test_disabled_host_may_be_rebooted(world: World, session: str) -> None:
    """The operations that are allowed change with it."""
    call(world, "host.disable", session, world.hosts[0].ref)
    assert {"reboot", "shutdown"} <= set(field(world, 0, "allowed_operations"))


def test_disabled_host_is_enabled_by_its_next_start(world: World, session: str) -> None:
    """Only xapi's process remembered it."""
    host = world.hosts[1]
    call(world, "host.disable", session, host.ref)
    host.toolstack.stop()
    host.toolstack.start()
    assert eventually(lambda: is_complete(host))
    assert field(world, 1, "enabled") is True


def test_host_disabled_for_good_stays_so(world: World, session: str) -> None:
    """With auto_enable false."""
    host = world.hosts[1]
    call(world, "host.disable", session, host.ref, False)
    host.toolstack.stop()
    host.toolstack.start()
    assert eventually(lambda: is_complete(host))
    assert field(world, 1, "enabled") is False


def test_starting_host_cannot_be_enabled() -> None:
    """It enables itself when it is as far."""
    with running(delays=Delays(enabling=1e9)) as world:
        session, host = log_in(world, "root", PASSWORD), world.hosts[1]
        before = field(world, 1, "other_config")
        host.toolstack.stop()
        host.toolstack.start()
        assert eventually(lambda: field(world, 1, "other_config") != before)
        assert refusal(world, "host.enable", session, host.ref) == ("HOST_STILL_BOOTING",)


def test_host_with_a_running_guest_does_not_go_down(world: World, session: str) -> None:
    """The guest is named."""
    host = world.hosts[1].ref
    call(world, "host.disable", session, host)
    assert refusal(world, "host.reboot", session, host) == ("HOST_IN_USE", host, "vm", web(world))


@pytest.fixture
def empty() -> Iterator[World]:
    """The tutorial's pool without guests; what goes down stays down for a while."""
    with running(delays=Delays(shutdown=1e6)) as world:
        yield world


def test_host_that_goes_down_counts_as_dead_at_once(empty: World) -> None:
    """The call is answered before it is."""
    session, host = log_in(empty, "root", PASSWORD), empty.hosts[1]
    call(empty, "host.disable", session, host.ref)
    call(empty, "host.shutdown", session, host.ref)
    live = ask(empty, "host_metrics.get_live", field(empty, 1, "metrics"))
    assert (live, host.running) == (False, True)


def test_host_that_goes_down_cannot_be_enabled_any_more(empty: World) -> None:
    """Not before its next boot."""
    session, host = log_in(empty, "root", PASSWORD), empty.hosts[0]
    call(empty, "host.disable", session, host.ref)
    call(empty, "host.reboot", session, host.ref)
    assert refusal(empty, "host.enable", session, host.ref) == ("HOST_DISABLED_UNTIL_REBOOT",)


def test_host_that_goes_down_does_nothing_else(empty: World) -> None:
    """A second order meets the first one."""
    session, host = log_in(empty, "root", PASSWORD), empty.hosts[1].ref
    call(empty, "host.disable", session, host)
    call(empty, "host.shutdown", session, host)
    answer = refusal(empty, "host.reboot", session, host)
    assert answer == ("OTHER_OPERATION_IN_PROGRESS", "host", host, "shutdown")


def test_host_that_goes_down_is_a_task(empty: World) -> None:
    """It outlives the call, and the host shows it."""
    session, host = log_in(empty, "root", PASSWORD), empty.hosts[1].ref
    call(empty, "host.disable", session, host)
    call(empty, "host.reboot", session, host)
    (task,) = ask(empty, "task.get_by_name_label", "Host is rebooting")
    assert field(empty, 1, "current_operations") == {task: "reboot"}


def test_host_that_shut_down_stays_off() -> None:
    """Its xapi is gone with it."""
    with running() as world:
        session, host = log_in(world, "root", PASSWORD), world.hosts[1]
        call(world, "host.disable", session, host.ref)
        call(world, "host.shutdown", session, host.ref)
        assert eventually(lambda: not host.powered)
        assert not host.running


def test_host_that_rebooted_is_enabled_again() -> None:
    """Once its xapi has started."""
    with running() as world:
        session, host = log_in(world, "root", PASSWORD), world.hosts[1]
        call(world, "host.disable", session, host.ref)
        call(world, "host.reboot", session, host.ref)
        assert eventually(lambda: not host.powered or not host.running)
        assert eventually(lambda: is_complete(host) and field(world, 1, "enabled"))


def test_host_that_lives_needs_no_power(world: World, session: str) -> None:
    """Nor can it be declared dead, or forgotten."""
    host = world.hosts[1].ref
    methods = ("host.power_on", "host.declare_dead", "host.destroy")
    assert {refusal(world, method, session, host) for method in methods} == {("HOST_IS_LIVE", host)}


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("", ("HOST_POWER_ON_MODE_DISABLED",)),
        ("wake-on-lan", ("XENAPI_MISSING_PLUGIN", "power-on-host")),
    ],
)
def test_dead_host_cannot_be_woken(
    mode: str, expected: tuple[str, ...], world: World, session: str
) -> None:
    """No lab host has the plugin for it."""
    host = world.hosts[1]
    host.toolstack.stop()
    with world.lock:
        world.database.set("host", host.ref, power_on_mode=mode)
    assert refusal(world, "host.power_on", session, host.ref) == expected


def test_host_that_does_not_answer_can_be_declared_dead(world: World, session: str) -> None:
    """Before the master notices by itself."""
    world.agents[1].kill()
    call(world, "host.declare_dead", session, world.hosts[1].ref)
    assert ask(world, "host_metrics.get_live", field(world, 1, "metrics")) is False


def test_evacuated_guest_runs_on_another_host(world: World, session: str) -> None:
    """With its interface in that host's dom0."""
    call(world, "host.evacuate", session, world.hosts[1].ref)
    assert ask(world, "VM.get_resident_on", web(world)) == world.hosts[0].ref


def test_guest_without_another_host_prevents_evacuation(world: World, session: str) -> None:
    """All others are disabled."""
    call(world, "host.disable", session, world.hosts[0].ref)
    host = world.hosts[1].ref
    found = call(world, "host.get_vms_which_prevent_evacuation", session, host)
    assert found == {web(world): ["NO_HOSTS_AVAILABLE", web(world)]}


def test_guest_whose_network_is_bonded_elsewhere_prevents_evacuation(
    world: World, session: str
) -> None:
    """Its network is that of a bond's leg on the other host."""
    new_bond(world, world.hosts[0], new_network(world), "eth3", "eth5")
    (network,) = ask(world, "network.get_by_name_label", "Pool-wide network 3")
    answer = refusal(world, "host.assert_can_evacuate", session, world.hosts[1].ref)
    text = f"HOST_CANNOT_ATTACH_NETWORK,{world.hosts[0].ref},{network}"
    assert answer == ("CANNOT_EVACUATE_HOST", text)


def test_guest_that_cannot_leave_is_named_by_the_evacuation(world: World, session: str) -> None:
    """As the reason it has."""
    call(world, "host.disable", session, world.hosts[0].ref)
    answer = refusal(world, "host.evacuate", session, world.hosts[1].ref)
    assert answer == ("NO_HOSTS_AVAILABLE", web(world))


def test_host_is_managed_through_another_pif(world: World, session: str) -> None:
    """One that has an address."""
    wanted = pif(world, world.hosts[1], "bond0")
    call(world, "host.management_reconfigure", session, wanted)
    host = world.hosts[1].ref
    assert call(world, "host.get_management_interface", session, host) == wanted


@pytest.mark.parametrize(
    ("device", "code"),
    [("eth2", "CANNOT_PLUG_BOND_SLAVE"), ("eth3", "PIF_HAS_NO_NETWORK_CONFIGURATION")],
)
def test_host_is_not_managed_through_every_pif(
    device: str, code: str, world: World, session: str
) -> None:
    """Neither through a leg of a bond nor through a PIF without an address."""
    wanted = pif(world, world.hosts[1], device)
    assert refusal(world, "host.management_reconfigure", session, wanted)[0] == code


def test_host_is_not_managed_through_an_address_of_another_kind(world: World, session: str) -> None:
    """All management addresses of a host are IPv4, or all are IPv6."""
    wanted = pif(world, world.hosts[1], "bond0")
    with world.lock:
        world.database.set("PIF", wanted, primary_address_type="IPv6")
    answer = refusal(world, "host.management_reconfigure", session, wanted)
    assert answer == ("PIF_INCOMPATIBLE_PRIMARY_ADDRESS_TYPE",)


def test_member_cannot_do_without_management(world: World) -> None:
    """The master would lose it."""
    answer = refusal(world, "host.management_disable", local(world, 1), at=1)
    assert answer == ("SLAVE_REQUIRES_MANAGEMENT_INTERFACE",)


def test_master_without_management_closes_its_port() -> None:
    """Its own dom0 still reaches it, and opens it again."""
    with running() as world, serving(world) as connect:
        eth0 = pif(world, world.hosts[0], "eth0")
        ask(world, "host.management_disable")
        assert eventually(lambda: world.agents[0].door == "refusing")
        refused = _is_refused(connect(world.hosts[0]))
        ask(world, "host.management_reconfigure", eth0)
        assert eventually(lambda: not _is_refused(connect(world.hosts[0])))
    assert refused


def _is_refused(proxy: xmlrpc.client.ServerProxy) -> bool:
    try:
        proxy.system.listMethods()
    except OSError:
        return True
    return False


def test_host_without_management_has_no_interface_for_it(world: World, session: str) -> None:
    """In the words of its exception."""
    ask(world, "host.management_disable")
    answer = refusal(world, "host.get_management_interface", session, world.hosts[0].ref)
    assert answer == ("INTERNAL_ERROR", "Not_found")


def test_local_management_is_for_emergencies(world: World) -> None:
    """Otherwise there is a database to change."""
    answer = refusal(world, "host.local_management_reconfigure", local(world, 1), "xenbr1", at=1)
    assert answer == ("POOL_NOT_IN_EMERGENCY_MODE",)


def test_host_in_an_emergency_can_be_managed_through_a_bridge(world: World) -> None:
    """The inventory has it for the next start."""
    host = world.hosts[1]
    world.agents[0].kill()
    host.toolstack.stop()
    host.toolstack.start()
    call(world, "host.local_management_reconfigure", local(world, 1), "xenbr1", at=1)
    inventory = host.backend.read_file("/etc/xensource-inventory")
    assert "MANAGEMENT_INTERFACE='xenbr1'" in inventory


HEALTHY = [("host.is_in_emergency_mode", False), ("host.local_assert_healthy", None)]
IN_EMERGENCY = [("host.is_in_emergency_mode", True), ("host.ha_xapi_healthcheck", True)]


@pytest.mark.parametrize(("method", "expected"), HEALTHY)
def test_healthy_member_says_so(method: str, expected: Any, world: World) -> None:
    """To whoever logs in there."""
    assert call(world, method, local(world, 1), at=1) is expected


@pytest.mark.parametrize(("method", "expected"), IN_EMERGENCY)
def test_member_in_an_emergency_says_so(method: str, expected: Any, world: World) -> None:
    """It answers such calls without a database."""
    world.agents[0].kill()
    world.hosts[1].toolstack.stop()
    world.hosts[1].toolstack.start()
    assert call(world, method, local(world, 1), at=1) is expected


def test_member_in_an_emergency_is_not_healthy(world: World) -> None:
    """It gives the reason that everything else meets."""
    world.agents[0].kill()
    world.hosts[1].toolstack.stop()
    world.hosts[1].toolstack.start()
    answer = refusal(world, "host.local_assert_healthy", local(world, 1), at=1)
    assert answer == ("HOST_STILL_BOOTING",)


def test_ha_needs_storage(world: World, session: str) -> None:
    """There is no SR for its state file."""
    answer = refusal(world, "pool.enable_ha", session, [], {})
    assert answer == ("CANNOT_CREATE_STATE_FILE",)


def test_ha_advises_to_keep_storage_pifs_plugged(world: World, session: str) -> None:
    """The tutorial's NAS could be unplugged on both hosts."""
    refusal(world, "pool.enable_ha", session, [], {})
    (alert,) = call(world, "message.get_all_records", session).values()
    lines = alert["body"].splitlines()
    assert (alert["name"], alert["cls"], sorted(line.split(" (")[0] for line in lines[1:])) == (
        "IP_CONFIGURED_PIF_CAN_UNPLUG",
        "Pool",
        ["xs-1: bond0", "xs-2: bond0"],
    )


def test_ha_needs_all_hosts(world: World, session: str) -> None:
    """A dead one is named before storage is."""
    world.hosts[1].toolstack.stop()
    answer = refusal(world, "pool.enable_ha", session, [], {})
    assert answer == ("HOST_OFFLINE", world.hosts[1].ref)


def test_ha_that_is_on_cannot_be_switched_on(world: World, session: str) -> None:
    """Nor can it be off twice."""
    world.arm_ha()
    first = refusal(world, "pool.enable_ha", session, [], {})
    call(world, "pool.disable_ha", session)
    assert (first, refusal(world, "pool.disable_ha", session)) == (
        ("HA_IS_ENABLED",),
        ("HA_NOT_ENABLED",),
    )


def test_ha_keeps_the_management_interface(world: World, session: str) -> None:
    """It heartbeats there."""
    world.arm_ha()
    wanted = pif(world, world.hosts[1], "bond0")
    assert refusal(world, "host.management_reconfigure", session, wanted) == ("HA_IS_ENABLED",)


def test_ha_keeps_the_management_interface_out_of_bonds(world: World, session: str) -> None:
    """The bond's code is its own."""
    world.arm_ha()
    members = [pif(world, world.hosts[0], device) for device in ("eth0", "eth1")]
    answer = refusal(
        world, "Bond.create", session, new_network(world), members, "", "balance-slb", {}
    )
    assert answer[0] == "HA_CANNOT_CHANGE_BOND_STATUS_OF_MGMT_IFACE"


def test_ha_can_be_left_in_an_emergency(world: World) -> None:
    """Without asking anybody."""
    world.arm_ha()
    call(world, "host.emergency_ha_disable", local(world, 1), at=1)
    assert ask(world, "pool.get_all_records").popitem()[1]["ha_enabled"] is False
