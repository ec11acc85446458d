"""Answers the programs of a host that the launcher plays."""

import contextlib
import io
import os
import socket
import threading
from collections.abc import Callable

from xsbond.lab.rig.agent.wire import receive
from xsbond.lab.rig.values import Reply, Request

OnRequest = Callable[[str, Request], Reply]
"""Takes the name of the host and the request; called in a thread of the request's own."""


class Requests:
    """One host's requests, from its boot until `close`."""

    def __init__(self, host: str, listener: socket.socket, on_request: OnRequest) -> None:
        self._host, self._listener, self._on_request = host, listener, on_request
        self._thread = threading.Thread(
            target=self._accept, name=f"programs of {host}", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Take no more requests; those being answered go on."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            name = f"a program of {self._host}"
            threading.Thread(
                target=self._answer, args=(connection,), name=name, daemon=True
            ).start()

    def _answer(self, connection: socket.socket) -> None:
        # A program that is gone hears no answer.
        with connection, contextlib.suppress(EOFError, BrokenPipeError, ConnectionError):
            call, files = receive(connection)
            with contextlib.ExitStack() as opened:
                stdin, stdout, stderr = (
                    opened.enter_context(io.FileIO(file, mode))
                    for file, mode in zip(files, ("rb", "wb", "wb"), strict=True)
                )
                request = Request(
                    argv=tuple(call["argv"]),
                    environment=call["environment"],
                    directory=call["directory"],
                    stdin=stdin,
                    stdout=stdout,
                    stderr=stderr,
                    terminal=_terminal(stdout.fileno()),
                    connection=connection.fileno(),
                )
                reply = self._on_request(self._host, request)
                _write(stdout.fileno(), reply.stdout)
                _write(stderr.fileno(), reply.stderr)
            connection.send(str(reply.code).encode())


def _write(file: int, content: bytes) -> None:
    while content:
        content = content[os.write(file, content) :]


def _terminal(file: int) -> os.terminal_size | None:
    return os.get_terminal_size(file) if os.isatty(file) else None
