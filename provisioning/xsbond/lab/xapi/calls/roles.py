"""The messages of class role (ocaml/xapi/xapi_role.ml)."""

from collections.abc import Mapping
from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.pool.schema.kinds import REF, STRING
from xsbond.lab.xapi.calls.permissions import Roles, static_roles
from xsbond.lab.xapi.messages import Body, Call, Message, Parameter

_SELF = Parameter("self", REF)
_FIELDS = ("uuid", "name_label", "name_description", "subroles", "is_internal")
_INTERNAL_SINCE = (22, 5)
_COMPOSITE, _BASIC = "subroles<>[]", "subroles=[]"
"""The expressions xapi looks for; it reads no others."""


def _roles(call: Call) -> Roles:
    return static_roles(call.pool.profile)


def _role(call: Call, ref: str) -> Mapping[str, Any]:
    try:
        return _roles(call)[ref]
    except KeyError:
        raise Failure("HANDLE_INVALID", "role", ref) from None


def _shown(call: Call, ref: str) -> dict[str, Any]:
    hidden = set() if call.pool.profile.knows(_INTERNAL_SINCE) else {"is_internal"}
    return {name: value for name, value in _role(call, ref).items() if name not in hidden}


def _getter(field: str) -> Body:
    return lambda call, ref: _role(call, ref)[field]


def _by_uuid(call: Call, uuid: str) -> str:
    for ref, role in _roles(call).items():
        if role["uuid"] == uuid:
            return ref
    raise Failure("UUID_INVALID", "role", uuid)


def _by_name_label(call: Call, label: str) -> list[str]:
    return [ref for ref, role in _roles(call).items() if role["name_label"] == label]


def _records_where(call: Call, expression: str) -> dict[str, Any]:
    found = {ref: _shown(call, ref) for ref in _roles(call)}
    if expression == _COMPOSITE:
        return {ref: role for ref, role in found.items() if role["subroles"]}
    if expression == _BASIC:
        return {ref: role for ref, role in found.items() if not role["subroles"]}
    return found


def _permissions(call: Call, ref: str) -> list[str]:
    """Return what a role consists of; a permission is itself."""
    return list(_role(call, ref)["subroles"]) or [ref]


def _labels(call: Call, ref: str) -> list[str]:
    return [_role(call, each)["name_label"] for each in _permissions(call, ref)]


def _with_permission(call: Call, wanted: str) -> list[str]:
    return [ref for ref, role in _roles(call).items() if wanted in role["subroles"]]


def _with_label(call: Call, label: str) -> list[str]:
    found = _by_name_label(call, label)
    return _with_permission(call, found[0]) if found else []


def _message(verb: str, body: Body, *parameters: Parameter) -> Message:
    return Message(name=f"role.{verb}", parameters=parameters, body=body)


MESSAGES = (
    _message("get_record", _shown, _SELF),
    _message("get_by_uuid", _by_uuid, Parameter("uuid", STRING)),
    _message("get_by_name_label", _by_name_label, Parameter("label", STRING)),
    *(_message(f"get_{field}", _getter(field), _SELF) for field in _FIELDS),
    _message("get_permissions", _permissions, _SELF),
    _message("get_permissions_name_label", _labels, _SELF),
    _message("get_by_permission", _with_permission, Parameter("permission", REF)),
    _message("get_by_permission_name_label", _with_label, Parameter("label", STRING)),
    _message("get_all", lambda call: list(_roles(call))),
    _message(
        "get_all_where",
        lambda call, expression: list(_records_where(call, expression)),
        Parameter("expr", STRING),
    ),
    _message("get_all_records_where", _records_where, Parameter("expr", STRING)),
    _message("get_all_records", lambda call: _records_where(call, "True")),
)
