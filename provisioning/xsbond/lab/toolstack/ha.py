"""High availability: why it cannot be had without storage, and what is there if it is on.

Source: ocaml/xapi/xapi_ha.ml (enable, disable).
"""

from collections.abc import Sequence

from xsbond.lab.contracts import Failure
from xsbond.lab.networking.pifs import has_address, is_slave
from xsbond.lab.pool import hosts
from xsbond.lab.pool.state import Pool

_STACK = "xhad"
_ANOMALY = "IP_CONFIGURED_PIF_CAN_UNPLUG"
_PRIORITY = 3
_ADVICE = (
    "A possible network anomaly was found. "
    "The following hosts possibly have storage PIFs that are not dedicated:"
)


def enable(pool: Pool, srs: Sequence[str]) -> None:
    """Fail as it must where no SR can keep the state file; advice comes first."""
    refuse_ha(pool)
    if len(_platforms(pool)) > 1:
        raise Failure("NOT_SUPPORTED_DURING_UPGRADE")
    _advise(pool)
    for ref in pool.database.refs("host"):
        if not hosts.is_live(pool, pool.hosts[ref]):
            raise Failure("HOST_OFFLINE", ref)
    pool.database.set("pool", pool.ref, ha_cluster_stack=_STACK)
    for sr in srs:
        raise Failure("HANDLE_INVALID", "SR", sr)
    raise Failure("CANNOT_CREATE_STATE_FILE")


def disable(pool: Pool) -> None:
    """Switch it off; Failure HA_NOT_ENABLED if it is not on."""
    if not pool.record["ha_enabled"]:
        raise Failure("HA_NOT_ENABLED")
    set_armed(pool, armed=False)


def refuse_ha(pool: Pool) -> None:
    """Raise Failure HA_IS_ENABLED where HA forbids something."""
    if pool.record["ha_enabled"]:
        raise Failure("HA_IS_ENABLED")


def set_armed(pool: Pool, *, armed: bool) -> None:
    """Let HA be on or off, as if a shared SR were there."""
    allowed = [each for each in pool.record["allowed_operations"] if not each.startswith("ha_")]
    switch = "ha_disable" if armed else "ha_enable"
    stack = {"ha_cluster_stack": _STACK} if armed else {}
    pool.database.set(
        "pool", pool.ref, ha_enabled=armed, allowed_operations=[switch, *allowed], **stack
    )


def _platforms(pool: Pool) -> set[str]:
    records = (pool.database.get("host", ref) for ref in pool.hosts)
    return {record["software_version"]["platform_version"] for record in records}


def _advise(pool: Pool) -> None:
    """Tell of PIFs with addresses that somebody could unplug."""
    lines = []
    for ref in pool.database.refs("PIF"):
        pif = pool.database.get("PIF", ref)
        kept = pif["disallow_unplug"] or pif["management"]
        if has_address(pif) and not is_slave(pif) and not kept:
            name = pool.database.get("host", pif["host"])["name_label"]
            lines.append(f"{name}: {pif['device']} (uuid: {pif['uuid']})")
    if lines:
        pool.database.create(
            "message",
            name=_ANOMALY,
            priority=_PRIORITY,
            cls="Pool",
            obj_uuid=pool.record["uuid"],
            timestamp=pool.date(),
            body="\n".join([_ADVICE, *lines]),
        )
