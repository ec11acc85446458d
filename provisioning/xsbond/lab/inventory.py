"""The text files of dom0 that xapi keeps, /etc/xensource-inventory above all."""

from xsbond.lab.blueprint import Profile
from xsbond.lab.values import new_uuid

_PLATFORMS = {"XCP-ng": ("XCP", "3.4.0"), "XenServer": ("XCP", "1.8.0")}


def inventory(profile: Profile, host_uuid: str, bridge: str) -> str:
    """Return a host's inventory: shell assignments (ocaml/libs/xapi-inventory/lib/inventory.ml)."""
    platform, platform_version = _PLATFORMS.get(profile.product_brand, ("XCP", "3.4.0"))
    short = profile.product_version.rpartition(".")[0]
    values = {
        "PRIMARY_DISK": "/dev/sda",
        "PRODUCT_VERSION": profile.product_version,
        "CONTROL_DOMAIN_UUID": new_uuid(),
        "DOM0_MEM": "2048",
        "XEN_VERSION": "4.17",
        "COMPANY_NAME_SHORT": "Open Source",
        "KERNEL_VERSION": "4.19.0",
        "MANAGEMENT_ADDRESS_TYPE": "IPv4",
        "PRODUCT_VERSION_TEXT": short,
        "CURRENT_INTERFACES": bridge,
        "PRODUCT_BRAND": profile.product_brand,
        "INSTALLATION_UUID": host_uuid,
        "PRODUCT_VERSION_TEXT_SHORT": short,
        "BRAND_CONSOLE": f"{profile.product_brand} Center",
        "PRODUCT_NAME": "xenenterprise",
        "MANAGEMENT_INTERFACE": bridge,
        "PLATFORM_VERSION": platform_version,
        "COMPANY_PRODUCT_BRAND": profile.product_brand,
        "BUILD_NUMBER": "cloud",
        "STUNNEL_LEGACY": "false",
        "PLATFORM_NAME": platform,
        "INSTALLATION_DATE": "2026-01-01 00:00:00",
        "COMPANY_NAME": "Open Source",
    }
    return "".join(f"{key}='{value}'\n" for key, value in values.items())


def edited(text: str, **values: str) -> str:
    """Return an inventory with some of its values replaced."""
    lines = []
    for line in text.splitlines():
        key = line.partition("=")[0]
        lines.append(f"{key}='{values[key]}'" if key in values else line)
    return "".join(f"{line}\n" for line in lines)
