"""The messages about a host's management interface and name (xapi_host.ml, xapi_mgmt_iface.ml)."""

import re
from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.networking.networkd import plug
from xsbond.lab.networking.pifs import is_slave, manage_through
from xsbond.lab.pool.inventory import edited
from xsbond.lab.pool.schema.kinds import REF, STRING
from xsbond.lab.pool.state import Pool
from xsbond.lab.xapi.messages import Call, Message, Parameter

_ROLE = "pool-operator"
_HOST = Parameter("host", REF)
_INVENTORY = "/etc/xensource-inventory"
_HOSTNAME = re.compile(r"[A-Za-z0-9.](?:[A-Za-z0-9.-]*[A-Za-z0-9.])?")
_LONGEST_NAME = 255
_AD = "AD"
_NO_CONFIGURATION = {
    "IPv4": ("ip_configuration_mode", "PIF_HAS_NO_NETWORK_CONFIGURATION"),
    "IPv6": ("ipv6_configuration_mode", "PIF_HAS_NO_V6_NETWORK_CONFIGURATION"),
}
"""Address type -> the field that says how, and the complaint if it says None."""


def _host_itself(_: Pool, host: str, *__: object) -> str:
    return host


def _host_of_pif(pool: Pool, pif: str) -> str:
    return str(pool.database.get("PIF", pif)["host"])


def _managing(pool: Pool, host: str) -> list[str]:
    """Return the PIFs a host is managed through: one, or none."""
    return pool.database.where("PIF", host=host, management=True)


def _management_reconfigure(call: Call, ref: str) -> None:
    """Let a host be managed through a PIF; nothing if it is."""
    pif = call.pool.database.get("PIF", ref)
    if call.pool.record["ha_enabled"]:
        raise Failure("HA_IS_ENABLED")
    if is_slave(pif):
        raise Failure("CANNOT_PLUG_BOND_SLAVE", ref)
    for current in _managing(call.pool, pif["host"]):
        _refuse_unlike(pif, call.pool.database.get("PIF", current))
    if not pif["management"]:
        plug(call.pool, ref)
        manage_through(call.pool, ref)
        call.host.process.listen()


def _refuse_unlike(pif: dict[str, Any], current: dict[str, Any]) -> None:
    """Raise Failure unless a PIF has an address of the type the current one has."""
    if pif["primary_address_type"] != current["primary_address_type"]:
        raise Failure("PIF_INCOMPATIBLE_PRIMARY_ADDRESS_TYPE")
    mode, code = _NO_CONFIGURATION[pif["primary_address_type"]]
    if pif[mode] == "None":
        raise Failure(code)


def _management_disable(call: Call) -> None:
    """Let the master be managed from its own dom0 only."""
    pool, host = call.pool, call.received_by
    if pool.record["ha_enabled"]:
        raise Failure("HA_IS_ENABLED")
    if host.role == "member":
        raise Failure("SLAVE_REQUIRES_MANAGEMENT_INTERFACE")
    _write_interface(call, "")
    for pif in _managing(pool, host.ref):
        pool.database.set("PIF", pif, management=False)
    # The answer goes out before the port is closed.
    pool.spawn(f"management of {host.name}", lambda: _listen(call))


def _listen(call: Call) -> None:
    with call.pool.lock:
        call.received_by.process.listen()


def _local_management_reconfigure(call: Call, interface: str) -> None:
    """Choose the bridge of a host that has no database to ask."""
    if call.received_by.emergency is None:
        raise Failure("POOL_NOT_IN_EMERGENCY_MODE")
    _write_interface(call, interface)


def _write_interface(call: Call, interface: str) -> None:
    backend = call.received_by.backend
    text = edited(backend.read_file(_INVENTORY), MANAGEMENT_INTERFACE=interface)
    backend.write_file(_INVENTORY, text)


def _management_interface(call: Call, host: str) -> str:
    found = _managing(call.pool, call.pool.host(host).ref)
    if not found:
        raise Failure("INTERNAL_ERROR", "Not_found")
    return found[0]


def _signal_networking_change(_: Call) -> None:
    """The addresses in the database are those of dom0 at any time."""


def _set_hostname_live(call: Call, ref: str, hostname: str) -> None:
    """Name a host; Active Directory knows it by the name it has."""
    record = call.pool.database.get("host", ref)
    if record["external_auth_type"] == _AD:
        service = record["external_auth_service_name"]
        raise Failure("AUTH_ALREADY_ENABLED", _AD, service)
    if not hostname:
        raise Failure("HOST_NAME_INVALID", "hostname empty")
    if len(hostname) > _LONGEST_NAME:
        raise Failure("HOST_NAME_INVALID", "hostname is too long")
    if not _HOSTNAME.fullmatch(hostname):
        raise Failure("HOST_NAME_INVALID", "hostname contains invalid characters")
    call.host.backend.set_hostname(hostname)
    call.pool.database.set("host", ref, hostname=hostname)


MESSAGES = (
    Message(
        name="host.management_reconfigure",
        parameters=(Parameter("pif", REF),),
        body=_management_reconfigure,
        runs_on=_host_of_pif,
        has_async=True,
        role=_ROLE,
    ),
    Message(
        name="host.management_disable",
        parameters=(),
        body=_management_disable,
        role=_ROLE,
        in_emergency=True,
        on_member=True,
    ),
    Message(
        name="host.local_management_reconfigure",
        parameters=(Parameter("interface", STRING),),
        body=_local_management_reconfigure,
        role=_ROLE,
        in_emergency=True,
        on_member=True,
    ),
    Message(
        name="host.get_management_interface",
        parameters=(_HOST,),
        body=_management_interface,
        has_async=True,
        role=_ROLE,
    ),
    Message(
        name="host.signal_networking_change",
        parameters=(),
        body=_signal_networking_change,
        role="pool-admin",
        in_emergency=True,
        on_member=True,
    ),
    Message(
        name="host.set_hostname_live",
        parameters=(_HOST, Parameter("hostname", STRING)),
        body=_set_hostname_live,
        runs_on=_host_itself,
        role=_ROLE,
    ),
)
