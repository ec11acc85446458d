"""The messages of class VLAN, and those of class pool that make VLANs (ocaml/xapi/xapi_vlan.ml)."""

from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.networking import vlans
from xsbond.lab.pool.schema.kinds import INT, MAP, REF, STRING
from xsbond.lab.pool.state import Pool
from xsbond.lab.xapi.messages import Call, Message, Parameter

_ROLE = "pool-operator"
_NETWORK = Parameter("network", REF)
_UNTAGGED = -1


def _host_of_tagged(pool: Pool, tagged: str, *_: object) -> str:
    return str(pool.database.get("PIF", tagged)["host"])


def _host_of_vlan(pool: Pool, vlan: str) -> str:
    return _host_of_tagged(pool, pool.database.get("VLAN", vlan)["tagged_PIF"])


def _create(call: Call, tagged: str, tag: int, network: str) -> str:
    return vlans.create_vlan(call.pool, tagged, tag, network)


def _destroy(call: Call, vlan: str) -> None:
    vlans.destroy_vlan(call.pool, vlan)


def _pool_introduce(
    call: Call, tagged: str, untagged: str, tag: int, other_config: dict[str, Any]
) -> str:
    """Store what it is told, without a look."""
    database = call.pool.database
    vlan = database.create(
        "VLAN", tagged_PIF=tagged, untagged_PIF=untagged, tag=tag, other_config=other_config
    )
    database.set("PIF", untagged, VLAN_master_of=vlan)
    return vlan


def _create_by_device(call: Call, device: str, network: str, tag: int) -> list[str]:
    """One on each host; a host without such a device fails all of them."""
    return vlans.create_everywhere(
        call.pool, [_named(call.pool, host, device) for host in call.pool.hosts], tag, network
    )


def _named(pool: Pool, host: str, device: str) -> str:
    found = pool.database.where("PIF", host=host, device=device, VLAN=_UNTAGGED)
    if not found:
        raise Failure("INVALID_VALUE", "device", device)
    return found[0]


def _create_beside(call: Call, pif: str, network: str, tag: int) -> list[str]:
    """One on each live host that has a PIF on the same network as this one."""
    return vlans.create_everywhere(call.pool, vlans.pifs_beside(call.pool, pif), tag, network)


MESSAGES = (
    Message(
        name="VLAN.create",
        parameters=(Parameter("tagged_PIF", REF), Parameter("tag", INT), _NETWORK),
        body=_create,
        runs_on=_host_of_tagged,
        has_async=True,
        role=_ROLE,
    ),
    Message(
        name="VLAN.destroy",
        parameters=(Parameter("self", REF),),
        body=_destroy,
        runs_on=_host_of_vlan,
        has_async=True,
        role=_ROLE,
    ),
    Message(
        name="VLAN.pool_introduce",
        parameters=(
            Parameter("tagged_PIF", REF),
            Parameter("untagged_PIF", REF),
            Parameter("tag", INT),
            Parameter("other_config", MAP),
        ),
        body=_pool_introduce,
        has_async=True,
        role=_ROLE,
    ),
    Message(
        name="pool.create_VLAN",
        parameters=(Parameter("device", STRING), _NETWORK, Parameter("VLAN", INT)),
        body=_create_by_device,
        has_async=True,
        role=_ROLE,
    ),
    Message(
        name="pool.create_VLAN_from_PIF",
        parameters=(Parameter("pif", REF), _NETWORK, Parameter("VLAN", INT)),
        body=_create_beside,
        has_async=True,
        role=_ROLE,
    ),
)
