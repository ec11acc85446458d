"""The messages of class network (ocaml/xapi/xapi_network.ml)."""

import itertools
from collections.abc import Callable
from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.networking.placement import networks_of
from xsbond.lab.networking.vifs import attach_network, release_network
from xsbond.lab.pool.database import Record
from xsbond.lab.pool.schema.kinds import BOOL, INT, MAP, RECORD, REF, STRING, STRINGS, Kind, enum
from xsbond.lab.pool.state import Pool
from xsbond.lab.xapi.calls.fields import REQUIRED, read_fields
from xsbond.lab.xapi.messages import Call, Message, Parameter

_FIELDS: tuple[tuple[str, Kind, Any], ...] = (
    ("name_label", STRING, ""),
    ("name_description", STRING, ""),
    ("MTU", INT, 1500),
    ("other_config", MAP, REQUIRED),
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
_PURPOSES = Kind(word="set", item=_PURPOSE.kind)
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
    values = read_fields(record, _FIELDS)
    if values["MTU"] <= 0:
        values["MTU"] = _DEFAULT_MTU
    if values["bridge"]:
        _refuse_bridge(call.pool, values["bridge"])
    return create_network(call.pool, **values)


def _refuse_bridge(pool: Pool, bridge: str) -> None:
    if len(bridge) > _LONGEST_BRIDGE or bridge.startswith(_RESERVED):
        raise Failure("INVALID_VALUE", "bridge", bridge)
    if pool.database.where("network", bridge=bridge):
        raise Failure("BRIDGE_NAME_EXISTS", bridge)


def _destroy(call: Call, ref: str) -> None:
    """VIFs that are not in use go with their network."""
    for rule in DESTROY_RULES:
        rule(call.pool, ref, call.pool.database.get("network", ref))
    for vif in call.pool.database.get("network", ref)["VIFs"]:
        call.pool.database.destroy("VIF", vif)
    call.pool.database.destroy("network", ref)


def _has_no_vif_in_use(pool: Pool, _: str, network: Record) -> None:
    used = [v for v in network["VIFs"] if pool.database.get("VIF", v)["currently_attached"]]
    if used:
        raise Failure("NETWORK_CONTAINS_VIF", *used)


def _has_no_pif(_: Pool, __: str, network: Record) -> None:
    if network["PIFs"]:
        raise Failure("NETWORK_CONTAINS_PIF", *network["PIFs"])


def _is_not_the_systems(_: Pool, ref: str, network: Record) -> None:
    if network["other_config"].get(_SYSTEM) == "true":
        raise Failure("CANNOT_DESTROY_SYSTEM_NETWORK", ref)


DESTROY_RULES: tuple[Callable[[Pool, str, Record], None], ...] = (
    _has_no_vif_in_use,
    _has_no_pif,
    _is_not_the_systems,
)
"""What network.destroy asks, in the order of xapi_network.ml, destroy."""


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
    used = call.pool.database.where("VIF", network=ref, currently_attached=True)
    if used:
        raise Failure("VIF_IN_USE", ref, used[0])
    call.pool.database.set("network", ref, default_locking_mode=mode)


def _attach(call: Call, ref: str, host: str) -> None:
    attach_network(call.pool, call.pool.host(host), ref, anew=True)


def _attach_for_vm(call: Call, host: str, vm: str) -> None:
    for network in networks_of(call.pool, vm):
        attach_network(call.pool, call.pool.host(host), network)


def _detach_for_vm(call: Call, host: str, vm: str) -> None:
    for network in networks_of(call.pool, vm):
        release_network(call.pool, call.pool.host(host), network)


def _pool_introduce(call: Call, *values: Any) -> str:
    """Store what it is told, without a look."""
    fields = dict(zip((each.name for each in _INTRODUCED), values, strict=True))
    return call.pool.database.create("network", **fields)


def _host_first(_: Pool, host: str, *__: object) -> str:
    return host


def _host_second(_: Pool, __: str, host: str) -> str:
    return host


_HOST = Parameter("host", REF)
_INTRODUCED = (
    Parameter("name_label", STRING),
    Parameter("name_description", STRING),
    Parameter("MTU", INT),
    Parameter("other_config", MAP),
    Parameter("bridge", STRING),
    Parameter("managed", BOOL),
    Parameter("purpose", _PURPOSES),
)
"""Parameters of network.pool_introduce."""

MESSAGES = (
    Message(
        name="network.attach",
        parameters=(_SELF, _HOST),
        body=_attach,
        runs_on=_host_second,
        has_async=True,
        role="pool-operator",
    ),
    *(
        Message(
            name=f"network.{name}",
            parameters=(_HOST, Parameter("vm", REF)),
            body=body,
            runs_on=_host_first,
            has_async=True,
            role="vm-power-admin",
        )
        for name, body in (("attach_for_vm", _attach_for_vm), ("detach_for_vm", _detach_for_vm))
    ),
    Message(
        name="network.pool_introduce",
        parameters=_INTRODUCED,
        body=_pool_introduce,
        has_async=True,
        role="pool-operator",
    ),
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
