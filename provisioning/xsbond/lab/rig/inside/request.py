"""A program whose work the lab does: it sends what it was called with, and prints the answer."""

import array
import contextlib
import json
import os
import signal
import socket
import sys
from pathlib import Path

_SOCKET = "/run/xsbond.sock"
_NOBODY = 1
_STREAMS = (0, 1, 2)


def main() -> int:
    """Ask the lab and return the exit status it tells."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    call = {
        "argv": sys.argv,
        "environment": dict(os.environ),
        "directory": _directory(),
    }
    text = os.memfd_create("request")
    os.write(text, json.dumps(call).encode())
    passed = array.array("i", [text, *_streams()])
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as lab:
        try:
            lab.connect(_SOCKET)
            lab.sendmsg([b"."], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, passed)])
            answer = lab.recv(16)
        except OSError as error:
            sys.stderr.write(f"{sys.argv[0]}: the lab does not answer: {error.strerror}\n")
            return _NOBODY
    if not answer:
        sys.stderr.write(f"{sys.argv[0]}: the lab gave no answer\n")
        return _NOBODY
    return int(answer)


def _directory() -> str:
    with contextlib.suppress(OSError):
        return str(Path.cwd())
    return "/"


def _streams() -> list[int]:
    """Return the three standard streams, /dev/null for those that are closed."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    return [stream if _is_open(stream) else nowhere for stream in _STREAMS]


def _is_open(stream: int) -> bool:
    try:
        os.fstat(stream)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
