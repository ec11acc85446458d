"""The messages of auth, subject and user: who the pool knows (xapi_auth.ml, xapi_subject.ml).

The directory service behind them is the lab's accounts, as xapi's PAM plug-in shows them.
"""

from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.pool.schema.kinds import MAP, RECORD, REF, STRING
from xsbond.lab.pool.state import Account, Pool
from xsbond.lab.xapi.calls.fields import REQUIRED, Fields, read_fields
from xsbond.lab.xapi.calls.permissions import reference, static_roles
from xsbond.lab.xapi.messages import Call, Message, Parameter

_ADMIN = "pool-admin"
_SELF, _ROLE = Parameter("self", REF), Parameter("role", REF)
_ARGUMENTS = Parameter("args", RECORD)
_SID = Parameter("subject_identifier", STRING)
_USER: Fields = (
    ("short_name", STRING, REQUIRED),
    ("fullname", STRING, REQUIRED),
    ("other_config", MAP, {}),
)
_SUBJECT: Fields = (("subject_identifier", STRING, ""), ("other_config", MAP, {}))


_FLAGS = (
    "is-group",
    "account-disabled",
    "account-expired",
    "account-locked",
    "password-expired",
)


def information(account: Account) -> dict[str, str]:
    """Return what the directory service knows of a user (authx.ml)."""
    return {
        "subject-name": account.name,
        "subject-gecos": "",
        "subject-displayname": account.name,
        "subject-uid": account.sid,
        "subject-gid": _group_of(account),
        **{f"subject-{flag}": "false" for flag in _FLAGS},
    }


def record_subject(pool: Pool, account: Account) -> str:
    """Store the subject that stands for a user, with the user's role, and return its reference."""
    return pool.database.create(
        "subject",
        subject_identifier=account.sid,
        other_config=information(account),
        roles=[reference(account.role)],
    )


def _group_of(account: Account) -> str:
    """Every user has a group of their own, with the same number."""
    return f"g{account.sid[1:]}"


def _account(call: Call, **wanted: str) -> Account:
    """Return who has this name or identifier; a pool without accounts has no directory service."""
    if not call.pool.accounts:
        raise Failure("AUTH_IS_DISABLED")
    for account in call.pool.accounts.values():
        if all(getattr(account, key) == value for key, value in wanted.items()):
            return account
    raise Failure("SUBJECT_CANNOT_BE_RESOLVED")


def _identifier(call: Call, name: str) -> str:
    return _account(call, name=name).sid


def _information(call: Call, sid: str) -> dict[str, str]:
    return information(_account(call, sid=sid))


def _groups(call: Call, sid: str) -> list[str]:
    return [_group_of(_account(call, sid=sid))]


def _create_subject(call: Call, record: dict[str, Any]) -> str:
    """What is known of a subject comes from the directory, not from the caller."""
    sid = read_fields(record, _SUBJECT)["subject_identifier"]
    if call.pool.database.where("subject", subject_identifier=sid):
        raise Failure("SUBJECT_ALREADY_EXISTS")
    known = _information(call, sid)
    return call.pool.database.create("subject", subject_identifier=sid, other_config=known)


def _destroy_subject(call: Call, ref: str) -> None:
    call.pool.database.destroy("subject", ref)


def _add_role(call: Call, ref: str, role: str) -> None:
    if role not in static_roles(call.pool.profile):
        raise Failure("ROLE_NOT_FOUND")
    roles = call.pool.database.get("subject", ref)["roles"]
    if role in roles:
        raise Failure("ROLE_ALREADY_EXISTS")
    call.pool.database.set("subject", ref, roles=[*roles, role])


def _remove_role(call: Call, ref: str, role: str) -> None:
    roles = call.pool.database.get("subject", ref)["roles"]
    if role not in roles:
        raise Failure("ROLE_NOT_FOUND")
    kept = [each for each in roles if each != role]
    call.pool.database.set("subject", ref, roles=kept)


def _permissions(call: Call, ref: str) -> list[str]:
    known = static_roles(call.pool.profile)
    roles = call.pool.database.get("subject", ref)["roles"]
    found = (each for role in roles for each in known[role]["subroles"] or [role])
    return list(dict.fromkeys(known[each]["name_label"] for each in found))


def _create_user(call: Call, record: dict[str, Any]) -> str:
    return call.pool.database.create("user", **read_fields(record, _USER))


def _destroy_user(call: Call, ref: str) -> None:
    call.pool.database.destroy("user", ref)


MESSAGES = (
    Message(
        name="auth.get_subject_identifier",
        parameters=(Parameter("subject_name", STRING),),
        body=_identifier,
    ),
    Message(
        name="auth.get_subject_information_from_identifier", parameters=(_SID,), body=_information
    ),
    Message(name="auth.get_group_membership", parameters=(_SID,), body=_groups),
    Message(
        name="subject.create",
        parameters=(_ARGUMENTS,),
        body=_create_subject,
        has_async=True,
        role=_ADMIN,
    ),
    Message(
        name="subject.destroy",
        parameters=(_SELF,),
        body=_destroy_subject,
        has_async=True,
        role=_ADMIN,
    ),
    Message(name="subject.add_to_roles", parameters=(_SELF, _ROLE), body=_add_role, role=_ADMIN),
    Message(
        name="subject.remove_from_roles", parameters=(_SELF, _ROLE), body=_remove_role, role=_ADMIN
    ),
    Message(name="subject.get_permissions_name_label", parameters=(_SELF,), body=_permissions),
    Message(
        name="user.create",
        parameters=(_ARGUMENTS,),
        body=_create_user,
        has_async=True,
        role=_ADMIN,
    ),
    Message(
        name="user.destroy", parameters=(_SELF,), body=_destroy_user, has_async=True, role=_ADMIN
    ),
)
