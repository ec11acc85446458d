"""The classes xe knows here, each with its fields in the order they print (records.ml)."""

from collections.abc import Mapping
from dataclasses import dataclass

from xsbond.lab.xe.fields import (
    Field,
    as_boolean,
    expensive,
    mapping,
    members,
    metric,
    name_of,
    operations,
    plain,
    shown,
    uuid_of,
    uuids_of,
)
from xsbond.lab.xe.view import NOT_IN_DATABASE, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class XeClass:
    """One class of xe."""

    name: str
    """As in `NAME-list`."""
    xapi_class: str
    fields: tuple[Field, ...]
    listed: tuple[str, ...]
    """What a list shows unless params= says otherwise (cli_operations.ml, gen_cmds)."""

    def field(self, name: str) -> Field | None:
        """Return the field of this name."""
        return next((field for field in self.fields if field.name == name), None)


def _duplex(metrics: Record) -> str:
    if metrics["duplex"]:
        return "full"
    return "half" if metrics["carrier"] else "unknown"


_BOND = XeClass(
    name="bond",
    xapi_class="Bond",
    listed=("uuid", "master", "slaves"),
    fields=(
        plain("uuid", "uuid"),
        uuid_of("master", "master", "PIF"),
        uuids_of("slaves", "slaves", "PIF"),
        plain("mode", "mode"),
        mapping("properties", "properties", property_setter=True),
        uuid_of("primary-slave", "primary_slave", "PIF"),
        plain("links-up", "links_up"),
        plain("auto-update-mac", "auto_update_mac"),
    ),
)

_NETWORK = XeClass(
    name="network",
    xapi_class="network",
    listed=("uuid", "name-label", "name-description", "bridge"),
    fields=(
        plain("uuid", "uuid"),
        plain("name-label", "name_label", "RW"),
        plain("name-description", "name_description", "RW"),
        uuids_of("VIF-uuids", "VIFs", "network", "SRO"),
        uuids_of("PIF-uuids", "PIFs", "PIF", "SRO"),
        plain("MTU", "MTU", "RW", convert=int),
        plain("bridge", "bridge"),
        plain("managed", "managed"),
        mapping("other-config", "other_config", "MRW"),
        mapping("blobs", "blobs", "RO"),
        members("tags", "tags", "SRW", separator=", "),
        plain("default-locking-mode", "default_locking_mode", "RW"),
        members("purpose", "purpose", "SRW"),
    ),
)

_PIF = XeClass(
    name="pif",
    xapi_class="PIF",
    listed=(
        "uuid",
        "device",
        "VLAN",
        "MAC",
        "network-uuid",
        "currently-attached",
        "host-uuid",
    ),
    fields=(
        plain("uuid", "uuid"),
        plain("device", "device"),
        plain("MAC", "MAC", case_insensitive=True),
        plain("physical", "physical"),
        plain("managed", "managed"),
        plain("currently-attached", "currently_attached"),
        plain("MTU", "MTU"),
        plain("VLAN", "VLAN"),
        uuid_of("vlan-master-of", "VLAN_master_of", "VLAN"),
        uuids_of("vlan-slave-of", "VLAN_slave_of", "VLAN"),
        uuids_of("bond-master-of", "bond_master_of", "Bond"),
        uuid_of("bond-slave-of", "bond_slave_of", "Bond"),
        plain("sriov-physical-PIF-of", "sriov_physical_PIF_of"),
        plain("sriov-logical-PIF-of", "sriov_logical_PIF_of"),
        plain("tunnel-access-PIF-of", "tunnel_access_PIF_of"),
        plain("tunnel-transport-PIF-of", "tunnel_transport_PIF_of"),
        plain("management", "management"),
        uuid_of("network-uuid", "network", "network"),
        name_of("network-name-label", "network", "network"),
        uuid_of("host-uuid", "host", "host"),
        name_of("host-name-label", "host", "host"),
        plain("IP-configuration-mode", "ip_configuration_mode"),
        plain("IP", "IP"),
        plain("netmask", "netmask"),
        plain("gateway", "gateway"),
        plain("IPv6-configuration-mode", "ipv6_configuration_mode"),
        plain("IPv6", "IPv6"),
        plain("IPv6-gateway", "ipv6_gateway"),
        plain("primary-address-type", "primary_address_type"),
        plain("DNS", "DNS"),
        mapping("properties", "properties", property_setter=True),
        members("capabilities", "capabilities"),
        expensive("io_read_kbs"),
        expensive("io_write_kbs"),
        metric("carrier", lambda found: shown(found["carrier"]), "PIF_metrics"),
        metric("vendor-id", lambda found: found["vendor_id"], "PIF_metrics"),
        metric("vendor-name", lambda found: found["vendor_name"], "PIF_metrics"),
        metric("device-id", lambda found: found["device_id"], "PIF_metrics"),
        metric("device-name", lambda found: found["device_name"], "PIF_metrics"),
        metric("speed", lambda found: f"{found['speed']} Mbit/s", "PIF_metrics"),
        metric("duplex", _duplex, "PIF_metrics"),
        plain("disallow-unplug", "disallow_unplug", "RW", convert=as_boolean),
        metric("pci-bus-path", lambda found: found["pci_bus_path"], "PIF_metrics"),
        mapping("other-config", "other_config", "MRW"),
        plain("igmp-snooping-status", "igmp_snooping_status"),
    ),
)

