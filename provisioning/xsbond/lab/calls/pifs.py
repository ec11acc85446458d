"""The messages of class PIF (ocaml/xapi/xapi_pif.ml)."""

import ipaddress
import re
from collections.abc import Mapping

from xsbond.lab import networkd, nics
from xsbond.lab.contracts import Failure
from xsbond.lab.messages import Body, Call, Message, Parameter
from xsbond.lab.pifs import NO_ADDRESS, destroy_pif, is_slave, kind_of
from xsbond.lab.schema.kinds import BOOL, REF, STRING, enum
from xsbond.lab.state import Pool
from xsbond.lab.vlans import destroy_vlan

_ROLE = "pool-operator"
_SELF = Parameter("self", REF)
_HOST = Parameter("host", REF)
_MAC = re.compile(r"[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}")
_PROPERTIES = {"gro": ("on", "off")}


def _host_of(pool: Pool, pif: str, *_: object) -> str:
    return str(pool.database.get("PIF", pif)["host"])


def _refuse_unmanaged(pool: Pool, ref: str) -> None:
    if not pool.database.get("PIF", ref)["managed"]:
        raise Failure("PIF_UNMANAGED", ref)


def _plug(call: Call, ref: str) -> None:
    _refuse_unmanaged(call.pool, ref)
    if is_slave(call.pool.database.get("PIF", ref)):
        raise Failure("CANNOT_PLUG_BOND_SLAVE", ref)
    networkd.plug(call.pool, ref)


def _unplug(call: Call, ref: str) -> None:
    _refuse_unmanaged(call.pool, ref)
    pif = call.pool.database.get("PIF", ref)
    if pif["currently_attached"]:
        _refuse_under_ha(call.pool)
    if pif["management"]:
        raise Failure("PIF_IS_MANAGEMENT_INTERFACE", ref)
    if pif["disallow_unplug"]:
        raise Failure("PIF_DOES_NOT_ALLOW_UNPLUG", ref)
    if pif["currently_attached"]:
        networkd.unplug(call.pool, ref)


def _refuse_under_ha(pool: Pool) -> None:
    if pool.record["ha_enabled"]:
        raise Failure("HA_IS_ENABLED")
    if pool.record["redo_log_enabled"]:
        raise Failure("REDO_LOG_IS_ENABLED")


def _forget(call: Call, ref: str) -> None:
    pif = call.pool.database.get("PIF", ref)
    _refuse_unmanaged(call.pool, ref)
    if is_slave(pif) or pif["bond_master_of"]:
        raise Failure("PIF_ALREADY_BONDED", ref)
    if pif["VLAN_slave_of"]:
        raise Failure("PIF_VLAN_STILL_EXISTS", ref)
    if pif["management"]:
        raise Failure("PIF_IS_MANAGEMENT_INTERFACE", ref)
    networkd.unplug(call.pool, ref)
    destroy_pif(call.pool, ref)


def _destroy(call: Call, ref: str) -> None:
    """Only the PIF of a VLAN goes this way."""
    pif = call.pool.database.get("PIF", ref)
    if kind_of(pif) != "VLAN":
        raise Failure("PIF_IS_PHYSICAL")
    destroy_vlan(call.pool, pif["VLAN_master_of"])


def _reconfigure(  # noqa: PLR0917 - as many parameters as the message has
    call: Call, ref: str, mode: str, ip: str, netmask: str, gateway: str, dns: str
) -> None:
    _refuse_unmanaged(call.pool, ref)
    _refuse_under_ha(call.pool)
    pif = call.pool.database.get("PIF", ref)
    if mode == "None" and pif["management"]:
        raise Failure("PIF_IS_MANAGEMENT_INTERFACE", ref)
    fields = dict(NO_ADDRESS) | {"ip_configuration_mode": mode}
    if mode == "Static":
        _refuse_bad_addresses(IP=ip, netmask=netmask, gateway=gateway)
        fields |= {"IP": ip, "netmask": netmask, "gateway": gateway, "DNS": dns}
    if pif["currently_attached"]:
        networkd.unplug(call.pool, ref)
    call.pool.database.set("PIF", ref, **fields)
    if pif["currently_attached"]:
        networkd.plug(call.pool, ref)


