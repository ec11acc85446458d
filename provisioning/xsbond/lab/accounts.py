"""Users besides root, as external authentication knows them (ocaml/auth, xapi_session.ml).

The lab's are Unix accounts behind xapi's PAM plug-in: a subject identifier is `u` and the uid.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xsbond.lab.blueprint import AccountBlueprint
from xsbond.lab.values import new_ref

SUPERUSER = "root"
PLUGIN = "PAM"
"""host.external_auth_type of a pool with accounts."""
_FIRST_UID = 1000
_PASSWORD_BYTES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One user: what to log in with, and what a session shows of it."""

    name: str
    password: str
    role: str
    sid: str
    """Subject identifier."""
    subject: str
    """Reference of the subject that stands for the user in the pool."""


def draw_password() -> str:
    """Return a password nobody has seen before."""
    return secrets.token_urlsafe(_PASSWORD_BYTES)


def accounts_of(blueprints: Sequence[AccountBlueprint]) -> Mapping[str, Account]:
    """Return name -> account, with a password drawn where the blueprint has none."""
    return {
        each.name: Account(
            name=each.name,
            password=each.password or draw_password(),
            role=each.role,
            sid=f"u{uid}",
            subject=new_ref(),
        )
        for uid, each in enumerate(blueprints, _FIRST_UID)
    }
