"""The messages of class blob, and those of others that make one (ocaml/xapi/xapi_blob.ml)."""

from xsbond.lab.contracts import Failure
from xsbond.lab.pool.schema.kinds import BOOL, REF, STRING
from xsbond.lab.xapi.messages import Body, Call, Message, Parameter

_ROLE = "pool-operator"
_ANY_BYTES = "application/octet-stream"
_OWNERS = ("pool", "host", "network", "VM")
"""Classes of the lab that have a field `blobs`."""
_MIME, _PUBLIC = Parameter("mime_type", STRING), Parameter("public", BOOL, False)


def _create(call: Call, mime_type: str, public: bool) -> str:
    mime_type = mime_type or _ANY_BYTES
    return call.pool.database.create("blob", mime_type=mime_type, public=public)


def _destroy(call: Call, ref: str) -> None:
    call.pool.database.destroy("blob", ref)


def _create_for(one: str) -> Body:
    """Return what makes a blob and stores it under a name; a name that is taken is too late."""

    def body(call: Call, ref: str, name: str, mime_type: str, public: bool) -> str:
        blobs = call.pool.database.get(one, ref)["blobs"]
        made = _create(call, mime_type, public)
        if name in blobs:
            raise Failure("MAP_DUPLICATE_KEY", one, "blobs", ref, name)
        call.pool.database.set(one, ref, blobs=blobs | {name: made})
        return made

    return body


MESSAGES = (
    Message(name="blob.create", parameters=(_MIME, _PUBLIC), body=_create, role=_ROLE),
    Message(name="blob.destroy", parameters=(Parameter("self", REF),), body=_destroy, role=_ROLE),
    *(
        Message(
            name=f"{one}.create_new_blob",
            parameters=(Parameter("self", REF), Parameter("name", STRING), _MIME, _PUBLIC),
            body=_create_for(one),
            has_async=True,
            role=_ROLE,
        )
        for one in _OWNERS
    ),
)
