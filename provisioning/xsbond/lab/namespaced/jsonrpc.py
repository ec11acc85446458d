"""JSON-RPC 1.0 over a Unix socket, as Open vSwitch's daemons and database speak it (RFC 7047)."""

import contextlib
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
    with contextlib.closing(Question(path, method, params)) as question:
        return question.answer()


class Question:
    """A call whose answer may be waited for again and again, until `close`."""

    def __init__(self, path: Path, method: str, params: list[Any]) -> None:
        """Ask it; OSError where nobody listens."""
        request = {"id": next(_ids), "method": method, "params": params}
        self._received = b""
        self._connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._connection.settimeout(_TIMEOUT)
            _connect(self._connection, path)
            self._connection.sendall(json.dumps(request).encode())
        except BaseException:
            self.close()
            raise

    def answer(self, timeout: float = _TIMEOUT) -> Any:
        """Return the result; RpcError for a refusal, TimeoutError if it takes so many seconds."""
        self._connection.settimeout(timeout)
        answer = self._receive()
        if answer.get("error") is not None:
            raise RpcError(str(answer["error"]).strip())
        return answer["result"]

    def close(self) -> None:
        """Wait no longer."""
        self._connection.close()

    def _receive(self) -> dict[str, Any]:
        """Return the first whole JSON object; ConnectionError if the daemon ends before that."""
        decoder = json.JSONDecoder()
        while chunk := self._connection.recv(_CHUNK):
            self._received += chunk
            try:
                answer, _ = decoder.raw_decode(self._received.decode())
            except (json.JSONDecodeError, UnicodeDecodeError):
                continue
            return dict(answer)
        raise ConnectionError("the connection was closed before the answer was complete")


def _connect(connection: socket.socket, path: Path) -> None:
    """A socket's name is limited to 108 bytes; a descriptor of its directory makes any fit."""
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        connection.connect(f"/proc/self/fd/{directory}/{path.name}")
    finally:
        os.close(directory)
