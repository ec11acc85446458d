"""What xapi's HTTP server answers, headers and all (ocaml/libs/http-lib/http_svr.ml); no I/O."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.profiles import CURRENT, Profile
from xsbond.lab.xapi.dispatch import EmergencyFailure
from xsbond.lab.xapi.wire import jsonrpc, xmlrpc
from xsbond.lab.xapi.wire.xmlrpc import MalformedRequest

LARGEST_REQUEST = 300 * 1024
"""Bytes (ocaml/xapi-consts/constants.ml, http_limit_max_rpc_size)."""
_LIST_METHODS = "system.listMethods"

_CROSS_ORIGIN = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Headers", "X-Requested-With"),
)
_APOLOGY = (
    "An unexpected error occurred; please wait a while and try again. If the problem persists, "
    "please contact your support representative."
)

Headers = tuple[tuple[str, str], ...]

Dispatch = Callable[[str, Sequence[Any]], Any]
"""Called with a method and its raw parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An HTTP response but for the headers every response has."""

    status: int
    reason: str
    body: bytes = b""
    content_type: str = ""
    headers: Headers = ()
    """Those that come after the common ones."""
    closes: bool = False
    """The server hangs up afterwards."""
    always_new: bool = False
    """Answered as HTTP/1.1, even to a client of HTTP/1.0."""


FORBIDDEN = Reply(
    status=403,
    reason="Forbidden",
    content_type="text/html",
    body=b"<html><body><h1>HTTP 403 forbidden</h1>Access to the requested resource is forbidden."
    b"</body></html>",
    closes=True,
    always_new=True,
)
TIMED_OUT = Reply(
    status=408,
    reason="Request Timeout",
    content_type="text/html",
    body=b"<html><body><h1>HTTP 408 request timeout</h1>Timed out waiting for the request.</body>"
    b"</html>",
    closes=True,
)
HEAD_TOO_LARGE = Reply(
    status=431,
    reason="Request Header Fields Too Large",
    content_type="text/html",
    body=b"<html><body><h1>HTTP 431 request header fields too large</h1>Exceeded the maximum "
    b"header size.</body></html>",
    closes=True,
)


def preflight(wanted: str | None) -> Reply:
    """Return the answer to a browser that asks whether it may send these headers."""
    allowed = "X-Requested-With" if wanted is None else f"{wanted}, X-Requested-With"
    return Reply(
        status=200,
        reason="OK",
        headers=(
            ("Access-Control-Allow-Origin", "*"),
            ("Access-Control-Allow-Headers", allowed),
            ("Access-Control-Allow-Methods", "PUT"),
        ),
    )


def not_implemented(method: str) -> Reply:
    """Return the answer to an HTTP method nobody implements."""
    text = (
        f"<html><body><h1>HTTP 501 Method Not Implemented</h1><p>Unknown {escape(method)} not "
        "supported.<br /></p></body></html>"
    )
    return Reply(
        status=501,
        reason="Method not implemented",
        content_type="text/html",
        body=text.encode(),
        closes=True,
    )


def internal_error(text: str) -> Reply:
    """Return the answer to what cannot be read; `text` is the exception."""
    shown = escape(text, quote=False).replace('"', "&quot;").replace("'", "&apos;")
    page = (
        f"<html><body><h1>HTTP 500 internal server error</h1>{_APOLOGY}"
        f"<h1> Additional information </h1>{shown}</body></html>"
    )
    return Reply(
        status=500,
        reason="Internal Error",
        content_type="text/html",
        body=page.encode(),
        closes=True,
    )


def answer(path: str, body: bytes, dispatch: Dispatch, profile: Profile = CURRENT) -> Reply:
    """Return the response to a POST; every path but those below the JSON one speaks XML-RPC."""
    speaks_json = path.startswith(profile.json_paths)
    speak = _answer_json if speaks_json else _answer_xml
    try:
        text, headers = speak(body, dispatch, profile)
    except MalformedRequest as error:
        return internal_error(str(error))
    except RecursionError:
        return internal_error("Stack_overflow")
    return Reply(
        status=200,
        reason="OK",
        content_type="application/json" if speaks_json else "text/xml",
        body=text.encode(),
        headers=headers,
    )


def _answer_xml(body: bytes, dispatch: Dispatch, _: Profile) -> tuple[str, Headers]:
    method, parameters = xmlrpc.decode(body)
    try:
        value = dispatch(method, parameters)
    except EmergencyFailure as failure:
        return xmlrpc.failure(failure), ()
    except Failure as failure:
        return xmlrpc.failure(failure), _CROSS_ORIGIN
    text = xmlrpc.bare(value) if method == _LIST_METHODS else xmlrpc.success(value)
    return text, _CROSS_ORIGIN


def _answer_json(body: bytes, dispatch: Dispatch, profile: Profile) -> tuple[str, Headers]:
    request = jsonrpc.decode(body, json_2=profile.json_2)
    try:
        text = jsonrpc.success(request, dispatch(request.method, request.parameters))
    except EmergencyFailure as failure:
        return jsonrpc.failure_before_dispatch(failure, version_2=profile.json_2_in_emergency), ()
    except Failure as failure:
        text = jsonrpc.failure(request, failure)
    return text, _CROSS_ORIGIN


def rendered(reply: Reply, *, is_old: bool, closes: bool) -> bytes:
    """Return a response as it goes to a client of HTTP/1.0 or later; `closes`: the last one."""
    version = "1.0" if is_old and not reply.always_new else "1.1"
    connection = "close" if closes or reply.closes else "keep-alive"
    common = [("connection", connection), ("cache-control", "no-cache, no-store")]
    kind = [("content-type", reply.content_type)] if reply.content_type else []
    middle = [*kind, *common] if reply.closes else [*common, *kind]
    every = [("content-length", str(len(reply.body))), *middle, *reply.headers]
    lines = [f"HTTP/{version} {reply.status} {reply.reason}", *(f"{k}: {v}" for k, v in every)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + reply.body
