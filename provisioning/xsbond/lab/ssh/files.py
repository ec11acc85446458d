"""The files a client needs to reach a lab: configuration, known hosts, key, password."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_PRIVATE = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Where one host's SSH server is."""

    name: str
    address: str
    port: int
    host_key: str
    """One line: type and key."""


def _quoted(path: Path) -> str:
    """Return a path as ssh_config(5) takes it."""
    return f'"{path}"' if " " in str(path) else str(path)


def render_config(hosts: Sequence[Listening], identity: Path, known_hosts: Path) -> str:
    """Return an ssh_config: an entry per host, under its name and its address."""
    return "\n".join(
        f"Host {host.name} {host.address}\n"
        f"    HostName {host.address}\n"
        f"    Port {host.port}\n"
        "    User root\n"
        f"    IdentityFile {_quoted(identity)}\n"
        "    IdentitiesOnly yes\n"
        f"    UserKnownHostsFile {_quoted(known_hosts)}\n"
        "    StrictHostKeyChecking yes\n"
        for host in hosts
    )


def render_known_hosts(hosts: Sequence[Listening]) -> str:
    """Return known_hosts: each key under the host's address and its name, with the port."""
    return "".join(
        f"[{host.address}]:{host.port},[{host.name}]:{host.port} {host.host_key}\n"
        for host in hosts
    )


def write_private(path: Path, text: str) -> Path:
    """Write a new file that nobody else can read; FileExistsError if there is one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return path
