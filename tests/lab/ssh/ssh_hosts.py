"""A simulated host behind an SSH server, and clients that connect to it."""

from collections.abc import Iterator
from dataclasses import dataclass

import paramiko
import pytest

from tests.lab.hosts import RecordedToolstack, machine_of, master_dom0
from xsbond.lab.ssh.keys import Key, new_key
from xsbond.lab.ssh.server import Account, SshServers, listen

PASSWORD = "opensesame"
PATIENCE = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A simulated host that listens."""

    port: int
    host_key: Key
    client_key: Key


@pytest.fixture
def host() -> Iterator[Host]:
    """The tutorial's master behind an SSH server."""
    host_key, client_key = new_key(), new_key()
    listener = listen("127.0.0.1", 0)
    servers = SshServers()
    machine = machine_of(master_dom0()[0], RecordedToolstack())
    servers.add(
        listener,
        machine,
        Account(password=lambda: PASSWORD, key=client_key.loaded()),
        host_key.loaded(),
    )
    servers.start()
    yield Host(port=listener.getsockname()[1], host_key=host_key, client_key=client_key)
    servers.close()


def connect(host: Host, **credentials: object) -> paramiko.SSHClient:
    """Connect with paramiko, the host's key being known."""
    client = paramiko.SSHClient()
    known = host.host_key.loaded()
    client.get_host_keys().add(f"[127.0.0.1]:{host.port}", known.get_name(), known)
    wanted: dict[str, object] = {"username": "root", "password": PASSWORD, **credentials}
    try:
        client.connect(
            "127.0.0.1",
            host.port,
            allow_agent=False,
            look_for_keys=False,
            timeout=PATIENCE,
            **wanted,  # type: ignore[arg-type] # paramiko's many keywords
        )
    except BaseException:
        client.close()
        raise
    return client


@pytest.fixture
def client(host: Host) -> Iterator[paramiko.SSHClient]:
    """A connection by password."""
    client = connect(host)
    yield client
    client.close()


def run(client: paramiko.SSHClient, command: str, stdin: bytes = b"") -> tuple[bytes, bytes, int]:
    """Run a command and return both streams and the status."""
    typed, printed, complaints = client.exec_command(command, timeout=PATIENCE)
    typed.write(stdin)
    typed.channel.shutdown_write()
    answer = printed.read(), complaints.read(), printed.channel.recv_exit_status()
    typed.close()
    return answer
