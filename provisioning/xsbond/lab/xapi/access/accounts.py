"""Users besides root, as external authentication knows them (ocaml/auth, xapi_session.ml).

The lab's are Unix accounts behind xapi's PAM plug-in: a subject identifier is `u` and the uid.
"""

import secrets
from collections.abc import Mapping, Sequence

from xsbond.lab.blueprint import AccountBlueprint
from xsbond.lab.pool.state import Account
from xsbond.lab.pool.values import new_ref

SUPERUSER = "root"
PLUGIN = "PAM"
"""host.external_auth_type of a pool with accounts."""
_FIRST_UID = 1000
_PASSWORD_BYTES = 12


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
