"""SSH to a dom0: testinfra's paramiko backend made strict, fast and bounded.

Differences from `testinfra.backend.paramiko`: an unknown host key is refused, never warned about;
TCP_NODELAY is set; every wait has a time-out; the answer has a maximum size.
"""

import contextlib
import functools
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import paramiko
from paramiko.ssh_exception import NoValidConnectionsError
from testinfra.backend.paramiko import ParamikoBackend

from xsbond.collect.remote.apart import apart
from xsbond.collect.remote.channel import drain, send
from xsbond.collect.remote.client_config import ClientConfig
from xsbond.collect.remote.known_hosts import keys_of, with_port
from xsbond.collect.secret import Secret, bare
from xsbond.errors import NobodyListens, PoolError, TrustError

CONNECT_TIMEOUT = 10.0
COMMAND_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SshSettings:
    """How dom0s are reached; the password never shows in a representation."""

    ssh_config: str | None = None
    identity_file: str | None = None
    password: str | None = None
    hidden: str = ""
    """What no answer of a dom0 may show: the password, though it may not be root's."""
    known_hosts: tuple[str, ...] = ("~/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts")
    """Read where UserKnownHostsFile names none."""
    config: ClientConfig = field(init=False, repr=False, compare=False)
    """The client configuration in force; it raises OptionError if the named file is unusable."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "config", ClientConfig(self.ssh_config))
        if self.password is not None:
            object.__setattr__(self, "password", Secret(self.password))
        object.__setattr__(self, "hidden", Secret(self.hidden or self.password or ""))

    def __repr__(self) -> str:
        return f"SshSettings({self.ssh_config!r}, {self.identity_file!r})"

    def name_for(self, *candidates: str) -> str:
        """Return the first candidate that has an entry of its own, else the last one."""
        return next(filter(self.config.has_entry, candidates), candidates[-1])


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
            f"its host key ({_shown(key)}) is in no known_hosts file; "
            "compare it at the console, then connect once with ssh to accept it",
        )


class StrictParamikoBackend(ParamikoBackend):
    """testinfra's paramiko backend for a dom0; `alias` is a second name to look its key up by."""

    def __init__(
        self,
        name: str,
        settings: SshSettings,
        alias: str = "",
        labels: Mapping[str, str] | None = None,
    ) -> None:
        """`labels` tells address -> name of the hosts that this one may be taken for."""
        # A bare IPv6 address would read as host:port.
        super().__init__(
            f"[{name}]" if ":" in name else name,
            ssh_config=settings.ssh_config,
            ssh_identity_file=settings.identity_file,
            timeout=int(CONNECT_TIMEOUT),
        )
        self._settings, self._alias, self._labels = settings, alias, labels
        self.command_timeout = COMMAND_TIMEOUT

    @property
    def encoding(self) -> str:
        """Return UTF-8 at once; testinfra would start a Python in dom0 to ask."""
        return "utf-8"

    @functools.cached_property
    def client(self) -> paramiko.SSHClient:
        """Connect; PoolError or TrustError."""
        with translated(self.host.name):
            return self._connect()

    def connect(self) -> None:
        """Connect, unless there is a connection; PoolError or TrustError."""
        self.client.get_transport()

    def _connect(self) -> paramiko.SSHClient:
        client = paramiko.SSHClient()
        options = self._settings.config.lookup(self.host.name)
        wanted: dict[str, Any] = {
            "hostname": options.get("hostname", self.host.name),
            "port": int(options.get("port", self.host.port or paramiko.config.SSH_PORT)),
            "username": options.get("user", self.host.user or "root"),
            "password": self._settings.password,
            "key_filename": options["identityfile"] or None,
        }
        if "proxycommand" in options:
            wanted["sock"] = paramiko.ProxyCommand(options["proxycommand"])
        client.set_missing_host_key_policy(_Strict())
        if self.ssh_identity_file:
            wanted["key_filename"] = self.ssh_identity_file
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
        """Enter the keys that prove this host under the name paramiko looks up; TrustError."""
        files = options["userknownhostsfile"] or self._settings.known_hosts
        address, port = wanted["hostname"], wanted["port"]
        names = [options.get("hostkeyalias", ""), self.host.name, self._alias, address]
        found = keys_of(self.host.name, names, port, files, self._labels)
        for kind, key in found.items():
            client.get_host_keys().add(with_port(address, port), kind, key)

    @contextlib.contextmanager
    def running(self, command: str, timeout: float) -> Iterator[paramiko.Channel]:
        """Start a command and yield its channel; whatever goes wrong is a PoolError."""
        transport = self.client.get_transport()
        assert transport is not None
        with translated(self.host.name):
            channel = transport.open_session(timeout=CONNECT_TIMEOUT)
            with channel:
                send(channel, command.encode(), timeout)
                yield channel

    def _exec_command(self, command: bytes) -> tuple[int, bytes, bytes]:
        def read() -> tuple[int, bytes, bytes]:
            with self.running(command.decode(), self.command_timeout) as channel:
                return drain(channel, time.monotonic() + self.command_timeout)

        return apart(read)

    @property
    def host_key(self) -> str:
        """Return kind and SHA-256 fingerprint of the host's key; empty without a connection."""
        transport = self.client.get_transport() if "client" in self.__dict__ else None
        if transport is None:
            return ""
        key = transport.get_remote_server_key()
        return f"{key.get_name()} {key.fingerprint}"

    def close(self) -> None:
        """Close the connection, if there is one."""
        if "client" in self.__dict__:
            self.client.close()
            del self.client


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
        reason = (
            f"its host key ({_shown(error.key)}) is not the one in known_hosts"
            f" ({_shown(error.expected_key)}); somebody may stand between, or it was reinstalled:"
            " compare it at the console"
        )
        raise TrustError(name, "SSH", reason) from bare(error)
    except tuple(kind for kind, _ in _REASONS) as error:
        reason = next(text for kind, text in _REASONS if isinstance(error, kind))
        detail = " ".join(str(error).split()) or type(error).__name__
        kind = NobodyListens if _is_refused(error) else PoolError
        raise kind(name, "SSH", f"{reason} ({detail})") from bare(error)


def _is_refused(error: BaseException) -> bool:
    """Tell whether the host is there and no server at its port; a host that is gone is neither."""
    found = error.errors.values() if isinstance(error, NoValidConnectionsError) else ()
    return bool(found) and all(isinstance(each, ConnectionRefusedError) for each in found)


def _shown(key: paramiko.PKey) -> str:
    return f"{key.get_name()} {key.fingerprint}"
