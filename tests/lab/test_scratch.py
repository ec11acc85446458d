"""A lab's key and password go with the lab, however it ends; the temporary directory is listed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.lab.ovs.ground import needs_namespaces
from tests.lab.worlds import eventually
from tests.support.drills import read_until
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial
from xsbond.lab.scratch import scratch_directory, sweep

KEPT = (sys.executable, "-u", "-m", "xsbond.lab", "--hosts=1")
OFF = ("-p", "no:cacheprovider", "-p", "no:randomly")
RUN = (sys.executable, "-m", "pytest", "-s", *OFF, "--xsbond-lab-hosts=1", "test_waiting.py")
WAITING = """
import signal

def test_waiting(pool):
    print("the key is there", flush=True)
    signal.pause()
"""
KILLED = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)


def left_in(place: Path) -> list[str]:
    """List what labs have left in a temporary directory."""
    return sorted(path.name for path in place.iterdir() if path.name.startswith("xsbond-lab-"))


@contextmanager
def started(
    command: tuple[str, ...], cwd: Path, place: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a command whose temporary directory is `place`."""
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env={**os.environ, "TMPDIR": str(place)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A temporary directory for one lab."""
    directory = tmp_path / "temporary"
    directory.mkdir()
    return directory


@pytest.mark.slow
@pytest.mark.parametrize("pool", ["lab", pytest.param("lab:ovs", marks=needs_namespaces)])
@pytest.mark.parametrize("number", KILLED, ids=lambda each: each.name)
def test_run_that_is_killed_leaves_no_key(
    tmp_path: Path, place: Path, pool: str, number: signal.Signals
) -> None:
    """Though the run itself has no time to remove anything."""
    (tmp_path / "test_waiting.py").write_text(WAITING)
    with started((*RUN, f"--pool={pool}"), tmp_path, place) as run:
        read_until(run, "the key is there")
        (directory,) = left_in(place)
        assert {"id_ed25519", "password"} <= {path.name for path in (place / directory).iterdir()}
        run.send_signal(number)
        assert run.wait() == -number
        assert eventually(lambda: left_in(place) == [])


@pytest.mark.parametrize("number", [signal.SIGINT, *KILLED], ids=lambda each: each.name)
def test_kept_lab_that_is_ended_leaves_no_key(
    tmp_path: Path, place: Path, number: signal.Signals
) -> None:
    """In order, with status 0, unless it is killed."""
    with started(KEPT, tmp_path, place) as kept:
        read_until(kept, "Ctrl-C ends the lab.")
        assert len(left_in(place)) == 1
        kept.send_signal(number)
        assert kept.wait() == (-number if number == signal.SIGKILL else 0)
        assert eventually(lambda: left_in(place) == [])


def test_lab_that_is_closed_leaves_nothing_and_nobody(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither its directory nor the shell that would have removed it."""
    monkeypatch.setattr("tempfile.tempdir", str(place))
    before = children()
    with Lab(tutorial(1)) as lab:
        assert left_in(place) == [lab.directory.name]
        assert len(children() - before) == 1
    assert (left_in(place), children() - before) == ([], set())


def children() -> set[int]:
    """Return the processes that this one has started and not seen the end of."""
    listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
    return set(map(int, listed.split()))


def test_lab_in_a_directory_of_its_users_starts_no_watch(tmp_path: Path) -> None:
    """There is nothing to remove that was not asked for."""
    before = children()
    with Lab(tutorial(1), directory=tmp_path / "lab"):
        assert children() - before == set()


def test_dead_watch_does_not_matter(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who kills all processes of a job ends the lab without a word."""
    monkeypatch.setattr("tempfile.tempdir", str(place))
    before = children()
    with scratch_directory():
        (watch,) = children() - before
        os.kill(watch, signal.SIGKILL)
        os.waitid(os.P_PID, watch, os.WEXITED | os.WNOWAIT)
    assert left_in(place) == []


# --- what earlier labs have left ---


@pytest.fixture
def dead() -> int:
    """The number of a process that is no more."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def leave(directory: Path, mode: int = 0o700) -> Path:
    """Make a lab's directory, as one that was killed leaves it."""
    directory.mkdir(mode=mode)
    directory.chmod(mode)
    (directory / "password").write_text("secret-word")
    return directory


def test_next_lab_removes_what_dead_ones_have_left(
    place: Path, dead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a machine kills a job and all its processes at once."""
    monkeypatch.setattr("tempfile.tempdir", str(place))
    leave(place / f"xsbond-lab-{dead}-abcdefgh")
    with scratch_directory() as directory:
        assert left_in(place) == [directory.name]


@pytest.mark.parametrize(
    "name",
    [
        "xsbond-lab-{alive}-abcdefgh",
        "xsbond-lab-{dead}-abcdefgh.kept",
        "xsbond-lab-{dead}",
        "xsbond-lab-0{dead}-abcdefgh",
        "xsbond-lab-notes",
        "my-xsbond-lab-{dead}-abcdefgh",
    ],
)
def test_what_may_be_anybodys_stays(place: Path, dead: int, name: str) -> None:
    """Another name, or a process that is there."""
    kept = leave(place / name.format(alive=os.getpid(), dead=dead))
    sweep(place)
    assert (kept / "password").read_text() == "secret-word"


def test_what_others_may_enter_stays(place: Path, dead: int) -> None:
    """No lab has made that."""
    kept = leave(place / f"xsbond-lab-{dead}-abcdefgh", mode=0o755)
    sweep(place)
    assert kept.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_what_somebody_else_owns_stays(place: Path, dead: int) -> None:
    """Though root could remove it."""
    kept = leave(place / f"xsbond-lab-{dead}-abcdefgh")
    os.chown(kept, 12345, 12345)
    sweep(place)
    assert kept.exists()


def test_lab_of_another_container_stays(place: Path, dead: int) -> None:
    """Its process has a number of its own there; that it lives is seen by its lock."""
    kept = leave(place / f"xsbond-lab-{dead}-abcdefgh")
    script = "import fcntl, os, sys; f = os.open(sys.argv[1], os.O_RDONLY);"
    script += " fcntl.flock(f, fcntl.LOCK_EX); print('locked', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", script, str(kept)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        read_until(other, "locked")
        sweep(place)
        assert kept.exists()
        other.communicate()
    sweep(place)
    assert not kept.exists()


def test_links_are_never_followed(tmp_path: Path, place: Path, dead: int) -> None:
    """Neither one that has a lab's name, nor one in what a lab has left."""
    precious = leave(tmp_path / "precious")
    (place / f"xsbond-lab-{dead}-abcdefgh").symlink_to(precious)
    left = leave(place / f"xsbond-lab-{dead}-ijklmnop")
    (left / "link").symlink_to(precious)
    sweep(place)
    assert left_in(place) == [f"xsbond-lab-{dead}-abcdefgh"]
    assert (precious / "password").read_text() == "secret-word"
