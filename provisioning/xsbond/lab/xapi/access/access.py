"""Whether a session may do something (ocaml/xapi/rbac.ml)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from xsbond.lab.contracts import Failure
from xsbond.lab.pool.state import Pool
from xsbond.lab.xapi.access.roles import (
    ANY_TASK,
    GUARDED_KEYS,
    LOCAL_ROOT,
    POOL_OPERATOR,
    ROLES,
    guard_on,
    guarded_keys,
    holders,
    permission,
    role_of,
)

_CLIENT_CERTIFICATES_SINCE = (21, 2, 0)


class Guarded(Protocol):
    """A message, as far as it matters who may send it."""

    @property
    def name(self) -> str:
        """Class and message, for example Bond.create."""

    @property
    def role(self) -> str:
        """The least role that may send it, where the tables do not know its class."""


def permissions_by_role(messages: Iterable[Guarded]) -> Mapping[str, tuple[str, ...]]:
    """Return what a session of each role lists: the role's own name, then its permissions."""
    least = {permission(ANY_TASK): POOL_OPERATOR}
    for message in messages:
        least[permission(message.name)] = role_of(message.name, message.role)
        for key, role in guarded_keys(message.name).items():
            least[permission(message.name, key)] = role
    return {
        role: (role, *(name for name, needed in least.items() if _suffices(role, needed)))
        for role in ROLES
    }


def _suffices(role: str, needed: str) -> bool:
    return needed != LOCAL_ROOT and ROLES.index(role) <= ROLES.index(needed)


def refuse_message(pool: Pool, session: str, message: Guarded, arguments: Sequence[Any]) -> None:
    """Raise RBAC_PERMISSION_DENIED if the session may not send this message with this key."""
    name, role = message.name, role_of(message.name, message.role)
    keys = guarded_keys(name)
    guard = guard_on(keys, arguments[1]) if keys else None
    _demand(pool, session, permission(name, guard), keys[guard] if guard else role, name)


def refuse_any_task(pool: Pool, session: str) -> None:
    """Raise RBAC_PERMISSION_DENIED if the session may not touch the tasks of others."""
    _demand(pool, session, ANY_TASK, POOL_OPERATOR, ANY_TASK)


def refuse_task_keys(
    pool: Pool, session: str, before: Mapping[str, str], after: Mapping[str, str]
) -> None:
    """Raise the failure of replacing a task's other_config (xapi_task.ml, set_other_config).

    Entries that stay as they are need no permission.
    """
    keys = GUARDED_KEYS["task"]
    added = {key for key, value in after.items() if before.get(key) != value}
    for verb, changed in (("add_to", added), ("remove_from", before.keys() - after.keys())):
        for key in sorted(keys.keys() & changed):
            name = f"task.{verb}_other_config"
            _demand(pool, session, permission(name, key), keys[key], name)


def _demand(pool: Pool, session: str, wanted: str, role: str, name: str) -> None:
    """Local sessions and those of root may do everything."""
    if not session or not pool.database.has("session", session):
        return
    record = pool.database.get("session", session)
    if record["is_local_superuser"] or wanted in record["rbac_permissions"]:
        return
    certificates = pool.profile.knows(_CLIENT_CERTIFICATES_SINCE)
    having = ", ".join(holders(name, role, client_certificates=certificates))
    text = f"No permission in user session. (Roles with this permission: {having})"
    raise Failure("RBAC_PERMISSION_DENIED", wanted, text)
