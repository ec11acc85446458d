"""What a pool's records say about the product, its licence and its hardware: nothing special."""

from collections.abc import Mapping
from typing import Any

from xsbond.lab.blueprint import Profile
from xsbond.lab.clock import Clock
from xsbond.lab.values import date

_RESTRICTABLE = (
    "ad cbt certificate_verification checkpoint cluster_address connection corosync cpu_masking "
    "dmc dr email_alerting equalogic gpu guest_agent_auto_update guest_ip_setting "
    "historical_performance igmp_snooping integrated_gpu_passthrough intellicache "
    "internal_repo_access live_patching marathon nested_virt netapp network_sriov "
    "pci_device_for_auto_update pool_attached_storage pool_secret_rotation pool_size pooling "
    "pvs_proxy qos rbac rpu set_vcpus_number_live storage_xen_motion updates usb_passthrough vgpu "
    "vif_locking vlan vm_appliance_start vm_groups vm_start vmpr vmss vss vtpm wlb xen_motion "
    "zstd_export"
)

RESTRICTIONS: Mapping[str, str] = {
    "enable_xha": "true",
    "platform_filter": "false",
    "regular_nag_dialog": "false",
} | {f"restrict_{name}": "false" for name in _RESTRICTABLE.split()}

POOL_OPERATIONS = (
    "ha_enable",
    "cluster_create",
    "designate_new_master",
    "tls_verification_enable",
    "configure_repositories",
    "sync_updates",
    "sync_bundle",
    "apply_updates",
    "cert_refresh",
    "exchange_certificates_on_join",
    "exchange_ca_certificates_on_join",
    "copy_primary_host_certs",
    "eject",
    "get_updates",
    "exchange_crls_on_join",
)

POOL_CPU: Mapping[str, str] = {
    "cpu_count": "0",
    "features_hvm_host": "",
    "features_pv_host": "",
    "socket_count": "0",
    "vendor": "unknown",
}

_NO_CPU = (
    "family features_hvm features_hvm_host features_pv features_pv_host flags model modelname "
    "speed stepping"
)
_NO_BIOS = (
    "baseboard-manufacturer baseboard-product-name baseboard-serial-number baseboard-version "
    "bios-vendor bios-version hp-rombios system-manufacturer system-product-name "
    "system-serial-number system-version"
)

MEMORY = 2**40
"""Bytes of each host."""
_OVERHEAD = 1161788653568


def host_fields(profile: Profile, clock: Clock) -> dict[str, Any]:
    """Return the fields of a host record that are the same on all hosts."""
    edition = "xcp-ng" if profile.product_brand == "XCP-ng" else "free"
    return {
        "name_description": "Default install",
        "memory_overhead": _OVERHEAD,
        "API_version_major": profile.api_version[0],
        "API_version_minor": profile.api_version[1],
        "software_version": _software(profile, clock),
        "other_config": {"boot_time": f"{clock.time():.0f}.", "no_local_storage": "true"},
        "cpu_info": dict.fromkeys(_NO_CPU.split(), "")
        | dict.fromkeys(("cpu_count", "nr_nodes", "socket_count", "threads_per_core"), "0")
        | {"vendor": "unknown"},
        "license_params": dict(RESTRICTIONS),
        "edition": edition,
        "editions": [edition],
        "bios_strings": dict.fromkeys(_NO_BIOS.split(), "")
        | {"oem-1": "Xen", "oem-2": "MS_VM_CERT"},
        "ssh_expiry": date(clock.time()),
    }


def _software(profile: Profile, clock: Clock) -> dict[str, str]:
    short = profile.product_version.rpartition(".")[0]
    api = ".".join(map(str, profile.api_version))
    return {
        "build_number": "cloud",
        "date": str(date(clock.time())),
        "db_schema": "5.909",
        "git_id": "0",
        "hostname": "localhost",
        "linux": "4.19.0+1",
        "network_backend": "openvswitch",
        "platform_name": "XCP",
        "platform_version": "3.4.0",
        "product_brand": profile.product_brand,
        "product_version": profile.product_version,
        "product_version_text": short,
        "product_version_text_short": short,
        "xapi": ".".join(profile.xapi_version.split(".")[:2]),
        "xapi_build": profile.xapi_version,
        "xen": "",
        "xencenter_max": api,
        "xencenter_min": api,
    }
