"""One command over SSH: asked for, and both its streams read, in time and in bounds."""

import contextlib
import select
import threading
import time
from collections.abc import Callable, Iterator

import paramiko

STDOUT, STDERR = 1, 2
_LARGEST_ANSWER = 8 * 1024 * 1024
"""Bytes of one stream of a single command."""
_NO_STATUS = -1
"""What paramiko has for the exit status of a command until dom0 tells it."""
_PIECE = 65536


def send(channel: paramiko.Channel, command: bytes, timeout: float) -> None:
    """Ask for a command to be run; TimeoutError if that is not even answered."""
    channel.settimeout(timeout)
    expired = threading.Event()

    def give_up() -> None:
        expired.set()
        with contextlib.suppress(OSError, EOFError):
            channel.close()

    # paramiko waits for the answer to the request for ever.
    watch = threading.Timer(timeout, give_up)
    watch.daemon = True
    watch.start()
    try:
        channel.exec_command(command)
        channel.shutdown_write()
    except paramiko.SSHException as error:
        if expired.is_set():
            raise TimeoutError from error
        raise
    finally:
        watch.cancel()


def drain(channel: paramiko.Channel, deadline: float) -> tuple[int, bytes, bytes]:
    """Read both streams and the exit status; TimeoutError past the deadline (time.monotonic).

    Raises EOFError if the connection was lost: the streams then end, but without an EOF of dom0's;
    ValueError if a stream has no end in sight.
    """
    read = {STDOUT: bytearray(), STDERR: bytearray()}
    for stream, piece in arrivals(channel, lambda: deadline):
        read[stream] += piece
        if len(read[stream]) > _LARGEST_ANSWER:
            raise ValueError("the answer is larger than 8 MiB")
    if not channel.status_event.wait(max(0.0, deadline - time.monotonic())):
        raise TimeoutError
    refuse_broken(channel)
    return channel.recv_exit_status(), bytes(read[STDOUT]), bytes(read[STDERR])


def refuse_broken(channel: paramiko.Channel) -> None:
    """Raise EOFError if the streams ended because the connection was lost."""
    if channel.exit_status == _NO_STATUS and not channel.eof_received:
        raise EOFError("it was lost before dom0 had answered")


def arrivals(
    channel: paramiko.Channel, deadline: Callable[[], float]
) -> Iterator[tuple[int, bytes]]:
    """Yield (stream, bytes) of both streams as they come, until they end.

    One stream alone would fill its window and stop the command while nobody reads the other.
    Raises TimeoutError past the deadline, which may move meanwhile.
    """
    while True:
        # Asked first: what came before the end is in the buffers by then.
        ended = channel.eof_received or channel.closed
        came = False
        if channel.recv_ready():
            came = True
            yield STDOUT, channel.recv(_PIECE)
        if channel.recv_stderr_ready():
            came = True
            yield STDERR, channel.recv_stderr(_PIECE)
        if (left := deadline() - time.monotonic()) <= 0:
            raise TimeoutError
        if ended and not came:
            return
        if not came:
            select.select([channel], [], [], left)
