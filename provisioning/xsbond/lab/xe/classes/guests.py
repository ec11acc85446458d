"""Virtual machines and their interfaces (records.ml: vm, vif)."""

from collections.abc import Mapping
from dataclasses import replace

from xsbond.lab.xe.classes.kinds import XeClass
from xsbond.lab.xe.conversions import (
    DOMAIN_TYPE,
    LOCKING_MODE,
    ON_CRASH,
    ON_EXIT,
    amount,
    checked_integer,
    number,
    reference,
    strict_truth,
    text,
    truth,
    words,
)
from xsbond.lab.xe.fields import (
    Field,
    asked,
    mapping,
    members,
    metric,
    name_of,
    operations,
    plain,
    unmeasured,
    uuid_of,
    uuids_by_name,
    uuids_of,
)

_METRICS, _GUEST_METRICS = "VM_metrics", "VM_guest_metrics"
_UNKNOWN_TIME = "<unknown time>"
_POWER = {
    "Halted": "halted",
    "Paused": "paused",
    "Running": "running",
    "Suspended": "suspended",
}
_ENDINGS = {
    "destroy": "Destroy",
    "restart": "Restart",
    "coredump_and_destroy": "Core dump and destroy",
    "coredump_and_restart": "Core dump and restart",
    "preserve": "Preserve",
    "rename_restart": "Rename restart",
}
_DOMAINS = {"pv_in_pvh": "pv-in-pvh"}
_TRISTATE = {"yes": "true", "no": "false", "unspecified": "unspecified"}
_OPERATIONS = {
    "assert_operation_valid": "assertoperationvalid",
    "data_source_op": "data_sources_op",
}
"""XAPI's words -> xe's (record_util.ml)."""


def _guest(name: str, attribute: str, words: Mapping[str, str] | None = None) -> Field:
    """Return a field that shows what the guest's own agent reports."""
    return metric(name, _GUEST_METRICS, attribute, words=words, pointer="guest_metrics")


def _guest_map(name: str, attribute: str) -> Field:
    return replace(_guest(name, attribute), keys=lambda _: {})


_VM_FIELDS = (
    plain("uuid", "uuid"),
    plain("name-label", "name_label", text),
    plain("name-description", "name_description", text),
    plain("user-version", "user_version", checked_integer),
    plain("is-a-template", "is_a_template", truth),
    plain("is-default-template", "is_default_template", truth),
    plain("is-a-snapshot", "is_a_snapshot"),
    uuid_of("snapshot-of", "snapshot_of", "VM"),
    uuids_of("snapshots", "snapshots", "VM"),
    plain("snapshot-time", "snapshot_time"),
    plain("transportable-snapshot-id", "transportable_snapshot_id", hidden=True),
    plain("snapshot-info", "snapshot_info"),
    uuid_of("parent", "parent", "VM"),
    uuids_of("children", "children", "VM"),
    plain("is-control-domain", "is_control_domain"),
    plain("power-state", "power_state", words=_POWER),
    metric("memory-actual", _METRICS, "memory_actual"),
    unmeasured("memory-target"),
    plain("memory-overhead", "memory_overhead"),
    plain("memory-static-max", "memory_static_max", amount),
    plain("memory-dynamic-max", "memory_dynamic_max", amount),
    plain("memory-dynamic-min", "memory_dynamic_min", amount),
    plain("memory-static-min", "memory_static_min", amount),
    uuid_of("suspend-VDI-uuid", "suspend_VDI", "VDI", reference("VDI")),
    uuid_of("suspend-SR-uuid", "suspend_SR", "SR", reference("SR")),
    mapping("VCPUs-params", "VCPUs_params", adds=True),
    plain("VCPUs-max", "VCPUs_max", checked_integer),
    plain("VCPUs-at-startup", "VCPUs_at_startup", checked_integer),
    plain("actions-after-shutdown", "actions_after_shutdown", ON_EXIT, words=_ENDINGS),
    plain("actions-after-reboot", "actions_after_reboot", ON_EXIT, words=_ENDINGS),
    plain("actions-after-crash", "actions_after_crash", ON_CRASH, words=_ENDINGS),
    uuids_of("console-uuids", "consoles", "console", as_set=True),
    metric("hvm", _METRICS, "hvm", otherwise="false"),
    mapping("platform", "platform", adds=True),
    operations("allowed-operations", "allowed_operations", _OPERATIONS),
    operations("current-operations", "current_operations", _OPERATIONS),
    mapping("blocked-operations", "blocked_operations", adds=True),
    asked("allowed-VBD-devices", "VM.get_allowed_VBD_devices", "VM", []),
    asked("allowed-VIF-devices", "VM.get_allowed_VIF_devices", "VM", []),
    Field(
        name="possible-hosts",
        expensive=True,
        read=lambda record, view: "; ".join(
            view.uuid(ref, "host")
            for ref in view.answer(
                [], "VM.get_possible_hosts", view.call("VM.get_by_uuid", record["uuid"])
            )
        ),
    ),
    plain("domain-type", "domain_type", DOMAIN_TYPE, words=_DOMAINS),
    metric("current-domain-type", _METRICS, "current_domain_type", words=_DOMAINS),
    plain("HVM-boot-policy", "HVM_boot_policy", text),
    mapping("HVM-boot-params", "HVM_boot_params", adds=True),
    plain("HVM-shadow-multiplier", "HVM_shadow_multiplier", number),
    replace(mapping("NVRAM", "NVRAM", adds=True), hidden=True),
    plain("PV-kernel", "PV_kernel", text),
    plain("PV-ramdisk", "PV_ramdisk", text),
    plain("PV-args", "PV_args", text),
    plain("PV-legacy-args", "PV_legacy_args", text),
    plain("PV-bootloader", "PV_bootloader", text),
    plain("PV-bootloader-args", "PV_bootloader_args", text),
    plain("last-boot-CPU-flags", "last_boot_CPU_flags"),
    Field(
        name="last-boot-record",
        attribute="last_booted_record",
        expensive=True,
        read=lambda record, _: f"'{record['last_booted_record']}'",
    ),
    uuid_of("resident-on", "resident_on", "host"),
    uuid_of("affinity", "affinity", "host", reference("host")),
    mapping("other-config", "other_config", adds=True),
    plain("dom-id", "domid"),
    plain("recommendations", "recommendations"),
    mapping("xenstore-data", "xenstore_data", adds=True),
    plain("ha-always-run", "ha_always_run", strict_truth, deprecated=True),
    plain("ha-restart-priority", "ha_restart_priority", text),
    uuids_by_name("blobs", "blobs", "blob"),
    metric("start-time", _METRICS, "start_time", otherwise=_UNKNOWN_TIME),
    metric("install-time", _METRICS, "install_time", otherwise=_UNKNOWN_TIME),
    metric("VCPUs-number", _METRICS, "VCPUs_number"),
    replace(unmeasured("VCPUs-utilisation", ""), keys=lambda _: {}),
    _guest_map("os-version", "os_version"),
    _guest_map("PV-drivers-version", "PV_drivers_version"),
    replace(_guest("PV-drivers-up-to-date", "PV_drivers_up_to_date"), deprecated=True),
    _guest_map("memory", "memory"),
    _guest_map("disks", "disks"),
    uuids_of("VBDs", "VBDs", "VBD", as_set=True),
    _guest_map("networks", "networks"),
    _guest("PV-drivers-detected", "PV_drivers_detected"),
    _guest_map("other", "other"),
    _guest("live", "live"),
    _guest("guest-metrics-last-updated", "last_updated"),
    _guest("can-use-hotplug-vbd", "can_use_hotplug_vbd", _TRISTATE),
    _guest("can-use-hotplug-vif", "can_use_hotplug_vif", _TRISTATE),
    unmeasured("cooperative", "true", deprecated=True),
    members("tags", "tags", separator=", ", adds=True),
    uuid_of("appliance", "appliance", "VM_appliance", reference("VM_appliance")),
    uuid_of("snapshot-schedule", "snapshot_schedule", "VMSS", reference("VMSS")),
    plain("is-vmss-snapshot", "is_vmss_snapshot"),
    plain("start-delay", "start_delay", checked_integer),
    plain("shutdown-delay", "shutdown_delay", checked_integer),
    plain("order", "order", checked_integer),
    plain("version", "version"),
    plain("generation-id", "generation_id"),
    plain("hardware-platform-version", "hardware_platform_version"),
    plain("has-vendor-device", "has_vendor_device", truth),
    plain("requires-reboot", "requires_reboot"),
    plain("reference-label", "reference_label"),
    mapping("bios-strings", "bios_strings"),
    plain("pending-guidances", "pending_guidances"),
    uuids_of("vtpms", "VTPMs", "VTPM"),
)

