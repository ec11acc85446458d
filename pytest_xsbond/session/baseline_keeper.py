"""`--xsbond-save-baseline`: the last look of a run is kept, and each difference is reported."""

from collections.abc import Generator
from dataclasses import asdict
from pathlib import Path

import pytest

from pytest_xsbond.clean import clean_line
from pytest_xsbond.runs.run import Run
from pytest_xsbond.runs.stash import RUN
from xsbond.snapshot.snapshot import Snapshot, save


class BaselineKeeper:
    """Hooks that keep the last look of a run, and say so."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self._lines: list[tuple[str, dict[str, bool]]] = []

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Keep the last look, if it was asked for and the run came to its end."""
        run = self.config.stash.get(RUN, None)
        path = run.settings.save_baseline if run else None
        if run is None or path is None or self.config.option.collectonly:
            return
        if reason := _why_not(run, exitstatus):
            self._lines.append((f"no baseline was saved: {reason}", {"red": True, "bold": True}))
            return
        try:
            self._save(run, path, session.testsfailed)
        except OSError as error:
            reason = f"{path}: {error.strerror}"
            self._lines.append((f"no baseline was saved: {reason}", {"red": True, "bold": True}))
            session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED

    def _save(self, run: Run, path: Path, failed: int) -> None:
        now = run.expected().now
        save(now.raw, path)
        hosts = f"{len(now.hosts)} host{'' if len(now.hosts) == 1 else 's'}"
        then = f"; {failed} claims did not hold then" if failed else ""
        self._lines.append((f"baseline saved: {path} ({hosts}, {now.raw.taken_at}{then})", {}))
        for name, reason in _unseen(now).items():
            text = f"the baseline lacks the dom0 of {name}, so that nothing in it can be compared"
            self._lines.append((f"{text}: {reason}", {"red": True, "bold": True}))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Attach each difference to the report of the claim that found it."""
        report = yield
        seen = getattr(item, "funcargs", {}).get("since_baseline")
        if report.when == "call" and seen is not None and "xsbond" in report.__dict__:
            found = [each for area in seen.found.values() for each in area]
            drift = [asdict(each) | {"says": str(each)} for each in found]
            report.__dict__["xsbond"]["drift"] = drift
        return report

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what became of the baseline."""
        for line, style in self._lines:
            terminalreporter.line(clean_line(line), **style)


def _why_not(run: Run, exitstatus: int) -> str:
    """Return why the last look of a run is none to keep; nothing if it is."""
    if run.stopped:
        return "the run stopped half-way"
    if exitstatus in {pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERNAL_ERROR}:
        return "the run was interrupted"
    return ""


def _unseen(now: Snapshot) -> dict[str, str]:
    """Return host name -> why its dom0 is not in a look."""
    dom0s = {ref: now.raw.dom0.get(host.uuid) for ref, host in now.hosts.items()}
    found = {
        now.labels[ref]: dom0.unreachable if dom0 else "it was not asked"
        for ref, dom0 in dom0s.items()
        if dom0 is None or dom0.unreachable
    }
    restarted = "its xapi was restarted during the look"
    return {**found, **{now.labels[ref]: restarted for ref in now.restarted}}
