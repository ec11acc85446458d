"""The messages about who is the pool's master (xapi_pool.ml, xapi_ha.ml)."""

import ipaddress
from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.pool import hosts
from xsbond.lab.pool.schema.kinds import BOOL, INT, MAP, REF, REFS, STRING
from xsbond.lab.pool.state import Pool
from xsbond.lab.toolstack import ha, transition
from xsbond.lab.xapi.messages import Body, Call, Message, Parameter

_ROLE = "pool-operator"
_HOST = Parameter("host", REF)
_ADDRESS = Parameter("address", STRING)


def _host_itself(_: Pool, host: str, *__: object) -> str:
    return host


def _designate(call: Call, _host: str) -> None:
    """Let another host be the master; nothing if it is."""
    if call.host is call.pool.master:
        return
    ha.refuse_ha(call.pool)
    transition.sync_database(call.pool)
    transition.change_master(call.pool, call.host)


def _become_master(call: Call) -> None:
    """Make the host that is asked the master, whatever the others think."""
    ha.refuse_ha(call.pool)
    transition.become_master(call.pool, call.received_by)


def _reset_master(call: Call, address: str) -> None:
    """Let the host that is asked follow another master."""
    ha.refuse_ha(call.pool)
    transition.follow(call.pool, call.received_by, _resolved(call.pool, address))


def _resolved(pool: Pool, name: str) -> str:
    """Return the address of a host; the lab's resolver knows the pool's names only."""
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        found = [host.address for host in pool.hosts.values() if host.name == name]
    if not found:
        raise Failure("INTERNAL_ERROR", f'Failure("Couldn\'t resolve hostname: {name}")')
    return found[0]


def _recover_members(call: Call) -> list[str]:
    return transition.recover_members(call.pool)


def _is_slave(call: Call, _host: str) -> bool:
    return call.received_by.role != "master"


def _sync_database(call: Call) -> None:
    transition.sync_database(call.pool)


def _propose(call: Call, address: str, _manual: bool) -> None:
    transition.propose(call.pool, call.received_by, address)


def _commit(call: Call, address: str) -> None:
    transition.commit(call.pool, call.received_by, address)


def _abort(call: Call, _address: str) -> None:
    call.received_by.next_master = ""


def _assert_healthy(call: Call) -> None:
    """Fail with what everything fails with while the host has no database."""
    emergency = call.received_by.emergency
    if emergency:
        raise Failure(emergency.code, *emergency.arguments)


def _enable_ha(call: Call, srs: list[str], _configuration: dict[str, Any]) -> None:
    ha.enable(call.pool, srs)


def _disable_ha(call: Call) -> None:
    ha.disable(call.pool)


def _disable_ha_here(call: Call, soft: bool) -> None:
    """Leave HA without asking anybody (xapi_ha.ml, emergency_ha_disable)."""
    if call.pool.record["ha_enabled"]:
        ha.set_armed(call.pool, armed=False)
    elif not soft:
        raise Failure("HA_NOT_ENABLED")


def _prevent_restarts(call: Call, _seconds: int) -> None:
    if not call.pool.record["ha_enabled"]:
        raise Failure("HA_NOT_ENABLED")


def _declare_dead(call: Call, ref: str) -> None:
    """Give up a host that nobody can reach (precheck_destroy_declare_dead)."""
    host = call.pool.host(ref)
    if hosts.is_live(call.pool, host) and (host.is_heard or host is call.pool.master):
        raise Failure("HOST_IS_LIVE", ref)
    ha.refuse_ha(call.pool)
    hosts.set_live(call.pool, host, live=False)


def _anywhere(name: str, body: Body, *parameters: Parameter) -> Message:
    """Return a message for the very host that is asked, whatever its state."""
    return Message(
        name=name,
        parameters=parameters,
        body=body,
        role=_ROLE,
        in_emergency=True,
        on_member=True,
    )


def _at_master(name: str, body: Body, *parameters: Parameter) -> Message:
    return Message(name=name, parameters=parameters, body=body, has_async=True, role=_ROLE)


MESSAGES = (
    Message(
        name="pool.designate_new_master",
        parameters=(_HOST,),
        body=_designate,
        runs_on=_host_itself,
        has_async=True,
        role=_ROLE,
    ),
    _anywhere("pool.emergency_transition_to_master", _become_master),
    _anywhere("pool.emergency_reset_master", _reset_master, Parameter("master_address", STRING)),
    _anywhere("pool.is_slave", _is_slave, _HOST),
    _anywhere("host.propose_new_master", _propose, _ADDRESS, Parameter("manual", BOOL)),
    _anywhere("host.commit_new_master", _commit, _ADDRESS),
    _anywhere("host.abort_new_master", _abort, _ADDRESS),
    _anywhere("host.local_assert_healthy", _assert_healthy),
    _anywhere("host.ha_xapi_healthcheck", lambda _: True),
    _anywhere("host.emergency_ha_disable", _disable_ha_here, Parameter("soft", BOOL, False)),
    _at_master("pool.recover_slaves", _recover_members),
    _at_master("pool.sync_database", _sync_database),
    _at_master("host.declare_dead", _declare_dead, _HOST),
    _at_master(
        "pool.enable_ha",
        _enable_ha,
        Parameter("heartbeat_srs", REFS),
        Parameter("configuration", MAP),
    ),
    _at_master("pool.disable_ha", _disable_ha),
    Message(
        name="pool.ha_prevent_restarts_for",
        parameters=(Parameter("seconds", INT),),
        body=_prevent_restarts,
        role=_ROLE,
    ),
)
