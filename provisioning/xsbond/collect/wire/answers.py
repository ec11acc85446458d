"""XML-RPC answers become values, within the limits of size, depth and length.

The reader of xmlrpc.client knows no limits, and checks around it cost as much again as it does.
XML-RPC has no document type, so that refusing every one is all the protection against entities.
What is here reads what xapi sends (xmlrpc.com/spec, with `nil` and `i8`), and nothing else.
"""

import xmlrpc.client
from collections.abc import Callable, Mapping
from typing import Any, NoReturn
from xml.parsers import expat

from xsbond.collect.wire.bounded import Excess, Limits

_CONTAINERS = frozenset({"array", "struct"})


def _date(text: str) -> xmlrpc.client.DateTime:
    found = xmlrpc.client.DateTime()
    found.decode(text)
    return found


def _truth(text: str) -> bool:
    return {"0": False, "1": True}[text]


_SCALARS: Mapping[str, Callable[[str], object]] = {
    "string": str,
    "boolean": _truth,
    "int": int,
    "i4": int,
    "i8": int,
    "double": float,
    "dateTime.iso8601": _date,
    "nil": lambda _: None,
}
"""Kind of value -> what makes it of its text; ValueError or LookupError where it is none."""
_MARKUP = frozenset(
    {"methodResponse", "params", "param", "fault", "value", "member", "name", "data"}
)


class AnswerReader:
    """Reads one answer, piece by piece.

    Whatever leads beyond the limits, and every document type, raises Excess at once; what is no
    XML raises ExpatError, and XML that is no answer ResponseError.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits, self._depth, self._length = limits, 0, 0
        self._text: list[str] = []
        self._values: list[Any] = []
        self._begun: list[int] = []
        """How many values there were when each open container began."""
        self._told: list[bool] = []
        """Whether each open <value> has said of what kind it is; it is a text otherwise."""
        self._is_fault = False
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.StartDoctypeDeclHandler = _refuse_document_type
        self._parser = parser

    def feed(self, data: bytes) -> None:
        """Take a piece of the answer."""
        self._parser.Parse(data, False)

    def values(self) -> tuple[Any, ...]:
        """Return what was answered, once all of it was taken; Fault if that is a fault."""
        self._parser.Parse(b"", True)
        if self._begun or self._told or not self._values:
            raise xmlrpc.client.ResponseError
        if self._is_fault:
            raise xmlrpc.client.Fault(**self._values[0])
        return tuple(self._values)

    def _start(self, tag: str, _: object) -> None:
        self._depth += 1
        if self._depth > self._limits.depth:
            # Whoever compares or prints such a value recurses as deeply.
            raise Excess(f"the answer is nested more than {self._limits.depth} deep")
        self._length = 0
        self._text.clear()
        if tag == "value":
            self._told.append(False)
        elif tag in _CONTAINERS:
            self._begun.append(len(self._values))

    def _data(self, text: str) -> None:
        self._length += len(text)
        if self._length > self._limits.text:
            raise Excess(f"a value is longer than {self._limits.text // 1024} KiB")
        self._text.append(text)

    def _end(self, tag: str) -> None:
        self._depth -= 1
        if tag == "value":
            if not self._told.pop():
                self._values.append("".join(self._text))
        elif tag == "name":
            self._values.append("".join(self._text))
        elif tag in _SCALARS:
            self._keep(_SCALARS[tag]("".join(self._text)))
        elif tag in _CONTAINERS:
            self._gather(tag)
        elif tag == "fault":
            self._is_fault = True
        elif tag not in _MARKUP:
            raise xmlrpc.client.ResponseError(f"unknown type {tag[:40]!r}")
        self._text.clear()

    def _keep(self, value: object) -> None:
        """Let a value be what the <value> around it has."""
        self._told[-1] = True
        self._values.append(value)

    def _gather(self, tag: str) -> None:
        """Make a list or a dict of the values since it began."""
        begin = self._begun.pop()
        found = self._values[begin:]
        del self._values[begin:]
        if tag == "array":
            self._keep(found)
        else:
            self._keep(dict(zip(found[::2], found[1::2], strict=True)))


def _refuse_document_type(*_: object) -> NoReturn:
    raise Excess("the answer declares a document type, which may hold entities")