VM = XeClass(
    name="vm",
    xapi_class="VM",
    listed=("name-label", "uuid", "power-state"),
    filters=(("is-a-template", "false"),),
    standard=True,
    fields=_VM_FIELDS,
)
TEMPLATE = XeClass(
    name="template",
    xapi_class="VM",
    listed=("name-label", "name-description", "uuid"),
    filters=(("is-a-template", "true"), ("is-a-snapshot", "false")),
    fields=_VM_FIELDS,
)
SNAPSHOT = XeClass(
    name="snapshot",
    xapi_class="VM",
    listed=(
        "name-label",
        "name-description",
        "uuid",
        "snapshot_of",
        "snapshot_time",
        "is-vmss-snapshot",
    ),
    filters=(("is-a-snapshot", "true"),),
    fields=_VM_FIELDS,
)

VIF = XeClass(
    name="vif",
    xapi_class="VIF",
    listed=("uuid", "device", "vm-uuid", "network-uuid"),
    fields=(
        plain("uuid", "uuid"),
        uuid_of("vm-uuid", "VM", "VM"),
        name_of("vm-name-label", "VM", "VM"),
        operations("allowed-operations", "allowed_operations"),
        operations("current-operations", "current_operations"),
        plain("device", "device"),
        plain("MAC", "MAC", case_insensitive=True),
        plain("MAC-autogenerated", "MAC_autogenerated"),
        plain("MTU", "MTU"),
        plain("currently-attached", "currently_attached"),
        plain("qos_algorithm_type", "qos_algorithm_type", text),
        mapping("qos_algorithm_params", "qos_algorithm_params", adds=True),
        members("qos_supported_algorithms", "qos_supported_algorithms"),
        mapping("other-config", "other_config", adds=True),
        uuid_of("network-uuid", "network", "network"),
        name_of("network-name-label", "network", "network"),
        unmeasured("io_read_kbs"),
        unmeasured("io_write_kbs"),
        plain("locking-mode", "locking_mode", LOCKING_MODE),
        members("ipv4-allowed", "ipv4_allowed", words, adds=True),
        members("ipv6-allowed", "ipv6_allowed", words, adds=True),
        plain("ipv4-configuration-mode", "ipv4_configuration_mode"),
        plain("ipv4-addresses", "ipv4_addresses"),
        plain("ipv4-gateway", "ipv4_gateway"),
        plain("ipv6-configuration-mode", "ipv6_configuration_mode"),
        plain("ipv6-addresses", "ipv6_addresses"),
        plain("ipv6-gateway", "ipv6_gateway"),
    ),
)
