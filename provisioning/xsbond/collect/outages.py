"""Telling what passes from what does not, and what was refused from what may have been done.

A run that changes a pool outlives a restart of the pool master: what it asks is asked again until
its time is over. What it changes is never sent twice, so an answer that is lost is looked for.
"""

import http.client
import socket

import XenAPI

from xsbond.errors import CallRefused, PoolError

STARTING = frozenset({"HOST_STILL_BOOTING", "HOST_HAS_NO_MANAGEMENT_IP"})
"""Codes of a xapi that answers before its start is over (xapi.ml, server_init)."""
MOVED = "HOST_IS_SLAVE"
"""What the old pool master answers once another host has its place."""


def is_transient(error: Exception) -> bool:
    """Tell a kept connection that had gone stale from a refusal; it is worth another try."""
    return type(error) is PoolError and isinstance(
        error.__cause__, ConnectionError | http.client.HTTPException
    )


def is_outage(error: Exception) -> bool:
    """Tell what is over once the pool master has started, or is heard again."""
    if isinstance(error, CallRefused):
        return error.code in STARTING
    # A TrustError is a PoolError of a type of its own: time does not mend it.
    if isinstance(error.__cause__, XenAPI.Failure):
        return error.__cause__.details[0] in STARTING
    return type(error) is PoolError and isinstance(
        error.__cause__, OSError | http.client.HTTPException
    )


def may_have_been_done(error: Exception) -> bool:
    """Tell whether a change that failed like this may have been made all the same."""
    never_left = isinstance(error.__cause__, ConnectionRefusedError | socket.gaierror)
    return type(error) is PoolError and not never_left
