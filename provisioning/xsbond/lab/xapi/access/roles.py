"""Who may send what: the roles of RBAC and the least one each message asks for.

The tables follow ocaml/idl/datamodel_roles.ml, datamodel.ml, datamodel_pool.ml, datamodel_host.ml.
"""

from collections.abc import Mapping

from xsbond.lab import blueprint

ROLES = blueprint.ROLES
"""From most to least; each may do whatever a later one may."""
LOCAL_ROOT = "local-root"
"""No role at all: root of the hosts and the hosts themselves (_R_LOCAL_ROOT_ONLY)."""
POOL_ADMIN, POOL_OPERATOR, VM_POWER_ADMIN, VM_ADMIN, VM_OPERATOR, READ_ONLY = ROLES
CLIENT_CERTIFICATE = "client-cert"
"""The internal role of clients with a certificate: it reads, and does what is listed below."""

ANY_TASK = "task.destroy/any"
"""The permission to treat tasks of others as one's own (extra_permissions)."""

_NAMED_IN_ORDER = (
    VM_POWER_ADMIN,
    VM_ADMIN,
    VM_OPERATOR,
    CLIENT_CERTIFICATE,
    READ_ONLY,
    POOL_ADMIN,
    POOL_OPERATOR,
)
"""The order gen_rbac.ml leaves the roles in: the pair touched last, for ANY_TASK, comes last."""

_OTHERWISE: Mapping[str, str] = {
    "session": POOL_ADMIN,
    "task": POOL_OPERATOR,
    "event": READ_ONLY,
    "pool": POOL_OPERATOR,
    "host": POOL_OPERATOR,
    "host_metrics": POOL_OPERATOR,
    "network": VM_ADMIN,
    "PIF": POOL_OPERATOR,
    "PIF_metrics": POOL_OPERATOR,
    "Bond": POOL_OPERATOR,
    "VLAN": POOL_OPERATOR,
    "tunnel": POOL_OPERATOR,
    "message": POOL_OPERATOR,
    "secret": POOL_OPERATOR,
}
"""Class -> role of what is neither a getter nor in the table below."""

_EXCEPTIONS: Mapping[str, Mapping[str, str]] = {
    "session": {
        READ_ONLY: "login_with_password logout",
        POOL_OPERATOR: "logout_subject_identifier",
        LOCAL_ROOT: "change_password create_from_db_file",
    },
    "task": {
        READ_ONLY: "cancel create destroy set_status set_progress set_result set_error_info "
        "set_resident_on add_to_other_config remove_from_other_config set_other_config",
    },
    "pool": {
        READ_ONLY: "ha_compute_hypothetical_max_host_failures_to_tolerate "
        "retrieve_wlb_configuration retrieve_wlb_recommendations",
        VM_OPERATOR: "set_tags add_tags remove_tags "
        "set_gui_config add_to_gui_config remove_from_gui_config",
        POOL_OPERATOR: "get_guest_secureboot_readiness",
        POOL_ADMIN: "is_slave enable_external_auth disable_external_auth send_test_post "
        "enable_tls_verification audit_log_append has_extension add_to_guest_agent_config "
        "remove_from_guest_agent_config rotate_secret set_uefi_certificates "
        "set_custom_uefi_certificates set_telemetry_next_collection reset_telemetry_uuid "
        "enable_ssh disable_ssh set_ssh_enabled_timeout set_console_idle_timeout "
        "set_ssh_auto_mode",
        LOCAL_ROOT: "ha_schedule_plan_recomputation",
    },
    "host": {
        READ_ONLY: "compute_free_memory compute_memory_overhead is_in_emergency_mode "
        "query_data_source list_methods retrieve_wlb_evacuate_recommendations",
        VM_OPERATOR: "set_tags add_tags remove_tags mxgpu_vf_setup nvidia_vf_setup "
        "allocate_resources_for_vm",
        VM_POWER_ADMIN: "migrate_receive",
        POOL_OPERATOR: "get_management_interface get_sm_diagnostics get_thread_diagnostics",
        POOL_ADMIN: "ha_xapi_healthcheck send_debug_keys call_plugin has_extension "
        "call_extension sync_data backup_rrds install_server_certificate "
        "reset_server_certificate refresh_server_certificate enable_external_auth "
        "disable_external_auth apply_guest_agent_config copy_primary_host_certs "
        "enable_ssh disable_ssh set_ssh_enabled_timeout set_console_idle_timeout "
        "set_ssh_auto_mode",
        LOCAL_ROOT: "ha_disable_failover_decisions ha_disarm_fencing ha_stop_daemon "
        "ha_release_resources ha_join_liveset ha_wait_for_shutdown_via_statefile "
        "local_assert_healthy preconfigure_ha request_backup request_config_file_sync "
        "propose_new_master abort_new_master commit_new_master signal_networking_change notify "
        "get_uncooperative_domains prepare_for_poweroff attach_static_vdis detach_static_vdis "
        "enable_binary_storage disable_binary_storage update_pool_secret update_master "
        "set_localdb_key tickle_heartbeat install_ca_certificate uninstall_ca_certificate "
        "certificate_list crl_install crl_uninstall crl_list certificate_sync "
        "emergency_reset_server_certificate cert_distrib_atom set_license_params "
        "write_uefi_certificates_to_disk set_uefi_certificates notify_accept_new_pool_secret "
        "notify_send_new_pool_secret cleanup_pool_secret set_sched_gran get_sched_gran "
        "emergency_disable_tls_verification emergency_reenable_tls_verification",
    },
    "network": {
        VM_OPERATOR: "set_tags add_tags remove_tags",
        VM_POWER_ADMIN: "attach_for_vm detach_for_vm",
        POOL_OPERATOR: "attach pool_introduce create_new_blob set_default_locking_mode "
        "set_name_label set_name_description set_other_config add_to_other_config "
        "remove_from_other_config",
        POOL_ADMIN: "add_purpose remove_purpose",
    },
    "message": {READ_ONLY: "get"},
    "secret": {
        POOL_OPERATOR: "get_record get_by_uuid get_uuid get_value get_all get_all_where "
        "get_all_records get_all_records_where",
    },
}
"""Class -> role -> messages."""

