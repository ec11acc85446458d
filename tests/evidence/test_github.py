"""GitHub Actions: a summary that tells each cause once, and annotations that command nothing."""

from pathlib import Path

import pytest

from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.evidence.github import MOST_BYTES, step_summary
from tests.support.build import Draft
from tests.support.closing_pages import SCENES, other_mode, snapshot_of
from tests.support.spec_run import store


def shown(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, stored: Path, *words: str
) -> tuple[str, list[str]]:
    """Return the summary, and the lines of standard output that are workflow commands."""
    summary = pytester.path / "summary.md"
    summary.write_text("of an earlier command\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    done = pytester.runpytest_subprocess(f"--xsbond-replay={stored}", "-q", *words)
    return summary.read_text(), [line for line in done.outlines if line.startswith("::")]


@pytest.mark.slow
def test_summary_tells_a_cause_of_64_hosts_once(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, recorded: Stages, tmp_path: Path
) -> None:
    """It can be read: hosts that are alike are told together, and nothing is written over."""
    stored = store(tmp_path / "s", now=snapshot_of(SCENES["network-missing-64"], recorded).read())
    text, commands = shown(pytester, monkeypatch, stored)
    assert text.startswith("of an earlier command\n# Bonds: ")
    assert text.count("network is missing: all 64 hosts") == 1
    assert "| xs\\-" in text or "xs-1…xs-64" in text
    assert len([line for line in text.splitlines() if line.startswith("### ")]) == 1
    assert len(commands) == 1
    assert commands[0].startswith("::error title=PUB%3A network is missing%3A all 64 hosts::")


def test_healthy_pool_has_no_annotation(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, recorded_tutorial: Path
) -> None:
    """The summary says that all is well."""
    text, commands = shown(pytester, monkeypatch, recorded_tutorial)
    assert commands == []
    assert "as wanted on both hosts" in text


def test_name_from_the_pool_commands_nothing(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, recorded: Stages, tmp_path: Path
) -> None:
    """Neither a workflow command nor markup can be smuggled in by a host's name."""
    draft = Draft(recorded.now)
    other_mode("xs-2")(draft)
    ref = draft.host("xs-2")
    name = "x\n::error::boo<img src=x>"
    draft.records["host"][ref]["name_label"] = name
    text, commands = shown(pytester, monkeypatch, store(tmp_path / "s", now=draft.read()))
    assert [line for line in commands if line.startswith("::error::boo")] == []
    assert "<img" not in text.replace("\\<img", "")
    assert not [line for line in text.splitlines() if line.startswith("::")]


def test_without_the_variable_nothing_is_commanded(
    pytester: pytest.Pytester, recorded: Stages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A terminal shows no workflow commands."""
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    stored = store(tmp_path / "s", now=snapshot_of(SCENES["one-legged-16"], recorded).read())
    done = pytester.runpytest_subprocess(f"--xsbond-replay={stored}", "-q")
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    assert not [line for line in done.outlines if line.startswith("::")]


def test_summary_that_cannot_be_written_fails_the_run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, recorded_tutorial: Path
) -> None:
    """Whoever waits for it is told."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(pytester.path / "no" / "summary.md"))
    done = pytester.runpytest_subprocess(f"--xsbond-replay={recorded_tutorial}", "-q")
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    assert any("GITHUB_STEP_SUMMARY: NOT WRITTEN" in line for line in done.outlines)


def test_summary_is_no_larger_than_github_shows() -> None:
    """One that is too large would not be shown at all; the cut is told."""
    text = step_summary("ü" * MOST_BYTES)
    assert len(text.encode()) <= MOST_BYTES
    assert text.endswith("have everything.)\n")
