"""How a PIF's addresses are changed (xapi_pif.ml: reconfigure_ip, reconfigure_ipv6)."""

import ipaddress
from typing import Any, Literal

from xsbond.lab.contracts import Failure
from xsbond.lab.networking import networkd
from xsbond.lab.networking.rules.pif_rules import refuse_pif
from xsbond.lab.xapi.messages import Call

Version = Literal["IPv4", "IPv6"]


def reconfigure_ip(  # noqa: PLR0917 - as many parameters as the message has
    call: Call, ref: str, mode: str, ip: str, netmask: str, gateway: str, dns: str
) -> None:
    """Change the IPv4 configuration; what does not fit the mode is stored all the same."""
    refuse_pif(call.pool, ref, "PIF.reconfigure_ip")
    required = ("IP", "netmask") if mode == "Static" else ()
    given = {"IP": ip, "netmask": netmask, "gateway": gateway}
    for name, address in given.items():
        if (address or name in required) and not _is_address(ipaddress.IPv4Address, address):
            raise Failure("INVALID_IP_ADDRESS_SPECIFIED", name)
    _refuse_to_cut_off(call, ref, mode, "IPv4")
    _apply(call, ref, ip_configuration_mode=mode, DNS=dns, **given)


def reconfigure_ipv6(  # noqa: PLR0917 - as many parameters as the message has
    call: Call, ref: str, mode: str, ipv6: str, gateway: str, dns: str
) -> None:
    """Change the IPv6 configuration; what does not fit the mode is stored all the same."""
    refuse_pif(call.pool, ref, "PIF.reconfigure_ipv6")
    if gateway and not _is_address(ipaddress.IPv6Address, gateway):
        raise Failure("INVALID_IP_ADDRESS_SPECIFIED", "gateway")
    if ipv6 and not ("/" in ipv6 and _is_address(ipaddress.IPv6Interface, ipv6)):
        raise Failure("INVALID_CIDR_ADDRESS_SPECIFIED", "IPv6")
    _refuse_to_cut_off(call, ref, mode, "IPv6")
    fields = {"ipv6_configuration_mode": mode, "ipv6_gateway": gateway, "IPv6": [ipv6]}
    _apply(call, ref, **fields, **({"DNS": dns} if dns else {}))


def set_primary_address_type(call: Call, ref: str, version: Version) -> None:
    """Choose the version whose address counts; never on the management interface."""
    refuse_pif(call.pool, ref, "PIF.set_primary_address_type")
    call.pool.database.set("PIF", ref, primary_address_type=version)


def _is_address(read: Any, text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def _refuse_to_cut_off(call: Call, ref: str, mode: str, version: Version) -> None:
    """The management interface keeps an address of its primary type."""
    pif = call.pool.database.get("PIF", ref)
    if pif["management"] and mode == "None" and pif["primary_address_type"] == version:
        raise Failure("PIF_IS_MANAGEMENT_INTERFACE", ref)


def _apply(call: Call, ref: str, **fields: Any) -> None:
    """Store the configuration and bring an attached PIF up anew; if that fails it is detached."""
    attached = call.pool.database.get("PIF", ref)["currently_attached"]
    call.pool.database.set("PIF", ref, **fields)
    if attached:
        call.pool.database.set("PIF", ref, currently_attached=False)
        networkd.plug(call.pool, ref)
