"""What a pool answers about all it does not have: storage, guests' devices, updates, WLB, HA.

A message is answered by the first table that has it, by its whole name or by what comes after the
class. Whatever none of them has is not implemented, and says so in xapi's words.
"""

from collections.abc import Callable, Mapping
from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.pool.schema.kinds import Class
from xsbond.lab.xapi.messages import Call
from xsbond.lab.xapi.query import compile_query

Answer = Callable[..., Any]
"""Given the call and its arguments, all references of which are good."""


_NO_COLUMNS = Class(name="", fields=())


def _always(value: Any) -> Answer:
    """Answer the same whatever the arguments; a list or map is a fresh one each time."""
    if isinstance(value, list | dict):
        return lambda *_: type(value)()
    return lambda *_: value


def _refused(code: str, *positions: int) -> Answer:
    """Fail with the arguments at these positions."""

    def answer(_: Call, *arguments: Any) -> None:
        raise Failure(code, *(str(arguments[position]) for position in positions))

    return answer


def _searched(nothing: list[Any] | dict[str, Any]) -> Answer:
    """Find nothing, if only the expression can be understood."""

    def answer(_: Call, expression: str) -> Any:
        compile_query(expression, _NO_COLUMNS)
        return type(nothing)()

    return answer


def _unknown_uuid(one: str) -> Answer:
    def answer(_: Call, uuid: str) -> None:
        raise Failure("UUID_INVALID", one, uuid)

    return answer


_EMPTY_CLASS: Mapping[str, Answer] = {
    "get_by_name_label": _always([]),
    "get_all": _always([]),
    "get_all_where": _searched([]),
    "get_all_records_where": _searched({}),
    "get_all_records": _always({}),
}
"""Verb -> answer of every class that has no objects."""

_NO_WLB = ("deconfigure_wlb", "retrieve_wlb_configuration", "retrieve_wlb_recommendations")

_BY_NAME: Mapping[str, Answer] = {
    # No storage: no plug-in is installed (xapi_sr.ml, create; storage_access.ml).
    "SR.get_supported_types": _always([]),
    "SR.create": _refused("SR_UNKNOWN_DRIVER", 5),
    "SR.make": _refused("SR_UNKNOWN_DRIVER", 5),
    "SR.introduce": _refused("SR_UNKNOWN_DRIVER", 3),
    "SR.probe": _refused("SR_UNKNOWN_DRIVER", 2),
    "SR.probe_ext": _refused("SR_UNKNOWN_DRIVER", 2),
    # No workload balancing server (workload_balancing.ml, assert_wlb_initialized).
    **{f"pool.{verb}": _refused("WLB_NOT_INITIALIZED") for verb in _NO_WLB},
    "pool.send_wlb_configuration": _refused("WLB_NOT_INITIALIZED"),
    # No HA and no redo log (xapi_ha.ml, disable; xapi_pool.ml, disable_redo_log).
    "pool.disable_ha": _refused("HA_NOT_ENABLED"),
    "pool.disable_redo_log": _always(None),
    "pool.ha_prevent_restarts_for": _always(None),
    "pool.ha_schedule_plan_recomputation": _always(None),
    # No certificates besides the hosts' own (certificates.ml).
    "pool.certificate_list": _always([]),
    "pool.certificate_uninstall": _refused("CERTIFICATE_DOES_NOT_EXIST", 0),
    "pool.uninstall_ca_certificate": _refused("CERTIFICATE_DOES_NOT_EXIST", 0),
    "pool.certificate_sync": _always(None),
    "pool.crl_list": _always([]),
    "pool.crl_uninstall": _refused("CRL_DOES_NOT_EXIST", 0),
    "host.certificate_list": _always([]),
    "host.crl_list": _always([]),
    "host.uninstall_ca_certificate": _refused("CERTIFICATE_DOES_NOT_EXIST", 1),
    "host.crl_uninstall": _refused("CRL_DOES_NOT_EXIST", 1),
    # No extensions in /etc/xapi.d/extensions (xapi_host.ml, has_extension).
    "pool.has_extension": _always(False),
    "host.has_extension": _always(False),
    # No guests that would not give memory back, and no such control any more (xapi_host.ml).
    "host.get_uncooperative_resident_VMs": _always([]),
    "host.get_uncooperative_domains": _always([]),
    # Nothing to find: no USB devices, no drivers in several versions, no updates.
    "PUSB.scan": _always(None),
    "Host_driver.rescan": _always(None),
    "pool_update.resync_host": _always(None),
    "Caller.query_all_usage": _always([]),
    # What xapi does not implement either, in its own words (api_server.ml, xapi_host.ml).
    "console.create": lambda *_: _not_implemented("Console.create"),
    "host.list_methods": lambda *_: _not_implemented("list_method"),
}
"""Name -> answer of a pool without the thing in question."""


def answer_to(one: str, verb: str) -> Answer:
    """Return what is done about a message whose arguments are all in order."""
    name = f"{one}.{verb}"
    if verb == "get_by_uuid":
        return _unknown_uuid(one)
    return _BY_NAME.get(name) or _EMPTY_CLASS.get(verb) or (lambda *_: _not_implemented(name))


def _not_implemented(name: str) -> None:
    raise Failure("NOT_IMPLEMENTED", name)
