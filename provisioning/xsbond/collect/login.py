"""Logging in at the pool master, from whichever host of the pool is named."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import XenAPI

from xsbond.collect.address import Credentials, PoolAddress
from xsbond.collect.translation import asked
from xsbond.collect.wire.bounded import Limits
from xsbond.collect.wire.tls import PinnedTransport, TlsTrust
from xsbond.collect.xapi import Login, PoolApi
from xsbond.errors import CallRefused, PoolError

_MOST_REDIRECTS = 3
"""A member names the master at once; the others are for a master that changes meanwhile."""
_ADDRESS = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,254}|[0-9A-Fa-f:.]{2,45}(%[0-9A-Za-z._-]+)?")
"""What HOST_IS_SLAVE may name: a host name, an IPv4 or an IPv6 address."""
ORIGINATOR = "pytest-xsbond"


def connect(
    address: PoolAddress,
    credentials: Credentials,
    trust_of: Callable[[str], TlsTrust],
    limits: Limits | None = None,
) -> PoolApi:
    """Log in at the pool master, following HOST_IS_SLAVE from a member.

    `trust_of` returns how the XAPI of a host, given by address, proves itself; it is asked for each
    host anew, before the password is sent there. Raises PoolError.
    """

    def log_in(at: PoolAddress) -> Login:
        return _at_master(at, credentials, trust_of, limits or Limits())

    return PoolApi(*log_in(address), log_in)


def _at_master(
    address: PoolAddress,
    credentials: Credentials,
    trust_of: Callable[[str], TlsTrust],
    limits: Limits,
) -> Login:
    seen: list[str] = []
    while True:
        seen.append(address.host)
        transport = PinnedTransport(trust_of(address.host), limits)
        session = XenAPI.Session(address.url, transport=transport)
        try:
            _log_in(address.host, session, credentials)
        except CallRefused as refusal:
            transport.close()
            if refusal.code != "HOST_IS_SLAVE" or len(seen) > _MOST_REDIRECTS:
                raise
            address = _master(refusal, address.port, seen)
        except BaseException:
            transport.close()
            raise
        else:
            return address, session, transport


def _log_in(host: str, session: Any, credentials: Credentials) -> None:
    login = session.login_with_password
    # xmlrpc sends plain text only, no subclass of it; the frames that see it do not survive.
    asked(
        host,
        "login",
        lambda: login(credentials.username, str(credentials.password), "1.0", ORIGINATOR),
        credentials.password,
    )
    if not isinstance(vars(session)["_session"], str):
        raise PoolError(host, "login", "it does not speak XAPI (no session reference)")


def _master(refusal: CallRefused, port: int, seen: Sequence[str]) -> PoolAddress:
    """Return where HOST_IS_SLAVE sends a client; the refusal itself if that leads nowhere new."""
    named = refusal.arguments[0] if refusal.arguments else ""
    if not _ADDRESS.fullmatch(named) or named in seen:
        raise refusal
    return PoolAddress(host=named, port=port)
