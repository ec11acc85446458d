"""Networks, PIFs and what is made of them (records.ml: bond, vlan, tunnel, pif, net)."""

from xsbond.lab.xe.classes.kinds import XeClass
from xsbond.lab.xe.conversions import DEFAULT_LOCKING_MODE, integer, text, truth
from xsbond.lab.xe.fields import (
    Field,
    computed,
    mapping,
    members,
    metric,
    name_of,
    plain,
    unmeasured,
    uuid_of,
    uuids_by_name,
    uuids_of,
)
from xsbond.lab.xe.view import Record, View

_METRICS = "PIF_metrics"


def _duplex(metrics: Record) -> str:
    if metrics["duplex"]:
        return "full"
    return "half" if metrics["carrier"] else "unknown"


def _remaining_capacity(sriov: Record, view: View) -> str:
    ref = view.call("network_sriov.get_by_uuid", sriov["uuid"])
    return str(view.call("network_sriov.get_remaining_capacity", ref))


BOND = XeClass(
    name="bond",
    xapi_class="Bond",
    listed=("uuid", "master", "slaves"),
    fields=(
        plain("uuid", "uuid"),
        uuid_of("master", "master", "PIF"),
        uuids_of("slaves", "slaves", "PIF"),
        plain("mode", "mode"),
        mapping("properties", "properties", set_property=True),
        uuid_of("primary-slave", "primary_slave", "PIF"),
        plain("links-up", "links_up"),
        plain("auto-update-mac", "auto_update_mac"),
    ),
)

VLAN = XeClass(
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

TUNNEL = XeClass(
    name="tunnel",
    xapi_class="tunnel",
    listed=("uuid", "transport-PIF", "access-PIF", "status"),
    fields=(
        plain("uuid", "uuid"),
        uuid_of("access-PIF", "access_PIF", "PIF"),
        uuid_of("transport-PIF", "transport_PIF", "PIF"),
        plain("status", "status"),
        mapping("other-config", "other_config", adds=True),
        plain("protocol", "protocol"),
    ),
)

NETWORK_SRIOV = XeClass(
    name="network-sriov",
    xapi_class="network_sriov",
    listed=("uuid", "physical-PIF", "logical-PIF", "requires-reboot", "configuration-mode"),
    fields=(
        plain("uuid", "uuid"),
        uuid_of("physical-PIF", "physical_PIF", "PIF"),
        uuid_of("logical-PIF", "logical_PIF", "PIF"),
        plain("requires-reboot", "requires_reboot"),
        Field(name="remaining-capacity", read=_remaining_capacity),
        plain("configuration-mode", "configuration_mode"),
    ),
)

NETWORK = XeClass(
    name="network",
    xapi_class="network",
    listed=("uuid", "name-label", "name-description", "bridge"),
    standard=True,
    fields=(
        plain("uuid", "uuid"),
        plain("name-label", "name_label", text),
        plain("name-description", "name_description", text),
        uuids_of("VIF-uuids", "VIFs", "VIF", as_set=True),
        uuids_of("PIF-uuids", "PIFs", "PIF", as_set=True),
        plain("MTU", "MTU", integer),
        plain("bridge", "bridge"),
        plain("managed", "managed"),
        mapping("other-config", "other_config", adds=True),
        uuids_by_name("blobs", "blobs", "blob"),
        members("tags", "tags", separator=", ", adds=True),
        plain("default-locking-mode", "default_locking_mode", DEFAULT_LOCKING_MODE),
        members("purpose", "purpose", separator=", ", adds=True),
    ),
)

PIF = XeClass(
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
        uuids_of("sriov-physical-PIF-of", "sriov_physical_PIF_of", "network_sriov"),
        uuids_of("sriov-logical-PIF-of", "sriov_logical_PIF_of", "network_sriov"),
        uuids_of("tunnel-access-PIF-of", "tunnel_access_PIF_of", "tunnel"),
        uuids_of("tunnel-transport-PIF-of", "tunnel_transport_PIF_of", "tunnel"),
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
        mapping("properties", "properties", set_property=True),
        members("capabilities", "capabilities"),
        unmeasured("io_read_kbs"),
        unmeasured("io_write_kbs"),
        metric("carrier", _METRICS, "carrier"),
        metric("vendor-id", _METRICS, "vendor_id"),
        metric("vendor-name", _METRICS, "vendor_name"),
        metric("device-id", _METRICS, "device_id"),
        metric("device-name", _METRICS, "device_name"),
        computed("speed", _METRICS, lambda found: f"{found['speed']} Mbit/s"),
        computed("duplex", _METRICS, _duplex),
        plain("disallow-unplug", "disallow_unplug", truth),
        metric("pci-bus-path", _METRICS, "pci_bus_path"),
        mapping("other-config", "other_config", adds=True),
        plain("igmp-snooping-status", "igmp_snooping_status"),
    ),
)
