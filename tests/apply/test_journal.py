"""The journal: on the disk before the change, its result after it; without it there is none."""

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.applying import apply_over
from tests.support.labs import connected, quiet
from tests.support.moments import at_call
from tests.support.provisioning import (
    bonds,
    change_arguments,
    events,
    finish,
    is_right,
    lock_of,
    networks,
    pool_uuid,
)
from xsbond.apply.journal import FILE, SCHEMA, Journal, JournalError, read_journal, state_directory
from xsbond.apply.provisioning import Stopped
from xsbond.errors import OptionError
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A lab of two hosts without the guest bond."""
    with Lab(tutorial(2)) as lab:
        yield lab


@pytest.mark.parametrize("call", ["network.create", "Async.Bond.create"])
def test_intent_is_written_before_the_call(
    monkeypatch: pytest.MonkeyPatch, lab: Lab, tmp_path: Path, call: str
) -> None:
    """When the pool hears of a change the journal has its intent, and no result yet."""
    seen: list[str] = []
    with at_call(monkeypatch, lab, call, lambda: seen.append((tmp_path / FILE).read_text())):
        finish(lab, tmp_path)
    last = json.loads(seen[0].splitlines()[-1])
    assert last["event"] == "intent"
    assert last["step"] == {"network.create": "create-network"}.get(call, "create-bond")


def test_results_name_what_was_made(lab: Lab, tmp_path: Path) -> None:
    """Each change has one result, with the uuids that XAPI has for what it made."""
    finish(lab, tmp_path)
    entries = events(lab, tmp_path)
    results = {each["n"]: each for each in entries if each["event"] == "result"}
    intents = {each["n"]: each for each in entries if each["event"] == "intent"}
    made = {intents[n]["step"]: each["made"] for n, each in results.items()}
    assert {each["outcome"] for each in results.values()} == {"done"}
    assert made["create-network"].keys() == {"network", "known"}
    assert made["create-bond"].keys() == {"bond", "known"}
    assert made["restart-agent"]["bonds"].keys() == {"PUB"}
    assert entries[-1]["outcome"] == "done"


def test_journal_holds_nothing_secret(lab: Lab, tmp_path: Path) -> None:
    """Neither the password nor a session, nor any other reference, is in it."""
    finish(lab, tmp_path)
    text = (tmp_path / FILE).read_text()
    assert lab.password not in text
    assert "OpaqueRef" not in text


def test_journal_is_its_owners_only(lab: Lab, tmp_path: Path) -> None:
    """The file, and the directories made for it, are nobody else's to read."""
    directory = tmp_path / "new" / "one"
    finish(lab, directory)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (directory / FILE, directory)]
    assert [*modes, stat.S_IMODE(directory.parent.stat().st_mode)] == [0o600, 0o700, 0o700]


def test_journal_goes_to_the_state_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    """XDG_STATE_HOME counts if it is an absolute path, as its specification wants."""
    monkeypatch.setenv("HOME", "/home/ann")
    assert state_directory() == Path("/home/ann/.local/state/pytest-xsbond")
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    assert state_directory() == Path("/state/pytest-xsbond")
    monkeypatch.setenv("XDG_STATE_HOME", "state")
    assert state_directory() == Path("/home/ann/.local/state/pytest-xsbond")


# --- a full disk ---


