"""The messages of class PIF (ocaml/xapi/xapi_pif.ml)."""

from collections.abc import Mapping
from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.networking import networkd, nics
from xsbond.lab.networking.pifs import create_pif, forget_pif
from xsbond.lab.networking.plugging import plug_pif, unplug_pif
from xsbond.lab.networking.rules.pif_rules import refuse_pif
from xsbond.lab.networking.vlans import create_vlan, destroy_vlan, untagged_of
from xsbond.lab.pool.schema.kinds import BOOL, INT, MAP, REF, STRING, STRINGS, Kind, enum
from xsbond.lab.pool.state import Pool
from xsbond.lab.xapi.calls.pif_addresses import (
    reconfigure_ip,
    reconfigure_ipv6,
    set_primary_address_type,
)
from xsbond.lab.xapi.messages import REQUIRED, Body, Call, Message, Parameter

_ROLE = "pool-operator"
_SELF = Parameter("self", REF)
_HOST = Parameter("host", REF)
_PROPERTIES = {"gro": ("on", "off")}
_IPV4_MODE = enum("None", "DHCP", "Static")
_IPV6_MODE = enum("None", "DHCP", "Static", "Autoconf")
_ADDRESS_TYPE = enum("IPv4", "IPv6")
_UNTAGGED = -1


def _host_of(pool: Pool, pif: str, *_: object) -> str:
    return str(pool.database.get("PIF", pif)["host"])


def _plug(call: Call, ref: str) -> None:
    plug_pif(call.pool, ref)


def _unplug(call: Call, ref: str) -> None:
    unplug_pif(call.pool, ref)


def _forget(call: Call, ref: str) -> None:
    refuse_pif(call.pool, ref, "PIF.forget")
    if call.pool.database.get("PIF", ref)["managed"]:
        networkd.unplug(call.pool, ref)
    forget_pif(call.pool, ref)


def _destroy(call: Call, ref: str) -> None:
    """Only the PIF of a VLAN goes this way."""
    refuse_pif(call.pool, ref, "PIF.destroy")
    destroy_vlan(call.pool, call.pool.database.get("PIF", ref)["VLAN_master_of"])


def _create_vlan(call: Call, device: str, network: str, host: str, tag: int) -> str:
    found = call.pool.database.where("PIF", host=host, device=device, VLAN=_UNTAGGED)
    if not found:
        raise Failure("INVALID_VALUE", "device", device)
    return untagged_of(call.pool, create_vlan(call.pool, found[0], tag, network))


def _set_disallow_unplug(call: Call, ref: str, value: bool) -> None:
    call.pool.database.set("PIF", ref, disallow_unplug=value)


def _set_property(call: Call, ref: str, name: str, value: str) -> None:
    """A bond's legs follow their bond."""
    database = call.pool.database
    if value not in _PROPERTIES.get(name, ()):
        raise Failure("INVALID_VALUE", "properties", f"{name} = {value}")
    refuse_pif(call.pool, ref, "PIF.set_property")
    pif = database.get("PIF", ref)
    legs = [leg for bond in pif["bond_master_of"] for leg in database.get("Bond", bond)["slaves"]]
    for each in (ref, *legs):
        properties = database.get("PIF", each)["properties"]
        database.set("PIF", each, properties=properties | {name: value})
    above = [untagged_of(call.pool, vlan) for vlan in pif["VLAN_slave_of"]]
    for each in (ref, *above) if pif["currently_attached"] else ():
        networkd.plug(call.pool, each)


def _scan(call: Call, host: str) -> None:
    nics.scan(call.pool, call.pool.host(host))


def _introduce(call: Call, host: str, mac: str, device: str, managed: bool) -> str:
    return nics.introduce(call.pool, call.pool.host(host), mac, device, managed=managed)


def _db_introduce(call: Call, *values: Any) -> str:
    """Store what it is told; bond_slave_of is not (pool_introduce)."""
    fields = dict(zip((name for name, _, __ in _STORED), values, strict=True))
    host = call.pool.host(fields.pop("host"))
    device, network, mac = fields.pop("device"), fields.pop("network"), fields.pop("MAC")
    del fields["bond_slave_of"]
    return create_pif(call.pool, host, device=device, network=network, mac=mac, **fields)


def _db_forget(call: Call, ref: str) -> None:
    call.pool.database.destroy("PIF", ref)


def _host_itself(_: Pool, host: str, *__: object) -> str:
    return host


def _third(_: Pool, __: str, ___: str, host: str, *____: object) -> str:
    return host


_STORED: tuple[tuple[str, Kind, Any], ...] = (
    ("device", STRING, REQUIRED),
    ("network", REF, REQUIRED),
    ("host", REF, REQUIRED),
    ("MAC", STRING, REQUIRED),
    ("MTU", INT, REQUIRED),
    ("VLAN", INT, REQUIRED),
    ("physical", BOOL, REQUIRED),
    ("ip_configuration_mode", _IPV4_MODE, REQUIRED),
    ("IP", STRING, REQUIRED),
    ("netmask", STRING, REQUIRED),
    ("gateway", STRING, REQUIRED),
    ("DNS", STRING, REQUIRED),
    ("bond_slave_of", REF, REQUIRED),
    ("VLAN_master_of", REF, REQUIRED),
    ("management", BOOL, REQUIRED),
    ("other_config", MAP, REQUIRED),
    ("disallow_unplug", BOOL, False),
    ("ipv6_configuration_mode", _IPV6_MODE, "None"),
    ("IPv6", STRINGS, []),
    ("ipv6_gateway", STRING, ""),
    ("primary_address_type", _ADDRESS_TYPE, "IPv4"),
    ("managed", BOOL, True),
    ("properties", MAP, {}),
)
"""Parameters of PIF.pool_introduce: name, kind, default."""
_STORING = tuple(Parameter(*each) for each in _STORED)

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
        reconfigure_ip,
        (
            Parameter("mode", _IPV4_MODE),
            *(Parameter(name, STRING) for name in ("IP", "netmask", "gateway", "DNS")),
        ),
    ),
    "PIF.reconfigure_ipv6": (
        reconfigure_ipv6,
        (
            Parameter("mode", _IPV6_MODE),
            *(Parameter(name, STRING) for name in ("IPv6", "gateway", "DNS")),
        ),
    ),
    "PIF.set_primary_address_type": (
        set_primary_address_type,
        (Parameter("primary_address_type", _ADDRESS_TYPE),),
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
        name="PIF.create_VLAN",
        parameters=(
            Parameter("device", STRING),
            Parameter("network", REF),
            _HOST,
            Parameter("VLAN", INT),
        ),
        body=_create_vlan,
        runs_on=_third,
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
    *(
        Message(name=name, parameters=_STORING, body=_db_introduce, has_async=True, role=_ROLE)
        for name in ("PIF.pool_introduce", "PIF.db_introduce")
    ),
    Message(name="PIF.db_forget", parameters=(_SELF,), body=_db_forget, has_async=True, role=_ROLE),
)
