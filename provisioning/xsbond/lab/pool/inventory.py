"""The text files of dom0 that xapi keeps, /etc/xensource-inventory above all."""

from collections.abc import Mapping

from xsbond.lab.pool.values import new_uuid
from xsbond.lab.profiles import Profile, Version

_SHORT_NAMES = {
    "Citrix Systems, Inc.": "Citrix",
    "Cloud Software Group, Inc.": "Cloud Software Group",
    "Open Source": "Open Source",
}
_XEN: Mapping[str, Version] = {"4.17": (21,), "4.13": (8, 2), "4.1.5": ()}
"""Hypervisor -> the release it came with, the newest first."""
_SINCE: Mapping[str, Version] = {"COMPANY_PRODUCT_BRAND": (7, 2), "STUNNEL_LEGACY": (7, 0)}
"""Key -> the release whose installer was the first to write it; the others are older."""


def inventory(profile: Profile, host_uuid: str, bridge: str) -> str:
    """Return a host's inventory: shell assignments (ocaml/libs/xapi-inventory/lib/inventory.ml)."""
    values = {
        "PRIMARY_DISK": "/dev/sda",
        "PRODUCT_VERSION": profile.product_version,
        "CONTROL_DOMAIN_UUID": new_uuid(),
        "DOM0_MEM": "2048" if profile.knows((7, 0)) else "752",
        "XEN_VERSION": next(xen for xen, since in _XEN.items() if profile.knows(since)),
        "COMPANY_NAME_SHORT": _SHORT_NAMES[profile.company],
        "KERNEL_VERSION": profile.linux.partition("+")[0],
        "MANAGEMENT_ADDRESS_TYPE": "IPv4",
        "PRODUCT_VERSION_TEXT": profile.product_version_text,
        "CURRENT_INTERFACES": bridge,
        "PRODUCT_BRAND": profile.product_brand,
        "INSTALLATION_UUID": host_uuid,
        "PRODUCT_VERSION_TEXT_SHORT": profile.product_version_short,
        "BRAND_CONSOLE": profile.console,
        "PRODUCT_NAME": "xenenterprise",
        "MANAGEMENT_INTERFACE": bridge,
        "PLATFORM_VERSION": profile.platform_version,
        "COMPANY_PRODUCT_BRAND": profile.product_brand,
        "BUILD_NUMBER": profile.build_number,
        "STUNNEL_LEGACY": "false",
        "PLATFORM_NAME": "XCP",
        "INSTALLATION_DATE": "2026-01-01 00:00:00",
        "COMPANY_NAME": profile.company,
    }
    known = {key: value for key, value in values.items() if profile.knows(_SINCE.get(key, ()))}
    return "".join(f"{key}='{value}'\n" for key, value in known.items())


def edited(text: str, **values: str) -> str:
    """Return an inventory with some of its values replaced."""
    lines = []
    for line in text.splitlines():
        key = line.partition("=")[0]
        lines.append(f"{key}='{values[key]}'" if key in values else line)
    return "".join(f"{line}\n" for line in lines)


def valued(text: str, key: str) -> str:
    """Return one value of an inventory; empty if it has none."""
    pairs = (line.partition("=") for line in text.splitlines())
    return next((value.strip("'") for name, _, value in pairs if name == key), "")
