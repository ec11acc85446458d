"""Settings of the pool and its hosts, and blobs: stored where a record shows them."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab.worlds import ask, running
from xsbond.lab.contracts import Failure
from xsbond.lab.world import World

NOBODY = "OpaqueRef:00000000-0000-0000-0000-000000000000"

STORED: tuple[tuple[str, list[Any], dict[str, Any]], ...] = (
    ("pool.set_local_auth_max_threads", [9], {"local_auth_max_threads": 9}),
    ("pool.set_ext_auth_max_threads", [3], {"ext_auth_max_threads": 3}),
    ("pool.set_ext_auth_cache_enabled", [True], {"ext_auth_cache_enabled": True}),
    ("pool.set_ext_auth_cache_size", [7], {"ext_auth_cache_size": 7}),
    ("pool.set_ext_auth_cache_expiry", [60], {"ext_auth_cache_expiry": 60}),
    ("pool.set_repositories", [[]], {"repositories": []}),
    (
        "pool.configure_update_sync",
        ["weekly", 6],
        {"update_sync_frequency": "weekly", "update_sync_day": 6},
    ),
    (
        "pool.enable_client_certificate_auth",
        ["lorax"],
        {"client_certificate_auth_enabled": True, "client_certificate_auth_name": "lorax"},
    ),
    ("pool.disable_client_certificate_auth", [], {"client_certificate_auth_enabled": False}),
    ("pool.add_to_guest_agent_config", ["a", "b"], {"guest_agent_config": {"a": "b"}}),
    ("host.set_https_only", [False], {"https_only": False}),
    ("host.set_ssh_enabled_timeout", [60], {"ssh_enabled_timeout": 60}),
    ("host.set_console_idle_timeout", [60], {"console_idle_timeout": 60}),
    ("host.set_ssh_auto_mode", [False], {"ssh_auto_mode": False}),
    ("host.enable_ssh", [], {"ssh_enabled": True}),
    ("host.disable_ssh", [], {"ssh_enabled": False}),
    (
        "host.set_power_on_mode",
        ["wake-on-lan", {"k": "v"}],
        {"power_on_mode": "wake-on-lan", "power_on_config": {"k": "v"}},
    ),
    ("host.set_iscsi_iqn", ["iqn.2026-11.test:xs-1"], {"iscsi_iqn": "iqn.2026-11.test:xs-1"}),
    ("host.set_multipathing", [True], {"multipathing": True}),
    ("host.set_numa_affinity_policy", ["any"], {"numa_affinity_policy": "any"}),
    ("host.disable_display", [], {"display": "disable_on_reboot"}),
    ("host.enable_display", [], {"display": "enabled"}),
)
REFUSED: tuple[tuple[str, list[Any], tuple[str, ...]], ...] = (
    ("pool.set_ext_auth_cache_size", [-1], ("INVALID_VALUE", "size", "-1")),
    ("pool.set_ext_auth_cache_expiry", [0], ("INVALID_VALUE", "expiry", "0")),
    ("pool.set_repositories", [[NOBODY]], ("HANDLE_INVALID", "Repository", NOBODY)),
    ("pool.configure_update_sync", ["weekly", 7], ("INVALID_UPDATE_SYNC_DAY", "7")),
    ("pool.configure_update_sync", ["daily", 1], ("INVALID_UPDATE_SYNC_DAY", "1")),
    ("pool.set_update_sync_enabled", [True], ("NO_REPOSITORIES_CONFIGURED",)),
    (
        "pool.set_telemetry_next_collection",
        ["29991231T00:00:00Z"],
        ("TELEMETRY_NEXT_COLLECTION_TOO_LATE", "29991231T00:00:00Z"),
    ),
    (
        "host.set_ssh_enabled_timeout",
        [172801],
        ("INVALID_VALUE", "ssh_enabled_timeout", "172801"),
    ),
    ("host.set_console_idle_timeout", [-1], ("INVALID_VALUE", "console_idle_timeout", "-1")),
    ("host.set_iscsi_iqn", [""], ("INVALID_VALUE", "value", "")),
)


@pytest.fixture
def world() -> Iterator[World]:
    """Two hosts."""
    with running(2) as found:
        yield found


def target(world: World, method: str) -> str:
    """Return the pool, or the member."""
    return world.pool.ref if method.startswith("pool.") else world.hosts[1].ref


def refusal(world: World, method: str, *params: Any) -> tuple[str, ...]:
    """Return the failure of a call."""
    with pytest.raises(Failure) as found:
        ask(world, method, *params)
    return found.value.args


@pytest.mark.parametrize(("method", "params", "expected"), STORED, ids=[s[0] for s in STORED])
def test_setting_is_stored(
    world: World, method: str, params: list[Any], expected: dict[str, Any]
) -> None:
    """The record shows it at once."""
    one, ref = method.partition(".")[0], target(world, method)
    ask(world, method, ref, *params)
    record = ask(world, f"{one}.get_record", ref)
    assert {name: record[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("method", "params", "expected"), REFUSED, ids=[f"{r[0]}-{r[1]}" for r in REFUSED]
)
def test_setting_out_of_range_is_refused(
    world: World, method: str, params: list[Any], expected: tuple[str, ...]
) -> None:
    """Code and arguments are xapi's."""
    assert refusal(world, method, target(world, method), *params) == expected


