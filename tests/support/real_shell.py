"""A dom0 whose shell is this machine's own bash, with programs and a .bashrc of one's own."""

import contextlib
import os
import shutil
import subprocess
import threading
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import IO

import paramiko

from tests.support.attackers import Answer


def real_shell(
    directory: Path,
    programs: Mapping[str, str],
    *,
    bashrc: str = "",
    only: Collection[str] = (),
    shell: str = "bash",
) -> Answer:
    """Return an answer that runs what it is asked, among these programs (name -> script).

    `bashrc` is read first; of this machine's programs there are all, or those in `only`.
    """
    bin_directory = directory / "bin"
    bin_directory.mkdir()
    for name, script in programs.items():
        (bin_directory / name).write_text(f"#!/bin/sh\n{script}\n")
        (bin_directory / name).chmod(0o755)
    for name in set(only) - set(programs):
        (bin_directory / name).symlink_to(shutil.which(name) or name)
    (directory / "bashrc").write_text(bashrc)
    path = str(bin_directory) if only else f"{bin_directory}:{os.environ['PATH']}"
    # Bash reads .bashrc for sshd, and this file for everybody.
    environment = {"PATH": path, "HOME": str(directory), "BASH_ENV": str(directory / "bashrc")}

    def answer(channel: paramiko.Channel, command: bytes) -> bool:
        threading.Thread(
            target=_run, args=(channel, [shell, "-c", command.decode()], environment), daemon=True
        ).start()
        return True

    return answer


def _run(channel: paramiko.Channel, words: list[str], environment: Mapping[str, str]) -> None:
    with contextlib.suppress(OSError, EOFError):
        # The client closes its side when it has the reply to its request.
        channel.recv(1)
    process = subprocess.Popen(
        [shutil.which(words[0]) or words[0], *words[1:]],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )
    assert process.stdout
    assert process.stderr
    pumps = [
        threading.Thread(target=_pump, args=(process.stdout, channel.sendall)),
        threading.Thread(target=_pump, args=(process.stderr, channel.sendall_stderr)),
    ]
    for pump in pumps:
        pump.start()
    for pump in pumps:
        pump.join()
    with contextlib.suppress(OSError, EOFError):
        status = process.wait()
        # Ended by a signal; sshd would tell which.
        channel.send_exit_status(status if status >= 0 else 128 - status)
        channel.close()


def _pump(source: IO[bytes], send: object) -> None:
    """Carry what is printed to the client; once that is gone, whoever prints is told by a pipe."""
    assert callable(send)
    with contextlib.suppress(OSError, EOFError), source:
        while piece := os.read(source.fileno(), 65536):
            send(piece)
