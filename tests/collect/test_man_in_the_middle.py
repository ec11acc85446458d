"""Somebody stands between: he is noticed, and no password and no session reaches him."""

import contextlib
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest

from tests.support.attackers import (
    FalseDom0,
    FalseXapi,
    Identity,
    Listener,
    Terminator,
    failure,
    running,
    success,
)
from tests.support.refused import line_of
from xsbond.collect.address import Credentials, PoolAddress
from xsbond.collect.dom0 import Dom0
from xsbond.collect.login import connect
from xsbond.collect.ssh import SshSettings
from xsbond.collect.wire.tls import TlsTrust
from xsbond.collect.xapi import PoolApi
from xsbond.errors import PoolError, TrustError
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial
from xsbond.lab.ssh.keys import new_key

_PASSWORD = "word-of-root"
_ROOT = Credentials("root", _PASSWORD)


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A lab of one host; nothing here changes it."""
    with Lab(tutorial(1, password=_PASSWORD)) as lab:
        yield lab


@pytest.fixture
def identity(tmp_path: Path) -> Identity:
    """The attacker's certificate, with the name of the real one."""
    return Identity(tmp_path)


def master(lab: Lab) -> tuple[str, int]:
    """Return where the real XAPI listens."""
    host, port = lab.master_url.removeprefix("https://").split(":")
    return host, int(port)


def genuine(lab: Lab) -> TlsTrust:
    """Return the certificate that the master's dom0 holds, read over SSH."""
    dom0 = Dom0("xs-1", SshSettings(ssh_config=str(lab.ssh_config), password=_PASSWORD))
    with contextlib.closing(dom0):
        return TlsTrust(certificate=dom0.certificate())


def believing(lab: Lab, server: Terminator | FalseXapi, trust: TlsTrust | None = None) -> PoolApi:
    """Connect to the pool through a server that stands in between."""
    believed = trust or genuine(lab)
    return connect(PoolAddress.parse(server.listener.url), _ROOT, lambda _: believed)


def test_certificate_that_dom0_does_not_hold_ends_the_run(
    pytester: pytest.Pytester, lab: Lab, identity: Identity, tmp_path: Path
) -> None:
    """The command ends in one line, and the man in the middle has read nothing at all."""
    config = Path(lab.ssh_config).read_text().replace("Host xs-1", "Host xs-1 127.0.0.1")
    (tmp_path / "ssh_config").write_text(config)
    server = Terminator(identity, master(lab))
    with running(server):
        arguments = [
            f"--pool={server.listener.url}",
            f"--ssh-config={tmp_path / 'ssh_config'}",
            f"--xsbond-password-file={lab.password_file}",
        ]
        line = line_of(pytester, arguments)
    assert line.startswith("127.0.0.1: TLS: its certificate has SHA-256 ")
    assert server.connections == 1
    assert server.received == b""


def test_man_in_the_middle_would_read_the_password_of_who_believes_anybody(
    lab: Lab, identity: Identity
) -> None:
    """With verification off he reads all of it, which proves that the other tests look well."""
    server = Terminator(identity, master(lab))
    with running(server), contextlib.closing(believing(lab, server, TlsTrust(insecure=True))):
        pass
    assert _PASSWORD.encode() in server.received


@pytest.mark.parametrize("kind", ["fingerprint", "authority"])
def test_other_kinds_of_trust_notice_him_too(
    lab: Lab, identity: Identity, tmp_path: Path, kind: str
) -> None:
    """A fingerprint or an authority tells him from the pool before he reads anything."""
    certificate = genuine(lab)
    (tmp_path / "ca.pem").write_text(certificate.certificate)
    (fingerprint,) = certificate.fingerprints()
    trust = {
        "fingerprint": TlsTrust(fingerprint=fingerprint),
        "authority": TlsTrust(ca_file=tmp_path / "ca.pem"),
    }[kind]
    server = Terminator(identity, master(lab))
    with running(server), pytest.raises(PoolError, match="certificate"):
        believing(lab, server, trust)
    assert server.received == b""


@pytest.mark.parametrize("call", ["read", "change"])
def test_certificate_that_is_swapped_later_is_noticed(
    lab: Lab, identity: Identity, call: str
) -> None:
    """Each new connection is verified anew: the session does not reach who came in between."""
    server = Terminator(identity, master(lab), honest=1)
    with running(server), contextlib.closing(believing(lab, server)) as api:
        api._transport.close()
        with pytest.raises(TrustError, match="somebody may stand between"):
            getattr(api, call)("pool.get_all")
        assert server.connections > 1
    assert server.received == b""


