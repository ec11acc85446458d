"""What XenAPI and the libraries under it raise, in the words of this product, without secrets."""

import contextlib
import http.client
import socket
import ssl
import xmlrpc.client
from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import Any
from xml.parsers.expat import ExpatError

import XenAPI

from xsbond.collect.secret import bare, without
from xsbond.collect.wire.bounded import Excess
from xsbond.errors import CallRefused, PoolError, UnexpectedOutput, XsbondError

_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "no such host name"),
    (TimeoutError, "no answer in time"),
    (ConnectionRefusedError, "nothing listens there"),
    (ssl.SSLCertVerificationError, "its certificate is not trusted"),
    (ssl.SSLError, "no TLS connection"),
    (http.client.HTTPException, "no answer to the call"),
    (ConnectionError, "the connection broke"),
    (OSError, "not reachable"),
    (ExpatError, "it does not speak XML-RPC"),
    (Excess, "it answers without measure"),
    (xmlrpc.client.Error, "it does not speak XAPI"),
    (Exception, "its answer cannot be read"),
)
"""What the libraries raise -> what it means to a person; the first match counts."""

_LOGIN_REFUSALS = MappingProxyType(
    {
        "SESSION_AUTHENTICATION_FAILED": "user name or password is wrong",
        "SESSION_AUTHORIZATION_FAILED": "this user has no role in the pool",
        "HOST_STILL_BOOTING": "xapi is still starting; try again in a minute",
        "HOST_HAS_NO_MANAGEMENT_IP": "xapi is still starting; it has no management IP yet",
    }
)


def asked(host: str, call: str, ask: Callable[[], Any], secret: str) -> Any:
    """Return what the library answers, or raise an error of this product for what it raises.

    No frame of the library survives, and no text with `secret` in it.
    """
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 - a hostile answer raises anything
        meaning, cause = _meaning(host, call, error, secret), bare(error)
    except KeyboardInterrupt:
        meaning, cause = KeyboardInterrupt(), None
    raise meaning from cause


def _meaning(host: str, call: str, error: Exception, secret: str) -> BaseException:
    """Return what an exception of the libraries means to a person."""
    if isinstance(error, XsbondError):
        return error
    if isinstance(error, XenAPI.Failure):
        error.details = [without(each, secret) for each in details_of(error.details)]
        error.args = (error.details,)
        code, *arguments = error.details
        if call == "login" and code in _LOGIN_REFUSALS:
            # The arguments hold the user name and PAM's text, nothing a person needs.
            return PoolError(host, call, f"{_LOGIN_REFUSALS[code]} ({code})")
        return CallRefused(host, call, code, tuple(arguments))
    reason = next(text for kind, text in _REASONS if isinstance(error, kind))
    detail = str(error) if isinstance(error, Excess) else type(error).__name__
    return PoolError(host, call, f"{reason} ({detail})")


def details_of(given: Any) -> list[str]:
    """Return an ErrorDescription as XAPI promises it: a code and its arguments, all texts."""
    found = given if isinstance(given, list) and given else ["UNKNOWN"]
    return [str(each)[:_LONGEST_DETAIL] for each in found[:_MOST_DETAILS]]


_LONGEST_DETAIL, _MOST_DETAILS = 500, 10
"""Characters and pieces of a failure that are told; xapi's own have no more."""


@contextlib.contextmanager
def shaped(source: str, answer: Any) -> Iterator[None]:
    """Turn the stumbling over an answer of another shape into UnexpectedOutput."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        reason = f"it has another shape ({type(error).__name__}: {error})"
        raise UnexpectedOutput(source, str(answer), reason) from error
