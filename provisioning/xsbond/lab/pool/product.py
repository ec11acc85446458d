"""What a pool's records say about the product, its licence and its hardware: nothing special."""

from collections.abc import Mapping
from typing import Any

from xsbond.lab.pool.values import date
from xsbond.lab.profiles import Profile, Version
from xsbond.lab.timing.clock import Clock

_FEATURES: Mapping[Version, str] = {
    (5, 6): (
        "checkpoint connection cpu_masking dmc email_alerting equalogic historical_performance"
        " marathon netapp pool_attached_storage pooling qos rbac vlan wlb"
    ),
    (6, 0): "dr gpu intellicache vmpr",
    (6, 1): "storage_xen_motion vif_locking",
    (6, 2, 1): "vgpu",
    (6, 5): "integrated_gpu_passthrough",
    (7, 0): (
        "ad guest_agent_auto_update guest_ip_setting pci_device_for_auto_update vss xen_motion"
    ),
    (7, 1): "live_patching nested_virt pvs_proxy set_vcpus_number_live vmss",
    (7, 3): "cbt igmp_snooping pool_size rpu usb_passthrough",
    (7, 5): "network_sriov",
    (7, 6): "corosync",
    (8, 0): "cluster_address",
    (8, 1): "zstd_export",
    (8, 2): "pool_secret_rotation",
    (8, 2, 1, 290): "certificate_verification",
    (8, 2, 1, 301): "updates",
    (22, 12): "internal_repo_access",
    (22, 26): "vtpm",
    (24, 19, 1): "vm_groups",
    (25, 6): "vm_appliance_start vm_start",
}
"""Release -> the features that a licence can restrict since (ocaml/xapi-types/features.ml)."""
_SSL_LEGACY: Version = (8, 2)
"""The release that had restrict_ssl_legacy_switch no more; it came with 7.0."""

_OPERATIONS: Mapping[Version, tuple[str, ...]] = {
    (7, 0): ("ha_enable",),
    (7, 6): ("cluster_create",),
    (8, 2, 1, 290): ("designate_new_master", "tls_verification_enable"),
    (8, 2, 1, 301): ("configure_repositories", "sync_updates"),
    (24, 23): ("sync_bundle",),
    (22, 20): ("apply_updates",),
    (8, 2, 1, 313): (
        "cert_refresh",
        "exchange_certificates_on_join",
        "exchange_ca_certificates_on_join",
    ),
    (22, 0): ("copy_primary_host_certs", "eject"),
    (8, 2, 1, 303): ("get_updates",),
    (26, 3): ("exchange_crls_on_join",),
}
"""Release -> what an idle pool allows since, in the order xapi lists them."""

POOL_CPU: Mapping[str, str] = {
    "cpu_count": "0",
    "features_hvm_host": "",
    "features_pv_host": "",
    "socket_count": "0",
    "vendor": "unknown",
}

_CPU: Mapping[Version, str] = {
    (5, 6): "family flags model modelname speed stepping",
    (7, 0): "features_hvm features_pv",
    (7, 3): "features_hvm_host features_pv_host",
}
_OLD_CPU = "features features_after_reboot maskable physical_features"
"""Keys of cpu_info that ended with 6.5."""
_COUNTS: Mapping[Version, str] = {
    (5, 6): "cpu_count",
    (6, 1): "socket_count",
    (24, 10): "nr_nodes threads_per_core",
}
_NO_BIOS = (
    "bios-vendor bios-version hp-rombios system-manufacturer system-product-name "
    "system-serial-number system-version"
)
_NO_BASEBOARD = (
    "baseboard-manufacturer baseboard-product-name baseboard-serial-number baseboard-version"
)
_BASEBOARD: Version = (8, 1)
_CERTIFIED = "MS_VM_CERT/SHA1/bdbeb6e0a816d43fa6d3fe8aaef04c2bad9d3e3d"
"""The same on all hosts of all releases (xapi_globs.ml, standard_type11_strings)."""

_STRICT_TLS: Version = (26,)
"""From here on a fresh pool verifies certificates and serves port 443 alone."""

MEMORY = 2**40
"""Bytes of each host."""
_OVERHEAD = 1161788653568


