"""How agents come to be: each forks those whose namespaces are within its own."""

import gc
import os
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from xsbond.lab.rig.agent import kernel, rootfs
from xsbond.lab.rig.agent.agent import COMMON, Agent, Operation
from xsbond.lab.rig.agent.door import Door

HOSTS = Path("/run/hosts")
"""What hosts keep when they crash, in memory that only the switch's agent has a name for."""
REQUESTS = "/run/xsbond.sock"
"""Where the programs of a host send what the launcher answers."""
_HOST = (
    kernel.NEW_MOUNTS
    | kernel.NEW_HOSTNAME
    | kernel.NEW_IPC
    | kernel.NEW_PROCESSES
    | kernel.NEW_NETWORK
)
_GUEST = kernel.NEW_MOUNTS | kernel.NEW_HOSTNAME | kernel.NEW_NETWORK
_CHANNEL = 3
_ALL = 1 << 20


def _become(channel: int, serve: Callable[[socket.socket], NoReturn]) -> NoReturn:
    """Keep nothing of the parent but standard error, and serve."""
    # Objects of the parent are never looked at again: their files get new owners below.
    gc.freeze()
    os.dup2(channel, _CHANNEL)
    os.closerange(_CHANNEL + 1, _ALL)
    serve(socket.socket(fileno=_CHANNEL))


def fork_host(agent: Agent, message: dict[str, Any], files: list[int]) -> Mapping[str, Any]:
    """Fork the first process of a new host; return its pid as seen from here."""
    _give_disk(HOSTS / message["own"])
    told, tell = os.pipe()
    parent = os.fork()
    if not parent:
        _fork_first_process(files[0], tell)
    os.close(tell)
    with os.fdopen(told, "rb") as pipe:
        text = pipe.read()
    if not text.isdigit():
        raise OSError(0, text.decode() or "the host's first process did not start")
    agent.children.add(int(text))
    return {"pid": int(text)}


def _give_disk(own: Path) -> None:
    """Give a host what it keeps its files on, unless it has it; it outlives a crash of the host."""
    if not own.exists():
        own.mkdir()
        rootfs.mount_memory(own)


def _fork_first_process(channel: int, tell: int) -> NoReturn:
    """Only children of who unshares are in the new process namespace; this one goes at once."""
    try:
        kernel.unshare(_HOST)
        pid = os.fork()
    except OSError as error:
        os.write(tell, str(error.strerror).encode())
        os._exit(1)
    if pid:
        os.write(tell, str(pid).encode())
        os._exit(0)
    _become(channel, _serve_host)


def _serve_host(channel: socket.socket) -> NoReturn:
    door = Door()
    operations: dict[str, Operation] = {
        **COMMON,
        "enter": enter,
        "guest": fork_guest,
        "open": door.open,
        "close": door.close,
    }
    Agent(channel, operations).serve()


def enter(agent: Agent, message: dict[str, Any], _files: list[int]) -> None:
    """Move into a root of the host's own; reply with the socket its programs' requests come to."""
    rootfs.build(HOSTS / message["own"], message)
    kernel.limit_children()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(REQUESTS)
    Path(REQUESTS).chmod(0o600)
    listener.listen(128)
    agent.reply(message["reply"], {}, [listener.fileno()])
    listener.close()


def fork_guest(agent: Agent, _message: dict[str, Any], files: list[int]) -> Mapping[str, Any]:
    """Fork an agent with a network of its own; return its pid as seen from here."""
    pid = os.fork()
    if not pid:
        _become(files[0], _serve_guest)
    agent.children.add(pid)
    return {"pid": pid}


def _serve_guest(channel: socket.socket) -> NoReturn:
    kernel.unshare(_GUEST)
    flags = kernel.NO_SUID | kernel.NO_DEVICES | kernel.NO_EXEC | kernel.READ_ONLY
    kernel.mount("none", Path("/"), flags=kernel.RECURSIVE | kernel.PRIVATE)
    kernel.mount("sysfs", Path("/sys"), "sysfs", flags)
    door = Door()
    Agent(channel, {**COMMON, "open": door.open, "close": door.close}).serve()


def serve_switch(channel: socket.socket, launcher: int) -> NoReturn:
    """Be the first process of a rig until the launcher, a pidfd, is gone."""
    # Whatever is written to /run stays in this mount namespace, and in memory.
    kernel.mount("tmpfs", Path("/run"), "tmpfs", kernel.NO_SUID | kernel.NO_DEVICES, "mode=0755")
    HOSTS.mkdir()
    rootfs.copy_what_cannot_lie_below()
    agent = Agent(channel, {**COMMON, "host": fork_host, "guest": fork_guest})
    agent.watch(launcher, lambda: os._exit(0))
    agent.serve()
