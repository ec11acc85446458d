"""What xapi's HTTP server answers, headers and all (ocaml/libs/http-lib/http_svr.ml); no I/O."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.dispatch import EmergencyFailure
from xsbond.lab.wire import jsonrpc, xmlrpc
from xsbond.lab.wire.xmlrpc import MalformedRequest

LARGEST_REQUEST = 300 * 1024
"""Bytes (ocaml/xapi-consts/constants.ml, http_limit_max_rpc_size)."""
_JSON_PATH = "/jsonrpc"
_LIST_METHODS = "system.listMethods"

_CROSS_ORIGIN = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Headers", "X-Requested-With"),
)
_APOLOGY = (
    "An unexpected error occurred; please wait a while and try again. If the problem persists, "
    "please contact your support representative."
)

Dispatch = Callable[[str, Sequence[Any]], Any]
"""Called with a method and its raw parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An HTTP response but for the headers every response has."""

    status: int
    reason: str
    body: bytes = b""
    content_type: str = ""
    headers: tuple[tuple[str, str], ...] = field(default=())
    """Those that come after the common ones."""
    closes: bool = False
    """The server hangs up afterwards."""


FORBIDDEN = Reply(
    status=403,
    reason="Forbidden",
    content_type="text/html",
    body=b"<html><body><h1>HTTP 403 forbidden</h1>Access to the requested resource is forbidden."
    b"</body></html>",
    closes=True,
)
PREFLIGHT = Reply(
    status=200,
    reason="OK",
    headers=(*_CROSS_ORIGIN, ("Access-Control-Allow-Methods", "PUT")),
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


def answer(path: str, body: bytes, dispatch: Dispatch) -> Reply:
    """Return the response to a POST; every path but one speaks XML-RPC."""
    if len(body) > LARGEST_REQUEST:
        return internal_error("Http_svr.Client_requested_size_over_limit")
    try:
        if path.partition("?")[0] == _JSON_PATH:
            return _rpc("application/json", _answer_json(body, dispatch))
        return _rpc("text/xml", _answer_xml(body, dispatch))
    except MalformedRequest as error:
        return internal_error(str(error))


def _answer_xml(body: bytes, dispatch: Dispatch) -> str:
    method, parameters = xmlrpc.decode(body)
    try:
        value = dispatch(method, parameters)
    except Failure as failure:
        return xmlrpc.failure(failure)
    return xmlrpc.bare(value) if method == _LIST_METHODS else xmlrpc.success(value)


def _answer_json(body: bytes, dispatch: Dispatch) -> str:
    request = jsonrpc.decode(body)
    try:
        return jsonrpc.success(request, dispatch(request.method, request.parameters))
    except EmergencyFailure as failure:
        return jsonrpc.failure_before_dispatch(failure)
    except Failure as failure:
        return jsonrpc.failure(request, failure)


def _rpc(content_type: str, text: str) -> Reply:
    return Reply(
        status=200,
        reason="OK",
        content_type=content_type,
        body=text.encode(),
        headers=_CROSS_ORIGIN,
    )
