"""Rigs for the tests, and their clients."""

import functools
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import paramiko
import pytest

from xsbond.lab.contracts import Nic
from xsbond.lab.rig.missing import missing
from xsbond.lab.rig.requests import OnRequest
from xsbond.lab.rig.rig import Rig
from xsbond.lab.rig.values import Access, Reply, Request, RigHost
from xsbond.lab.ssh.files import Listening, render_config, render_known_hosts, write_private
from xsbond.lab.ssh.keys import new_key
from xsbond.lab.xapi.doors.loopback import draw_addresses, listen_alike

PASSWORD = "opensesame"
PATIENCE = 60.0
DEVICES = ("eth0", "eth1", "eth2", "eth3", "eth4", "eth5")


@functools.cache
def _missing() -> tuple[str, ...]:
    return missing()


def need_rig() -> None:
    """Skip a test where this machine has no rigs, saying what it lacks."""
    if _missing():
        pytest.skip("; ".join(_missing()))


def mac_of(host: int, device: str) -> str:
    """Return the MAC of a host's NIC."""
    return f"00:16:3e:00:{host:02x}:{int(device[-1]):02x}"


def rig_host(number: int, host_key: str = "", files: Mapping[str, str] | None = None) -> RigHost:
    """Return a host with six NICs, named xs- and its number."""
    nics = (
        Nic(device=device, mac=mac_of(number, device), position=position)
        for position, device in enumerate(DEVICES)
    )
    return RigHost(name=f"xs-{number}", nics=tuple(nics), files=files or {}, host_key=host_key)


def answer(host: str, request: Request) -> Reply:
    """Say what was asked for."""
    words = " ".join([host, *request.argv[1:]])
    return Reply(stdout=f"{words}\n".encode(), stderr=b"asked\n", code=len(request.argv) - 1)


@contextmanager
def hosts(count: int = 1, on_request: OnRequest = answer) -> Iterator[Rig]:
    """Build a rig of one's own, without SSH."""
    need_rig()
    with Rig([rig_host(1 + number) for number in range(count)], on_request=on_request) as rig:
        yield rig


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """A rig with SSH, and what its clients need."""

    rig: Rig
    config: Path
    """OpenSSH's, without a password."""
    key: paramiko.PKey
    at: Mapping[str, tuple[str, int]]

    def ssh(self, host: str, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run OpenSSH."""
        program = shutil.which("ssh")
        if program is None:
            pytest.skip("there is no OpenSSH client on this machine")
        command = [program, "-F", str(self.config), "-o", "BatchMode=yes"]
        command += [word for word in words if word.startswith("-")]
        command += [host, *(word for word in words if not word.startswith("-"))]
        return subprocess.run(
            command, input=stdin, capture_output=True, check=False, text=True, timeout=PATIENCE
        )

    @contextmanager
    def paramiko(self, host: str, **credentials: object) -> Iterator[paramiko.SSHClient]:
        """Connect with paramiko, by key if nothing else is given."""
        client = paramiko.SSHClient()
        client.load_host_keys(str(self.config.with_name("known_hosts")))
        address, port = self.at[host]
        wanted = credentials or {"pkey": self.key}
        try:
            client.connect(
                address,
                port,
                "root",
                allow_agent=False,
                look_for_keys=False,
                timeout=PATIENCE,
                **wanted,  # type: ignore[arg-type] # paramiko's many keywords
            )
            yield client
        finally:
            client.close()


@contextmanager
def hosts_with_ssh(directory: Path, count: int = 2) -> Iterator[Clients]:
    """Build a rig with SSH servers on loopback addresses, and write the files of a client."""
    need_rig()
    client_key, host_keys = new_key(), [new_key() for _ in range(count)]
    wanted = [
        rig_host(
            number,
            key.private,
            {"/etc/xensource-inventory": f"INSTALLATION_UUID='uuid-of-xs-{number}'\n"},
        )
        for number, key in enumerate(host_keys, 1)
    ]
    sockets = listen_alike(draw_addresses(count))
    at = {host.name: each.getsockname() for host, each in zip(wanted, sockets, strict=True)}
    listening = [
        Listening(name=name, address=address, port=port, host_key=key.public)
        for (name, (address, port)), key in zip(at.items(), host_keys, strict=True)
    ]
    identity = write_private(directory / "id_ed25519", client_key.private)
    known = write_private(directory / "known_hosts", render_known_hosts(listening))
    config = write_private(directory / "config", render_config(listening, identity, known))
    with Rig(
        wanted,
        on_request=answer,
        access=Access(public_keys=(client_key.public,), password=PASSWORD),
        listeners={host.name: each for host, each in zip(wanted, sockets, strict=True)},
    ) as rig:
        yield Clients(rig=rig, config=config, key=client_key.loaded(), at=at)


def until(claim: Callable[[], bool], patience: float = PATIENCE) -> bool:
    """Return whether a claim becomes true in time."""
    deadline = time.monotonic() + patience
    while not claim():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def refuses(address: tuple[str, int]) -> bool:
    """Tell whether nobody listens at an address."""
    try:
        socket.create_connection(address, timeout=PATIENCE).close()
    except ConnectionRefusedError:
        return True
    return False
