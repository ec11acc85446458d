"""The messages of class network_sriov (ocaml/xapi/xapi_network_sriov.ml)."""

from xsbond.lab.networking import sriovs
from xsbond.lab.networking.sriovs import SriovRequest
from xsbond.lab.pool.schema.kinds import REF
from xsbond.lab.pool.state import Pool
from xsbond.lab.xapi.messages import Call, Message, Parameter

_ROLE = "pool-operator"
_SELF = Parameter("self", REF)


def _host_of_pif(pool: Pool, pif: str, *_: object) -> str:
    return str(pool.database.get("PIF", pif)["host"])


def _physical(pool: Pool, sriov: str) -> str:
    return str(pool.database.get("network_sriov", sriov)["physical_PIF"])


def _host_of_sriov(pool: Pool, sriov: str) -> str:
    return _host_of_pif(pool, _physical(pool, sriov))


def _create(call: Call, pif: str, network: str) -> str:
    return sriovs.create_sriov(call.pool, SriovRequest(pif=pif, network=network))


def _destroy(call: Call, sriov: str) -> None:
    sriovs.destroy_sriov(call.pool, sriov)


def _remaining_capacity(call: Call, sriov: str) -> int:
    return sriovs.remaining_capacity(call.pool, sriov)


MESSAGES = (
    Message(
        name="network_sriov.create",
        parameters=(Parameter("pif", REF), Parameter("network", REF)),
        body=_create,
        runs_on=_host_of_pif,
        has_async=True,
        role=_ROLE,
    ),
    Message(
        name="network_sriov.destroy",
        parameters=(_SELF,),
        body=_destroy,
        runs_on=_host_of_sriov,
        has_async=True,
        role=_ROLE,
    ),
    Message(
        name="network_sriov.get_remaining_capacity",
        parameters=(_SELF,),
        body=_remaining_capacity,
        runs_on=_host_of_sriov,
        has_async=True,
        role="read-only",
    ),
)
