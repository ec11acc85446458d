"""The messages of class network (ocaml/xapi/xapi_network.ml)."""

import itertools
from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.incoming import native
from xsbond.lab.messages import Call, Message, Parameter
from xsbond.lab.schema.kinds import BOOL, INT, MAP, RECORD, REF, STRING, STRINGS, Kind, enum
from xsbond.lab.state import Pool

_FIELDS: tuple[tuple[str, Kind, Any], ...] = (
    ("name_label", STRING, ""),
    ("name_description", STRING, ""),
    ("MTU", INT, 1500),
    ("other_config", MAP, None),
    ("bridge", STRING, ""),
    ("managed", BOOL, True),
    ("tags", STRINGS, []),
)
"""What network.create reads of its record, with defaults; other_config has none."""

_LONGEST_BRIDGE = 15
_RESERVED = ("xen", "xapi", "vif", "tap", "eth")
_DEFAULT_MTU = 1500
_SYSTEM = "is_host_internal_management_network"
_EXCLUSIVE_PURPOSES = {"nbd": "insecure_nbd", "insecure_nbd": "nbd"}

_SELF = Parameter("network", REF)
_PURPOSE = Parameter("value", enum("nbd", "insecure_nbd"))
_LOCKING_MODE = Parameter("value", enum("unlocked", "disabled"))


def create_network(pool: Pool, **fields: Any) -> str:
    """Store a network; a bridge that is not named gets the next free `xapiN`."""
    bridge = fields.pop("bridge", "") or _free_bridge(pool)
    return pool.database.create("network", bridge=bridge, **fields)


def _free_bridge(pool: Pool) -> str:
    """A name given once is not given again until the master's xapi restarts."""
    networks = (pool.database.get("network", ref) for ref in pool.database.refs("network"))
    taken = pool.bridge_names | {network["bridge"] for network in networks}
    name = next(each for n in itertools.count() if (each := f"xapi{n}") not in taken)
    pool.bridge_names.add(name)
    return name


def _create(call: Call, record: dict[str, Any]) -> str:
    values = {name: _value(record, name, kind, default) for name, kind, default in _FIELDS}
    if values["MTU"] <= 0:
        values["MTU"] = _DEFAULT_MTU
    if values["bridge"]:
        _refuse_bridge(call.pool, values["bridge"])
    elif not values["managed"]:
        return call.pool.database.create("network", **values)
    return create_network(call.pool, **values)


def _value(record: dict[str, Any], name: str, kind: Kind, default: Any) -> Any:
    if name in record:
        return native(kind, record[name])
    if default is None:
        text = f'Server_helpers.Dispatcher_FieldNotFound("{name}")'
        raise Failure("INTERNAL_ERROR", text)
    return default


def _refuse_bridge(pool: Pool, bridge: str) -> None:
    if len(bridge) > _LONGEST_BRIDGE or bridge.startswith(_RESERVED):
        raise Failure("INVALID_VALUE", "bridge", bridge)
    if pool.database.where("network", bridge=bridge):
        raise Failure("BRIDGE_NAME_EXISTS", bridge)


def _destroy(call: Call, ref: str) -> None:
    network = call.pool.database.get("network", ref)
    if network["PIFs"]:
        raise Failure("NETWORK_CONTAINS_PIF", *network["PIFs"])
    if network["other_config"].get(_SYSTEM) == "true":
        raise Failure("CANNOT_DESTROY_SYSTEM_NETWORK", ref)
    call.pool.database.destroy("network", ref)


def _add_purpose(call: Call, ref: str, purpose: str) -> None:
    database = call.pool.database
    network = database.get("network", ref)
    if not network["managed"]:
        raise Failure("NETWORK_UNMANAGED", ref)
    other = _EXCLUSIVE_PURPOSES[purpose]
    if any(other in database.get("network", each)["purpose"] for each in database.refs("network")):
        raise Failure("NETWORK_INCOMPATIBLE_PURPOSES", purpose, other)
    if purpose not in network["purpose"]:
        database.set("network", ref, purpose=[*network["purpose"], purpose])


def _remove_purpose(call: Call, ref: str, purpose: str) -> None:
    purposes = call.pool.database.get("network", ref)["purpose"]
    kept = [each for each in purposes if each != purpose]
    call.pool.database.set("network", ref, purpose=kept)


def _set_locking_mode(call: Call, ref: str, mode: str) -> None:
    call.pool.database.set("network", ref, default_locking_mode=mode)


MESSAGES = (
    Message(
        name="network.create",
        parameters=(Parameter("args", RECORD),),
        body=_create,
        has_async=True,
        role="vm-admin",
    ),
    Message(
        name="network.destroy",
        parameters=(_SELF,),
        body=_destroy,
        has_async=True,
        role="vm-admin",
    ),
    Message(
        name="network.set_default_locking_mode",
        parameters=(_SELF, _LOCKING_MODE),
        body=_set_locking_mode,
        has_async=True,
        role="pool-operator",
    ),
    Message(
        name="network.add_purpose",
        parameters=(_SELF, _PURPOSE),
        body=_add_purpose,
        has_async=True,
        role="pool-admin",
    ),
    Message(
        name="network.remove_purpose",
        parameters=(_SELF, _PURPOSE),
        body=_remove_purpose,
        has_async=True,
        role="pool-admin",
    ),
)
