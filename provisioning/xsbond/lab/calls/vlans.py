"""The messages of class VLAN (ocaml/xapi/xapi_vlan.ml)."""

from xsbond.lab import vlans
from xsbond.lab.messages import Call, Message, Parameter
from xsbond.lab.schema.kinds import INT, REF
from xsbond.lab.state import Pool

_ROLE = "pool-operator"


def _host_of_tagged(pool: Pool, tagged: str, *_: object) -> str:
    return str(pool.database.get("PIF", tagged)["host"])


def _host_of_vlan(pool: Pool, vlan: str) -> str:
    return _host_of_tagged(pool, pool.database.get("VLAN", vlan)["tagged_PIF"])


def _create(call: Call, tagged: str, tag: int, network: str) -> str:
    return vlans.create_vlan(call.pool, tagged, tag, network)


def _destroy(call: Call, vlan: str) -> None:
    vlans.destroy_vlan(call.pool, vlan)


MESSAGES = (
    Message(
        name="VLAN.create",
        parameters=(
            Parameter("tagged_PIF", REF),
            Parameter("tag", INT),
            Parameter("network", REF),
        ),
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
)
