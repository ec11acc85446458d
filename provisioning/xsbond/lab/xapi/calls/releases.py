"""Since when a release knows a message (datamodel*.ml, datamodel_lifecycle.ml).

Messages that follow from a field (getters, setters) come with the field, and the others of a class
with the class; this is about those that came later.
"""

from collections.abc import Iterator, Mapping

from xsbond.lab.profiles import Profile, Version

_BY_CLASS: Mapping[Version, Mapping[str, str]] = {
    (6, 5): {"PIF": "set_property"},
    (6, 5, 1): {"host": "disable_display enable_display"},
    (7, 0): {
        "host": "call_extension has_extension set_ssl_legacy",
        "pool": "add_to_guest_agent_config disable_ssl_legacy enable_ssl_legacy has_extension"
        " remove_from_guest_agent_config",
        "VIF": "configure_ipv4 configure_ipv6",
    },
    (7, 1): {"VIF": "move"},
    (7, 2): {"task": "set_status"},
    (7, 3): {
        "network": "add_purpose remove_purpose",
        "pool": "management_reconfigure set_igmp_snooping_enabled",
    },
    (7, 4): {"host": "mxgpu_vf_setup"},
    (7, 5): {"host": "set_iscsi_iqn set_multipathing"},
    (8, 1): {"host": "set_uefi_certificates"},
    (8, 2): {
        "host": "emergency_reset_server_certificate install_server_certificate",
        "task": "set_progress",
    },
    (8, 2, 1): {"pool": "rotate_secret"},
    (8, 2, 1, 271): {"host": "get_sched_gran set_sched_gran"},
    (8, 2, 1, 290): {
        "host": "emergency_disable_tls_verification emergency_reenable_tls_verification"
        " reset_server_certificate",
        "pool": "enable_tls_verification install_ca_certificate uninstall_ca_certificate",
    },
    (8, 2, 1, 301): {
        "host": "apply_updates",
        "pool": "add_repository remove_repository set_repositories sync_updates",
    },
    (8, 2, 1, 304): {"pool": "check_update_readiness"},
    (8, 2, 1, 307): {"host": "refresh_server_certificate"},
    (8, 2, 1, 318): {"pool": "disable_client_certificate_auth enable_client_certificate_auth"},
    (21, 3): {
        "pool": "configure_repository_proxy disable_repository_proxy",
        "task": "set_error_info set_result",
    },
    (22, 16): {"pool": "set_uefi_certificates"},
    (22, 19): {"message": "destroy_many"},
    (22, 27): {"host": "set_https_only", "pool": "set_https_only"},
    (23, 9): {"pool": "reset_telemetry_uuid set_telemetry_next_collection"},
    (23, 18): {
        "host": "apply_recommended_guidances",
        "pool": "configure_update_sync set_update_sync_enabled",
    },
    (23, 27): {"pool": "set_ext_auth_max_threads set_local_auth_max_threads"},
    (24, 0): {"host": "set_numa_affinity_policy", "pool": "set_custom_uefi_certificates"},
    (24, 10): {"host": "emergency_clear_mandatory_guidance"},
    (24, 17): {"pool": "get_guest_secureboot_readiness"},
    (24, 31): {
        "pool": "set_ext_auth_cache_enabled set_ext_auth_cache_expiry set_ext_auth_cache_size"
    },
    (25, 2): {"host": "rescan_drivers"},
    (25, 13): {"host": "disable_ssh enable_ssh", "pool": "disable_ssh enable_ssh"},
    (25, 21): {
        "host": "set_console_idle_timeout set_ssh_enabled_timeout",
        "pool": "set_console_idle_timeout set_ssh_enabled_timeout",
    },
    (25, 27): {"host": "set_ssh_auto_mode", "pool": "set_ssh_auto_mode"},
    (25, 34): {"host": "get_tracked_user_agents update_firewalld_service_status"},
    (26, 0): {
        "host": "get_ntp_servers_status get_ntp_synchronized list_timezones set_max_cstate"
        " set_ntp_custom_servers set_ntp_mode set_servertime set_timezone"
    },
}
"""Release -> class -> the messages it was the first to know."""


def _by_name() -> Iterator[tuple[str, Version]]:
    for since, classes in _BY_CLASS.items():
        for one, names in classes.items():
            for name in names.split():
                yield f"{one}.{name}", since


_SINCE: Mapping[str, Version] = dict(_by_name())


def knows_message(profile: Profile, name: str) -> bool:
    """Tell whether a release has a message its classes and fields do not decide on."""
    return profile.knows(_SINCE.get(name, ()))