def _words(profile: Profile, table: Mapping[Version, str]) -> list[str]:
    return [
        word for since, words in table.items() if profile.knows(since) for word in words.split()
    ]


def restrictions(profile: Profile) -> dict[str, str]:
    """Return what the licence restricts: nothing; every feature of the release is there."""
    found = {"enable_xha": "true", "platform_filter": "false", "regular_nag_dialog": "false"}
    found |= {f"restrict_{name}": "false" for name in _words(profile, _FEATURES)}
    if profile.knows((7, 0)) and not profile.knows(_SSL_LEGACY):
        found["restrict_ssl_legacy_switch"] = "false"
    return dict(sorted(found.items()))


def pool_fields(profile: Profile) -> dict[str, Any]:
    """Return the fields of the pool record that depend on the product."""
    verifies = profile.knows(_STRICT_TLS)
    return {
        "restrictions": restrictions(profile),
        "allowed_operations": [
            name for since, names in _OPERATIONS.items() if profile.knows(since) for name in names
        ],
        "cpu_info": dict(POOL_CPU),
        "tls_verification_enabled": verifies,
        "wlb_verify_cert": verifies,
    }


def host_fields(profile: Profile, clock: Clock, backend: str) -> dict[str, Any]:
    """Return the fields of a host record that are the same on all hosts."""
    verifies = profile.knows(_STRICT_TLS)
    return {
        "name_description": "Default install",
        "memory_overhead": _OVERHEAD,
        "API_version_major": profile.api_version[0],
        "API_version_minor": profile.api_version[1],
        "software_version": software_version(profile, clock, backend),
        "other_config": {"boot_time": f"{clock.time():.0f}.", "no_local_storage": "true"},
        "cpu_info": _cpu(profile),
        "license_params": restrictions(profile),
        "edition": profile.edition,
        "editions": [profile.edition],
        "bios_strings": _bios(profile),
        "tls_verification_enabled": verifies,
        "https_only": verifies,
    }


def _cpu(profile: Profile) -> dict[str, str]:
    unknown = _words(profile, _CPU)
    if not profile.knows((7, 0)):
        unknown += _OLD_CPU.split()
    counts = _words(profile, _COUNTS)
    return dict.fromkeys(unknown, "") | dict.fromkeys(counts, "0") | {"vendor": "unknown"}


def _bios(profile: Profile) -> dict[str, str]:
    names = _NO_BIOS + (f" {_NO_BASEBOARD}" if profile.knows(_BASEBOARD) else "")
    return dict.fromkeys(names.split(), "") | {"oem-1": "Xen", "oem-2": _CERTIFIED}


def software_version(profile: Profile, clock: Clock, backend: str) -> dict[str, str]:
    """Return what a host says of its software (create_misc.ml, make_software_version)."""
    api = ".".join(map(str, profile.api_version))
    facts = {
        "build_number": profile.build_number,
        "date": profile.build_date or str(date(clock.time())),
        "hostname": "localhost",
        "linux": profile.linux,
        "network_backend": backend,
        "platform_name": "XCP",
        "platform_version": profile.platform_version,
        "product_brand": profile.product_brand,
        "product_version": profile.product_version,
        "product_version_text": profile.product_version_text,
        "product_version_text_short": profile.product_version_short,
        "xapi": profile.xapi_told,
        "xen": profile.xen,
        "xencenter_max": api,
        "xencenter_min": api,
    }
    return dict(sorted((facts | _later_facts(profile) | _packs(profile)).items()))


def _later_facts(profile: Profile) -> dict[str, str]:
    """Return the facts that only some releases tell."""
    facts = {"db_schema": profile.db_schema} if profile.db_schema else {}
    if profile.knows((24,)):
        facts |= {"git_id": "0", "xapi_build": profile.xapi_version}
    if not profile.knows((26,)):
        facts["dbv"] = "0.0.1" if profile.knows((7, 1)) else "2013.0621"
    return facts


def _packs(profile: Profile) -> dict[str, str]:
    """Return the installation repositories, which were told up to 7.0."""
    if profile.knows((7, 1)):
        return {}
    build = f"build {profile.build_number}"
    return {
        "xcp:main": f"Base Pack, version {profile.platform_version}, {build}",
        "xs:main": f"{profile.product_brand} Pack, version {profile.product_version}, {build}",
    }
