"""SSH to a dom0: testinfra's paramiko backend made strict, fast and bounded.

Differences from `testinfra.backend.paramiko`: an unknown host key is refused, never warned about;
TCP_NODELAY is set; every wait has a time-out; the answer has a maximum size.
"""

import contextlib
import functools
import itertools
import re
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paramiko
from paramiko.ssh_exception import NoValidConnectionsError
from testinfra.backend.paramiko import ParamikoBackend

from xsbond.errors import OptionError, PoolError, TrustError

CONNECT_TIMEOUT = 10.0
COMMAND_TIMEOUT = 60.0
_LARGEST_ANSWER = 8 * 1024 * 1024
_NO_STATUS = -1
"""What paramiko has for the exit status of a command until dom0 tells it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SshSettings:
    """How dom0s are reached; the password never shows in a representation."""

    ssh_config: str | None = None
    identity_file: str | None = None
    password: str | None = None
    known_hosts: tuple[str, ...] = ("~/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts")
    """Read besides what UserKnownHostsFile names."""

    def __repr__(self) -> str:
        return f"SshSettings({self.ssh_config!r}, {self.identity_file!r})"

    def config(self) -> paramiko.SSHConfig:
        """Return the client configuration in force; OptionError if the named file is unusable."""
        path = Path(self.ssh_config or "~/.ssh/config").expanduser()
        try:
            return paramiko.SSHConfig.from_text(path.read_text(encoding="utf-8"))
        except (OSError, paramiko.ssh_exception.ConfigParseError, UnicodeDecodeError) as error:
            if self.ssh_config is None:
                return paramiko.SSHConfig()
            raise OptionError("--ssh-config", f"{path}: {error}") from error

    def name_for(self, *candidates: str) -> str:
        """Return the first candidate that has an entry of its own, else the last one."""
        patterns = self.config().get_hostnames() - {"*"}
        for candidate in candidates:
            if any(re.fullmatch(_glob(pattern), candidate) for pattern in patterns):
                return candidate
        return candidates[-1]


def _glob(pattern: str) -> str:
    return re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")


class _Strict(paramiko.MissingHostKeyPolicy):
    """Refuse a host whose key is in no known_hosts file, and say what its key is."""

    def missing_host_key(
        self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey
    ) -> None:
        """Raise TrustError; paramiko calls this before any credential is sent."""
        del client
        raise TrustError(
            hostname,
            "SSH",
            f"its host key ({key.get_name()} {key.fingerprint}) is in no known_hosts file; "
            "compare it at the console, then connect once with ssh to accept it",
        )


class StrictParamikoBackend(ParamikoBackend):
    """testinfra's paramiko backend for a dom0; `alias` is a second name to look its key up by."""

    def __init__(self, name: str, settings: SshSettings, alias: str = "") -> None:
        # A bare IPv6 address would read as host:port.
        super().__init__(
            f"[{name}]" if ":" in name else name,
            ssh_config=settings.ssh_config,
            ssh_identity_file=settings.identity_file,
            timeout=int(CONNECT_TIMEOUT),
        )
        self._settings, self._alias = settings, alias
        self.command_timeout = COMMAND_TIMEOUT

    @property
    def encoding(self) -> str:
        """Return UTF-8 at once; testinfra would start a Python in dom0 to ask."""
        return "utf-8"

    @functools.cached_property
    def client(self) -> paramiko.SSHClient:
        """Connect, or raise what paramiko raises, or TrustError."""
        client = paramiko.SSHClient()
        config = self._settings.config()
        wanted: dict[str, Any] = {
            "hostname": self.host.name,
            "port": int(self.host.port or paramiko.config.SSH_PORT),
            "username": self.host.user or "root",
            "password": self._settings.password,
        }
        directory = str(Path(self._settings.ssh_config or "~/.ssh/config").expanduser().parent)
        self._load_ssh_config(client, wanted, config, directory)
        client.set_missing_host_key_policy(_Strict())
        if self.ssh_identity_file:
            wanted["key_filename"] = self.ssh_identity_file
        options = config.lookup(self.host.name)
        self._know(client, wanted, options)
        only = options.get("identitiesonly") == "yes"
        try:
            client.connect(
                **wanted,
                timeout=CONNECT_TIMEOUT,
                banner_timeout=CONNECT_TIMEOUT,
                auth_timeout=CONNECT_TIMEOUT,
                allow_agent=not only,
                look_for_keys=not only,
            )
        except BaseException:
            client.close()
            raise
        # Without it Nagle and delayed acknowledgement cost some 40 ms a command.
        transport = client.get_transport()
        if transport is not None and isinstance(transport.sock, socket.socket):
            transport.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return client

    def _know(
        self, client: paramiko.SSHClient, wanted: Mapping[str, Any], options: Mapping[str, Any]
    ) -> None:
        """Enter the keys known for any name of this host under the one paramiko looks up."""
        known = paramiko.HostKeys()
        files = str(options.get("userknownhostsfile", "")).split() or self._settings.known_hosts
        for file in files:
            with contextlib.suppress(OSError):
                known.load(str(Path(file).expanduser()))
        port = wanted["port"]
        names = [self.host.name, wanted["hostname"], self._alias, options.get("hostkeyalias", "")]
        entry = _with_port(wanted["hostname"], port)
        spellings = [(_with_port(name, port), name) for name in names if name]
        for spelling in itertools.chain.from_iterable(spellings):
            for kind, key in (known.lookup(spelling) or {}).items():
                client.get_host_keys().add(entry, kind, key)

    def _exec_command(self, command: bytes) -> tuple[int, bytes, bytes]:
        transport = self.client.get_transport()
        assert transport is not None
        channel = transport.open_session(timeout=CONNECT_TIMEOUT)
        channel.settimeout(self.command_timeout)
        with channel:
            channel.exec_command(command)
            channel.shutdown_write()
            return _drain(channel, time.monotonic() + self.command_timeout)

    def close(self) -> None:
        """Close the connection, if there is one."""
        if "client" in self.__dict__:
            self.client.close()
            del self.client


