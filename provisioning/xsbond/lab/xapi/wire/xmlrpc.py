"""XML-RPC as xapi speaks it (ocaml-rpc's xmlrpc.ml): a value without a type is text."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.parsers.expat import ExpatError
from xmlrpc.client import ResponseError, loads

from xsbond.lab.contracts import Failure
from xsbond.lab.pool.database import Record
from xsbond.lab.pool.values import Date, WireInt

_HEAD = '<?xml version="1.0"?><methodResponse><params><param>'
_TAIL = "</param></params></methodResponse>"
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&apos;", '"': "&quot;"}
_SPECIAL = re.compile(r"[&<>'\"\x00-\x08\x0b\x0c\x0e-\x1f]")
_NO_ELEMENTS = 3
"""Expat's code of a document that ends before it begins or before it is closed."""


class MalformedRequest(Exception):  # noqa: N818 - named after what xapi raises
    """The body cannot be read; the text is the exception xapi shows."""


def decode(body: bytes) -> tuple[str, list[Any]]:
    """Return method and parameters of a request."""
    try:
        parameters, method = loads(body, use_builtin_types=False)
    except ExpatError as error:
        place = f"{error.lineno}:{error.offset + 1}"
        raise MalformedRequest(f'Xmlm.Error({place}, "{_complaint(error, body)}")') from None
    except (ResponseError, ValueError, TypeError, LookupError) as error:
        raise MalformedRequest(f"Xmlrpc.Parse_error({type(error).__name__})") from None
    if not method:
        raise MalformedRequest('Xmlm.Error(1:1, "expected methodCall")')
    return method, list(parameters)


def _complaint(error: ExpatError, body: bytes) -> str:
    if error.code == _NO_ELEMENTS:
        return "unexpected end of input"
    return "malformed XML" if body.lstrip().startswith(b"<") else "expected root element"


def success(value: Any) -> str:
    """Return the reply to a call that succeeded."""
    return _reply(_struct({"Status": "Success", "Value": value}))


def failure(error: Failure) -> str:
    """Return the reply to a call that failed."""
    description = [error.code, *error.arguments]
    return _reply(_struct({"Status": "Failure", "ErrorDescription": description}))


def bare(value: Any) -> str:
    """Return a reply without a status, as system.listMethods has it (api_server.ml)."""
    return _reply(encode(value))


def encode(value: Any) -> str:
    """Return what stands between <value> and </value>."""
    if isinstance(value, Record):
        if value.encoded is None:
            value.encoded = _struct(value)
        return value.encoded
    return _ENCODINGS[type(value)](value)


def _reply(content: str) -> str:
    return f"{_HEAD}<value>{content}</value>{_TAIL}"


def _struct(value: Mapping[str, Any]) -> str:
    members = [
        f"<member><name>{_escaped(key)}</name><value>{encode(item)}</value></member>"
        for key, item in value.items()
    ]
    return f"<struct>{''.join(members)}</struct>"


def _array(value: list[Any]) -> str:
    items = [f"<value>{encode(item)}</value>" for item in value]
    return f"<array><data>{''.join(items)}</data></array>"


def _escaped(text: str) -> str:
    # Control characters have no place in XML 1.0, escaped or not.
    if not _SPECIAL.search(text):
        return text
    return _SPECIAL.sub(lambda match: _ENTITIES.get(match[0], ""), text)


_ENCODINGS: Mapping[type, Callable[[Any], str]] = {
    str: _escaped,
    bool: lambda value: f"<boolean>{int(value)}</boolean>",
    int: str,
    float: lambda value: f"<double>{value:.16g}</double>",
    Date: lambda value: f"<dateTime.iso8601>{value}</dateTime.iso8601>",
    WireInt: lambda value: f"<i4>{value:d}</i4>",
    list: _array,
    dict: _struct,
    type(None): lambda _: "",
}
