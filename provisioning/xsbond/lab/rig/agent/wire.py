"""Messages between the launcher and its agents: JSON and open files over a Unix socket."""

import array
import json
import os
import socket
from collections.abc import Sequence
from typing import Any

_MOST_FILES = 64
_INT = array.array("i").itemsize


def pair() -> tuple[socket.socket, socket.socket]:
    """Return the two ends of a channel that keeps messages apart."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def memory(content: bytes = b"") -> int:
    """Return an open file in memory, at its beginning."""
    descriptor = os.memfd_create("xsbond")
    with open(descriptor, "wb", closefd=False) as file:
        file.write(content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def content_of(descriptor: int) -> bytes:
    """Return all of an open file, from its beginning where it has one, and close it."""
    with open(descriptor, "rb") as file:
        if file.seekable():
            file.seek(0)
        return file.read()


def text_of(descriptor: int) -> str:
    """Return the text of an open file in memory, which stays open."""
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode(errors="replace")


def send(channel: socket.socket, message: dict[str, Any], files: Sequence[int] = ()) -> None:
    """Send a message and open files; OSError if nobody is there any more.

    The text travels as a file in memory, so that no length is too much for a socket.
    """
    text = memory(json.dumps(message).encode())
    try:
        passed = array.array("i", [text, *files])
        channel.sendmsg([b"."], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, passed)])
    finally:
        os.close(text)


def receive(channel: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """Return the next message and its files; EOFError if the other end is gone."""
    try:
        data, ancillary, _, _ = channel.recvmsg(1, socket.CMSG_LEN(_MOST_FILES * _INT))
    except ConnectionError:
        data, ancillary = b"", []
    files: list[int] = []
    for _, _, payload in ancillary:
        received = array.array("i")
        received.frombytes(payload[: len(payload) - len(payload) % _INT])
        files += received
    if not data or not files:
        raise EOFError("the other end of the channel is gone")
    message: dict[str, Any] = json.loads(content_of(files[0]))
    return message, files[1:]