@pytest.mark.parametrize(
    ("method", "params", "field", "value"),
    [
        ("pool.set_https_only", [False], "https_only", False),
        ("pool.set_ssh_enabled_timeout", [60], "ssh_enabled_timeout", 60),
        ("pool.enable_ssh", [], "ssh_enabled", True),
    ],
)
def test_setting_of_the_pool_goes_to_all_its_hosts(
    world: World, method: str, params: list[Any], field: str, value: Any
) -> None:
    """The master and the member."""
    ask(world, method, world.pool.ref, *params)
    hosts = ask(world, "host.get_all_records").values()
    assert [host[field] for host in hosts] == [value, value]


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("pool.enable_ssh", ("HANDLE_INVALID", "pool", NOBODY)),
        ("host.enable_ssh", ("HOST_OFFLINE", NOBODY)),
        ("host.set_power_on_mode", ("HANDLE_INVALID", "host", NOBODY)),
    ],
)
def test_setting_of_nothing_is_refused(
    world: World, method: str, expected: tuple[str, ...]
) -> None:
    """A host that has to be asked is taken for one that is off."""
    params = ["wake-on-lan", {}] if method.endswith("mode") else []
    assert refusal(world, method, NOBODY, *params) == expected


def test_display_is_turned_off_by_the_next_boot(world: World) -> None:
    """The message answers what it is now; turned on again before the boot, it was never off."""
    host = world.hosts[0].ref
    assert ask(world, "host.disable_display", host) == "disable_on_reboot"
    assert ask(world, "host.enable_display", host) == "enabled"


def test_pool_can_report_under_another_name(world: World) -> None:
    """The secret it had is gone."""
    before = ask(world, "pool.get_telemetry_uuid", world.pool.ref)
    ask(world, "pool.reset_telemetry_uuid", world.pool.ref)
    after = ask(world, "pool.get_telemetry_uuid", world.pool.ref)
    assert before != after
    assert ask(world, "secret.get_all") == [after]


def test_guest_agent_setting_is_not_added_twice(world: World) -> None:
    """As in any map."""
    pool = world.pool.ref
    ask(world, "pool.add_to_guest_agent_config", pool, "a", "b")
    taken = ("MAP_DUPLICATE_KEY", "pool", "guest_agent_config", pool, "a")
    assert refusal(world, "pool.add_to_guest_agent_config", pool, "a", "c") == taken
    ask(world, "pool.remove_from_guest_agent_config", pool, "a")
    assert ask(world, "pool.get_guest_agent_config", pool) == {}


def test_license_never_expires(world: World) -> None:
    """All hosts have the same edition."""
    found = ask(world, "pool.get_license_state", world.pool.ref)
    assert found == {"edition": "xcp-ng", "expiry": "never"}


def test_blob_is_made_for_an_object_under_a_name(world: World) -> None:
    """Without a type of its own it is any bytes."""
    host = world.hosts[0].ref
    blob = ask(world, "host.create_new_blob", host, "picture", "")
    assert ask(world, "host.get_blobs", host) == {"picture": blob}
    assert ask(world, "blob.get_mime_type", blob) == "application/octet-stream"
    assert ask(world, "blob.get_public", blob) is False


def test_blob_of_a_name_that_is_taken_is_refused(world: World) -> None:
    """The first one stays."""
    pool = world.pool.ref
    first = ask(world, "pool.create_new_blob", pool, "a", "text/plain", True)
    taken = ("MAP_DUPLICATE_KEY", "pool", "blobs", pool, "a")
    assert refusal(world, "pool.create_new_blob", pool, "a", "text/plain") == taken
    assert ask(world, "pool.get_blobs", pool) == {"a": first}


def test_blob_can_be_destroyed(world: World) -> None:
    """Made alone, it has no owner."""
    blob = ask(world, "blob.create", "text/plain")
    ask(world, "blob.destroy", blob)
    assert ask(world, "blob.get_all") == []
