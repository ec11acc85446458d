"""The messages of class task (ocaml/xapi/xapi_task.ml).

Everybody may do these to the tasks of one's own user, a pool operator to those of others.
"""

from collections.abc import Callable
from typing import Any

from xsbond.lab.pool import tasks
from xsbond.lab.pool.schema.kinds import FLOAT, MAP, REF, STRING, STRINGS, Kind, enum
from xsbond.lab.pool.values import new_uuid
from xsbond.lab.xapi.access import access
from xsbond.lab.xapi.calls.maps import adding, removing
from xsbond.lab.xapi.messages import Call, Message, Parameter

_SELF = Parameter("self", REF)
_KEY = Parameter("key", STRING)
_STATUS = enum("pending", "success", "failure", "cancelling", "cancelled")


def _create(call: Call, label: str, description: str) -> str:
    return tasks.begin_task(
        call.pool, label, call.host, description=description, session=call.session
    )


def _of_own(body: Callable[..., None]) -> Callable[..., None]:
    """Let a body have one's own tasks only (taskHelper.ml, assert_op_valid)."""

    def guarded(call: Call, task: str, *arguments: Any) -> None:
        if call.session and not _is_own(call, task):
            access.refuse_any_task(call.pool, call.session)
        body(call, task, *arguments)

    return guarded


def _is_own(call: Call, task: str) -> bool:
    """Tell whether the task's session, still there, is the same user's."""
    database = call.pool.database
    if not database.has("task", task):
        return False
    sessions = (database.row("task", task).stored["session"], call.session)
    if not all(database.has("session", session) for session in sessions):
        return False
    theirs, ours = (database.get("session", session)["auth_user_sid"] for session in sessions)
    return bool(theirs == ours)


def _destroy(call: Call, task: str) -> None:
    tasks.destroy_task(call.pool, task)


def _cancel(call: Call, task: str) -> None:
    """Leave the wish in the record; no Bond or network operation looks at it."""
    wish = {f"DummyRef:|{new_uuid()}|task.cancel": "cancel"}
    call.pool.database.set("task", task, current_operations=wish)


def _setter(field: str, kind: Kind) -> Message:
    def body(call: Call, task: str, value: Any) -> None:
        call.pool.database.set("task", task, **{field: value})

    parameters = (_SELF, Parameter("value", kind))
    return Message(name=f"task.set_{field}", parameters=parameters, body=_of_own(body))


def _set_other_config(call: Call, task: str, value: dict[str, str]) -> None:
    before = call.pool.database.get("task", task)["other_config"]
    access.refuse_task_keys(call.pool, call.session, before, value)
    call.pool.database.set("task", task, other_config=value)


MESSAGES = (
    Message(
        name="task.create",
        parameters=(Parameter("label", STRING), Parameter("description", STRING)),
        body=_create,
    ),
    Message(name="task.destroy", parameters=(_SELF,), body=_of_own(_destroy)),
    Message(name="task.cancel", parameters=(Parameter("task", REF),), body=_of_own(_cancel)),
    _setter("status", _STATUS),
    _setter("progress", FLOAT),
    _setter("result", STRING),
    _setter("error_info", STRINGS),
    Message(
        name="task.set_other_config",
        parameters=(_SELF, Parameter("value", MAP)),
        body=_of_own(_set_other_config),
    ),
    Message(
        name="task.add_to_other_config",
        parameters=(_SELF, _KEY, Parameter("value", STRING)),
        body=_of_own(adding("task", "other_config")),
    ),
    Message(
        name="task.remove_from_other_config",
        parameters=(_SELF, _KEY),
        body=_of_own(removing("task", "other_config")),
    ),
)
