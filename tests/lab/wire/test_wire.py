"""Recorded HTTP requests get the recorded responses, byte for byte but for references and dates."""

import re
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.lab.worlds import PASSWORD, RECORDED, ask, new_bond, new_network, pif, running
from xsbond.lab.world import World
from xsbond.lab.xapi.doors.server import ApiServers

FILES = sorted((RECORDED / "wire").glob("*.txt"))
Exchange = Callable[[str, bytes], bytes]

_SESSION = "OpaqueRef:3f16dd15-3cd2-23f0-b28f-51d0695a4eaa"
_BOND = "OpaqueRef:f713c97b-1371-8b0c-f628-eb4a081c1fa8"
_BOND_PIF = "OpaqueRef:4f778072-89cc-4371-3ca4-a18c921ed591"
_METRICS = "OpaqueRef:c2d68d7e-dce5-6310-2c9d-7f50a833444b"
_VARYING = (
    (re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "UUID"),
    (re.compile(r"\d{8}T\d\d:\d\d:\d\dZ"), "DATE"),
    (re.compile(r"1[27][27]\.16\.0\.10"), "MASTER"),
)


def recorded(path: Path) -> tuple[str, bytes, str]:
    """Return the host asked, the request and the response of a recording."""
    text = path.read_text(encoding="utf-8")
    host = "xs-2" if text.startswith("# sent to the member") else "xs-1"
    sent, received = text.partition(">>> request\n")[2].split("\n<<< response\n")
    head, _, body = sent.partition("\n\n")
    length = int(re.findall(r"Content-Length: (\d+)", head)[0])
    return host, f"{head}\n\n".replace("\n", "\r\n").encode() + body.encode()[:length], received


def comparable(response: str) -> str:
    """Return a response with what differs from pool to pool taken out."""
    for pattern, word in _VARYING:
        response = pattern.sub(word, response)
    return response.strip()


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    """Sends a request with recorded references to a lab like the recorded pool."""
    with running() as world, ApiServers(world) as servers:
        pub = new_network(world)
        for host in world.hosts:
            new_bond(world, host, pub, "eth1", "eth5")
        references = _references(world)

        def send(name: str, request: bytes) -> bytes:
            for theirs, ours in references.items():
                request = request.replace(theirs.encode(), ours.encode())
            host = next(host for host in world.hosts if host.name == name)
            return _talk(host.address, servers.port, request)

        yield send


def _references(world: World) -> dict[str, str]:
    master = pif(world, world.hosts[0], "bond0")
    with world.lock:
        session = world.dispatcher.call(
            world.hosts[0], "session.login_with_password", ["root", PASSWORD]
        )
        (bond,) = world.database.where("Bond", master=master)
    metrics = ask(world, "PIF.get_metrics", master)
    return {_SESSION: session, _BOND: bond, _BOND_PIF: master, _METRICS: metrics}


def _talk(address: str, port: int, request: bytes) -> bytes:
    """Return everything that comes back until the answer is complete."""
    context = ssl._create_unverified_context()  # noqa: S323 - other tests look at certificates
    with (
        socket.create_connection((address, port), timeout=10) as plain,
        context.wrap_socket(plain) as secure,
    ):
        secure.sendall(request)
        received = b""
        while not _is_complete(received):
            received += secure.recv(65536)
        return received


def _is_complete(received: bytes) -> bool:
    head, separator, body = received.partition(b"\r\n\r\n")
    lengths = re.findall(rb"content-length: (\d+)", head)
    return bool(separator) and len(body) >= int(lengths[0])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_response_is_the_recorded_one(path: Path, exchange: Exchange) -> None:
    """Status line, headers in their order and body are those of xapi 26.17."""
    host, request, expected = recorded(path)
    response = exchange(host, request).decode().replace("\r\n", "\n")
    assert comparable(response) == comparable(expected)


def test_request_of_more_than_300_kib_is_refused(exchange: Exchange) -> None:
    """No larger body is read (constants.ml, http_limit_max_rpc_size)."""
    request = b"POST / HTTP/1.1\r\nContent-Length: 307201\r\n\r\n"
    assert exchange("xs-1", request).startswith(b"HTTP/1.1 500 Internal Error\r\n")


def test_request_of_300_kib_is_read(exchange: Exchange) -> None:
    """The limit itself is allowed: this one is only no XML."""
    request = b"POST / HTTP/1.1\r\nContent-Length: 307200\r\n\r\n" + b" " * 307200
    assert b"unexpected end of input" in exchange("xs-1", request)


def test_methods_are_listed_without_a_status(exchange: Exchange) -> None:
    """system.listMethods is the one reply that is a bare array (api_server.ml)."""
    body = b"<methodCall><methodName>system.listMethods</methodName><params/></methodCall>"
    request = b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    response = exchange("xs-1", request).decode()
    start = '<?xml version="1.0"?><methodResponse><params><param><value><array><data><value>'
    assert response.partition("\r\n\r\n")[2].startswith(start + "session.get_record</value>")
