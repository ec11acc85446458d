"""Every command that looks is bounded in dom0 itself: it costs the others nothing, and is ended.

The shell is this machine's bash, with and without timeout(1), as old dom0s are.
"""

import subprocess
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import paramiko
import pytest

from tests.collect.test_hostile_dom0 import dom0_at
from tests.lab.worlds import eventually
from tests.support.attackers import FalseDom0, running
from tests.support.real_shell import real_shell
from xsbond.collect.dom0 import Dom0
from xsbond.collect.remote import batch
from xsbond.collect.remote.batch import Batch, Stream
from xsbond.collect.remote.channel import STDOUT
from xsbond.errors import PoolError, UnexpectedOutput

WITHOUT_TIMEOUT = ("sh", "bash", "setsid", "sleep", "cat", "yes", "sed", "grep")
OTHERS = {"before": "echo one", "sick": "ovs-appctl bond/list", "after": "echo two; echo err >&2"}


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a command have so much time only; a busy machine needs some of it for an echo."""
    monkeypatch.setattr(batch, "MOST_SECONDS", 2)


@contextmanager
def dom0_with(
    tmp_path: Path, appctl: str, *, bashrc: str = "", has_timeout: bool = True
) -> Iterator[Dom0]:
    """Keep a dom0 with this ovs-appctl."""
    only = () if has_timeout else WITHOUT_TIMEOUT
    answer = real_shell(tmp_path, {"ovs-appctl": appctl}, bashrc=bashrc, only=only)
    server = FalseDom0(answer)
    with running(server), closing(dom0_at(server, tmp_path)) as dom0:
        yield dom0


def processes(*tokens: str) -> list[str]:
    """Return the command lines on this machine that hold one of these."""
    lines = subprocess.run(
        ["/bin/ps", "-eo", "args"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return [line for line in lines if any(token in line for token in tokens)]


def gone(token: str, programs: Path) -> bool:
    """Wait until no process with this token is left, and none of a program of this directory."""
    return eventually(lambda: not processes(token, f"{programs}/"))


HANGING = {
    "sleeps": "exec sleep {token}",
    "waits-for-a-child": "sleep {token}",
    "ignores-signals": "trap '' TERM INT HUP; while :; do sleep {token}; done",
    "leaves-its-child-behind": "sleep {token} & wait",
}


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("has_timeout", [True, False], ids=["timeout", "no-timeout"])
@pytest.mark.parametrize("script", HANGING.values(), ids=HANGING)
def test_command_that_hangs_is_named_and_leaves_nothing_behind(
    tmp_path: Path, script: str, *, has_timeout: bool
) -> None:
    """The others have their answers, the one its reason, and dom0 is as before."""
    token = str(uuid.uuid4().int % 10**9 + 10**9)
    with dom0_with(tmp_path, script.format(token=token), has_timeout=has_timeout) as dom0:
        answers = dom0.run_all(OTHERS)
    assert [answers[name].stdout for name in OTHERS] == ["one\n", "", "two\n"]
    assert answers["after"].stderr == "err\n"
    assert "within 2 s" in answers["sick"].trouble
    assert not answers["before"].trouble
    assert gone(token, tmp_path)


@pytest.mark.parametrize("stream", ["", " >&2"], ids=["stdout", "stderr"])
def test_endless_answer_is_named_and_ended(tmp_path: Path, stream: str) -> None:
    """Whoever prints without end is cut off, and asked no more; the others are asked."""
    token = str(uuid.uuid4())
    with dom0_with(tmp_path, f"exec yes {token}{stream}") as dom0:
        answers = dom0.run_all(OTHERS)
    assert [answers[name].stdout for name in OTHERS] == ["one\n", "", "two\n"]
    assert answers["sick"].trouble
    assert gone(token, tmp_path)


def test_endless_answer_is_the_one_that_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not one before it, whose other stream is a little late; that one is asked for again."""
    monkeypatch.setattr(batch, "MOST_BYTES", 100)
    printed = b"M before\none\n\nM over 0\nM sick\n" + b"y\n" * 100
    monkeypatch.setattr(batch, "arrivals", lambda *_: iter([(STDOUT, printed)]))
    answers = Batch(OTHERS, "M")
    answers.read(paramiko.Channel(0))
    assert {name: answer.trouble for name, answer in answers.answers.items()} == {
        "sick": batch.ENDLESS
    }


def test_what_holds_the_output_is_not_waited_for(tmp_path: Path) -> None:
    """A process in the background keeps the streams open; the answers have come all the same."""
    with dom0_with(tmp_path, "sleep 3 & echo listed") as dom0:
        answers = dom0.run_all(OTHERS)
    assert answers["sick"].stdout == "listed\n"
    assert not answers["sick"].trouble


@pytest.mark.usefixtures("short")
def test_asking_for_one_command_that_hangs_is_an_error(tmp_path: Path) -> None:
    """Who asks for one thing only is told that it did not end."""
    with (
        dom0_with(tmp_path, "exec sleep 1000") as dom0,
        pytest.raises(PoolError, match=r"^xs-1: ovs-appctl bond/list: .* does not end within 2 s"),
    ):
        dom0.ask("ovs-appctl bond/list")


BANNERS = {
    "without-newline": "printf 'Hi '; printf 'Hi ' >&2",
    "with-newline": "echo Hi; echo Hi >&2",
    "strict": "set -eu; printf 'Hi '",
    "endless-name": "printf 'xsbond-%0100d' 1",
}


@pytest.mark.parametrize("has_timeout", [True, False], ids=["timeout", "no-timeout"])
@pytest.mark.parametrize("bashrc", BANNERS.values(), ids=BANNERS)
def test_banner_is_no_part_of_an_answer(tmp_path: Path, bashrc: str, *, has_timeout: bool) -> None:
    """Marks are found wherever they stand: what a login script prints belongs to no command."""
    with dom0_with(tmp_path, "false", bashrc=bashrc, has_timeout=has_timeout) as dom0:
        answers = dom0.run_all(OTHERS)
        changed = dom0.run("echo done; exit 3")
    assert [answers[name].stdout for name in OTHERS] == ["one\n", "", "two\n"]
    assert answers["sick"].exit == 1
    assert (changed.stdout, changed.stderr, changed.exit) == ("done\n", "", 3)


def test_banner_without_end_is_an_error_in_time(tmp_path: Path) -> None:
    """A login script that never ends printing is no command's fault, and ends the look."""
    with (
        dom0_with(tmp_path, "true", bashrc="yes") as dom0,
        pytest.raises(PoolError, match="it never stops answering"),
    ):
        dom0.run_all(OTHERS)


def test_login_script_that_ends_the_shell_is_named(tmp_path: Path) -> None:
    """Where nothing is run at all, the first command has no answer."""
    with (
        dom0_with(tmp_path, "true", bashrc="echo no entry; exit 0") as dom0,
        pytest.raises(UnexpectedOutput, match="the answer is cut short"),
    ):
        dom0.run_all(OTHERS)


WHOLE = b"Welcome!M a\nfirst\n\nM over 0\nM b\n\nM over 3\n"


@pytest.mark.parametrize("length", range(len(WHOLE)))
def test_answer_cut_anywhere_is_no_answer(length: int) -> None:
    """No part of an answer passes for the whole of it, in however many pieces it comes."""
    stream = Stream("M")
    stream.take(WHOLE[:length])
    early = dict(stream.whole)
    assert "b" not in early
    assert early.get("a", ("first\n", 0)) == ("first\n", 0)
    stream.take(WHOLE[length:])
    assert stream.whole == {"a": ("first\n", 0), "b": ("", 3)}
