"""The messages of class tunnel (ocaml/xapi/xapi_tunnel.ml)."""

from xsbond.lab.networking import tunnels
from xsbond.lab.pool.schema.kinds import REF, enum
from xsbond.lab.pool.state import Pool
from xsbond.lab.xapi.messages import Call, Message, Parameter

_ROLE = "pool-operator"


def _host_of_transport(pool: Pool, transport: str, *_: object) -> str:
    return str(pool.database.get("PIF", transport)["host"])


def _host_of_tunnel(pool: Pool, tunnel: str) -> str:
    return _host_of_transport(pool, pool.database.get("tunnel", tunnel)["transport_PIF"])


def _create(call: Call, transport: str, network: str, protocol: str) -> str:
    return tunnels.create_tunnel(call.pool, transport, network, protocol)


def _destroy(call: Call, tunnel: str) -> None:
    tunnels.destroy_tunnel(call.pool, tunnel)


MESSAGES = (
    Message(
        name="tunnel.create",
        parameters=(
            Parameter("transport_PIF", REF),
            Parameter("network", REF),
            Parameter("protocol", enum("gre", "vxlan"), "gre"),
        ),
        body=_create,
        runs_on=_host_of_transport,
        has_async=True,
        role=_ROLE,
    ),
    Message(
        name="tunnel.destroy",
        parameters=(Parameter("self", REF),),
        body=_destroy,
        runs_on=_host_of_tunnel,
        has_async=True,
        role=_ROLE,
    ),
)