def test_full_disk_refuses_before_any_change(
    pytester: pytest.Pytester, lab: Lab, tmp_path: Path
) -> None:
    """What cannot be written down is not done: exit status 4, one reason, an untouched pool."""
    (tmp_path / FILE).symlink_to("/dev/full")
    arguments = [*change_arguments(lab, tmp_path), "--xsbond-apply"]
    result = pytester.runpytest_subprocess("-p", "no:randomly", *arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    reason = "journal.jsonl: cannot be written: No space left on device"
    assert reason in result.stdout.str() + result.stderr.str()
    assert (networks(lab).count("PUB"), lock_of(lab)) == (0, None)


def fill_disk_at(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let the disk take no line from this one on, and half of this one."""
    lines = iter(range(1, 1000))

    def write(descriptor: int, line: bytes) -> int:
        reached = next(lines)
        if reached > number:
            raise OSError(28, "No space left on device")
        return write_all(descriptor, line[: len(line) // 2] if reached == number else line)

    write_all = os.write
    monkeypatch.setattr("xsbond.apply.journal.os", _Os(os, write))


class _Os:
    """The module os with another `write`."""

    def __init__(self, known: object, write: object) -> None:
        self._known, self.write = known, write

    def __getattr__(self, name: str) -> object:
        return getattr(self._known, name)


@pytest.mark.parametrize(
    ("number", "made"), [(5, False), (6, True)], ids=["at-an-intent", "at-a-result"]
)
def test_disk_that_fills_up_stops_the_run(
    monkeypatch: pytest.MonkeyPatch, lab: Lab, tmp_path: Path, number: int, *, made: bool
) -> None:
    """No change without its intent; a change without its result is named, and settled later."""
    with monkeypatch.context() as patch, connected(lab) as connections:
        fill_disk_at(patch, number)
        with pytest.raises(Stopped) as caught:
            apply_over(connections, tmp_path, quiet)
    assert isinstance(caught.value.__cause__, JournalError)
    words = "; the change itself was made, and is not written down" if made else ""
    assert caught.value.reason.endswith(f"No space left on device{words}")
    assert (networks(lab).count("PUB"), lock_of(lab)) == (int(made), None)
    assert bonds(lab)["xs-1"] == ["NAS"]
    finish(lab, tmp_path)
    assert is_right(lab)


def test_disk_that_fills_up_at_the_lock_leaves_none(
    monkeypatch: pytest.MonkeyPatch, lab: Lab, tmp_path: Path
) -> None:
    """The lock was taken, and that cannot be written down: it is given back."""
    with monkeypatch.context() as patch, connected(lab) as connections:
        fill_disk_at(patch, 3)
        with pytest.raises(JournalError):
            apply_over(connections, tmp_path, quiet)
    assert (lock_of(lab), networks(lab).count("PUB")) == (None, 0)


# --- reading ---


def test_line_that_was_cut_off_is_no_entry(tmp_path: Path) -> None:
    """Half a line was never counted upon; what is appended later starts a line of its own."""
    with Journal(tmp_path, "pool", "one") as journal:
        journal.begin(does="apply")
    with (tmp_path / FILE).open("a") as file:
        file.write('{"schema":1,"pool":"pool","ru')
    with Journal(tmp_path, "pool", "two") as journal:
        journal.begin(does="apply")
    assert [entry["run"] for entry in read_journal(tmp_path, "pool")] == ["one", "two"]


def test_pools_share_a_directory(tmp_path: Path) -> None:
    """Each pool's entries are its own."""
    for pool in ("one", "two"):
        with Journal(tmp_path, pool, f"run of {pool}") as journal:
            journal.begin(does="apply")
    assert [entry["run"] for entry in read_journal(tmp_path, "two")] == ["run of two"]


def test_journal_of_a_newer_release_is_refused(tmp_path: Path) -> None:
    """What this release may misread it does not act upon."""
    line = {"schema": SCHEMA + 1, "pool": "pool", "run": "r", "event": "run"}
    (tmp_path / FILE).write_text(json.dumps(line) + "\n")
    with pytest.raises(OptionError, match=r"has schema 2; this release reads up to 1"):
        read_journal(tmp_path, "pool")


@pytest.mark.slow
def test_lab_keeps_its_journal_to_itself(pytester: pytest.Pytester, tmp_path: Path) -> None:
    """A pool that is gone after the run leaves no journal behind."""
    result = pytester.runpytest_subprocess("-p", "no:randomly", "--pool=lab", "-k", "one_network")
    assert result.ret == 0
    assert not state_directory().exists()
    assert list(tmp_path.rglob(FILE)) == []


@pytest.mark.slow
def test_pool_uuid_names_the_default_directory(pytester: pytest.Pytester, lab: Lab) -> None:
    """Without --xsbond-journal each pool has a directory of its own."""
    arguments = [each for each in change_arguments(lab, Path("x")) if "journal" not in each]
    result = pytester.runpytest_subprocess("-p", "no:randomly", *arguments, "--xsbond-apply")
    assert result.ret == 0
    file = state_directory() / pool_uuid(lab) / FILE
    result.stdout.fnmatch_lines([f"journal: {file}"])
    assert file.is_file()
