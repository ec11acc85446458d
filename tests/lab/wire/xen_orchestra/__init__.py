"""Xen Orchestra's own client (the npm package xen-api), unmodified, as seen from Python."""

import itertools
import json
import queue
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FILES = ("package.json", "package-lock.json", "watch.mjs")
_PATIENCE = 60.0
"""Seconds: Node.js starts slowly on a busy machine."""


class NotInstalledError(Exception):
    """The client could not be installed; says what is missing."""


def install(directory: Path) -> Path:
    """Install the client, at its locked versions, into a directory and return it.

    Raises NotInstalledError where there is no Node.js, no npm, or no registry to be reached.
    """
    if missing := [name for name in ("node", "npm") if shutil.which(name) is None]:
        raise NotInstalledError(
            f"{' and '.join(missing)} not found: Xen Orchestra's client needs it"
        )
    for name in FILES:
        shutil.copy(HERE / name, directory)
    npm = ("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
    done = subprocess.run(npm, cwd=directory, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotInstalledError(f"npm ci: {done.stderr.strip()}")
    return directory


class Client:
    """A connected client: what it has seen so far, and the calls it makes."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._heard: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._ids = itertools.count()
        self.seen: dict[str, tuple[str, dict[str, Any]]] = {}
        """Ref -> (class, record) of every object, as the client has it now."""
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._heard.put(json.loads(line))
        self._heard.put(None)

    def send(self, message: dict[str, Any]) -> None:
        """Send it a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()

    def until(self, is_it: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the first message for which this is true; the others are taken note of."""
        while (message := self._heard.get(timeout=_PATIENCE)) is not None:
            if message["event"] == "seen":
                self.seen[message["ref"]] = message["type"], message["record"]
            for ref in message.get("ids", ()) if message["event"] == "gone" else ():
                self._forget(ref)
            if is_it(message):
                return message
        raise AssertionError("the client has ended")

    def _forget(self, id_: str) -> None:
        """Drop what has gone; the client names objects by uuid where they have one."""
        self.seen = {
            ref: (kind, record)
            for ref, (kind, record) in self.seen.items()
            if id_ not in {ref, record.get("uuid")}
        }

    def answer(self, method: str, *params: Any) -> dict[str, Any]:
        """Carry out a call and return {result} or {failure}."""
        id_ = next(self._ids)
        self.send({"id": id_, "method": method, "params": params})
        return self.until(lambda message: message["event"] == "answer" and message["id"] == id_)

    def call(self, method: str, *params: Any) -> Any:
        """Carry out a call that is to succeed."""
        answer = self.answer(method, *params)
        assert "failure" not in answer, answer
        return answer["result"]

    def sees(self, kind: str, is_it: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait until an object is as it should be and return its record."""
        for record in self.all(kind).values():
            if is_it(record):
                return record
        told = self.until(
            lambda m: m["event"] == "seen" and m["type"] == kind and is_it(m["record"])
        )
        found: dict[str, Any] = told["record"]
        return found

    def misses(self, ref: str) -> None:
        """Wait until an object is gone."""
        while ref in self.seen:
            self.until(lambda message: message["event"] == "gone")

    def all(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return every object of a class, by ref."""
        return {ref: record for ref, (each, record) in self.seen.items() if each == kind}


@contextmanager
def connected(directory: Path, url: str, password: str) -> Iterator[Client]:
    """Run the client until the end of the block; it has fetched all objects by its beginning."""
    with subprocess.Popen(
        (shutil.which("node") or "node", "watch.mjs"),
        cwd=directory,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            client = Client(process)
            client.send({"url": url, "user": "root", "password": password})
            client.until(lambda message: message["event"] == "connected")
            yield client
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait(_PATIENCE) == 0
        finally:
            process.kill()
