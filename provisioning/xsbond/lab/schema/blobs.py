"""The class blob (ocaml/idl/datamodel.ml)."""

from xsbond.lab.schema.kinds import BOOL, DATE, INT, STRING, Class, Field

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
