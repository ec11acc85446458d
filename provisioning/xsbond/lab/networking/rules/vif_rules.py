"""When calls on a VIF refuse, and with which words.

Sources: ocaml/xapi/xapi_vif_helpers.ml (valid_operations, create, destroy), xapi_vif.ml (move).
"""

import ipaddress
import re
from collections.abc import Mapping
from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.networking.placement import refuse_networks
from xsbond.lab.networking.vifs import MAC_SEED, is_active
from xsbond.lab.pool.state import Pool
from xsbond.lab.pool.values import int_of_string

_MAC = re.compile(r"[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}")
_VERSIONS = {4: ipaddress.IPv4Address, 6: ipaddress.IPv6Address}
_CIDR = {4: ipaddress.IPv4Interface, 6: ipaddress.IPv6Interface}


def refuse_new(pool: Pool, fields: Mapping[str, Any]) -> None:
    """Raise the Failure of the first rule a new VIF breaks."""
    vm, device, mac = fields["VM"], fields["device"], fields["MAC"]
    record = pool.database.get("VM", vm)
    pool.database.row("network", fields["network"])
    if int_of_string(device) is None:
        raise Failure("INVALID_DEVICE", device)
    if not _MAC.fullmatch(mac) and (mac or MAC_SEED not in record["other_config"]):
        raise Failure("MAC_INVALID", mac)
    if any(pool.database.get("VIF", vif)["device"] == device for vif in record["VIFs"]):
        raise Failure("DEVICE_ALREADY_EXISTS", device)


def refuse_change(pool: Pool, vif: str, *, attached: bool) -> None:
    """Raise Failure unless a VIF may be plugged (`attached` after it) or unplugged now."""
    record = pool.database.get("VIF", vif)
    state = pool.database.get("VM", record["VM"])["power_state"]
    if state != "Running":
        raise Failure("VM_BAD_POWER_STATE", record["VM"], "running", state.lower())
    if record["currently_attached"] == attached:
        code = "DEVICE_ALREADY_ATTACHED" if attached else "DEVICE_ALREADY_DETACHED"
        raise Failure(code, vif)


def refuse_destroy(pool: Pool, vif: str) -> None:
    """Raise Failure OPERATION_NOT_ALLOWED while a guest uses the VIF."""
    record = pool.database.get("VIF", vif)
    running = pool.database.get("VM", record["VM"])["power_state"] != "Halted"
    if running and record["currently_attached"]:
        raise Failure("OPERATION_NOT_ALLOWED", "VIF currently attached to a running VM")


def refuse_move(pool: Pool, vif: str, network: str) -> None:
    """Raise Failure HOST_CANNOT_ATTACH_NETWORK if a running guest's host lacks the network."""
    pool.database.row("network", network)
    if not is_active(pool, vif):
        return
    vm = pool.database.get("VIF", vif)["VM"]
    home = pool.database.get("VM", vm)["resident_on"]
    try:
        refuse_networks(pool, vm, pool.hosts[home], [network])
    except Failure:
        raise Failure("HOST_CANNOT_ATTACH_NETWORK", home, network) from None


def refuse_allowed(version: int, addresses: list[str]) -> None:
    """Raise Failure INVALID_VALUE for what is no address of this version of IP."""
    for address in addresses:
        try:
            _VERSIONS[version](address)
        except ValueError:
            raise Failure("INVALID_VALUE", f"ipv{version}_allowed", address) from None


def refuse_configuration(version: int, mode: str, address: str, gateway: str) -> None:
    """Raise Failure for a static address without a length, or a gateway that is none."""
    if mode != "Static":
        return
    try:
        _CIDR[version](address if "/" in address else "")
    except ValueError:
        raise Failure("INVALID_CIDR_ADDRESS_SPECIFIED", "address") from None
    try:
        _VERSIONS[version](gateway or _ANY[version])
    except ValueError:
        raise Failure("INVALID_IP_ADDRESS_SPECIFIED", "gateway") from None


_ANY = {4: "0.0.0.0", 6: "::"}  # noqa: S104 - an address that is one, nothing is bound to it
