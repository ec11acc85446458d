"""What comes and goes: tasks, sessions, messages (ocaml/idl/datamodel.ml)."""

from xsbond.lab.schema.kinds import (
    BOOL,
    DATE,
    FLOAT,
    INT,
    MAP,
    REF,
    REFS,
    STRING,
    STRINGS,
    Class,
    Field,
)

TASK = Class(
    name="task",
    by_name_label=True,
    persistent=False,
    fields=(
        Field("uuid", STRING),
        Field("name_label", STRING, column="name__label"),
        Field("name_description", STRING, column="name__description"),
        Field("allowed_operations", STRINGS),
        Field("current_operations", MAP),
        Field("created", DATE),
        Field("finished", DATE),
        Field("status", STRING, default="pending"),
        Field("session", REF, internal=True),
        Field("resident_on", REF),
        Field("progress", FLOAT),
        Field("type", STRING, default="<none/>"),
        Field("result", STRING),
        Field("error_info", STRINGS),
        Field("other_config", MAP, settable=True),
        Field("subtask_of", REF),
        Field("subtasks", REFS, back=("task", "subtask_of")),
        Field("backtrace", STRING, default="()", since=(7, 0)),
    ),
)

SESSION = Class(
    name="session",
    persistent=False,
    events=False,
    listed=False,
    fields=(
        Field("uuid", STRING),
        Field("this_host", REF),
        Field("this_user", REF),
        Field("last_active", DATE),
        Field("pool", BOOL),
        Field("other_config", MAP, settable=True),
        Field("is_local_superuser", BOOL),
        Field("subject", REF),
        Field("validation_time", DATE),
        Field("auth_user_sid", STRING),
        Field("auth_user_name", STRING),
        Field("rbac_permissions", STRINGS),
        Field("tasks", REFS, back=("task", "session")),
        Field("parent", REF),
        Field("originator", STRING, since=(6, 2)),
        Field("client_certificate", BOOL, since=(21, 2)),
    ),
)

MESSAGE = Class(
    name="message",
    getters=False,
    fields=(
        Field("uuid", STRING),
        Field("name", STRING),
        Field("priority", INT),
        Field("cls", STRING),
        Field("obj_uuid", STRING),
        Field("timestamp", DATE),
        Field("body", STRING),
    ),
)