_FOR_CLIENT_CERTIFICATES = (
    "pool.enable_ha pool.disable_ha pool.install_ca_certificate pool.uninstall_ca_certificate "
    "pool.set_repositories pool.add_repository pool.remove_repository pool.sync_updates "
    "pool.check_update_readiness pool.enable_client_certificate_auth "
    "pool.disable_client_certificate_auth pool.configure_repository_proxy "
    "pool.disable_repository_proxy pool.set_wlb_enabled host.evacuate host.enable host.disable "
    "host.apply_updates"
)

_XENCENTER = {"folder": VM_OPERATOR, "XenCenter.CustomFields.*": VM_OPERATOR}

GUARDED_KEYS: Mapping[str, Mapping[str, str]] = {
    "pool": _XENCENTER | {"EMPTY_FOLDERS": VM_OPERATOR},
    "host": _XENCENTER,
    "network": _XENCENTER | {"XenCenterCreateInProgress": VM_OPERATOR},
    "VM": {"pci": POOL_ADMIN} | _XENCENTER,
    "SR": _XENCENTER,
    "VDI": _XENCENTER,
    "task": dict.fromkeys(
        ("applies_to", "XenCenterUUID", "XenCenterMeddlingActionTitle"), VM_OPERATOR
    ),
}
"""Class -> key of other_config -> role that may add and remove it (map_keys_roles)."""

_KEYED = ("add_to_other_config", "remove_from_other_config")


def _exceptions() -> Mapping[str, str]:
    return {
        f"{name}.{message}": role
        for name, by_role in _EXCEPTIONS.items()
        for role, messages in by_role.items()
        for message in messages.split()
    }


_ROLE_OF = _exceptions()


def role_of(name: str, otherwise: str) -> str:
    """Return the least role that may send a message; `otherwise` where no table knows its class."""
    one, _, message = name.partition(".")
    if one not in _OTHERWISE:
        return otherwise
    if name in _ROLE_OF:
        return _ROLE_OF[name]
    return READ_ONLY if message.startswith("get_") else _OTHERWISE[one]


def guarded_keys(name: str) -> Mapping[str, str]:
    """Return key -> role for a message that adds or removes an entry; empty for all others."""
    one, _, message = name.partition(".")
    return GUARDED_KEYS.get(one, {}) if message in _KEYED else {}


def guard_on(keys: Mapping[str, str], key: str) -> str | None:
    """Return which of the guarded keys a key is, a final asterisk standing for any end."""
    for guarded in keys:
        if key == guarded or (guarded.endswith("*") and key.startswith(guarded[:-1])):
            return guarded
    return None


def permission(name: str, key: str | None = None) -> str:
    """Return the name of a permission, for one key of a map if need be (rbac.ml)."""
    return (name if key is None else f"{name}/key:{key}").lower()


def holders(name: str, role: str, *, client_certificates: bool) -> tuple[str, ...]:
    """Return the roles that have a permission, in the order xapi names them."""
    if role == LOCAL_ROOT:
        return ()
    found = set(ROLES[: ROLES.index(role) + 1])
    if client_certificates and (role == READ_ONLY or name in _FOR_CLIENT_CERTIFICATES.split()):
        found.add(CLIENT_CERTIFICATE)
    return tuple(each for each in _NAMED_IN_ORDER if each in found)
