"""The two outputs of a command without a terminal, carried to the client as sshd does.

What a command prints lands in a pipe, and sshd sends whatever it finds there: many short lines
become few packets. A client that does not read holds the command up once the pipe is full.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Protocol, Self

from xsbond.lab.shell.streams import Sink, encode

_MOST = 65536
"""Bytes that a pipe holds (pipe(7), Pipe capacity)."""


class Carrier(Protocol):
    """What takes bytes to the client."""

    def sendall(self, s: bytes) -> None:
        """Send to the client's standard output; OSError or EOFError if it is gone."""

    def sendall_stderr(self, s: bytes) -> None:
        """Send to the client's standard error; OSError or EOFError if it is gone."""


class Outputs:
    """Both outputs; at the end of the block, all that was printed is sent.

    Writing raises OSError or EOFError once the client is gone.
    """

    def __init__(self, carrier: Carrier) -> None:
        self._send: Mapping[str, Callable[[bytes], None]] = {
            "stdout": carrier.sendall,
            "stderr": carrier.sendall_stderr,
        }
        self._printed = {name: bytearray() for name in self._send}
        self._changed = threading.Condition()
        self._over = False
        self._trouble: OSError | EOFError | None = None
        self._thread = threading.Thread(target=self._carry, name="lab-ssh-output", daemon=True)
        self.stdout = Sink(lambda text: self._print("stdout", text))
        self.stderr = Sink(lambda text: self._print("stderr", text))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._over = True
            self._changed.notify_all()
        self._thread.join()

    def _print(self, name: str, text: str) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._trouble or len(self._printed[name]) < _MOST)
            if self._trouble:
                raise self._trouble
            self._printed[name] += encode(text)
            self._changed.notify_all()

    def _carry(self) -> None:
        try:
            while found := self._taken():
                for name, data in found.items():
                    self._send[name](data)
        # paramiko raises EOFError where the connection ended within a packet.
        except (OSError, EOFError) as error:
            with self._changed:
                self._trouble = error
                self._changed.notify_all()

    def _taken(self) -> Mapping[str, bytes]:
        """Wait for something printed, and take it away; nothing once all is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._over or any(self._printed.values()))
            found = {name: bytes(data) for name, data in self._printed.items() if data}
            for data in self._printed.values():
                data.clear()
            self._changed.notify_all()
        return found
