"""Each profile has the classes, fields and messages of its release."""

import pytest

from tests.lab.worlds import ask, running
from xsbond.lab.blueprint import PROFILES, Profile
from xsbond.lab.contracts import Failure
from xsbond.lab.pool.schema import schema_of

NEWEST_FIRST = (
    "current",
    "xenserver-8",
    "xcp-ng-8.3",
    "xcp-ng-8.2",
    "citrix-hypervisor-8.2",
    "xenserver-6.2",
)
PAIRS = tuple(zip(NEWEST_FIRST[1:], NEWEST_FIRST, strict=False))
"""Each profile with the next newer one."""

MISSING = {
    "xenserver-8": {
        "pool": "limit_console_sessions vm_console_idle_timeout"
        " auto_update_vm_secureboot_certificates",
        "host": "max_cstate ntp_mode ntp_custom_servers timezone",
        "Certificate": "purpose",
    },
    "xcp-ng-8.3": {
        "pool": "ext_auth_cache_enabled ext_auth_cache_size ext_auth_cache_expiry license_server"
        " ha_reboot_vm_on_internal_shutdown",
        "host": "ssh_enabled ssh_enabled_timeout ssh_expiry console_idle_timeout ssh_auto_mode"
        " secure_boot",
        "Certificate": "fingerprint_sha256 fingerprint_sha1",
    },
    "xcp-ng-8.2": {
        "pool": "custom_uefi_certificates tls_verification_enabled repositories"
        " client_certificate_auth_enabled client_certificate_auth_name repository_proxy_url"
        " repository_proxy_username repository_proxy_password migration_compression"
        " coordinator_bias local_auth_max_threads ext_auth_max_threads telemetry_uuid"
        " telemetry_frequency telemetry_next_collection last_update_sync update_sync_frequency"
        " update_sync_day update_sync_enabled recommendations",
        "host": "pending_guidances tls_verification_enabled last_software_update https_only"
        " latest_synced_updates_applied numa_affinity_policy pending_guidances_recommended"
        " pending_guidances_full last_update_hash",
        "session": "client_certificate",
        "Certificate": "name type",
    },
    "citrix-hypervisor-8.2": {},
    "xenserver-6.2": {
        "pool": "health_check_config ha_cluster_stack allowed_operations current_operations"
        " guest_agent_config cpu_info policy_no_vendor_device live_patching_disabled"
        " igmp_snooping_enabled uefi_certificates is_psr_pending",
        "host": "updates PUSBs ssl_legacy display virtual_hardware_platform_versions"
        " control_domain updates_requiring_reboot features iscsi_iqn multipathing"
        " uefi_certificates certificates editions",
        "network": "managed assigned_ips purpose",
        "PIF": "managed properties capabilities igmp_snooping_status sriov_physical_PIF_of"
        " sriov_logical_PIF_of PCI",
        "Bond": "auto_update_mac",
        "task": "backtrace",
        "Certificate": "uuid host not_before not_after fingerprint",
    },
}
"""Profile -> class -> the fields it does not have and the next newer one has."""

CLASSES = (
    "session",
    "task",
    "pool",
    "host",
    "host_metrics",
    "network",
    "PIF",
    "PIF_metrics",
    "Bond",
    "VLAN",
    "Certificate",
    "message",
)


UNKNOWN_CALLS = {
    "xenserver-6.2": (
        "Bond.get_auto_update_mac",
        "network.add_purpose",
        "PIF.set_property",
        "Certificate.get_all",
        "host.get_editions",
        "pool.get_igmp_snooping_enabled",
    ),
    "xcp-ng-8.2": ("host.get_https_only", "pool.get_coordinator_bias", "Certificate.get_type"),
    "xcp-ng-8.3": ("host.get_ssh_enabled", "Certificate.get_fingerprint_sha256"),
    "xenserver-8": ("host.get_timezone", "pool.get_limit_console_sessions"),
}

all_profiles = pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))


def fields(name: str, one: str) -> set[str]:
    """Return the fields a profile gives a class; none if it has no such class."""
    schema = schema_of(PROFILES[name])
    return {field.name for field in schema[one].fields} if one in schema else set()


def test_every_profile_is_tested() -> None:
    """The table below leaves none out."""
    assert tuple(PROFILES) == NEWEST_FIRST


@pytest.mark.parametrize("one", CLASSES)
@pytest.mark.parametrize(("older", "newer"), PAIRS, ids=[older for older, _ in PAIRS])
def test_class_lacks_what_came_later(older: str, newer: str, one: str) -> None:
    """Exactly the fields that came between two releases, and nothing that left."""
    missing = set(MISSING[older].get(one, "").split())
    assert fields(newer, one) - fields(older, one) == missing
    assert fields(older, one) <= fields(newer, one)


def test_xenserver_6_2_has_these_fields_of_a_bond() -> None:
    """The class that matters most, in full."""
    assert fields("xenserver-6.2", "Bond") == {
        "uuid",
        "master",
        "slaves",
        "other_config",
        "primary_slave",
        "mode",
        "properties",
        "links_up",
    }


def test_xenserver_6_2_has_these_fields_of_a_pool() -> None:
    """As its own client library has them."""
    assert fields("xenserver-6.2", "pool") == {
        *("uuid", "name_label", "name_description", "master", "default_SR", "suspend_image_SR"),
        *("crash_dump_SR", "other_config", "ha_enabled", "ha_configuration", "ha_statefiles"),
        *("ha_host_failures_to_tolerate", "ha_plan_exists_for", "ha_allow_overcommit"),
        *("ha_overcommitted", "blobs", "tags", "gui_config", "wlb_url", "wlb_username"),
        *("wlb_enabled", "wlb_verify_cert", "redo_log_enabled", "redo_log_vdi"),
        *("vswitch_controller", "restrictions", "metadata_VDIs"),
    }


@all_profiles
def test_records_have_the_fields_of_the_release(profile: Profile) -> None:
    """What a client gets is what the schema says."""
    with running(profile=profile) as world:
        for one in ("pool", "host", "network", "PIF", "Bond"):
            for record in ask(world, f"{one}.get_all_records").values():
                assert set(record) == fields(profile.name, one)


@pytest.mark.parametrize("name", UNKNOWN_CALLS)
def test_later_calls_are_unknown(name: str) -> None:
    """Messages of later releases, and of fields and classes that came later."""
    with running(profile=PROFILES[name]) as world:
        known = set(ask(world, "system.listMethods"))
        assert not known & set(UNKNOWN_CALLS[name])
        for method in UNKNOWN_CALLS[name]:
            with pytest.raises(Failure) as raised:
                ask(world, method, "OpaqueRef:NULL")
            assert (raised.value.code, raised.value.arguments) == (
                "MESSAGE_METHOD_UNKNOWN",
                (method,),
            )


@pytest.mark.parametrize("name", UNKNOWN_CALLS)
def test_current_product_knows_those_calls(name: str) -> None:
    """Otherwise the test above would prove nothing."""
    with running() as world:
        assert set(UNKNOWN_CALLS[name]) <= set(ask(world, "system.listMethods"))


@pytest.mark.parametrize("message", ["set_mode", "set_property", "create", "destroy"])
def test_xenserver_6_2_has_the_calls_of_bonds(message: str) -> None:
    """They came with 6.0 and 6.1."""
    with running(profile=PROFILES["xenserver-6.2"]) as world:
        assert f"Bond.{message}" in ask(world, "system.listMethods")
