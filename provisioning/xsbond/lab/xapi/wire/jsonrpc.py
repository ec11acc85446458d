"""JSON-RPC 1.0 and 2.0 as xapi speaks them (ocaml-rpc's jsonrpc.ml, xapi's api_server.ml)."""

import json
from dataclasses import dataclass
from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.xapi.wire.xmlrpc import MalformedRequest
from xsbond.lab.xapi.wire.yojson import JsonError, read_json

_ERROR_CODE = 1
"""The same for every failure."""
_NO_ID = 0
"""Of replies that do not repeat the request's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call."""

    method: str
    parameters: list[Any]
    id: str | int
    version_2: bool


def decode(body: bytes, *, json_2: bool = True) -> Request:
    """Return the request; MalformedRequest if it is none.

    Without `json_2` only version 1.0 is known, whose replies all had the same id.
    """
    call = _parsed(body)
    if not isinstance(call, dict):
        raise _malformed("Invalid request body")
    version_2 = json_2 and call.get("jsonrpc") == "2.0"
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
    return Request(
        method=call["method"],
        parameters=parameters,
        id=identity if json_2 else _NO_ID,
        version_2=version_2,
    )


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


def failure_before_dispatch(error: Failure, *, version_2: bool = True) -> str:
    """Return the reply of a xapi without a database: an array and id 0, whatever was asked."""
    description = [error.code, *error.arguments]
    if version_2:
        return _text({"jsonrpc": "2.0", "error": description, "id": _NO_ID})
    return _text({"result": None, "error": description, "id": _NO_ID})


def _text(reply: dict[str, Any]) -> str:
    return json.dumps(reply, ensure_ascii=False, separators=(",", ":"))


def _malformed(text: str) -> MalformedRequest:
    return MalformedRequest(f'Jsonrpc.Malformed_method_request("{text}")')


def _parsed(body: bytes) -> Any:
    """Return what stands in the body; what is no JSON may still be some to xapi."""
    try:
        return json.loads(body)
    except ValueError:
        try:
            return read_json(body.decode("utf-8", "replace"))
        except JsonError as error:
            shown = str(error).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            raise MalformedRequest(f'Yojson__Common.Json_error("{shown}")') from None
