"""The messages of class VIF (ocaml/xapi/xapi_vif.ml)."""

from collections.abc import Mapping
from typing import Any

from xsbond.lab.networking import vifs
from xsbond.lab.networking.placement import networks_of
from xsbond.lab.networking.rules import vif_rules
from xsbond.lab.pool.schema.kinds import BOOL, INT, MAP, RECORD, REF, STRING, STRINGS, Kind, enum
from xsbond.lab.pool.state import Pool
from xsbond.lab.pool.values import is_null
from xsbond.lab.xapi.calls.fields import REQUIRED, Fields, read_fields
from xsbond.lab.xapi.messages import Body, Call, Message, Parameter

_SELF = Parameter("self", REF)
_LOCKING = enum("network_default", "locked", "unlocked", "disabled")
_MODE = enum("None", "Static")
_INTS = Kind(word="set", item=INT)

_FIELDS: Fields = (
    ("device", STRING, REQUIRED),
    ("network", REF, REQUIRED),
    ("VM", REF, REQUIRED),
    ("MAC", STRING, REQUIRED),
    ("MTU", INT, REQUIRED),
    ("other_config", MAP, REQUIRED),
    ("currently_attached", BOOL, False),
    ("qos_algorithm_type", STRING, REQUIRED),
    ("qos_algorithm_params", MAP, REQUIRED),
    ("locking_mode", _LOCKING, "network_default"),
    ("ipv4_allowed", STRINGS, ()),
    ("ipv6_allowed", STRINGS, ()),
)
"""What VIF.create reads of its record."""


def _host_of(pool: Pool, vif: str, *_: object) -> str:
    """Return the host the VIF's guest runs on; what rests is the master's."""
    home = pool.database.get("VM", pool.database.get("VIF", vif)["VM"])["resident_on"]
    return pool.master.ref if is_null(home) else str(home)


def _create(call: Call, record: dict[str, Any]) -> str:
    """A guest that is not suspended gets the VIF unplugged, whatever the record says."""
    fields = read_fields(record, _FIELDS)
    vif_rules.refuse_new(call.pool, fields)
    suspended = call.pool.database.get("VM", fields["VM"])["power_state"] == "Suspended"
    fields["currently_attached"] &= suspended
    fields |= {name: list(fields[name]) for name in ("ipv4_allowed", "ipv6_allowed")}
    vm, mac = fields.pop("VM"), fields.pop("MAC")
    return vifs.create_vif(call.pool, vm=vm, mac=mac, **fields)


def _destroy(call: Call, vif: str) -> None:
    vif_rules.refuse_destroy(call.pool, vif)
    vifs.destroy_vif(call.pool, vif)


def _plug(call: Call, vif: str) -> None:
    """All networks of the guest are seen to, not this one alone (with_networks_attached)."""
    vif_rules.refuse_change(call.pool, vif, attached=True)
    for network in networks_of(call.pool, call.pool.database.get("VIF", vif)["VM"]):
        vifs.attach_network(call.pool, call.host, network)
    vifs.connect(call.pool, vif)
    call.pool.database.set("VIF", vif, currently_attached=True)
    vifs.refresh_vif(call.pool, vif)


def _unplug(call: Call, vif: str) -> None:
    vif_rules.refuse_change(call.pool, vif, attached=False)
    vifs.disconnect(call.pool, vif)
    vifs.refresh_vif(call.pool, vif)


def _move(call: Call, vif: str, network: str) -> None:
    vif_rules.refuse_move(call.pool, vif, network)
    vifs.move_vif(call.pool, vif, network)


def _set_locking_mode(call: Call, vif: str, mode: str) -> None:
    call.pool.database.set("VIF", vif, locking_mode=mode)


def _set_allowed(version: int) -> Body:
    def body(call: Call, vif: str, addresses: list[str]) -> None:
        wanted = list(dict.fromkeys(addresses))
        vif_rules.refuse_allowed(version, wanted)
        call.pool.database.set("VIF", vif, **{f"ipv{version}_allowed": wanted})

    return body


def _add_allowed(version: int) -> Body:
    def body(call: Call, vif: str, address: str) -> None:
        vif_rules.refuse_allowed(version, [address])
        _change(call, vif, f"ipv{version}_allowed", address, keep=True)

    return body


def _remove_allowed(version: int) -> Body:
    return lambda call, vif, address: _change(
        call, vif, f"ipv{version}_allowed", address, keep=False
    )


def _change(call: Call, vif: str, field: str, value: Any, *, keep: bool) -> None:
    """Put a value into a field that is a set, or take it out."""
    others = [each for each in call.pool.database.get("VIF", vif)[field] if each != value]
    call.pool.database.set("VIF", vif, **{field: [*others, value] if keep else others})


def _configure(version: int) -> Body:
    def body(call: Call, vif: str, mode: str, address: str, gateway: str) -> None:
        vif_rules.refuse_configuration(version, mode, address, gateway)
        static = mode == "Static"
        fields = {
            "configuration_mode": mode,
            "addresses": [address] if static else [],
            "gateway": gateway if static else "",
        }
        named = {f"ipv{version}_{name}": value for name, value in fields.items()}
        call.pool.database.set("VIF", vif, **named)

    return body


def _set_trunks(call: Call, vif: str, trunks: list[int]) -> None:
    call.pool.database.set("VIF", vif, trunks=list(dict.fromkeys(trunks)))


def _add_trunk(call: Call, vif: str, trunk: int) -> None:
    _change(call, vif, "trunks", trunk, keep=True)


def _remove_trunk(call: Call, vif: str, trunk: int) -> None:
    _change(call, vif, "trunks", trunk, keep=False)


_ADDRESSES = (Parameter("address", STRING, ""), Parameter("gateway", STRING, ""))
_ON_ONE: Mapping[str, tuple[Body, tuple[Parameter, ...], str]] = {
    "destroy": (_destroy, (), "vm-admin"),
    "plug": (_plug, (), "vm-admin"),
    "unplug": (_unplug, (), "vm-admin"),
    "unplug_force": (_unplug, (), "vm-admin"),
    "move": (_move, (Parameter("network", REF),), "vm-admin"),
    "set_locking_mode": (_set_locking_mode, (Parameter("value", _LOCKING),), "pool-operator"),
    **{
        f"{verb}_ipv{version}_allowed": (
            body(version),
            (Parameter("value", kind),),
            "pool-operator",
        )
        for version in (4, 6)
        for verb, body, kind in (
            ("set", _set_allowed, STRINGS),
            ("add", _add_allowed, STRING),
            ("remove", _remove_allowed, STRING),
        )
    },
    **{
        f"configure_ipv{version}": (
            _configure(version),
            (Parameter("mode", _MODE), *_ADDRESSES),
            "vm-operator",
        )
        for version in (4, 6)
    },
    "set_trunks": (_set_trunks, (Parameter("value", _INTS),), "vm-admin"),
    "add_trunks": (_add_trunk, (Parameter("value", INT),), "vm-admin"),
    "remove_trunks": (_remove_trunk, (Parameter("value", INT),), "vm-admin"),
}
"""Message -> what it does, its parameters after `self`, and who may send it."""

MESSAGES = (
    Message(
        name="VIF.create",
        parameters=(Parameter("args", RECORD),),
        body=_create,
        has_async=True,
        role="vm-admin",
    ),
    *(
        Message(
            name=f"VIF.{name}",
            parameters=(_SELF, *rest),
            body=body,
            runs_on=_host_of,
            has_async=True,
            role=role,
        )
        for name, (body, rest, role) in _ON_ONE.items()
    ),
)
