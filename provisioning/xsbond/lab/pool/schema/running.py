"""What comes and goes: tasks, messages, blobs (ocaml/idl/datamodel.ml)."""

from xsbond.lab.pool.schema.kinds import (
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

BLOB = Class(
    name="blob",
    by_name_label=True,
    fields=(
        Field("uuid", STRING),
        Field("name_label", STRING, settable=True, column="name__label"),
        Field("name_description", STRING, settable=True, column="name__description"),
        Field("size", INT),
        Field("public", BOOL, settable=True),
        Field("last_updated", DATE),
        Field("mime_type", STRING),
    ),
)
