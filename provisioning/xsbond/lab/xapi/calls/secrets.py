"""The messages of class secret (ocaml/xapi/xapi_secret.ml)."""

from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.pool.schema.kinds import MAP, RECORD, REF, STRING
from xsbond.lab.xapi.calls.fields import REQUIRED, Fields, read_fields
from xsbond.lab.xapi.messages import Call, Message, Parameter

_ROLE = "pool-operator"
_FIELDS: Fields = (("value", STRING, REQUIRED), ("other_config", MAP, {}))


def _create(call: Call, record: dict[str, Any]) -> str:
    return call.pool.database.create("secret", **read_fields(record, _FIELDS))


def _introduce(call: Call, uuid: str, value: str, other_config: dict[str, str]) -> str:
    if call.pool.database.where("secret", uuid=uuid):
        raise Failure("DB_UNIQUENESS_CONSTRAINT_VIOLATION", "secret", "uuid", uuid)
    return call.pool.database.create("secret", uuid=uuid, value=value, other_config=other_config)


def _destroy(call: Call, ref: str) -> None:
    call.pool.database.destroy("secret", ref)


MESSAGES = (
    Message(
        name="secret.create",
        parameters=(Parameter("args", RECORD),),
        body=_create,
        has_async=True,
        role=_ROLE,
    ),
    Message(
        name="secret.destroy",
        parameters=(Parameter("self", REF),),
        body=_destroy,
        has_async=True,
        role=_ROLE,
    ),
    Message(
        name="secret.introduce",
        parameters=(
            Parameter("uuid", STRING),
            Parameter("value", STRING),
            Parameter("other_config", MAP, {}),
        ),
        body=_introduce,
        role=_ROLE,
    ),
)