def test_clear_text_where_tls_is_due_is_refused(lab: Lab) -> None:
    """A server that answers in clear text gets a greeting of TLS, and no password."""
    received = bytearray()

    def answer(connection: socket.socket) -> None:
        received.extend(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        received.extend(connection.recv(65536))

    listener = Listener(answer)
    with running(listener), pytest.raises(PoolError, match="login: no TLS connection"):
        connect(PoolAddress.parse(listener.url), _ROOT, lambda _: genuine(lab))
    assert received.startswith(b"\x16\x03")
    assert _PASSWORD.encode() not in received


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_tls_below_1_2_is_refused(lab: Lab, identity: Identity) -> None:
    """A server that speaks TLS 1.1 at most is refused, even with the pinned certificate."""
    identity.context.minimum_version = ssl.TLSVersion.TLSv1_1
    identity.context.maximum_version = ssl.TLSVersion.TLSv1_1
    identity.context.set_ciphers("ALL:@SECLEVEL=0")
    trust = TlsTrust(certificate=identity.certificate)
    server = Terminator(identity, master(lab))
    with running(server), pytest.raises(PoolError, match="login: no TLS connection"):
        believing(lab, server, trust)
    assert server.received == b""


def test_redirection_to_an_attacker_is_noticed(identity: Identity, tmp_path: Path) -> None:
    """Where HOST_IS_SLAVE leads must prove itself, too, before it is told the password."""
    (tmp_path / "other").mkdir()
    stranger = Identity(tmp_path / "other")
    member = FalseXapi(identity, lambda: [failure("HOST_IS_SLAVE", "127.0.0.9")], "127.0.0.1")
    asked: list[str] = []

    def trust_of(host: str) -> TlsTrust:
        asked.append(host)
        return TlsTrust(certificate=identity.certificate)

    # The port stays when the host changes.
    port = member.listener.port
    attacker = FalseXapi(
        stranger, lambda: [success("<value>OpaqueRef:x</value>")], "127.0.0.9", port
    )
    with running(attacker), running(member), pytest.raises(TrustError, match=r"^127\.0\.0\.9: TLS"):
        connect(PoolAddress(host="127.0.0.1", port=port), _ROOT, trust_of)
    assert asked == ["127.0.0.1", "127.0.0.9"]
    assert _PASSWORD.encode() in member.received
    assert attacker.received == b""


def ssh_through(tmp_path: Path, attacker: FalseDom0, known: str) -> Dom0:
    """Return a dom0 whose name leads to the attacker, although another key is known for it."""
    config = attacker.config(tmp_path, "xs-1", key=known)
    return Dom0("xs-1", SshSettings(ssh_config=str(config), password=_PASSWORD))


def test_host_key_of_a_man_in_the_middle_is_noticed(tmp_path: Path) -> None:
    """Another host key than the known one ends the connection before the password is sent."""
    attacker = FalseDom0()
    dom0 = ssh_through(tmp_path, attacker, new_key().public)
    with (
        running(attacker),
        pytest.raises(TrustError, match=r"its host key \(ssh-ed"),
    ):
        dom0.run("true")
    assert attacker.connections == 1
    assert attacker.passwords == []


def test_host_key_of_another_type_is_noticed(tmp_path: Path) -> None:
    """A key of a type that is not known for the host is no less wrong; the line names both."""
    attacker = FalseDom0()
    key = paramiko.ECDSAKey.generate()
    dom0 = ssh_through(tmp_path, attacker, f"{key.get_name()} {key.get_base64()}")
    both = r"\(ssh-ed25519 .*\) is not the one in known_hosts \(ecdsa-sha2-nistp256 "
    with running(attacker), pytest.raises(TrustError, match=both):
        dom0.run("true")
    assert attacker.passwords == []


def test_known_key_lets_the_password_through(tmp_path: Path) -> None:
    """With the key of the server known the password is sent, so that the tests above look well."""
    attacker = FalseDom0(lambda _, __: False)
    dom0 = ssh_through(tmp_path, attacker, "")
    with running(attacker), contextlib.closing(dom0), pytest.raises(PoolError):
        dom0.run("true")
    assert attacker.passwords == [_PASSWORD]
