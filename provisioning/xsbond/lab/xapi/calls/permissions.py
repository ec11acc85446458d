"""The roles of RBAC as objects, and every permission as one (gen_rbac.ml, xapi_role.ml).

They are not in the database: xapi makes them when it is built, from the data model, and so the
same role has the same reference in every pool.
"""

import hashlib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from xsbond.lab.profiles import Profile
from xsbond.lab.xapi.access.roles import (
    ANY_TASK,
    CLIENT_CERTIFICATE,
    LOCAL_ROOT,
    POOL_OPERATOR,
    ROLES,
    guarded_keys,
    holders,
    permission,
    role_of,
)
from xsbond.lab.xapi.api.signatures import signatures
from xsbond.lab.xapi.calls.releases import knows_message

_CLIENT_CERTIFICATES_SINCE = (21, 2)
_INTERNAL = "is_internal"
_DESCRIPTIONS: Mapping[str, str] = {
    "pool-admin": "The Pool Administrator role has full access to all features and settings,"
    " including accessing Dom0 and managing subjects, roles and external authentication",
    "pool-operator": "The Pool Operator role manages host- and pool-wide resources, including"
    " setting up storage, creating resource pools and managing patches, high availability (HA) and"
    " workload balancing (WLB)",
    "vm-power-admin": "The VM Power Administrator role has full access to VM and template"
    " management and can choose where to start VMs and use the dynamic memory control and VM"
    " snapshot features",
    "vm-admin": "The VM Administrator role can manage VMs and templates",
    "vm-operator": "The VM Operator role can use VMs and interact with VM consoles",
    "client-cert": "The role for clients that authenticate with a certificate",
    "read-only": "The Read-Only role can log in with basic read-only access",
}
_PERMISSION = "A basic permission"

Roles = Mapping[str, Mapping[str, Any]]
"""Reference -> record."""


@cache
def static_roles(profile: Profile) -> Roles:
    """Return all permissions of a release and, after them, its roles."""
    held_by = dict(_held_by(profile))
    permissions = {
        reference(name): _record(name, _PERMISSION, [], internal=True) for name in held_by
    }
    roles = {
        reference(role): _record(
            role,
            _DESCRIPTIONS[role],
            [reference(name) for name, holding in held_by.items() if role in holding],
            internal=role == CLIENT_CERTIFICATE,
        )
        for role in _named(profile)
    }
    return permissions | roles


def reference(name: str) -> str:
    """Return the reference of a role or permission: its uuid is a digest of its name."""
    return f"OpaqueRef:{_uuid(name)}"


def _uuid(name: str) -> str:
    digest = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
    return str(uuid.UUID(digest))


def _named(profile: Profile) -> Sequence[str]:
    if not profile.knows(_CLIENT_CERTIFICATES_SINCE):
        return ROLES
    return (*ROLES[:-1], CLIENT_CERTIFICATE, ROLES[-1])


def _record(name: str, description: str, subroles: list[str], *, internal: bool) -> dict[str, Any]:
    return {
        "uuid": _uuid(name),
        "name_label": permission(name),
        "name_description": description,
        "subroles": subroles,
        _INTERNAL: internal,
    }


def _held_by(profile: Profile) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield permissions, as the data model spells them, and the roles that have each."""
    certificates = profile.knows(_CLIENT_CERTIFICATES_SINCE)
    for name, least in _least(profile):
        if least != LOCAL_ROOT:
            yield name, holders(name, least, client_certificates=certificates)


def _least(profile: Profile) -> Iterator[tuple[str, str]]:
    """Yield permissions and the least role that has each."""
    for each in signatures(profile):
        if not knows_message(profile, each.name):
            continue
        yield each.name, role_of(each.name, each.role)
        for key, role in guarded_keys(each.name).items():
            yield f"{each.name}/key:{key}", role
    yield ANY_TASK, POOL_OPERATOR