def _refuse_bad_addresses(**addresses: str) -> None:
    for name, address in addresses.items():
        if name == "gateway" and not address:
            continue
        try:
            ipaddress.IPv4Address(address)
        except ValueError:
            raise Failure("INVALID_IP_ADDRESS_SPECIFIED", name) from None


def _set_disallow_unplug(call: Call, ref: str, value: bool) -> None:
    call.pool.database.set("PIF", ref, disallow_unplug=value)


def _set_property(call: Call, ref: str, name: str, value: str) -> None:
    """A bond's legs follow their bond."""
    database = call.pool.database
    pif = database.get("PIF", ref)
    if is_slave(pif):
        raise Failure("CANNOT_CHANGE_PIF_PROPERTIES", ref)
    if value not in _PROPERTIES.get(name, ()):
        raise Failure("INVALID_VALUE", "properties", f"{name} = {value}")
    legs = [leg for bond in pif["bond_master_of"] for leg in database.get("Bond", bond)["slaves"]]
    for each in (ref, *legs):
        properties = database.get("PIF", each)["properties"]
        database.set("PIF", each, properties=properties | {name: value})


def _scan(call: Call, host: str) -> None:
    nics.scan(call.pool, call.pool.host(host))


def _introduce(call: Call, host: str, mac: str, device: str, managed: bool) -> str:
    place = call.pool.host(host)
    if not _MAC.fullmatch(mac):
        raise Failure("MAC_INVALID", mac)
    if call.pool.database.where("PIF", host=host, device=device, physical=True):
        raise Failure("DUPLICATE_PIF_DEVICE_NAME", device)
    for nic in place.backend.nics():
        if (nic.device, nic.mac) == (device, mac.lower()):
            ref = nics.introduce_nic(call.pool, place, nic)
            call.pool.database.set("PIF", ref, managed=managed)
            return ref
    code = "COULD_NOT_FIND_NETWORK_INTERFACE_WITH_SPECIFIED_DEVICE_NAME_AND_MAC_ADDRESS"
    raise Failure(code, device, mac)


def _host_itself(_: Pool, host: str, *__: object) -> str:
    return host


_ON_ITS_HOST: Mapping[str, tuple[Body, tuple[Parameter, ...]]] = {
    "PIF.plug": (_plug, ()),
    "PIF.unplug": (_unplug, ()),
    "PIF.forget": (_forget, ()),
    "PIF.destroy": (_destroy, ()),
    "PIF.set_property": (
        _set_property,
        (Parameter("name", STRING), Parameter("value", STRING)),
    ),
    "PIF.reconfigure_ip": (
        _reconfigure,
        (
            Parameter("mode", enum("None", "DHCP", "Static")),
            *(Parameter(name, STRING) for name in ("IP", "netmask", "gateway", "DNS")),
        ),
    ),
}
"""Message -> what it does and its parameters after `self`; all run on the PIF's host."""

MESSAGES = (
    *(
        Message(
            name=name,
            parameters=(_SELF, *rest),
            body=body,
            runs_on=_host_of,
            has_async=True,
            role=_ROLE,
        )
        for name, (body, rest) in _ON_ITS_HOST.items()
    ),
    Message(
        name="PIF.set_disallow_unplug",
        parameters=(_SELF, Parameter("value", BOOL)),
        body=_set_disallow_unplug,
        has_async=True,
        role=_ROLE,
    ),
    Message(
        name="PIF.scan",
        parameters=(_HOST,),
        body=_scan,
        runs_on=_host_itself,
        has_async=True,
        role=_ROLE,
    ),
    Message(
        name="PIF.introduce",
        parameters=(
            _HOST,
            Parameter("MAC", STRING),
            Parameter("device", STRING),
            Parameter("managed", BOOL, True),
        ),
        body=_introduce,
        runs_on=_host_itself,
        has_async=True,
        role=_ROLE,
    ),
)
