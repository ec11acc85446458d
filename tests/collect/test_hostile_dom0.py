"""A dom0 that means harm: it never answers, never ends, or prints what a terminal would obey."""

import contextlib
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import paramiko
import pytest

from tests.support.attackers import Answer, FalseDom0, running
from tests.support.real_shell import real_shell
from xsbond.collect.dom0 import Dom0
from xsbond.collect.ssh import SshSettings
from xsbond.errors import PoolError, UnexpectedOutput
from xsbond.snapshot import parsers


def dom0_at(server: FalseDom0, tmp_path: Path) -> Dom0:
    """Return the dom0 that this server plays; its key is known."""
    config = server.config(tmp_path, "xs-1")
    return Dom0("xs-1", SshSettings(ssh_config=str(config), password="word"))


def _once_asked(work: Callable[[paramiko.Channel], None]) -> Answer:
    """Return an answer that lets the request be replied to, and then does the work."""

    def start(channel: paramiko.Channel) -> None:
        with contextlib.suppress(OSError, EOFError):
            # The client closes its side when it has the reply to its request.
            channel.recv(1)
            work(channel)

    def answer(channel: paramiko.Channel, command: bytes) -> bool:
        del command
        threading.Thread(target=start, args=(channel,), daemon=True).start()
        return True

    return answer


def endless(send: str) -> Answer:
    """Fill one stream for ever."""

    def fill(channel: paramiko.Channel) -> None:
        while True:
            getattr(channel, send)(b"x" * 30000)

    return _once_asked(fill)


def hang(channel: paramiko.Channel, command: bytes) -> bool:
    """Never even answer the request to run a command."""
    del channel, command

    threading.Event().wait(5)
    return False


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (hang, "no answer in time"),
        (lambda _, __: True, "no answer in time"),
        (lambda _, __: False, "the connection failed"),
        (endless("sendall"), "it never stops answering"),
        (endless("sendall_stderr"), "it never stops answering"),
    ],
    ids=["no-reply", "silence", "refusal", "endless-stdout", "endless-stderr"],
)
def test_command_ends_whatever_dom0_does(tmp_path: Path, answer: Answer, words: str) -> None:
    """A command comes to an end, in time and in bounds, with the reason in one line."""
    server = FalseDom0(answer)
    dom0 = dom0_at(server, tmp_path)
    timeout = 60 if "never" in words else 1
    with running(server), closing(dom0), pytest.raises(PoolError, match=words) as caught:
        dom0.run("true", timeout=timeout)
    assert "\n" not in str(caught.value)


def printing(tmp_path: Path, printed: bytes) -> FalseDom0:
    """Return a dom0 with a real shell, whose sed prints this whatever it is asked."""
    (tmp_path / "printed").write_bytes(printed)
    return FalseDom0(real_shell(tmp_path, {"sed": f"cat {tmp_path}/printed"}))


@pytest.mark.parametrize(
    "printed",
    [
        b"",
        b"-----BEGIN CERTIFICATE-----",
        b"-----BEGIN CERTIFICATE-----\nnot base64!\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\n\xff\xfe\x00\n-----END CERTIFICATE-----\n",
    ],
    ids=["nothing", "cut", "no-base64", "binary"],
)
def test_certificate_that_is_none_is_named(tmp_path: Path, printed: bytes) -> None:
    """What dom0 prints in place of a certificate ends in one line, not in a traceback."""
    server = printing(tmp_path, printed)
    dom0 = dom0_at(server, tmp_path)
    with (
        running(server),
        closing(dom0),
        pytest.raises(PoolError, match=r"^xs-1: /etc/xensource/xapi-ssl.pem: "),
    ):
        dom0.certificate()


def test_private_key_that_dom0_prints_is_not_repeated(tmp_path: Path) -> None:
    """Should a dom0 print the whole file, garbled, the error does not show the key in it."""
    printed = b"-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"
    server = printing(tmp_path, printed + b"-----BEGIN CERTIFICATE-----\n?\n")
    dom0 = dom0_at(server, tmp_path)
    with (
        running(server),
        closing(dom0),
        pytest.raises(PoolError, match="read") as caught,
    ):
        dom0.certificate()
    assert "c2VjcmV0" not in str(caught.value)


def test_json_nested_without_end_is_unexpected_output() -> None:
    """A table of ovs-vsctl that is nested a million deep is refused, not followed."""
    with pytest.raises(UnexpectedOutput, match="ovs-vsctl list port"):
        parsers.parse_ovs_ports('{"headings":' + "[" * 1_000_000)


def test_password_does_not_show_in_what_a_failed_connection_leaves(tmp_path: Path) -> None:
    """No frame of an error that connecting ends in holds the password in plain text."""
    server = FalseDom0()
    dom0 = dom0_at(server, tmp_path)
    server.close()
    with pytest.raises(PoolError) as caught:
        dom0.host.run("true")
    shown = str(caught.getrepr(showlocals=True, style="long", truncate_locals=False))
    assert "'word'" not in shown


@pytest.mark.parametrize("password", ["the-word-of-root", "another-word"], ids=["root", "other"])
def test_password_that_dom0_prints_is_shown_to_nobody(tmp_path: Path, password: str) -> None:
    """Some script holds it: what is answered, repeated by an error, or a login message has it."""
    says = f"echo as {password}@xs-1; echo no {password} >&2"
    answer = real_shell(tmp_path, {"service": f"{says}; exit 1"}, bashrc=f"echo Hi {password}")
    with running(server := FalseDom0(answer)):
        config = server.config(tmp_path, "xs-1")
        settings = SshSettings(ssh_config=str(config), password="the-word-of-root", hidden=password)
        with closing(Dom0("xs-1", settings)) as dom0:
            answers = dom0.run("service"), dom0.ask("service")
    assert {(each.stdout, each.stderr) for each in answers} == {("as ***@xs-1\n", "no ***\n")}


def test_password_in_an_answer_that_is_cut_short_is_shown_to_nobody(tmp_path: Path) -> None:
    """The error repeats the last words."""
    answer = real_shell(tmp_path, {}, bashrc="echo Hi the-word-of-root; exit 0")
    with running(server := FalseDom0(answer)):
        config = server.config(tmp_path, "xs-1")
        settings = SshSettings(ssh_config=str(config), password="the-word-of-root")
        with closing(Dom0("xs-1", settings)) as dom0, pytest.raises(UnexpectedOutput) as caught:
            dom0.run_all({"clock": "date"})
    assert "Hi ***" in str(caught.value)


def test_short_password_changes_no_answer(tmp_path: Path) -> None:
    """Part of a word that is judged may be the same by chance."""
    server = FalseDom0(real_shell(tmp_path, {}))
    with running(server), closing(dom0_at(server, tmp_path)) as dom0:
        assert dom0.ask("echo a word").stdout == "a word\n"
