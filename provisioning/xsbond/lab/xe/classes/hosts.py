"""Hosts and the pool (records.ml: host, pool)."""

from typing import Any

from xsbond.lab.xe.classes.kinds import XeClass
from xsbond.lab.xe.conversions import integer, reference, strict_truth, text, truth
from xsbond.lab.xe.fields import (
    Field,
    asked,
    mapping,
    members,
    metric,
    operations,
    plain,
    shown,
    uuid_of,
    uuids_by_name,
    uuids_of,
)
from xsbond.lab.xe.view import Record, View

_METRICS = "host_metrics"
_SR = reference("SR")
_OPERATIONS = {"vm_start": "VM.start", "vm_resume": "VM.resume", "vm_migrate": "VM.migrate"}
"""XAPI's word -> xe's, where they differ (record_util.ml)."""

HOST = XeClass(
    name="host",
    xapi_class="host",
    listed=("uuid", "name-label", "name-description"),
    fields=(
        plain("uuid", "uuid"),
        plain("name-label", "name_label", text),
        plain("name-description", "name_description", text),
        operations("allowed-operations", "allowed_operations", _OPERATIONS),
        operations("current-operations", "current_operations", _OPERATIONS),
        plain("enabled", "enabled"),
        plain("display", "display"),
        plain("API-version-major", "API_version_major"),
        plain("API-version-minor", "API_version_minor"),
        plain("API-version-vendor", "API_version_vendor"),
        mapping("API-version-vendor-implementation", "API_version_vendor_implementation"),
        mapping("logging", "logging", adds=True),
        uuid_of("suspend-image-sr-uuid", "suspend_image_sr", "SR", _SR),
        uuid_of("crash-dump-sr-uuid", "crash_dump_sr", "SR", _SR),
        mapping("software-version", "software_version"),
        members("capabilities", "capabilities"),
        mapping("other-config", "other_config", adds=True),
        mapping("cpu_info", "cpu_info"),
        mapping("chipset-info", "chipset_info"),
        plain("hostname", "hostname"),
        plain("address", "address"),
        plain("https-only", "https_only", strict_truth),
        members("supported-bootloaders", "supported_bootloaders"),
        uuids_by_name("blobs", "blobs", "blob"),
        plain("memory-overhead", "memory_overhead"),
        metric("memory-total", _METRICS, "memory_total"),
        metric("memory-free", _METRICS, "memory_free"),
        asked("memory-free-computed", "host.compute_free_memory", "host", 0),
        metric("host-metrics-live", _METRICS, "live"),
        members("patches", "patches", separator=", ", deprecated=True),
        uuids_of("updates", "updates", "pool_update", as_set=True, separator=", "),
        plain("ha-statefiles", "ha_statefiles"),
        plain("ha-network-peers", "ha_network_peers"),
        plain("external-auth-type", "external_auth_type"),
        plain("external-auth-service-name", "external_auth_service_name"),
        mapping("external-auth-configuration", "external_auth_configuration"),
        plain("edition", "edition"),
        mapping("license-server", "license_server"),
        plain("power-on-mode", "power_on_mode"),
        mapping("power-on-config", "power_on_config"),
        uuid_of("local-cache-sr", "local_cache_sr", "SR"),
        members("tags", "tags", separator=", ", adds=True),
        plain("ssl-legacy", "ssl_legacy", truth),
        mapping("guest_VCPUs_params", "guest_VCPUs_params", adds=True),
        members("virtual-hardware-platform-versions", "virtual_hardware_platform_versions"),
        uuid_of("control-domain-uuid", "control_domain", "VM"),
        uuids_of("resident-vms", "resident_VMs", "VM", as_set=True),
        uuids_of(
            "updates-requiring-reboot", "updates_requiring_reboot", "pool_update", as_set=True
        ),
        uuids_of("features", "features", "Feature", as_set=True),
        plain("iscsi_iqn", "iscsi_iqn", text),
        plain("multipathing", "multipathing", truth),
        plain("uefi-certificates", "uefi_certificates", text, hidden=True),
        plain("pending-guidances", "pending_guidances"),
        plain("tls-verification-enabled", "tls_verification_enabled"),
        plain("last-software-update", "last_software_update"),
        plain("latest-synced-updates-applied", "latest_synced_updates_applied"),
        plain("pending-guidances-recommended", "pending_guidances_recommended"),
        plain("pending-guidances-full", "pending_guidances_full"),
        plain("last-update-hash", "last_update_hash"),
        plain("ssh-enabled", "ssh_enabled"),
        plain("ssh-enabled-timeout", "ssh_enabled_timeout", integer),
        plain("ssh-expiry", "ssh_expiry"),
        plain("console-idle-timeout", "console_idle_timeout", integer),
        plain("ssh-auto-mode", "ssh_auto_mode", truth),
    ),
)