_HOST = XeClass(
    name="host",
    xapi_class="host",
    listed=("uuid", "name-label", "name-description"),
    fields=(
        plain("uuid", "uuid"),
        plain("name-label", "name_label", "RW"),
        plain("name-description", "name_description", "RW"),
        operations("allowed-operations", "allowed_operations"),
        operations("current-operations", "current_operations"),
        plain("enabled", "enabled"),
        plain("display", "display"),
        plain("API-version-major", "API_version_major"),
        plain("API-version-minor", "API_version_minor"),
        plain("API-version-vendor", "API_version_vendor"),
        mapping("API-version-vendor-implementation", "API_version_vendor_implementation"),
        mapping("logging", "logging", "MRW"),
        mapping("software-version", "software_version"),
        members("capabilities", "capabilities"),
        mapping("other-config", "other_config", "MRW"),
        mapping("cpu_info", "cpu_info"),
        mapping("chipset-info", "chipset_info"),
        plain("hostname", "hostname"),
        plain("address", "address"),
        members("supported-bootloaders", "supported_bootloaders"),
        plain("memory-overhead", "memory_overhead"),
        metric("memory-total", lambda found: shown(found["memory_total"]), "host_metrics"),
        metric("memory-free", lambda found: shown(found["memory_free"]), "host_metrics"),
        expensive("memory-free-computed"),
        metric("host-metrics-live", lambda found: shown(found["live"]), "host_metrics"),
        plain("external-auth-type", "external_auth_type"),
        plain("external-auth-service-name", "external_auth_service_name"),
        mapping("external-auth-configuration", "external_auth_configuration"),
        plain("edition", "edition"),
        mapping("license-server", "license_server"),
        plain("power-on-mode", "power_on_mode"),
        mapping("power-on-config", "power_on_config"),
        members("tags", "tags", "SRW", separator=", "),
        mapping("guest_VCPUs_params", "guest_VCPUs_params", "MRW"),
        members("virtual-hardware-platform-versions", "virtual_hardware_platform_versions"),
        plain("iscsi_iqn", "iscsi_iqn", "RW"),
        plain("multipathing", "multipathing", "RW", convert=as_boolean),
    ),
)

_POOL = XeClass(
    name="pool",
    xapi_class="pool",
    listed=("uuid", "name-label", "name-description", "master", "default-SR"),
    fields=(
        plain("uuid", "uuid"),
        plain("name-label", "name_label", "RW"),
        plain("name-description", "name_description", "RW"),
        uuid_of("master", "master", "host"),
        # The lab has no storage, so these lead nowhere.
        Field(name="default-SR", rights="RW", read=lambda _, __: NOT_IN_DATABASE),
        Field(name="crash-dump-SR", rights="RW", read=lambda _, __: NOT_IN_DATABASE),
        Field(name="suspend-image-SR", rights="RW", read=lambda _, __: NOT_IN_DATABASE),
        expensive("supported-sr-types"),
        mapping("other-config", "other_config", "MRW"),
        operations("allowed-operations", "allowed_operations"),
        operations("current-operations", "current_operations"),
        plain("ha-enabled", "ha_enabled"),
        mapping("ha-configuration", "ha_configuration", "RO"),
        plain("ha-statefiles", "ha_statefiles"),
        plain("ha-host-failures-to-tolerate", "ha_host_failures_to_tolerate", "RW", convert=int),
        plain("ha-plan-exists-for", "ha_plan_exists_for"),
        plain("ha-allow-overcommit", "ha_allow_overcommit", "RW", convert=as_boolean),
        plain("ha-overcommitted", "ha_overcommitted"),
        mapping("blobs", "blobs", "RO"),
        plain("wlb-url", "wlb_url"),
        plain("wlb-username", "wlb_username"),
        plain("wlb-enabled", "wlb_enabled", "RW", convert=as_boolean),
        plain("wlb-verify-cert", "wlb_verify_cert", "RW", convert=as_boolean),
        plain("igmp-snooping-enabled", "igmp_snooping_enabled", "RW", convert=as_boolean),
        mapping("gui-config", "gui_config", "MRW"),
        mapping("health-check-config", "health_check_config", "MRW"),
        mapping("restrictions", "restrictions", "RO"),
        members("tags", "tags", "SRW", separator=", "),
        plain("ha-cluster-stack", "ha_cluster_stack"),
    ),
)

_VLAN = XeClass(
    name="vlan",
    xapi_class="VLAN",
    listed=("uuid", "tagged-PIF", "untagged-PIF", "tag"),
    fields=(
        plain("uuid", "uuid"),
        uuid_of("tagged-PIF", "tagged_PIF", "PIF"),
        uuid_of("untagged-PIF", "untagged_PIF", "PIF"),
        plain("tag", "tag"),
    ),
)

CLASSES: Mapping[str, XeClass] = {
    found.name: found for found in (_BOND, _NETWORK, _PIF, _HOST, _POOL, _VLAN)
}
"""Name in xe -> class."""
