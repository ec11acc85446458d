"""Who may log in, and what is kept from them: user, subject, secret (ocaml/idl/datamodel.ml)."""

from xsbond.lab.schema.kinds import MAP, REFS, STRING, Class, Field

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
