"""XML-RPC answers are read as Python's own client reads them, but within limits."""

import xmlrpc.client
from typing import Any
from xml.parsers.expat import ExpatError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xsbond.collect.wire.answers import AnswerReader
from xsbond.collect.wire.bounded import Excess, Limits

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=20)
SCALARS = st.one_of(
    TEXT,
    st.booleans(),
    st.none(),
    st.integers(-(2**31), 2**31 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.just(xmlrpc.client.DateTime("20260114T09:08:07Z")),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


def read(document: str, pieces: int = 1, limits: Limits | None = None) -> object:
    """Read an answer that comes in pieces of so many bytes."""
    reader, data = AnswerReader(limits or Limits()), document.encode()
    for begin in range(0, len(data), pieces):
        reader.feed(data[begin : begin + pieces])
    return reader.values()


def answer(value: str) -> str:
    """Return an answer of one value."""
    return (
        "<?xml version='1.0'?><methodResponse><params><param>"
        f"<value>{value}</value></param></params></methodResponse>"
    )


@given(value=VALUES, pieces=st.integers(1, 50))
def test_values_are_those_of_the_standard_client(value: Any, pieces: int) -> None:
    """However the answer is cut into pieces."""
    document = xmlrpc.client.dumps((value,), methodresponse=True, allow_none=True)
    assert read(document, pieces) == xmlrpc.client.loads(document)[0]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("plain", "plain"),
        ("", ""),
        ("<string/>", ""),
        ("<i8>4294967296</i8>", 4294967296),
        ("\n  <struct>\n  </struct>\n", {}),
        ("<array><data>\n<value>a &lt;b&gt;</value></data></array>", ["a <b>"]),
    ],
    ids=["untyped", "empty", "closed", "long", "spaced", "escaped"],
)
def test_other_spellings_are_read(typed: str, value: object) -> None:
    """A value without a kind is a text; blanks around a kind mean nothing."""
    assert read(answer(typed)) == (value,)


def test_fault_is_raised() -> None:
    """With its code and text."""
    document = xmlrpc.client.dumps(xmlrpc.client.Fault(3, "no such method"))
    with pytest.raises(xmlrpc.client.Fault, match="no such method"):
        read(document)


@pytest.mark.parametrize(
    ("document", "error"),
    [
        (answer("<array><data>" * 40), Excess),
        (answer("x" * 2000), Excess),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]>" + answer("&a;"), Excess),
        (answer("<base64>eA==</base64>"), xmlrpc.client.ResponseError),
        ("<html></html>", xmlrpc.client.ResponseError),
        ("<methodResponse><params>", ExpatError),
        (answer("<struct><member><name>a</name></member></struct>"), ValueError),
    ],
    ids=["deep", "long", "doctype", "kind", "other", "cut-short", "nameless"],
)
def test_what_is_no_answer_is_refused(document: str, error: type[Exception]) -> None:
    """And what goes beyond the limits, before all of it has come."""
    with pytest.raises(error):
        read(document, 100, Limits(depth=64, text=1000))
