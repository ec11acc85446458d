"""`python -m xsbond.lab` keeps a lab for others, and ends without a trace."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.lab.openssh import PATIENCE, openssh
from tests.support.absent import without
from xsbond.lab.blueprint import PROFILES


class Kept:
    """`python -m xsbond.lab` as a process."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "xsbond.lab", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.lines = [self.process.stdout.readline().strip() for _ in range(6)]

    def file(self, label: str) -> Path:
        """Return the path printed behind a label."""
        (line,) = (line for line in self.lines if line.startswith(f"{label}:"))
        return Path(line.partition(":")[2].strip())

    def end(self, number: int) -> tuple[int, str]:
        """Send a signal and return exit status and standard error."""
        self.process.send_signal(number)
        _, complaints = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, complaints


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_kept_lab_stops_cleanly(number: int) -> None:
    """Status 0, no word, no file."""
    kept = Kept("--hosts=1")
    config = kept.file("ssh config")
    assert config.exists()
    assert kept.end(number) == (0, "")
    assert not config.parent.exists()


def test_kept_lab_can_be_used_by_others() -> None:
    """What it prints is enough."""
    kept = Kept("--hosts=2", "--profile=xenserver-6.2")
    answer = openssh(kept.file("ssh config"), "xs-2", "ovs-appctl bond/list")
    assert answer.stdout.splitlines()[0] == "bond\ttype\tslaves"
    kept.end(signal.SIGTERM)


def test_kept_lab_can_run_the_kernels_own_bridges() -> None:
    """Its dom0 says so where networkd looks."""
    kept = Kept("--hosts=1", "--network-backend=bridge")
    answer = openssh(kept.file("ssh config"), "xs-1", "cat /etc/xensource/network.conf")
    assert answer.stdout == "bridge\n"
    kept.end(signal.SIGTERM)


def test_kept_lab_ends_with_its_parent(tmp_path: Path) -> None:
    """Nobody is left to stop it."""
    script = (
        "import subprocess, sys\n"
        "lab = subprocess.Popen([sys.executable, '-m', 'xsbond.lab', '--hosts=1',"
        f" '--directory={tmp_path / 'lab'}'], stdout=subprocess.PIPE)\n"
        "lab.stdout.readline()\n"
        "print(lab.pid, flush=True)\n"
        "import os; os._exit(0)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, timeout=PATIENCE
    )
    pid = int(ran.stdout)
    gone = threading.Event()
    for _ in range(int(PATIENCE / 0.1)):
        if not (tmp_path / "lab").exists():
            break
        gone.wait(0.1)
    assert not (tmp_path / "lab").exists(), f"process {pid} lives on"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--hosts=0"], "argument --hosts: a lab has 1 to 64 hosts, not 0"),
        (["--hosts=many"], "argument --hosts: a lab has 1 to 64 hosts, not many"),
        (["--speed=-1"], "argument --speed: a speed is a number above 0, not -1"),
        (["--port=99999"], "argument --port: a port is a number up to 65535, not 99999"),
        (["--delay=enabling=soon"], "argument --delay: enabling is in seconds, not 'soon'"),
        (["--frobnicate"], "unrecognized arguments: --frobnicate"),
    ],
)
def test_bad_argument_is_one_line(arguments: list[str], complaint: str) -> None:
    """On standard error, with status 2."""
    command = [sys.executable, "-m", "xsbond.lab", *arguments]
    ran = subprocess.run(command, capture_output=True, check=False, text=True, timeout=PATIENCE)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == f"python -m xsbond.lab: {complaint}\n"


def test_unknown_profile_is_one_line() -> None:
    """With those there are."""
    command = [sys.executable, "-m", "xsbond.lab", "--profile=windows"]
    ran = subprocess.run(command, capture_output=True, check=False, text=True, timeout=PATIENCE)
    assert ran.returncode == 2
    assert ran.stderr.count("\n") == 1
    assert [name for name in PROFILES if name not in ran.stderr] == []
    assert os.linesep in ran.stderr


def test_kept_lab_says_what_must_be_installed(tmp_path: Path) -> None:
    """One line, status 2: the libraries that only a lab needs come with an extra."""
    ran = subprocess.run(
        [sys.executable, "-m", "xsbond.lab"],
        env=without("tree_sitter_bash", tmp_path),
        capture_output=True,
        check=False,
        text=True,
        timeout=PATIENCE,
    )
    assert (ran.stdout, ran.returncode) == ("", 2)
    assert ran.stderr == (
        "python -m xsbond.lab: the lab needs tree_sitter_bash, which is not installed;"
        " run pip install 'pytest-xsbond[lab]'\n"
    )
