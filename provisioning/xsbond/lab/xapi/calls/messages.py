"""The messages of class message: alerts (ocaml/xapi/xapi_message.ml)."""

from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.pool.schema.kinds import DATE, INT, REF, REFS, STRING, enum
from xsbond.lab.pool.state import Pool
from xsbond.lab.pool.values import Date
from xsbond.lab.xapi.messages import Call, Message, Parameter

_CLASSES = {
    "VM": "VM",
    "Host": "host",
    "SR": "SR",
    "Pool": "pool",
    "VMPP": "VMPP",
    "VMSS": "VMSS",
    "PVS_proxy": "PVS_proxy",
    "VDI": "VDI",
    "Certificate": "Certificate",
}
"""Value of `cls` -> the class obj_uuid belongs to."""
_CLS = Parameter("cls", enum(*_CLASSES))
_UUID = Parameter("obj_uuid", STRING)


def _create(  # noqa: PLR0917 - as many parameters as the message has
    call: Call, name: str, priority: int, cls: str, uuid: str, body: str
) -> str:
    if not _is_there(call.pool, cls, uuid):
        raise Failure("UUID_INVALID", cls, uuid)
    return call.pool.database.create(
        "message",
        name=name,
        priority=priority,
        cls=cls,
        obj_uuid=uuid,
        timestamp=call.pool.date(),
        body=body,
    )


def _is_there(pool: Pool, cls: str, uuid: str) -> bool:
    """Tell whether there is the object a message is about; classes no lab has have any object."""
    known = _CLASSES[cls]
    return known not in pool.schema or bool(pool.database.where(known, uuid=uuid))


def _destroy(call: Call, message: str) -> None:
    call.pool.database.destroy("message", message)


def _destroy_many(call: Call, messages: list[str]) -> None:
    """Destroy one after the other; the first that is not there ends it."""
    for message in messages:
        call.pool.database.destroy("message", message)


def _get(call: Call, cls: str, uuid: str, since: Date) -> dict[str, Any]:
    """Return the messages about an object; a wrong uuid is not repeated, unlike by create."""
    if not _is_there(call.pool, cls, uuid):
        raise Failure("UUID_INVALID")
    found = call.pool.database.where("message", cls=cls, obj_uuid=uuid)
    return _after(call, found, since)


def _get_since(call: Call, since: Date) -> dict[str, Any]:
    return _after(call, call.pool.database.refs("message"), since)


def _get_all_where(call: Call, _expression: str) -> dict[str, Any]:
    """Return all messages: nobody looks at the expression."""
    refs = call.pool.database.refs("message")
    return {ref: call.pool.shown("message", ref) for ref in refs}


def _after(call: Call, refs: list[str], since: Date) -> dict[str, Any]:
    records = {ref: call.pool.shown("message", ref) for ref in refs}
    moment = _comparable(since)
    return {ref: one for ref, one in records.items() if _comparable(one["timestamp"]) > moment}


def _comparable(moment: Date) -> str:
    return moment.replace("-", "").rstrip("Z")


MESSAGES = (
    Message(
        name="message.create",
        parameters=(
            Parameter("name", STRING),
            Parameter("priority", INT),
            _CLS,
            _UUID,
            Parameter("body", STRING),
        ),
        body=_create,
        role="pool-operator",
    ),
    Message(
        name="message.destroy",
        parameters=(Parameter("self", REF),),
        body=_destroy,
        role="pool-operator",
    ),
    Message(
        name="message.destroy_many",
        parameters=(Parameter("messages", REFS),),
        body=_destroy_many,
        has_async=True,
        role="pool-operator",
    ),
    Message(
        name="message.get_all_records_where",
        parameters=(Parameter("expr", STRING),),
        body=_get_all_where,
    ),
    Message(name="message.get", parameters=(_CLS, _UUID, Parameter("since", DATE)), body=_get),
    Message(name="message.get_since", parameters=(Parameter("since", DATE),), body=_get_since),
)
