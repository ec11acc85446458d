"""The messages of class host (ocaml/xapi/xapi_host.ml)."""

from typing import Any

from xsbond.lab import hosts
from xsbond.lab.contracts import Failure
from xsbond.lab.messages import Call, Message, Parameter
from xsbond.lab.networkd import plug
from xsbond.lab.pifs import is_slave, manage_through
from xsbond.lab.schema.kinds import MAP, REF, STRING
from xsbond.lab.state import Pool
from xsbond.lab.values import Date

_ROLE = "pool-operator"
_HOST = Parameter("host", REF)
_CERTIFICATE = "/etc/xensource/xapi-ssl.pem"
_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


def _host_itself(_: Pool, host: str, *__: object) -> str:
    return host


def _host_of_pif(pool: Pool, pif: str) -> str:
    return str(pool.database.get("PIF", pif)["host"])


def _restart_agent(call: Call, _host: str) -> None:
    """Answer first; the restart happens a moment later."""
    pool, host = call.pool, call.host

    def restart() -> None:
        with pool.lock:
            go = pool.pause(pool.delays.restart_agent)
        if go:
            host.toolstack.stop()
            host.toolstack.start()

    pool.spawn(f"restart of {host.name}", restart)


def _shutdown_agent(call: Call) -> None:
    call.pool.spawn(f"stop of {call.received_by.name}", call.received_by.toolstack.stop)


def _enable(call: Call, host: str) -> None:
    hosts.set_enabled(call.pool, call.pool.host(host), enabled=True)


def _disable(call: Call, host: str) -> None:
    hosts.set_enabled(call.pool, call.pool.host(host), enabled=False)


def _certificate(call: Call, _host: str) -> str:
    """Return the public part of what clients see on port 443."""
    pem = call.host.backend.read_file(_CERTIFICATE)
    return pem[pem.index(_BEGIN) : pem.index(_END) + len(_END)] + "\n"


def _management_reconfigure(call: Call, ref: str) -> None:
    pif = call.pool.database.get("PIF", ref)
    if call.pool.record["ha_enabled"]:
        raise Failure("HA_IS_ENABLED")
    if is_slave(pif):
        raise Failure("CANNOT_PLUG_BOND_SLAVE", ref)
    if pif["ip_configuration_mode"] == "None":
        raise Failure("PIF_HAS_NO_NETWORK_CONFIGURATION")
    plug(call.pool, ref)
    manage_through(call.pool, ref)


def _management_interface(call: Call, host: str) -> str:
    found = call.pool.database.where("PIF", host=call.pool.host(host).ref, management=True)
    if not found:
        raise Failure("NO_LOCAL_INTERFACE")
    return found[0]


def _emergency(call: Call) -> bool:
    return call.received_by.emergency is not None


def _server_time(call: Call, _host: str) -> Date:
    return call.pool.date()


def _call_plugin(_: Call, _host: str, plugin: str, _fn: str, _args: dict[str, Any]) -> str:
    """No lab host has plugins."""
    raise Failure("XENAPI_MISSING_PLUGIN", plugin)


MESSAGES = (
    Message(
        name="host.restart_agent",
        parameters=(_HOST,),
        body=_restart_agent,
        runs_on=_host_itself,
        has_async=True,
        role=_ROLE,
    ),
    Message(
        name="host.shutdown_agent",
        parameters=(),
        body=_shutdown_agent,
        role=_ROLE,
        in_emergency=True,
        on_member=True,
    ),
    Message(name="host.enable", parameters=(_HOST,), body=_enable, has_async=True, role=_ROLE),
    Message(name="host.disable", parameters=(_HOST,), body=_disable, has_async=True, role=_ROLE),
    Message(
        name="host.get_server_certificate",
        parameters=(_HOST,),
        body=_certificate,
        runs_on=_host_itself,
        has_async=True,
    ),
    Message(
        name="host.management_reconfigure",
        parameters=(Parameter("pif", REF),),
        body=_management_reconfigure,
        runs_on=_host_of_pif,
        has_async=True,
        role=_ROLE,
    ),
    Message(
        name="host.get_management_interface",
        parameters=(_HOST,),
        body=_management_interface,
        has_async=True,
        role=_ROLE,
    ),
    Message(
        name="host.is_in_emergency_mode",
        parameters=(),
        body=_emergency,
        in_emergency=True,
        on_member=True,
    ),
    Message(
        name="host.get_servertime",
        parameters=(_HOST,),
        body=_server_time,
        runs_on=_host_itself,
    ),
    Message(
        name="host.call_plugin",
        parameters=(
            _HOST,
            Parameter("plugin", STRING),
            Parameter("fn", STRING),
            Parameter("args", MAP),
        ),
        body=_call_plugin,
        runs_on=_host_itself,
        has_async=True,
        role="pool-admin",
    ),
)
