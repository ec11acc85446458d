"""What a host tells of itself, and the programs it is asked to run (xapi_host.ml)."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.pool.schema.kinds import MAP, REF, STRING
from xsbond.lab.pool.state import Pool
from xsbond.lab.pool.values import Date
from xsbond.lab.xapi.messages import Body, Call, Message, Parameter

_ROLE = "pool-operator"
_HOST = Parameter("host", REF)
_CERTIFICATE = "/etc/xensource/xapi-ssl.pem"
_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
_UPLOADS = ("http://", "https://", "ftp://")


def _host_itself(_: Pool, host: str, *__: object) -> str:
    return host


def _certificate(call: Call, _host: str) -> str:
    """Return the public part of what clients see on port 443."""
    pem = call.host.backend.read_file(_CERTIFICATE)
    return pem[pem.index(_BEGIN) : pem.index(_END) + len(_END)] + "\n"


def _server_time(call: Call, _host: str) -> Date:
    return call.pool.date()


def _server_local_time(call: Call, _host: str) -> Date:
    """Return the time on the host's wall; dom0 keeps UTC, and the text does not say so."""
    return Date(time.strftime("%Y%m%dT%H:%M:%S", time.gmtime(call.pool.clock.time())))


def _is_in_emergency_mode(call: Call) -> bool:
    return call.received_by.emergency is not None


def _free_memory(call: Call, host: str) -> int:
    """Return what the domains of the host leave over, each at its smallest."""
    record = call.pool.database.get("host", host)
    domains = [call.pool.database.get("VM", vm) for vm in record["resident_VMs"]]
    taken = sum(vm["memory_dynamic_min"] + vm["memory_overhead"] for vm in domains)
    total = call.pool.database.get("host_metrics", record["metrics"])["memory_total"]
    return max(0, int(total) - int(taken))


def _memory_overhead(call: Call, host: str) -> int:
    return int(call.pool.database.get("host", host)["memory_overhead"])


def _call_plugin(_: Call, _host: str, plugin: str, _fn: str, _args: dict[str, Any]) -> str:
    """No lab host has plugins."""
    raise Failure("XENAPI_MISSING_PLUGIN", plugin)


def _call_extension(_: Call, _host: str, name: str) -> str:
    """Nor extensions (xapi_extensions.ml, find_extension)."""
    raise Failure("MESSAGE_METHOD_UNKNOWN", name)


def _upload_bugreport(_: Call, _host: str, url: str, _options: dict[str, Any]) -> None:
    """Fail as curl does: no lab host reaches the world."""
    reason = "Failed to resolve proxy or host"
    if not url.startswith(_UPLOADS):
        reason = "URL not recognised"
    raise Failure("INTERNAL_ERROR", f'Failure("{reason}")')


def _nothing(*_: object) -> None:
    """Xen's console and syslog have nothing to say and nothing to be told in a lab."""


def _not_implemented(what: str) -> Body:
    def refuse(*_: object) -> None:
        raise Failure("NOT_IMPLEMENTED", what)

    return refuse


_ASYNC: Mapping[str, tuple[Body, tuple[Parameter, ...]]] = {
    "get_server_certificate": (_certificate, ()),
    "compute_free_memory": (_free_memory, ()),
    "compute_memory_overhead": (_memory_overhead, ()),
    "dmesg": (lambda *_: "", ()),
    "dmesg_clear": (_not_implemented("dmesg_clear"), ()),
    "get_log": (_not_implemented("get_log"), ()),
    "send_debug_keys": (_nothing, (Parameter("keys", STRING),)),
    "syslog_reconfigure": (_nothing, ()),
    "bugreport_upload": (
        _upload_bugreport,
        (Parameter("url", STRING), Parameter("options", MAP)),
    ),
    "call_plugin": (
        _call_plugin,
        (Parameter("plugin", STRING), Parameter("fn", STRING), Parameter("args", MAP)),
    ),
}
"""What may run in a task: verb -> body and the parameters after the host."""

_AT_ONCE: Mapping[str, tuple[Callable[..., Any], tuple[Parameter, ...]]] = {
    "get_servertime": (_server_time, ()),
    "get_server_localtime": (_server_local_time, ()),
    "get_data_sources": (lambda *_: [], ()),
    "call_extension": (_call_extension, (Parameter("call", STRING),)),
}
"""The rest, likewise."""

MESSAGES = (
    *(
        Message(
            name=f"host.{verb}",
            parameters=(_HOST, *parameters),
            body=body,
            runs_on=_host_itself,
            has_async=table is _ASYNC,
            role=_ROLE,
        )
        for table in (_ASYNC, _AT_ONCE)
        for verb, (body, parameters) in table.items()
    ),
    Message(
        name="host.is_in_emergency_mode",
        parameters=(),
        body=_is_in_emergency_mode,
        in_emergency=True,
        on_member=True,
    ),
)
