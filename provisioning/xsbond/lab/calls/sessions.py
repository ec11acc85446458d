"""The messages of class session (ocaml/xapi/xapi_session.ml, xapi_local_session.ml)."""

from xsbond.lab.contracts import Failure
from xsbond.lab.messages import Call, Message, Parameter
from xsbond.lab.schema.kinds import STRING
from xsbond.lab.state import Host
from xsbond.lab.values import new_ref

_SUPERUSER = "root"
_POOL_CONF = "/etc/xensource/pool.conf"
_CREDENTIALS = (Parameter("uname", STRING), Parameter("pwd", STRING))


def master_address(host: Host) -> str | None:
    """Return the address of the master as a member's own pool.conf has it; None on the master."""
    role, _, address = host.backend.read_file(_POOL_CONF).strip().partition(":")
    return address if role == "slave" else None


def _login(call: Call, uname: str, pwd: str, _version: str, originator: str) -> str:
    """A member says where the master is before it looks at the password."""
    address = master_address(call.received_by)
    if address is not None:
        raise Failure("HOST_IS_SLAVE", address)
    _authenticate(call, uname, pwd)
    now = call.pool.date()
    return call.pool.database.create(
        "session",
        this_host=call.host.ref,
        last_active=now,
        validation_time=now,
        is_local_superuser=True,
        auth_user_name=uname,
        originator=originator,
    )


def _local_login(call: Call, uname: str, pwd: str) -> str:
    _authenticate(call, uname, pwd)
    session = new_ref()
    call.received_by.local_sessions.add(session)
    return session


def _authenticate(call: Call, uname: str, pwd: str) -> None:
    if (uname, pwd) != (_SUPERUSER, call.pool.password):
        call.pool.pause(call.pool.delays.login_refusal)
        raise Failure("SESSION_AUTHENTICATION_FAILED", uname, "Authentication failure")


def _logout(call: Call) -> None:
    if call.session:
        call.pool.database.destroy("session", call.session)


def _local_logout(call: Call) -> None:
    call.received_by.local_sessions.discard(call.session)


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
)
