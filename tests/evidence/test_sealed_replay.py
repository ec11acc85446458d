"""A replay judges what was sealed; what was altered is named, and refused unless asked for."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.refused import line_of
from tests.support.spec_run import run_spec

NOW = "snapshots/now.json"


def alter(bundle: Path) -> None:
    """Give a host another name."""
    path = bundle / NOW
    text = path.read_text()
    assert "xs-2" in text
    path.write_text(text.replace("xs-2", "xs-9"))


def take_away(bundle: Path) -> None:
    """Take what the snapshots were judged by."""
    (bundle / "snapshots/run.json").unlink()


def add(bundle: Path) -> None:
    """Add a look that nobody took; the last one would be judged."""
    shutil.copy(bundle / NOW, bundle / "snapshots/after.json")


def spoil(bundle: Path) -> None:
    """Write something else in the manifest's place."""
    (bundle / "MANIFEST.sha256").write_text("nonsense\n")


@pytest.mark.slow
@pytest.mark.parametrize("inside", ["", "snapshots"])
@pytest.mark.parametrize(
    ("tamper", "told"),
    [
        (alter, f"altered: {NOW}"),
        (take_away, "missing: snapshots/run.json"),
        (add, "added: snapshots/after.json"),
        (spoil, "MANIFEST.sha256: line 1 is no digest and file of this directory"),
    ],
)
def test_altered_snapshots_are_refused(
    bundle: Path,
    pytester: pytest.Pytester,
    tamper: Callable[[Path], None],
    told: str,
    inside: str,
) -> None:
    """The file and what became of it, in one line, with the option that judges it anyway."""
    tamper(bundle)
    line = line_of(pytester, [f"--xsbond-replay={bundle / inside}"])
    assert line.startswith(f"--xsbond-replay: {bundle} is not what was sealed: ")
    assert line.endswith(f"{told}; --xsbond-judge-altered judges it anyway")


def test_plan_of_altered_snapshots_is_refused(bundle: Path, pytester: pytest.Pytester) -> None:
    """Nobody is told what to type from a look that nobody took."""
    alter(bundle)
    line = line_of(pytester, [f"--xsbond-replay={bundle}", "--xsbond-plan"])
    assert f"altered: {NOW}" in line


@pytest.mark.parametrize("tamper", [alter, spoil])
@pytest.mark.parametrize("mode", [(), ("--xsbond-plan",)], ids=["judge", "plan"])
def test_altered_snapshots_are_judged_if_asked_for(
    bundle: Path,
    pytester: pytest.Pytester,
    capsys: pytest.CaptureFixture[str],
    tamper: Callable[[Path], None],
    mode: tuple[str, ...],
) -> None:
    """With the option; what is shown says that it is not what was sealed."""
    tamper(bundle)
    run = run_spec(pytester, f"--xsbond-replay={bundle}", "--xsbond-judge-altered", *mode)
    assert run.exit_status in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
    assert "seal: NOT WHAT WAS SEALED: " in capsys.readouterr().out


def test_what_else_was_altered_is_not_judged(
    bundle: Path, pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    """A note in the bundle does not keep the snapshots from being judged as they were sealed."""
    (bundle / "note.txt").write_text("seen by Ann")
    run = run_spec(pytester, f"--xsbond-replay={bundle}")
    assert run.exit_status == pytest.ExitCode.TESTS_FAILED
    assert "xsbond seal: as sealed; MANIFEST.sha256 " in capsys.readouterr().out


def test_bundle_without_a_seal_says_so(
    bundle: Path, pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run that was killed left none; or somebody took it."""
    (bundle / "MANIFEST.sha256").unlink()
    assert run_spec(pytester, f"--xsbond-replay={bundle}").results
    assert "xsbond seal: none: " in capsys.readouterr().out


def test_snapshots_outside_a_bundle_have_no_seal(
    recorded_tutorial: Path, pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `--xsbond-save` stored was never sealed; nothing is said."""
    run_spec(pytester, f"--xsbond-replay={recorded_tutorial}", "-k", "one_management")
    assert "xsbond seal:" not in capsys.readouterr().out
