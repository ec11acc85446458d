"""A XAPI that means harm: its answers neither hang, fill the memory, nor end in a traceback."""

import contextlib
import gzip
import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.attackers import FalseXapi, Identity, failure, http, running, success
from xsbond.collect.address import Credentials, PoolAddress
from xsbond.collect.login import connect
from xsbond.collect.wire.bounded import Limits
from xsbond.collect.wire.tls import TlsTrust
from xsbond.collect.xapi import PoolApi
from xsbond.errors import PoolError, UnexpectedOutput

_SMALL = Limits(silence=30.0, whole=60.0, size=300_000, text=50_000)
"""Sizes that a test reaches at once, and time enough for a busy machine."""
_SHORT = replace(_SMALL, silence=0.5, whole=1.5)
"""What a test runs into that is about time; a busy machine only gets there sooner."""
_LATE = "no answer in time"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
_BOMB = (
    "<?xml version='1.0'?><!DOCTYPE b [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
    + "]><methodResponse><params><param><value>&a9;</value></param></params></methodResponse>"
).encode()
_TEXTS = "<value><array><data><value>x</value></data></array></value>"
_EXTERNAL = (
    b"<!DOCTYPE b [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><methodResponse><params><param>"
    b"<value>&x;</value></param></params></methodResponse>"
)


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    """The certificate of the hostile server, which is believed."""
    return Identity(tmp_path_factory.mktemp("identity"))


def slowly(answer: bytes) -> Iterator[bytes]:
    """Yield single bytes, each in time, all of them never."""
    for letter in itertools.cycle(answer):
        time.sleep(0.05)
        yield bytes([letter])


def log_in(identity: Identity, answer: Callable[[], Iterable[bytes]], limits: Limits) -> PoolApi:
    """Log in at a XAPI that answers so."""
    server = FalseXapi(identity, answer)
    with running(server):
        address = PoolAddress.parse(server.listener.url)
        trust = TlsTrust(certificate=identity.certificate)
        return connect(address, Credentials("root", "word-of-root"), lambda _: trust, limits)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda: itertools.chain([_HEAD + b"\r\n"], itertools.repeat(b" " * 999)), "larger than"),
        (lambda: [_HEAD, *[b"X-More: y\r\n"] * 200, b"\r\n"], "no answer to the call"),
        (lambda: itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 99), "larger than"),
        (lambda: slowly(b"HTTP/1.1 100 Continue\r\n\r\n"), _LATE),
        (lambda: itertools.chain([_HEAD + b"\r\n"], slowly(b" ")), _LATE),
        (lambda: [_HEAD], _LATE),
        (lambda: [http(gzip.compress(b" " * 9**8), "Content-Encoding: gzip")], "is compressed"),
        (lambda: [http(_BOMB)], "declares a document type"),
        (lambda: [http(_EXTERNAL)], "declares a document type"),
        (lambda: [success("<value><array><data>" * 90)], "nested more than 64 deep"),
        (lambda: [success(f"<value>{'a' * 100_000}</value>")], "a value is longer than 48 KiB"),
        (lambda: [http(b"<html>Welcome</html>")], "it does not speak XAPI"),
        (lambda: [http(b"not xml")], "it does not speak XML-RPC"),
        (lambda: [http(b"\xff\xfe\x00")], "it does not speak XML-RPC"),
        (lambda: [success("<value><int>many</int></value>")], "its answer cannot be read"),
        (lambda: [success(f"<value><int>{'9' * 9999}</int></value>")], "answer cannot be read"),
        (lambda: [success("<value><boolean>maybe</boolean></value>")], "its answer cannot be read"),
        (lambda: [success("<value><array/></value></struct>")], "it does not speak XML-RPC"),
        (lambda: [success("<value><struct><member/></struct></value>")], "no session reference"),
        (lambda: [http(b"<methodResponse><params/></methodResponse>")], "it does not speak XAPI"),
        (lambda: [failure()], "its answer cannot be read"),
        (lambda: [failure("HOST_IS_SLAVE")], "HOST_IS_SLAVE"),
        (lambda: [failure("HOST_IS_SLAVE", "a b\n../?x@y")], "HOST_IS_SLAVE"),
        (lambda: [failure("SESSION_INVALID", "x")], "it does not speak XAPI"),
        (lambda: [b"SSH-2.0-OpenSSH_9.2\r\n"], "no answer to the call"),
    ],
    ids=[
        "endless-body",
        "endless-headers",
        "endless-continue",
        "slow-head",
        "slow-body",
        "silence",
        "gzip-bomb",
        "billion-laughs",
        "external-entity",
        "deep",
        "large-field",
        "html",
        "text",
        "binary",
        "int",
        "large-int",
        "boolean",
        "unbalanced",
        "nameless-member",
        "empty",
        "no-code",
        "no-address",
        "no-such-address",
        "endless-sessions",
        "ssh",
    ],
)
def test_hostile_login_answer_is_one_error(
    identity: Identity, answer: Callable[[], Iterable[bytes]], words: str
) -> None:
    """Whatever a server answers to the login, one line says what is wrong, and in time."""
    with pytest.raises(PoolError, match=r"^127\.0\.0\.1: login: ") as caught:
        log_in(identity, answer, _SHORT if words == _LATE else _SMALL)
    assert words in str(caught.value)
    assert "word-of-root" not in str(caught.value)


