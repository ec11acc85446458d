"""Requests as odd clients send them get the answers of xapi's HTTP server."""

import contextlib
import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.lab.wire.raw_http import CALL, answer, clear, everything, long_head, post, status
from tests.lab.worlds import PASSWORD, network, running
from xsbond.lab.world import World
from xsbond.lab.xapi.doors.server import ApiServers

LOGIN: dict[str, Any] = {"method": "session.login_with_password", "params": ["root", PASSWORD]}
Connect = Callable[[], socket.socket]


@pytest.fixture
def world() -> Iterator[World]:
    """The tutorial's pool."""
    with running() as world:
        yield world


@pytest.fixture
def servers(world: World) -> Iterator[ApiServers]:
    """Its servers, clear text included."""
    with ApiServers(world, http_port=0) as servers:
        yield servers


@pytest.fixture
def connect(world: World, servers: ApiServers) -> Iterator[Connect]:
    """Opens connections in clear text to the master and closes them at the end."""
    with contextlib.ExitStack() as stack:
        yield lambda: stack.enter_context(clear(world.hosts[0], servers))


def test_connection_is_kept(connect: Connect) -> None:
    """One request may follow another."""
    connection = connect()
    first = status(connection, post())
    assert [first, status(connection, post())] == ["HTTP/1.1 200 OK"] * 2


def test_requests_may_come_in_one_piece(connect: Connect) -> None:
    """What is left of the first is the second."""
    connection = connect()
    connection.sendall(post() + post(path="/jsonrpc"))
    heads = [answer(connection).partition("\n")[0] for _ in range(2)]
    assert heads == ["HTTP/1.1 200 OK", "HTTP/1.1 500 Internal Error"]


def test_connection_of_http_1_0_may_be_kept(connect: Connect) -> None:
    """If the client says so."""
    connection = connect()
    connection.sendall(post(CALL, "/", "Connection: keep-alive", protocol="HTTP/1.0"))
    assert "\nconnection: keep-alive\n" in answer(connection)


def test_connection_ends_when_the_client_says_so(connect: Connect) -> None:
    """After the answer."""
    connection = connect()
    connection.sendall(post(CALL, "/", "Connection: close"))
    assert everything(connection).startswith("HTTP/1.1 200 OK\r\n")


def test_nobody_says_continue(connect: Connect) -> None:
    """The header means nothing to xapi: the first answer is the last."""
    connection = connect()
    assert status(connection, post(CALL, "/", "Expect: 100-continue")) == "HTTP/1.1 200 OK"


@pytest.mark.parametrize(
    ("request_head", "complaint"),
    [
        ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked", "We require a content-length"),
        ("POST / HTTP/1.1", "We require a content-length: HTTP header"),
        ("POST / HTTP/1.1\r\nContent-Length: many", "Failure(&quot;Int64.of_string&quot;)"),
        ("POST / HTTP/1.1\r\nContent-Length: -1", "Invalid_argument(&quot;Bytes.create&quot;)"),
        ("POST / HTTP/1.1\r\nContent-Length: 307201", "Client_requested_size_over_limit"),
        ("POST /", "The HTTP headers could not be parsed."),
        ("POST / or so HTTP/1.1", "The HTTP headers could not be parsed."),
        ("POST / 1", "Invalid_argument(&quot;String.sub / Bytes.sub&quot;)"),
    ],
    ids=[
        "chunked",
        "no length",
        "length that is no number",
        "negative length",
        "too long",
        "no protocol",
        "too many words",
        "strange protocol",
    ],
)
def test_request_xapi_cannot_read_is_an_internal_error(
    request_head: str, complaint: str, connect: Connect
) -> None:
    """And the last one of the connection."""
    connection = connect()
    connection.sendall(request_head.encode() + b"\r\n\r\n")
    text = everything(connection)
    assert (text[:34], complaint in text) == ("HTTP/1.1 500 Internal Error\r\nconte", True)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("GET", "403 Forbidden"),
        ("PUT", "403 Forbidden"),
        ("CONNECT", "403 Forbidden"),
        ("HEAD", "501 Method not implemented"),
        ("DELETE", "501 Method not implemented"),
        ("PATCH", "501 Method not implemented"),
        ("OPTIONS", "200 OK"),
    ],
)
def test_method_has_its_answer(method: str, expected: str, connect: Connect) -> None:
    """Calls are sent by POST alone."""
    found = status(connect(), f"{method} /any/path HTTP/1.1\r\n\r\n".encode())
    assert found == f"HTTP/1.1 {expected}"


def test_refusal_is_not_in_the_version_of_an_old_client(connect: Connect) -> None:
    """Where xapi has no handler it does not look at the request (default_callback)."""
    assert status(connect(), b"GET / HTTP/1.0\r\n\r\n") == "HTTP/1.1 403 Forbidden"


def test_preflight_allows_what_the_browser_asks_for(connect: Connect) -> None:
    """And one header more."""
    connection = connect()
    lines = b"OPTIONS / HTTP/1.1\r\nAccess-Control-Request-Headers: x-a, x-b\r\n\r\n"
    connection.sendall(lines)
    assert "\nAccess-Control-Allow-Headers: x-a, x-b, X-Requested-With\n" in answer(connection)


@pytest.mark.parametrize("path", ["/jsonrpc", "/jsonrpc/more", "/jsonrpc?query", "/json%72pc"])
def test_path_below_jsonrpc_speaks_json(path: str, connect: Connect) -> None:
    """The longest beginning xapi knows counts."""
    connection = connect()
    body = json.dumps(LOGIN | {"id": 1}).encode()
    connection.sendall(post(body, path))
    assert "\ncontent-type: application/json\n" in answer(connection)


@pytest.mark.parametrize("path", ["/", "/RPC2", "/json", "/any/thing", "http://host/RPC2"])
def test_other_paths_speak_xml(path: str, connect: Connect) -> None:
    """All of them."""
    assert status(connect(), post(CALL, path)) == "HTTP/1.1 200 OK"


def test_path_of_no_handler_is_forbidden(connect: Connect) -> None:
    """What does not begin with a slash begins with nothing xapi knows."""
    assert status(connect(), post(CALL, "*")) == "HTTP/1.1 403 Forbidden"


def test_header_of_the_request_is_in_the_task(world: World, connect: Connect) -> None:
    """x-http-other-config-NAME."""
    connection = connect()
    session = world.dispatcher.call(world.hosts[0], LOGIN["method"], LOGIN["params"])
    params = [session, network(world, "xenbr3"), [], ""]
    body = json.dumps({"method": "Async.Bond.create", "params": params, "id": 1}).encode()
    connection.sendall(post(body, "/jsonrpc", "X-HTTP-Other-Config-Who: me"))
    answer(connection)
    with world.lock:
        (task,) = world.database.refs("task")
        assert world.database.get("task", task)["other_config"] == {"http:who": "me"}


def test_head_of_more_than_a_kibibyte_is_refused(connect: Connect) -> None:
    """No larger one is read (xapi_globs.ml, max_header_length_tcp)."""
    assert status(connect(), long_head(1025)) == "HTTP/1.1 431 Request Header Fields Too Large"


def test_head_of_a_kibibyte_is_read(connect: Connect) -> None:
    """The limit itself is allowed."""
    assert status(connect(), long_head(1024)) == "HTTP/1.1 500 Internal Error"


def test_call_nested_beyond_measure_is_an_internal_error(connect: Connect) -> None:
    """And hinders nobody."""
    connection = connect()
    assert status(connection, post(b"[" * 200_000, "/jsonrpc")) == "HTTP/1.1 500 Internal Error"