def _drain(channel: paramiko.Channel, deadline: float) -> tuple[int, bytes, bytes]:
    """Read both streams and the exit status; TimeoutError past the deadline.

    Raises EOFError if the connection was lost: the streams then end, but without an EOF of dom0's.
    """
    stdout = _read_stream(channel, channel.recv, deadline)
    stderr = _read_stream(channel, channel.recv_stderr, deadline)
    if not channel.status_event.wait(max(0.0, deadline - time.monotonic())):
        raise TimeoutError
    if channel.recv_exit_status() == _NO_STATUS and not channel.eof_received:
        raise EOFError("it was lost before dom0 had answered")
    return channel.recv_exit_status(), stdout, stderr


def _read_stream(
    channel: paramiko.Channel, receive: Callable[[int], bytes], deadline: float
) -> bytes:
    """Read one stream to its end; ValueError if it has none in sight."""
    read = bytearray()
    while True:
        channel.settimeout(max(0.001, deadline - time.monotonic()))
        chunk = receive(65536)
        if not chunk:
            return bytes(read)
        read += chunk
        if len(read) > _LARGEST_ANSWER:
            raise ValueError("the answer is larger than 8 MiB")


def _with_port(name: str, port: int) -> str:
    return name if port == paramiko.config.SSH_PORT else f"[{name}]:{port}"


_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (paramiko.AuthenticationException, "user and password or key are refused"),
    (paramiko.ssh_exception.IncompatiblePeer, "no common algorithm; this dom0 is too old"),
    (paramiko.ssh_exception.PasswordRequiredException, "the key needs its passphrase"),
    (NoValidConnectionsError, "nothing listens there"),
    (socket.gaierror, "no such host name"),
    (TimeoutError, "no answer in time"),
    (paramiko.SSHException, "the connection failed"),
    (EOFError, "the connection broke"),
    (ValueError, "it never stops answering"),
    (OSError, "not reachable"),
)
"""What paramiko raises -> what it means to a person; the first match counts."""


@contextlib.contextmanager
def translated(name: str) -> Iterator[None]:
    """Turn what paramiko raises into the errors of this product."""
    try:
        yield
    except paramiko.BadHostKeyException as error:
        reason = f"its host key {error.key.fingerprint} is not the one in known_hosts"
        raise TrustError(name, "SSH", reason) from error
    except tuple(kind for kind, _ in _REASONS) as error:
        reason = next(text for kind, text in _REASONS if isinstance(error, kind))
        detail = " ".join(str(error).split()) or type(error).__name__
        raise PoolError(name, "SSH", f"{reason} ({detail})") from error
