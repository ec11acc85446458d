"""What is not selected is not touched: with workers of xdist and without."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.plugin.test_lab_runs import dump
from tests.support.drills import recorded_settings
from tests.support.labs import pool_arguments, provisioned_lab
from tests.support.tiers import slow
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial

WORKERS = pytest.mark.parametrize("workers", [slow("0"), "2"])
"""Without xdist's workers and with them."""


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A lab that lacks the guest bond."""
    with Lab(tutorial(2)) as started:
        yield started


@pytest.fixture
def provisioned() -> Iterator[Lab]:
    """A lab that has the guest bond."""
    with provisioned_lab() as started:
        yield started


def run(directory: Path, lab: Lab, *arguments: str) -> int:
    """Run pytest in a process of its own; return the exit status."""
    command = [sys.executable, "-m", "pytest", "-p", "no:randomly", f"--rootdir={directory}"]
    done = subprocess.run(
        [*command, *pool_arguments(lab), *arguments],
        cwd=directory,
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
    )
    return done.returncode


OWN = """
def test_own():
    assert False

def test_pool(snapshots):
    pass
"""
NOTHING, FAILED = pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.TESTS_FAILED
UNTOUCHED: dict[str, tuple[tuple[str, ...], int]] = {
    "keyword": (("-k", "typo"), NOTHING),
    "no-such-file": (("nosuch.py",), pytest.ExitCode.USAGE_ERROR),
    "collect-only": (("--co",), pytest.ExitCode.OK),
    "deselected": (("test_own.py", "--deselect=test_own.py"), NOTHING),
    "exit-first": (("test_own.py", "-x"), FAILED),
    "maxfail": (("test_own.py", "--maxfail=1"), FAILED),
    "last-failed": (("test_own.py", "--lf", "--lfnf=none"), NOTHING),
    "own-test-alone": (("test_own.py", "-k", "test_own and not test_pool"), FAILED),
}
"""What selects nothing that needs the pool -> arguments and exit status."""


@WORKERS
@pytest.mark.parametrize("case", UNTOUCHED)
def test_nothing_selected_changes_nothing(
    tmp_path: Path, lab: Lab, case: str, workers: str
) -> None:
    """No test that needs the pool is run: no record of it is changed."""
    arguments, status = UNTOUCHED[case]
    (tmp_path / "test_own.py").write_text(OWN)
    before = dump(lab)
    assert run(tmp_path, lab, "--xsbond-apply", "-n", workers, *arguments) == status
    assert dump(lab) == before


@WORKERS
@pytest.mark.parametrize(
    ("words", "downs"),
    [
        ("eth5", [("xs-1", "eth5"), ("xs-2", "eth5")]),
        ("xs-2 and eth1", [("xs-2", "eth1")]),
        ("nomatch", []),
        ("mtu", []),
    ],
)
def test_only_selected_legs_are_drilled(
    tmp_path: Path,
    provisioned: Lab,
    words: str,
    downs: list[tuple[str, str]],
    workers: str,
) -> None:
    """A leg whose claims are not selected is not taken down."""
    settings = recorded_settings(provisioned)
    run(tmp_path, provisioned, "--xsbond-failover", "-n", workers, "-k", words)
    assert [(host, leg) for host, leg, state in settings if state == "down"] == downs
