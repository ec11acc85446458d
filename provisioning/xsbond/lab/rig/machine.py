"""A machine of a rig, as the launcher drives it through its agent."""

import contextlib
import os
import socket
import threading
from collections.abc import Sequence
from typing import Any

from xsbond.lab.rig.agent.wire import content_of, memory, pair, receive, send
from xsbond.lab.rig.values import Completed, HostDown, RigError

PATIENCE = 30.0
"""Seconds an agent has for what takes it milliseconds."""
_READABLE = 0o644


class Machine:
    """A host, a guest, the switch: namespaces with an agent in them. Methods are thread-safe."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = threading.Lock()
        self._channel: socket.socket | None = None

    def attach(self, channel: socket.socket) -> None:
        """Drive the machine through this end of its agent's channel from now on."""
        with self._lock:
            self._drop()
            self._channel = channel

    def detach(self) -> None:
        """Let go of the agent, which then ends."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        if self._channel:
            self._channel.close()
            self._channel = None

    @property
    def attached(self) -> bool:
        """Tell whether there is an agent, as far as the launcher knows."""
        return self._channel is not None

    def call(
        self, message: dict[str, Any], files: Sequence[int] = (), *, timeout: float = PATIENCE
    ) -> tuple[dict[str, Any], list[int]]:
        """Ask the agent and return its answer with the files it opened.

        Raises HostDown if it is gone or goes, TimeoutError, and OSError as the agent saw it.
        """
        ours, theirs = pair()
        with ours:
            with theirs:
                self._send(message, [theirs.fileno(), *files])
            ours.settimeout(timeout)
            try:
                answer, opened = receive(ours)
            except EOFError:
                raise HostDown(f"{self.name} is down") from None
            except TimeoutError:
                raise TimeoutError(f"{self.name}: no answer after {timeout:g} s") from None
        if "errno" in answer:
            raise OSError(answer["errno"], answer["error"], answer["path"])
        return answer, opened

    def _send(self, message: dict[str, Any], files: Sequence[int]) -> None:
        with self._lock:
            if not self._channel:
                raise HostDown(f"{self.name} is down")
            try:
                send(self._channel, message, files)
            except OSError as error:
                raise HostDown(f"{self.name} is down") from error

    def run(self, *argv: str, stdin: bytes = b"", timeout: float = PATIENCE) -> Completed:
        """Run a program as root and wait for its end; it does not wait for what that leaves behind.

        A program that does not exist exits with 127. Raises HostDown, and TimeoutError after
        killing the program.
        """
        files = [memory(stdin), memory(), memory()]
        try:
            answer, _ = self.call({"op": "run", "argv": argv}, files, timeout=timeout)
        finally:
            typed, printed, complaints = (content_of(file) for file in files)
        del typed
        return Completed(
            stdout=printed.decode(errors="replace"),
            stderr=complaints.decode(errors="replace"),
            code=answer["code"],
        )

    def demand(self, *argv: str, stdin: bytes = b"", timeout: float = PATIENCE) -> str:
        """Run a program that has to succeed and return what it printed; RigError if it fails."""
        ran = self.run(*argv, stdin=stdin, timeout=timeout)
        if ran.code:
            said = (ran.stderr or ran.stdout).strip()
            raise RigError(f"{self.name}: {' '.join(argv)} exited with {ran.code}: {said}")
        return ran.stdout

    def read_bytes(self, path: str) -> bytes:
        """Return the content of a file; FileNotFoundError if there is none."""
        _, opened = self.call({"op": "read", "path": path})
        return content_of(opened[0])

    def read(self, path: str) -> str:
        """Return the text of a file; FileNotFoundError if there is none."""
        return self.read_bytes(path).decode()

    def write(self, path: str, text: str, *, mode: int = _READABLE) -> None:
        """Create or replace a file at once, and the directories it is in."""
        self.write_bytes(path, text.encode(), mode=mode)

    def write_bytes(self, path: str, content: bytes, *, mode: int = _READABLE) -> None:
        """Create or replace a file at once, and the directories it is in."""
        file = memory(content)
        try:
            self.call({"op": "write", "path": path, "mode": mode}, [file])
        finally:
            os.close(file)

    def remove(self, path: str) -> None:
        """Remove a file; FileNotFoundError if there is none."""
        self.call({"op": "remove", "path": path})

    def set_hostname(self, name: str) -> None:
        """Name the machine."""
        self.call({"op": "rename", "name": name})

    def fork(self, kind: str, child: "Machine", **what: Any) -> int:
        """Fork the agent of a `host` or a `guest`; return its pid as seen from this machine.

        `what` says what that kind wants to know.
        """
        ours, theirs = pair()
        with theirs:
            try:
                answer, _ = self.call({"op": kind, **what}, [theirs.fileno()])
            except BaseException:
                ours.close()
                raise
        child.attach(ours)
        return int(answer["pid"])

    def end(self, pid: int) -> None:
        """Kill an agent this machine forked; its namespaces go with it. Nothing if it is gone."""
        with contextlib.suppress(HostDown):
            self.call({"op": "end", "pid": pid})
