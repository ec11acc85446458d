"""JSON-RPC 1.0 and 2.0 as xapi speaks them (ocaml-rpc's jsonrpc.ml, xapi's api_server.ml)."""

import json
from dataclasses import dataclass
from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.wire.xmlrpc import MalformedRequest

_ERROR_CODE = 1
"""The same for every failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call."""

    method: str
    parameters: list[Any]
    id: str | int
    version_2: bool


def decode(body: bytes) -> Request:
    """Return the request; MalformedRequest if it is none."""
    try:
        call = json.loads(body)
    except ValueError as error:
        raise MalformedRequest(f'Yojson__Common.Json_error("{_reason(error)}")') from None
    if not isinstance(call, dict):
        raise _malformed("Invalid request body")
    version_2 = call.get("jsonrpc") == "2.0"
    parameters = call.get("params", [] if version_2 else None)
    if not isinstance(call.get("method"), str):
        raise _malformed("Invalid field 'method' in request body")
    if parameters is None:
        raise _malformed("Required field params is missing")
    identity = call.get("id")
    if not isinstance(identity, str | int) or isinstance(identity, bool):
        raise _malformed("Invalid field 'id' in request body")
    if not isinstance(parameters, list):
        raise _malformed("Invalid field 'params' in request body")
    return Request(method=call["method"], parameters=parameters, id=identity, version_2=version_2)


def success(request: Request, value: Any) -> str:
    """Return the reply to a call that succeeded."""
    result = "" if value is None else value
    if request.version_2:
        return _text({"jsonrpc": "2.0", "result": result, "id": request.id})
    return _text({"result": result, "error": None, "id": request.id})


def failure(request: Request, error: Failure) -> str:
    """Return the reply to a call that failed."""
    if request.version_2:
        details = {"code": _ERROR_CODE, "message": error.code, "data": list(error.arguments)}
        return _text({"jsonrpc": "2.0", "error": details, "id": request.id})
    description = [error.code, *error.arguments]
    return _text({"result": None, "error": description, "id": request.id})


def failure_before_dispatch(error: Failure) -> str:
    """Return the reply of a xapi without a database: an array and id 0, whatever was asked."""
    return _text({"jsonrpc": "2.0", "error": [error.code, *error.arguments], "id": 0})


def _text(reply: dict[str, Any]) -> str:
    return json.dumps(reply, ensure_ascii=False, separators=(",", ":"))


def _malformed(text: str) -> MalformedRequest:
    return MalformedRequest(f'Jsonrpc.Malformed_method_request("{text}")')


def _reason(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"Line {error.lineno}, byte {error.colno}:\\n{error.msg}"
    return "Invalid UTF-8"
