"""Servers on loopback that mean harm: they stand in between, or answer what nobody should."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import paramiko
from paramiko.common import AUTH_SUCCESSFUL, OPEN_SUCCEEDED

from xsbond.lab.pool.certificates import issue
from xsbond.lab.ssh.keys import new_key

Handler = Callable[[socket.socket], None]
Answer = Callable[[paramiko.Channel, bytes], bool]
"""Answers the request to run a command in a channel: whether it is run."""


class Listener:
    """A loopback server that hands each connection to a handler, in a thread of its own."""

    def __init__(self, handler: Handler, address: str = "127.0.0.1", port: int = 0) -> None:
        self._handler = handler
        self._socket = socket.create_server((address, port))
        self.address, self.port = self._socket.getsockname()[:2]
        self._open: list[socket.socket] = []
        self._ended = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Where `--pool` finds it."""
        return f"https://{self.address}:{self.port}"

    def _accept(self) -> None:
        while not self._ended.is_set():
            with contextlib.suppress(OSError, EOFError):
                connection, _ = self._socket.accept()
                self._open.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, EOFError), connection:
            self._handler(connection)

    def close(self) -> None:
        """End it and every connection."""
        self._ended.set()
        for each in (self._socket, *self._open):
            with contextlib.suppress(OSError, EOFError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


class Identity:
    """A certificate and its key, as an attacker makes them for himself."""

    def __init__(self, directory: Path, name: str = "xs-1") -> None:
        self.issued = issue(name, time.time())
        file = directory / f"{self.issued.sha256[:8].replace(':', '')}.pem"
        file.write_text(self.issued.pem)
        self.certificate = "-----BEGIN CERT" + self.issued.pem.split("-----BEGIN CERT")[1]
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(file)


class Terminator:
    """A man in the middle: ends TLS with a certificate of his own and keeps what he reads."""

    def __init__(self, identity: Identity, forward_to: tuple[str, int], honest: int = 0) -> None:
        """Pass the first `honest` connections through untouched; then turn."""
        self._identity, self._forward_to, self._honest = identity, forward_to, honest
        self.received = bytearray()
        self.connections = 0
        self.listener = Listener(self._serve)

    def _serve(self, connection: socket.socket) -> None:
        self.connections += 1
        if self.connections <= self._honest:
            with socket.create_connection(self._forward_to) as server:
                _pump(connection, server, bytearray())
            return
        with self._identity.context.wrap_socket(connection, server_side=True) as inside:
            plain = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            plain.check_hostname, plain.verify_mode = False, ssl.CERT_NONE
            with (
                socket.create_connection(self._forward_to) as server,
                plain.wrap_socket(server) as onward,
            ):
                _pump(inside, onward, self.received)


def _pump(client: socket.socket, server: socket.socket, kept: bytearray) -> None:
    """Carry bytes both ways until one side ends; keep what the client sends."""

    def back() -> None:
        with contextlib.suppress(OSError, EOFError):
            while data := server.recv(65536):
                client.sendall(data)
        with contextlib.suppress(OSError, EOFError):
            client.shutdown(socket.SHUT_RDWR)

    threading.Thread(target=back, daemon=True).start()
    with contextlib.suppress(OSError, EOFError):
        while data := client.recv(65536):
            kept += data
            server.sendall(data)
    with contextlib.suppress(OSError, EOFError):
        server.shutdown(socket.SHUT_RDWR)


class FalseXapi:
    """A XAPI with a certificate that is believed, which answers every call with the same bytes."""

    def __init__(
        self,
        identity: Identity,
        answer: Callable[[], Iterable[bytes]],
        address: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self._identity, self._answer = identity, answer
        self.received = bytearray()
        self.listener = Listener(self._serve, address, port)

    def _serve(self, connection: socket.socket) -> None:
        with self._identity.context.wrap_socket(connection, server_side=True) as inside:
            while self._request(inside):
                for piece in self._answer():
                    inside.sendall(piece)

    def _request(self, inside: socket.socket) -> bool:
        head = b""
        while b"\r\n\r\n" not in head:
            if not (data := inside.recv(65536)):
                return False
            head += data
        head, _, body = head.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next(int(x.split(b":")[1]) for x in lines if x.startswith(b"content-length"))
        while len(body) < length:
            body += inside.recv(65536)
        self.received += head + body
        return True


def http(body: bytes, *headers: str) -> bytes:
    """Return a whole HTTP answer."""
    head = ["HTTP/1.1 200 OK", "Content-Type: text/xml", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def success(value: str) -> bytes:
    """Return XAPI's answer to a call that succeeded, `value` in XML."""
    members = {"Status": "<value>Success</value>", "Value": value}
    return http(_response(members))


def failure(*details: str) -> bytes:
    """Return XAPI's answer to a call that failed."""
    texts = "".join(f"<value>{each}</value>" for each in details)
    array = f"<value><array><data>{texts}</data></array></value>"
    return http(_response({"Status": "<value>Failure</value>", "ErrorDescription": array}))


def _response(members: dict[str, str]) -> bytes:
    inside = "".join(
        f"<member><name>{name}</name>{value}</member>" for name, value in members.items()
    )
    text = f"<methodResponse><params><param><value><struct>{inside}</struct></value></param>"
    return (text + "</params></methodResponse>").encode()


class _Server(paramiko.ServerInterface):
    """Lets anybody in, keeps the passwords, and answers commands as it is told."""

    def __init__(self, passwords: list[str], answer: Answer) -> None:
        self._passwords, self._answer = passwords, answer

    def get_allowed_auths(self, username: str) -> str:
        del username
        return "password"

    def check_auth_password(self, username: str, password: str) -> int:
        del username
        self._passwords.append(password)
        return AUTH_SUCCESSFUL

    def check_channel_request(self, kind: str, chanid: int) -> int:
        del kind, chanid
        return OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        return self._answer(channel, command)


class FalseDom0:
    """An SSH server with a host key of its own, which answers every command in its own way."""

    def __init__(self, answer: Answer = lambda *_: True) -> None:
        self._answer, self._key = answer, new_key()
        self.passwords: list[str] = []
        self.connections = 0
        self._ended = threading.Event()
        self.listener = Listener(self._serve)

    def _serve(self, connection: socket.socket) -> None:
        self.connections += 1
        transport = paramiko.Transport(connection)
        transport.add_server_key(self._key.loaded())
        with contextlib.suppress(paramiko.SSHException, OSError, EOFError):
            transport.start_server(server=_Server(self.passwords, self._answer))
        self._ended.wait()
        transport.close()

    def config(self, directory: Path, *names: str, key: str = "") -> Path:
        """Write an ssh_config that leads the names here; they are known by this key, or another."""
        known = directory / "known_hosts"
        entry = f"[127.0.0.1]:{self.listener.port}"
        known.write_text(f"{entry} {key or self._key.public}\n")
        path = directory / "ssh_config"
        path.write_text(
            f"Host {' '.join(names)}\n HostName 127.0.0.1\n Port {self.listener.port}\n"
            f" User root\n UserKnownHostsFile {known}\n IdentitiesOnly yes\n"
            # ssh would take any key then; this product does not.
            " StrictHostKeyChecking no\n"
        )
        return path

    def close(self) -> None:
        """End it."""
        self._ended.set()
        self.listener.close()


@contextlib.contextmanager
def running(server: "FalseXapi | Terminator | FalseDom0 | Listener") -> Iterator[None]:
    """Keep a server until the block ends."""
    try:
        yield
    finally:
        server.close() if isinstance(server, FalseDom0 | Listener) else server.listener.close()
