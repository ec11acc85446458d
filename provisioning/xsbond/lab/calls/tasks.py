"""The messages of class task (ocaml/xapi/xapi_task.ml)."""

from typing import Any

from xsbond.lab import tasks
from xsbond.lab.messages import Call, Message, Parameter
from xsbond.lab.schema.kinds import FLOAT, REF, STRING, STRINGS, Kind, enum

_SELF = Parameter("self", REF)
_STATUS = enum("pending", "success", "failure", "cancelling", "cancelled")


def _create(call: Call, label: str, description: str) -> str:
    return tasks.begin_task(call.pool, label, call.host, description)


def _destroy(call: Call, task: str) -> None:
    tasks.destroy_task(call.pool, task)


def _cancel(call: Call, task: str) -> None:
    """Nothing here looks at the wish, as Bond operations do not in xapi."""
    if call.pool.database.get("task", task)["status"] == "pending":
        call.pool.database.set("task", task, status="cancelling")


def _setter(field: str, kind: Kind) -> Message:
    def body(call: Call, task: str, value: Any) -> None:
        call.pool.database.set("task", task, **{field: value})

    parameters = (_SELF, Parameter("value", kind))
    return Message(name=f"task.set_{field}", parameters=parameters, body=body)


MESSAGES = (
    Message(
        name="task.create",
        parameters=(Parameter("label", STRING), Parameter("description", STRING)),
        body=_create,
    ),
    Message(name="task.destroy", parameters=(_SELF,), body=_destroy),
    Message(name="task.cancel", parameters=(_SELF,), body=_cancel),
    _setter("status", _STATUS),
    _setter("progress", FLOAT),
    _setter("result", STRING),
    _setter("error_info", STRINGS),
)
