"""A client that sends bytes and looks at what comes back."""

import re
import socket

from xsbond.lab.pool.state import Host
from xsbond.lab.xapi.doors.server import ApiServers

CALL = b"<methodCall><methodName>system.listMethods</methodName></methodCall>"


def clear(host: Host, servers: ApiServers) -> socket.socket:
    """Connect to a host's clear-text port."""
    assert servers.http_port is not None
    return socket.create_connection((host.address, servers.http_port), timeout=10)


def post(body: bytes = CALL, path: str = "/", *headers: str, protocol: str = "HTTP/1.1") -> bytes:
    """Return a request as clients send it."""
    lines = [f"POST {path} {protocol}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def long_head(length: int) -> bytes:
    """Return a request of so many bytes, all of them its head."""
    fixed = len(post(b"", "/", "X: "))
    return post(b"", "/", "X: " + "x" * (length - fixed))


def answer(connection: socket.socket) -> str:
    """Return the next response without its body, which is read, too."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(1)
    head = received.decode().replace("\r\n", "\n").rstrip("\n")
    length = int(re.findall(r"content-length: (\d+)", head)[0])
    while length:
        length -= len(connection.recv(length))
    return head


def everything(connection: socket.socket) -> str:
    """Return what comes until the other end hangs up."""
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
    return received.decode()


def status(connection: socket.socket, request: bytes) -> str:
    """Send a request and return the first line of the answer."""
    connection.sendall(request)
    return answer(connection).partition("\n")[0]