def _https_only_everywhere(_: Record, view: View) -> str:
    hosts = view.records("host").values()
    return shown(all(host.get("https_only", False) for host in hosts))


def _supported_types(_: Record, view: View) -> str:
    return shown(view.answer([], "SR.get_supported_types"))


def _licence_state(record: Record, view: View) -> str:
    pool = view.call("pool.get_by_uuid", record["uuid"])
    state: Any = view.answer({}, "pool.get_license_state", pool)
    return shown(state)


def _vswitch_controller(record: Record, _: View) -> str:
    return str(record.get("vswitch_controller", "")) or "<not set>"


POOL = XeClass(
    name="pool",
    xapi_class="pool",
    listed=("uuid", "name-label", "name-description", "master", "default-SR"),
    fields=(
        plain("uuid", "uuid"),
        plain("name-label", "name_label", text),
        plain("name-description", "name_description", text),
        uuid_of("master", "master", "host"),
        uuid_of("default-SR", "default_SR", "SR", _SR),
        uuid_of("crash-dump-SR", "crash_dump_SR", "SR", _SR),
        uuid_of("suspend-image-SR", "suspend_image_SR", "SR", _SR),
        Field(name="supported-sr-types", read=_supported_types, expensive=True),
        mapping("other-config", "other_config", adds=True),
        operations("allowed-operations", "allowed_operations"),
        operations("current-operations", "current_operations"),
        plain("ha-enabled", "ha_enabled"),
        plain("ha-configuration", "ha_configuration"),
        plain("ha-statefiles", "ha_statefiles"),
        plain("ha-host-failures-to-tolerate", "ha_host_failures_to_tolerate", integer),
        plain("ha-plan-exists-for", "ha_plan_exists_for"),
        plain("ha-allow-overcommit", "ha_allow_overcommit", strict_truth),
        plain("ha-overcommitted", "ha_overcommitted"),
        uuids_by_name("blobs", "blobs", "blob"),
        plain("wlb-url", "wlb_url"),
        plain("wlb-username", "wlb_username"),
        plain("wlb-enabled", "wlb_enabled", strict_truth),
        plain("wlb-verify-cert", "wlb_verify_cert", strict_truth),
        plain("igmp-snooping-enabled", "igmp_snooping_enabled", strict_truth),
        mapping("gui-config", "gui_config", adds=True),
        mapping("health-check-config", "health_check_config", adds=True),
        Field(
            name="vswitch-controller",
            attribute="vswitch_controller",
            read=_vswitch_controller,
            hidden=True,
        ),
        plain("restrictions", "restrictions"),
        members("tags", "tags", separator=", ", adds=True),
        Field(name="license-state", read=_licence_state),
        plain("ha-cluster-stack", "ha_cluster_stack"),
        mapping("guest-agent-config", "guest_agent_config", adds=True),
        mapping("cpu_info", "cpu_info"),
        plain("policy-no-vendor-device", "policy_no_vendor_device", truth),
        plain("live-patching-disabled", "live_patching_disabled", truth),
        plain("uefi-certificates", "uefi_certificates", text, hidden=True),
        plain("tls-verification-enabled", "tls_verification_enabled"),
        plain("client-certificate-auth-enabled", "client_certificate_auth_enabled"),
        plain("client-certificate-auth-name", "client_certificate_auth_name"),
        uuids_of("repositories", "repositories", "Repository", as_set=True),
        plain("repository-proxy-url", "repository_proxy_url"),
        plain("repository-proxy-username", "repository_proxy_username"),
        # Its setter came with what the next field shows.
        Field(
            name="https-only",
            attribute="migration_compression",
            read=_https_only_everywhere,
            convert=strict_truth,
            setter="set_https_only",
        ),
        plain("migration-compression", "migration_compression", strict_truth),
        plain("coordinator-bias", "coordinator_bias", strict_truth),
        plain("telemetry-frequency", "telemetry_frequency"),
        plain("telemetry-next-collection", "telemetry_next_collection"),
        plain("last-update-sync", "last_update_sync"),
        plain("update-sync-frequency", "update_sync_frequency"),
        plain("update-sync-day", "update_sync_day"),
        plain("update-sync-enabled", "update_sync_enabled"),
        mapping("recommendations", "recommendations"),
    ),
)
