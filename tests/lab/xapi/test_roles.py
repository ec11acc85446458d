"""The least role each message asks for is the one XAPI's data model gives it."""

import pytest

from tests.lab.worlds import running
from xsbond.lab.xapi.access.roles import role_of

NOBODY = "local-root"
EXPECTED = {
    "session.": {
        "read-only": "login_with_password logout",
        "pool-operator": "logout_subject_identifier",
        "pool-admin": "slave_login slave_local_login slave_local_login_with_password local_logout "
        "set_other_config add_to_other_config remove_from_other_config",
        NOBODY: "change_password create_from_db_file",
    },
    "task.": {
        "read-only": "create destroy cancel set_status set_progress set_result set_error_info "
        "set_other_config add_to_other_config remove_from_other_config",
    },
    "event.": {"read-only": "register unregister next from inject"},
    "pool.": {
        "vm-operator": "set_tags add_tags remove_tags set_gui_config add_to_gui_config "
        "remove_from_gui_config",
        "pool-operator": "set_name_label set_name_description set_default_SR set_other_config "
        "add_to_other_config remove_from_other_config set_igmp_snooping_enabled create_VLAN "
        "create_VLAN_from_PIF designate_new_master enable_ha disable_ha eject join join_force "
        "hello initial_auth management_reconfigure recover_slaves emergency_reset_master "
        "emergency_transition_to_master sync_database set_https_only set_wlb_enabled "
        "set_health_check_config set_ha_host_failures_to_tolerate set_live_patching_disabled "
        "set_migration_compression set_coordinator_bias set_is_psr_pending apply_edition "
        "get_guest_secureboot_readiness set_vm_console_idle_timeout set_limit_console_sessions",
        "pool-admin": "is_slave enable_external_auth disable_external_auth has_extension "
        "rotate_secret enable_tls_verification audit_log_append add_to_guest_agent_config "
        "remove_from_guest_agent_config enable_ssh disable_ssh set_ssh_auto_mode "
        "reset_telemetry_uuid set_uefi_certificates send_test_post",
        "read-only": "ha_compute_hypothetical_max_host_failures_to_tolerate "
        "retrieve_wlb_configuration retrieve_wlb_recommendations get_license_state",
        NOBODY: "ha_schedule_plan_recomputation",
    },
    "host.": {
        "read-only": "compute_free_memory compute_memory_overhead is_in_emergency_mode "
        "list_methods query_data_source get_server_certificate get_servertime get_log",
        "vm-operator": "set_tags add_tags remove_tags",
        "vm-power-admin": "migrate_receive",
        "pool-operator": "enable disable shutdown reboot power_on restart_agent shutdown_agent "
        "evacuate assert_can_evacuate management_reconfigure local_management_reconfigure "
        "management_disable get_management_interface destroy declare_dead set_name_label "
        "set_name_description set_hostname set_hostname_live set_address set_other_config "
        "add_to_other_config remove_from_other_config set_logging syslog_reconfigure "
        "reset_networking sync_vlans sync_tunnels sync_pif_currently_attached set_https_only "
        "set_ssl_legacy emergency_ha_disable dmesg set_iscsi_iqn set_multipathing set_display "
        "get_sm_diagnostics get_thread_diagnostics",
        "pool-admin": "call_plugin call_extension has_extension install_server_certificate "
        "reset_server_certificate refresh_server_certificate ha_xapi_healthcheck "
        "enable_external_auth disable_external_auth send_debug_keys sync_data backup_rrds",
        NOBODY: "tickle_heartbeat signal_networking_change notify propose_new_master "
        "commit_new_master abort_new_master preconfigure_ha request_backup update_pool_secret "
        "emergency_reset_server_certificate prepare_for_poweroff set_license_params "
        "get_uncooperative_domains get_sched_gran",
    },
    "host_metrics.": {
        "pool-operator": "set_other_config add_to_other_config remove_from_other_config",
    },
    "network.": {
        "vm-operator": "set_tags add_tags remove_tags",
        "vm-admin": "create destroy set_MTU",
        "vm-power-admin": "attach_for_vm detach_for_vm",
        "pool-operator": "attach pool_introduce create_new_blob set_default_locking_mode "
        "set_name_label set_name_description set_other_config add_to_other_config "
        "remove_from_other_config",
        "pool-admin": "add_purpose remove_purpose",
    },
    "PIF.": {
        "pool-operator": "plug unplug scan introduce forget db_introduce db_forget pool_introduce "
        "reconfigure_ip reconfigure_ipv6 set_primary_address_type set_disallow_unplug "
        "set_property create_VLAN destroy set_other_config add_to_other_config "
        "remove_from_other_config",
    },
    "PIF_metrics.": {
        "pool-operator": "set_other_config add_to_other_config remove_from_other_config",
    },
    "Bond.": {
        "pool-operator": "create destroy set_mode set_property set_other_config "
        "add_to_other_config remove_from_other_config",
    },
    "VLAN.": {
        "pool-operator": "create destroy pool_introduce set_other_config add_to_other_config "
        "remove_from_other_config",
    },
    "message.": {
        "read-only": "get",
        "pool-operator": "create destroy destroy_many destroy_all",
    },
}
"""What datamodel*.ml gives each message; all other getters are for everybody."""
ROWS = {
    start + message: role
    for start, by_role in EXPECTED.items()
    for role, messages in by_role.items()
    for message in messages.split()
}


@pytest.mark.parametrize("name", sorted(ROWS))
def test_message_asks_for_the_role_of_the_data_model(name: str) -> None:
    """The tables are those of XAPI."""
    assert role_of(name, "unknown class") == ROWS[name]


def test_getters_of_the_lab_are_for_everybody() -> None:
    """But for those the data model keeps from some."""
    with running(1) as world:
        messages = world.dispatcher.messages
    getters = [name for name in messages if ".get_" in name and name not in ROWS]
    known = [name for name in getters if f"{name.partition('.')[0]}." in EXPECTED]
    assert {role_of(name, "unknown class") for name in known} == {"read-only"}
