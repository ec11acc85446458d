"""What is told while a run works: which member of how many, how long yet, what it waits for."""

import io
import re
import threading
from collections.abc import Iterator

import pytest

from pytest_xsbond.runs.counting import MemberCount
from pytest_xsbond.runs.opening import Waiting
from pytest_xsbond.terminal import progress
from pytest_xsbond.terminal.progress import Teller
from tests.lab.worlds import eventually
from tests.support.spec_run import run_spec
from xsbond.errors import PoolError

PATIENCE = 60
"""Seconds after which a line that does not come is missing; it comes at once."""


class Stream(io.StringIO):
    """Keeps what is written, and tells when it is."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Event()

    def flush(self) -> None:
        """Let whoever waits know that a line is whole."""
        self.written.set()


@pytest.fixture
def stream() -> Stream:
    """Where the reminders go."""
    return Stream()


@pytest.fixture
def told(
    pytester: pytest.Pytester, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Teller]:
    """A teller in a pipe that reminds as soon as it may."""
    monkeypatch.setattr(progress, "SILENCE", 0.0)
    monkeypatch.setattr(progress, "_TICK", 0.01)
    teller = Teller(pytester.parseconfig(), stream, None)
    yield teller
    teller.close()


def test_pipe_is_told_once_what_is_waited_for(told: Teller, stream: Stream) -> None:
    """A line for the wait, with the time it began; not one for each second of it."""
    with told.waiting("SSH of xs-2"):
        assert stream.written.wait(PATIENCE)
        stream.written.clear()
        assert not stream.written.wait(0.1)
        assert re.fullmatch(r"xsbond: SSH of xs-2 \(since \d\d:\d\d:\d\d\)\n", stream.getvalue())


def test_what_is_waited_for_may_change(told: Teller, stream: Stream) -> None:
    """Each thing in turn is told: hosts answer one after the other."""
    left = ["xs-2", "xs-3"]
    with told.waiting(lambda: f"waiting for {left[0]}"):
        assert stream.written.wait(PATIENCE)
        stream.written.clear()
        del left[0]
        assert stream.written.wait(PATIENCE)
    assert [line.split(" (")[0] for line in stream.getvalue().splitlines()] == [
        "xsbond: waiting for xs-2",
        "xsbond: waiting for xs-3",
    ]


def test_many_hosts_are_no_line_each(
    told: Teller, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe is told what is left after a while of silence, however many answer meanwhile."""
    left = ["xs-2", "xs-3"]
    with told.waiting(lambda: f"waiting for {left[0]}"):
        assert stream.written.wait(PATIENCE)
        monkeypatch.setattr(progress, "SILENCE", 3600.0)
        stream.written.clear()
        del left[0]
        assert not stream.written.wait(0.1)


@pytest.mark.parametrize(
    ("module", "word"),
    [
        ("pytest_xsbond.runs.plan_run", "--xsbond-plan"),
        ("pytest_xsbond.runs.undo_run", "--xsbond-undo"),
        ("pytest_xsbond.session.describing", "--xsbond-write-bonds=bonds.toml"),
    ],
)
def test_whoever_judges_nothing_is_told_what_is_waited_for(
    pytester: pytest.Pytester,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    module: str,
    word: str,
) -> None:
    """Beside what such a run prints, which may go into a file."""
    shown = [""]

    def slow(_: object, __: object, waiting: Waiting, *___: object) -> None:
        with waiting("waiting for xs-2"):
            assert eventually(lambda: "xs-2 (since" in _added(shown, capfd.readouterr().err))
        raise PoolError("xs-2", "login", "no answer")

    monkeypatch.setattr(progress, "SILENCE", 0.0)
    monkeypatch.setattr(f"{module}.open_run", slow)
    assert run_spec(pytester, "--pool=xs-1", word).exit_status == pytest.ExitCode.USAGE_ERROR
    assert shown[0].startswith("xsbond: waiting for xs-2 (since ")


def _added(shown: list[str], text: str) -> str:
    shown[0] += text
    return shown[0]


def test_nothing_is_told_when_nothing_is_waited_for(told: Teller, stream: Stream) -> None:
    """After a wait."""
    with told.waiting("XAPI of xs-1"):
        assert stream.written.wait(PATIENCE)
    stream.written.clear()
    assert not stream.written.wait(0.1)


class Members:
    """Three members that are changed one after the other, each in so many seconds."""

    def __init__(self, names: tuple[str, ...], seconds: float) -> None:
        self.lines: list[str] = []
        self._done: list[str] = []
        self._now, self._seconds = 0.0, seconds
        self.count = MemberCount(
            say=self.lines.append,
            members=lambda: names,
            done=lambda: self._done,
            clock=lambda: self._now,
        )

    def restart(self, name: str) -> None:
        """Change one of them."""
        self.count(f"restart xapi on {name}")
        self._now += self._seconds
        self._done.append(name)


def lines(names: tuple[str, ...], seconds: float) -> list[str]:
    """Return what is said while all of them are changed."""
    members = Members(names, seconds)
    members.count("create network PUB")
    for name in names:
        members.restart(name)
    members.count("done")
    return members.lines


def test_members_are_counted_and_the_rest_is_estimated() -> None:
    """By those that are done; what is about no member is not counted."""
    assert lines(("xs-2", "xs-3", "xs-4"), 20.0) == [
        "create network PUB",
        "[1/3] restart xapi on xs-2",
        "[2/3] restart xapi on xs-3 (about 40 s left)",
        "[3/3] restart xapi on xs-4 (about 20 s left)",
        "done",
    ]


def test_long_estimate_is_in_minutes() -> None:
    """From two minutes on."""
    assert lines(("xs-2", "xs-3", "xs-4"), 75.0)[2:4] == [
        "[2/3] restart xapi on xs-3 (about 2 min left)",
        "[3/3] restart xapi on xs-4 (about 75 s left)",
    ]


def test_only_member_is_not_counted() -> None:
    """One of one says nothing."""
    assert lines(("xs-2",), 20.0)[1] == "restart xapi on xs-2"
