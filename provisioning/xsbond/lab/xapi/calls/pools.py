"""The messages of class pool (ocaml/xapi/xapi_pool.ml)."""

from xsbond.lab.networking import vlans
from xsbond.lab.pool import hosts
from xsbond.lab.pool.schema.kinds import INT, REF
from xsbond.lab.xapi.messages import Call, Message, Parameter

_ROLE = "pool-operator"


def _create_everywhere(call: Call, pif: str, network: str, tag: int) -> list[str]:
    """Make the VLAN on every live host that has a PIF on this PIF's network."""
    database = call.pool.database
    common = database.get("PIF", pif)["network"]
    made = [
        vlans.create_vlan(call.pool, each, tag, network)
        for each in database.get("network", common)["PIFs"]
        if hosts.is_live(call.pool, call.pool.host_of(database.get("PIF", each)))
    ]
    return [database.get("VLAN", vlan)["untagged_PIF"] for vlan in made]


MESSAGES = (
    Message(
        name="pool.create_VLAN_from_PIF",
        parameters=(Parameter("pif", REF), Parameter("network", REF), Parameter("VLAN", INT)),
        body=_create_everywhere,
        has_async=True,
        role=_ROLE,
    ),
)
