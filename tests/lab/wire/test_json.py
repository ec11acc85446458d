"""JSON-RPC as the releases speak it."""

import json
from typing import Any

import pytest

from tests.lab.wire.raw_http import CALL
from xsbond.lab.blueprint import CURRENT, XENSERVER_6_2, Profile
from xsbond.lab.contracts import Failure
from xsbond.lab.xapi.dispatch import EmergencyFailure
from xsbond.lab.xapi.wire import http
from xsbond.lab.xapi.wire.yojson import JsonError, read_json


def json_reply(profile: Profile, path: str, **call: Any) -> Any:
    """Return what a release answers to a JSON call that gives its method back."""
    body = json.dumps({"method": "m", "params": [], "id": 7} | call).encode()
    reply = http.answer(path, body, lambda method, _: method, profile)
    return json.loads(reply.body) if reply.status == 200 else reply.status


def test_json_of_6_2_is_at_its_own_path() -> None:
    """In version 1.0, whatever is asked for, and with an id of its own."""
    found = json_reply(XENSERVER_6_2, "/json", jsonrpc="2.0")
    assert found == {"result": "m", "error": None, "id": 0}


def test_later_path_of_json_begins_as_that_of_6_2_does() -> None:
    """So it is served there, too."""
    assert json_reply(XENSERVER_6_2, "/jsonrpc") == {"result": "m", "error": None, "id": 0}


def test_earlier_path_of_json_speaks_xml_later() -> None:
    """It is only another path."""
    assert json_reply(CURRENT, "/json") == 500


def test_current_release_repeats_the_id() -> None:
    """In version 2.0."""
    found = json_reply(CURRENT, "/jsonrpc", jsonrpc="2.0")
    assert found == {"jsonrpc": "2.0", "result": "m", "id": 7}


def refuse(_: str, __: Any) -> Any:
    """Answer as a xapi without a database does."""
    raise EmergencyFailure("HOST_STILL_BOOTING")


def test_emergency_of_6_2_is_in_version_1() -> None:
    """As in all releases before 2024."""
    body = json.dumps({"method": "m", "params": [], "id": 7}).encode()
    reply = http.answer("/json", body, refuse, XENSERVER_6_2)
    assert json.loads(reply.body) == {"result": None, "error": ["HOST_STILL_BOOTING"], "id": 0}


def test_emergency_is_not_shared_with_other_sites() -> None:
    """It lacks the headers browsers ask for (api_server.ml, the exception's branch)."""
    assert http.answer("/", CALL, refuse).headers == ()


def test_failure_is_shared_with_other_sites() -> None:
    """As every answer of the dispatcher."""

    def fail(_: str, __: Any) -> Any:
        raise Failure("X")

    assert http.answer("/", CALL, fail).headers[0] == ("Access-Control-Allow-Origin", "*")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "Blank input data"),
        ("{not json", "Line 1, bytes 5-9:\nExpected ':' but found 'json'"),
        ('{"a" 1}', "Line 1, bytes 5-7:\nExpected ':' but found '1}'"),
        ("[1 2]", "Line 1, bytes 3-5:\nExpected ',' or ']' but found '2]'"),
        ("\n [1", "Line 2, bytes 2-3:\nUnexpected end of input"),
        ("nothing", "Line 1, bytes 0-7:\nInvalid token 'nothing'"),
        ("{}x", "Line 1, bytes 1-3:\nJunk after end of JSON value: 'x'"),
        ('"\\x"', "Line 1, bytes 1-4:\nInvalid escape sequence '\\x\"'"),
    ],
)
def test_json_is_refused_in_the_words_of_yojson(text: str, complaint: str) -> None:
    """With the place it counts, one too low at the start."""
    with pytest.raises(JsonError) as caught:
        read_json(text)
    assert str(caught.value) == complaint


def test_json_of_yojson_is_wider_than_the_standard() -> None:
    """Comments, keys without quotes, numbers that are none."""
    text = '{a: [1, -2.5e3, "\\u0041", null], /* b */ b: {}, c: true, d: []} // end'
    assert read_json(text) == {"a": [1, -2500.0, "A", None], "b": {}, "c": True, "d": []}
