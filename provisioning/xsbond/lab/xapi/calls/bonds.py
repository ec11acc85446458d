"""The messages of class Bond and where they run (ocaml/xapi/message_forwarding.ml, Bond)."""

from collections.abc import Mapping

from xsbond.lab.contracts import Failure
from xsbond.lab.networking import bonds
from xsbond.lab.networking.rules.bond_rules import BOND_MODES, BondRequest
from xsbond.lab.pool.schema.kinds import MAP, REF, REFS, STRING, enum
from xsbond.lab.pool.state import Pool
from xsbond.lab.xapi.messages import Call, Message, Parameter

_ROLE = "pool-operator"
_MODE = enum(*BOND_MODES, misfit="Unmarshalling error in bond-mode")
_SELF = Parameter("self", REF)


def _host_of_first_member(pool: Pool, _network: str, members: list[str], *_: object) -> str:
    if not members:
        raise Failure("PIF_BOND_NEEDS_MORE_MEMBERS")
    return str(pool.database.get("PIF", members[0])["host"])


def _host_of_bond(pool: Pool, bond: str, *_: object) -> str:
    master = pool.database.get("Bond", bond)["master"]
    return str(pool.database.get("PIF", master)["host"])


def _create(  # noqa: PLR0917 - as many parameters as the message has
    call: Call, network: str, members: list[str], mac: str, mode: str, properties: Mapping[str, str]
) -> str:
    request = BondRequest(
        network=network, members=tuple(members), mac=mac, mode=mode, properties=properties
    )
    return bonds.create_bond(call.pool, request, call.progress)


def _destroy(call: Call, bond: str) -> None:
    bonds.destroy_bond(call.pool, bond, call.progress)


def _set_mode(call: Call, bond: str, mode: str) -> None:
    bonds.set_mode(call.pool, bond, mode)


def _set_property(call: Call, bond: str, name: str, value: str) -> None:
    bonds.set_property(call.pool, bond, name, value)


MESSAGES = (
    Message(
        name="Bond.create",
        parameters=(
            Parameter("network", REF),
            Parameter("members", REFS),
            Parameter("MAC", STRING),
            Parameter("mode", _MODE, "balance-slb"),
            Parameter("properties", MAP, {}),
        ),
        body=_create,
        runs_on=_host_of_first_member,
        has_async=True,
        role=_ROLE,
    ),
    Message(
        name="Bond.destroy",
        parameters=(_SELF,),
        body=_destroy,
        runs_on=_host_of_bond,
        has_async=True,
        role=_ROLE,
    ),
    Message(
        name="Bond.set_mode",
        parameters=(_SELF, Parameter("value", _MODE)),
        body=_set_mode,
        runs_on=_host_of_bond,
        has_async=True,
        role=_ROLE,
    ),
    Message(
        name="Bond.set_property",
        parameters=(_SELF, Parameter("name", STRING), Parameter("value", STRING)),
        body=_set_property,
        runs_on=_host_of_bond,
        has_async=True,
        role=_ROLE,
    ),
)