def test_field_of_ten_megabytes_is_refused_by_default(identity: Identity) -> None:
    """The limits in force without being asked for stop a field that is far too large."""
    with pytest.raises(PoolError, match="a value is longer than 1024 KiB"):
        log_in(identity, lambda: [success(f"<value>{'a' * 10**7}</value>")], Limits())


def test_password_that_a_server_sends_back_is_not_shown(identity: Identity) -> None:
    """An error of XAPI that repeats the password is shown without it."""
    with pytest.raises(PoolError, match=r"ODD \*\*\*") as caught:
        log_in(identity, lambda: [failure("ODD", "word-of-root")], _SMALL)
    assert "word-of-root" not in repr(caught.value.__cause__)


class Sequel:
    """Answers the login well, and then something else."""

    def __init__(self, *answers: bytes) -> None:
        self._answers = iter([success("<value>OpaqueRef:session-of-root</value>"), *answers])
        self._last = b""

    def pieces(self) -> Iterable[bytes]:
        """Return the next answer; the last one again and again."""
        self._last = next(self._answers, self._last)
        return [self._last]


@contextlib.contextmanager
def logged_in(identity: Identity, *answers: bytes) -> Iterator[PoolApi]:
    """Keep a session with a XAPI that answers so after the login."""
    server = FalseXapi(identity, Sequel(*answers).pieces)
    with running(server):
        trust = TlsTrust(certificate=identity.certificate)
        address = PoolAddress.parse(server.listener.url)
        api = connect(address, Credentials("root", "word"), lambda _: trust, _SMALL)
        with contextlib.closing(api):
            yield api


@pytest.mark.parametrize(
    "value",
    [
        "<value>text</value>",
        "<value><array><data/></array></value>",
        "<value><struct/></value>",
        "<value><struct><member><name>events</name><value>x</value></member></struct></value>",
        f"<value><struct><member><name>events</name>{_TEXTS}</member></struct></value>",
        "<value><boolean>1</boolean></value>",
    ],
)
def test_sweep_of_another_shape_is_unexpected_output(identity: Identity, value: str) -> None:
    """An event.from that answers something else is named, with what came."""
    shape = r"^event\.from: it has another shape"
    with (
        logged_in(identity, success(value)) as api,
        pytest.raises(UnexpectedOutput, match=shape),
    ):
        api.sweep()


def test_session_reference_that_a_server_sends_back_is_not_shown(identity: Identity) -> None:
    """A failure that names our session is shown without its reference, the cause included."""
    refusal = failure("HANDLE_INVALID", "OpaqueRef:session-of-root")
    with (
        logged_in(identity, refusal) as api,
        pytest.raises(PoolError, match=r"HANDLE_INVALID \*\*\*") as caught,
    ):
        api.call("pool.get_all")
    assert "session-of-root" not in repr(caught.value.__cause__)


def test_no_frame_of_a_library_survives_an_error(identity: Identity) -> None:
    """What --full-trace --showlocals could print of an error holds no frame with a secret."""
    with pytest.raises(PoolError) as caught:
        log_in(identity, lambda: [http(b"not xml")], _SMALL)
    places = {str(each.path) for each in caught.traceback}
    assert not [place for place in places if "XenAPI" in place or "xmlrpc" in place]
    assert caught.value.__cause__ is not None
    assert caught.value.__cause__.__traceback__ is None


def test_member_that_sends_a_client_in_circles_is_left(identity: Identity, tmp_path: Path) -> None:
    """HOST_IS_SLAVE is followed a few times, each time to a new address, and no further."""
    del tmp_path
    numbers = itertools.count(2)
    answers = lambda: [failure("HOST_IS_SLAVE", f"127.0.0.{next(numbers)}")]  # noqa: E731
    server = FalseXapi(identity, answers, "0.0.0.0")
    with running(server):
        trust = TlsTrust(certificate=identity.certificate)
        address = PoolAddress(host="127.0.0.1", port=server.listener.port)
        with pytest.raises(PoolError, match=r"^127\.0\.0\.4: login: HOST_IS_SLAVE"):
            connect(address, Credentials("root", "word"), lambda _: trust, _SMALL)
