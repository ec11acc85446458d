"""The messages of class session (ocaml/xapi/xapi_session.ml, xapi_local_session.ml)."""

from typing import Any, NoReturn

from xsbond.lab.contracts import Failure
from xsbond.lab.pool.schema.kinds import REF, STRING
from xsbond.lab.pool.values import new_ref
from xsbond.lab.xapi.access.accounts import SUPERUSER
from xsbond.lab.xapi.access.sessions import forget_session, has_session, open_session
from xsbond.lab.xapi.messages import Call, Message, Parameter

_CREDENTIALS = (Parameter("uname", STRING), Parameter("pwd", STRING))
_SECRET = Parameter("psecret", STRING)
_REFUSED = "Authentication failure"
"""PAM's words."""
_NOT_A_DATABASE = 'Xmlm.Error(1:1, "expected root element")'


def _refuse_member(call: Call) -> None:
    """A member says where the master is, as it knows from its pool.conf."""
    if call.received_by.role == "member":
        raise Failure("HOST_IS_SLAVE", call.received_by.master_address)


def _login(call: Call, uname: str, pwd: str, _version: str, originator: str) -> str:
    """A member says where the master is before it looks at the password."""
    _refuse_member(call)
    who = _root(uname) if _is_root(call, uname, pwd) else _user(call, uname, pwd)
    return open_session(call.pool, call.host, originator=originator, **who)


def _is_root(call: Call, uname: str, pwd: str) -> bool:
    return (uname, pwd) == (SUPERUSER, call.pool.password)


def _root(uname: str) -> dict[str, Any]:
    return {"is_local_superuser": True, "auth_user_name": uname}


def _user(call: Call, uname: str, pwd: str) -> dict[str, Any]:
    """Return what a session shows of a user; Failure SESSION_AUTHENTICATION_FAILED."""
    account = call.pool.accounts.get(uname)
    if account is None or account.password != pwd:
        _refuse(call, uname)
    return {
        "subject": account.subject,
        "auth_user_sid": account.sid,
        "auth_user_name": account.name,
        "rbac_permissions": list(call.pool.permissions[account.role]),
    }


def _refuse(call: Call, uname: str) -> NoReturn:
    """Let them wait, so that nobody tries passwords by the thousand."""
    call.pool.pause(call.pool.delays.login_refusal)
    raise Failure("SESSION_AUTHENTICATION_FAILED", uname, _REFUSED)


def _slave_login(call: Call, host: str, psecret: str) -> str:
    """A host of the pool logs in at the master."""
    _refuse_wrong_secret(call, host, psecret)
    return open_session(
        call.pool,
        call.host,
        this_host=host,
        pool=True,
        is_local_superuser=True,
        auth_user_name=host,
    )


def _slave_local_login(call: Call, psecret: str) -> str:
    _refuse_wrong_secret(call, "localhost", psecret)
    return _local_session(call)


def _refuse_wrong_secret(call: Call, who: str, psecret: str) -> None:
    if psecret != call.pool.secret:
        raise Failure("SESSION_AUTHENTICATION_FAILED", who, "Pool credentials invalid")


def _local_login(call: Call, uname: str, pwd: str) -> str:
    """Only root may, whatever the other accounts are."""
    if not _is_root(call, uname, pwd):
        _refuse(call, uname)
    return _local_session(call)


def _local_session(call: Call) -> str:
    session = new_ref()
    call.received_by.local_sessions.add(session)
    return session


def _logout(call: Call) -> None:
    if has_session(call.pool, call.session):
        forget_session(call.pool, call.session)


def _local_logout(call: Call) -> None:
    call.received_by.local_sessions.discard(call.session)


def _change_password(call: Call, _old: str, new: str) -> None:
    """Root's, for the whole pool; the old one is not looked at."""
    if not new:
        raise Failure("CHANGE_PASSWORD_REJECTED", "Authentication token manipulation error")
    call.pool.password = new
    for tell in call.pool.on_password:
        tell(new)


def _create_from_db_file(call: Call, filename: str) -> str:
    """Refuse any file: no dom0 of the lab has a dump of a database."""
    try:
        call.host.backend.read_file(filename)
    except (FileNotFoundError, IsADirectoryError):
        text = f"{filename}: No such file or directory"
        raise Failure("INTERNAL_ERROR", f'Sys_error("{text}")') from None
    raise Failure("INTERNAL_ERROR", _NOT_A_DATABASE)


def _subject_identifiers(call: Call) -> list[str]:
    database = call.pool.database
    records = [database.get("session", ref) for ref in database.refs("session")]
    found = [each["auth_user_sid"] for each in records if not each["is_local_superuser"]]
    return list(dict.fromkeys(found))


def _logout_subject_identifier(call: Call, sid: str) -> None:
    """Root's sessions stay, and the caller's own."""
    database = call.pool.database
    for ref in database.where("session", auth_user_sid=sid, is_local_superuser=False):
        if ref != call.session:
            forget_session(call.pool, ref)


MESSAGES = (
    Message(
        name="session.login_with_password",
        parameters=(
            *_CREDENTIALS,
            Parameter("version", STRING, "1.1"),
            Parameter("originator", STRING, ""),
        ),
        body=_login,
        needs_session=False,
        on_member=True,
    ),
    Message(name="session.logout", parameters=(), body=_logout),
    Message(
        name="session.slave_login",
        parameters=(Parameter("host", REF), _SECRET),
        body=_slave_login,
        needs_session=False,
        on_member=True,
    ),
    Message(
        name="session.slave_local_login",
        parameters=(_SECRET,),
        body=_slave_local_login,
        needs_session=False,
        on_member=True,
        in_emergency=True,
    ),
    Message(
        name="session.slave_local_login_with_password",
        parameters=_CREDENTIALS,
        body=_local_login,
        needs_session=False,
        on_member=True,
        in_emergency=True,
    ),
    Message(
        name="session.local_logout",
        parameters=(),
        body=_local_logout,
        on_member=True,
        in_emergency=True,
    ),
    Message(
        name="session.change_password",
        parameters=(Parameter("old_pwd", STRING), Parameter("new_pwd", STRING)),
        body=_change_password,
    ),
    Message(
        name="session.create_from_db_file",
        parameters=(Parameter("filename", STRING),),
        body=_create_from_db_file,
    ),
    Message(
        name="session.get_all_subject_identifiers",
        parameters=(),
        body=_subject_identifiers,
    ),
    Message(
        name="session.logout_subject_identifier",
        parameters=(Parameter("subject_identifier", STRING),),
        body=_logout_subject_identifier,
    ),
)
