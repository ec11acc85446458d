"""What is no baseline of this pool is refused in one line, before anything is judged."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.labs import db, keep_baseline, provisioned_lab, verify
from tests.support.spec_run import run_spec
from xsbond.lab.blueprint import tutorial


def truncated(stored: dict[str, object]) -> None:
    """Leave no records."""
    del stored["records"]


def newer(stored: dict[str, object]) -> None:
    """Let it come from a later release."""
    stored["schema"] = 99


def broken(stored: dict[str, object]) -> None:
    """Let a PIF have no MTU."""
    records = stored["records"]
    assert isinstance(records, dict)
    del next(iter(records["PIF"].values()))["MTU"]


def foreign(stored: dict[str, object]) -> None:
    """Let it be of another pool."""
    records = stored["records"]
    assert isinstance(records, dict)
    next(iter(records["pool"].values())).update(uuid="other", name_label="lab pool")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (truncated, "base.json: is no snapshot: Object missing required field `records`"),
        (newer, "base.json: has schema 99; this release reads up to 1"),
        (broken, "--xsbond-baseline: base.json is no baseline: PIF OpaqueRef:"),
        (foreign, "--xsbond-baseline: base.json is of another pool: lab pool (other), not "),
    ],
    ids=["no-records", "newer-release", "record-without-a-field", "other-pool"],
)
def test_file_that_is_no_baseline_of_this_pool_is_refused(
    pytester: pytest.Pytester,
    recorded_tutorial: Path,
    capfd: pytest.CaptureFixture[str],
    change: Callable[[dict[str, object]], None],
    words: str,
) -> None:
    """One line names the file and what is wrong with it, and nothing is judged."""
    stored = json.loads((recorded_tutorial / "after.json").read_text())
    change(stored)
    (pytester.path / "base.json").write_text(json.dumps(stored))
    run = run_spec(pytester, f"--xsbond-replay={recorded_tutorial}", "--xsbond-baseline=base.json")
    text = capfd.readouterr().err
    assert (run.exit_status, run.results) == (4, ())
    assert [line for line in text.splitlines() if words in line]
    assert "Traceback" not in text


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--xsbond-baseline=absent.json"], "absent.json: cannot be read: No such file"),
        (["--xsbond-save-baseline=absent/b.json"], "there is no directory absent"),
        (["--xsbond-save-baseline=."], "--xsbond-save-baseline: . is a directory"),
        (["--xsbond-save-baseline=/dev/null"], "/dev/null is a device; name a file"),
        (
            ["--xsbond-baseline=b.json", "--xsbond-save-baseline=./b.json"],
            "b.json is what this run compares with; save the new baseline to another file",
        ),
    ],
    ids=["absent", "no-directory", "directory", "device", "both-the-same"],
)
def test_file_that_cannot_be_is_refused(
    pytester: pytest.Pytester,
    recorded_tutorial: Path,
    capfd: pytest.CaptureFixture[str],
    words: list[str],
    reason: str,
) -> None:
    """Before anything is looked at."""
    (pytester.path / "b.json").write_bytes((recorded_tutorial / "after.json").read_bytes())
    run = run_spec(pytester, f"--xsbond-replay={recorded_tutorial}", *words)
    assert run.exit_status == 4
    assert reason in capfd.readouterr().err


def test_lab_of_another_run_is_another_pool(
    pytester: pytest.Pytester, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every lab has a uuid of its own."""
    with provisioned_lab(tutorial(1)) as lab:
        keep_baseline(lab, pytester.path / "base.json")
        with lab.world.lock:
            (pool,) = db(lab).where("pool")
            db(lab).set("pool", pool, uuid="00000000-0000-0000-0000-000000000001")
        run = verify(pytester, lab, "--xsbond-baseline=base.json")
    assert run.exit_status == 4
    assert "is of another pool" in capfd.readouterr().err
