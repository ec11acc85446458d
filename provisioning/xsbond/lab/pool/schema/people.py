"""Who may log in, and what is kept from them: users, sessions, secrets (ocaml/idl/datamodel.ml)."""

from xsbond.lab.pool.schema.kinds import (
    BOOL,
    DATE,
    MAP,
    REF,
    REFS,
    STRING,
    STRINGS,
    Class,
    Field,
)

USER = Class(
    name="user",
    events=False,
    listed=False,
    fields=(
        Field("uuid", STRING),
        Field("short_name", STRING),
        Field("fullname", STRING, settable=True),
        Field("other_config", MAP, settable=True),
    ),
)

SUBJECT = Class(
    name="subject",
    fields=(
        Field("uuid", STRING),
        Field("subject_identifier", STRING),
        Field("other_config", MAP),
        Field("roles", REFS),
    ),
)

SECRET = Class(
    name="secret",
    events=False,
    fields=(
        Field("uuid", STRING),
        Field("value", STRING, settable=True),
        Field("other_config", MAP, settable=True),
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
