"""JSON-RPC 1.0 over a Unix socket, as Open vSwitch's daemons and database speak it (RFC 7047)."""

import itertools
import json
import os
import socket
from pathlib import Path
from typing import Any

_TIMEOUT = 10.0
_CHUNK = 65536
_ids = itertools.count()


class RpcError(Exception):
    """The daemon answered with an error."""


def call(path: Path, method: str, params: list[Any]) -> Any:
    """Call and return the result.

    Raises RpcError for what the daemon refuses, OSError where nobody answers.
    """
    request = {"id": next(_ids), "method": method, "params": params}
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_TIMEOUT)
        _connect(connection, path)
        connection.sendall(json.dumps(request).encode())
        answer = _receive(connection)
    if answer.get("error") is not None:
        raise RpcError(str(answer["error"]).strip())
    return answer["result"]


def _connect(connection: socket.socket, path: Path) -> None:
    """A socket's name is limited to 108 bytes; a descriptor of its directory makes any fit."""
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        connection.connect(f"/proc/self/fd/{directory}/{path.name}")
    finally:
        os.close(directory)


def _receive(connection: socket.socket) -> dict[str, Any]:
    """Return the first whole JSON object; ConnectionError if the daemon ends before that."""
    received, decoder = b"", json.JSONDecoder()
    while chunk := connection.recv(_CHUNK):
        received += chunk
        try:
            answer, _ = decoder.raw_decode(received.decode())
        except (json.JSONDecodeError, UnicodeDecodeError):
            continue
        return dict(answer)
    raise ConnectionError("the connection was closed before the answer was complete")
