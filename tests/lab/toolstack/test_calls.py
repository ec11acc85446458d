"""The messages of class host, each as xapi answers it."""

from typing import Any

import pytest

from tests.lab.callers import call, refusal
from tests.lab.toolstack.asking import field
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.world import World

GONE = "OpaqueRef:gone"


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
