"""The baseline: read before a run, held against its pool, and kept after one."""

import os
from collections.abc import Generator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_xsbond import options
from pytest_xsbond.clean import clean_line
from pytest_xsbond.keys import RUN
from xsbond.errors import OptionError, UnexpectedOutput
from xsbond.snapshot import Snapshot, load, save

if TYPE_CHECKING:
    from pytest_xsbond.run import Run

_READ, _SAVE = "--xsbond-baseline", "--xsbond-save-baseline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A stored look at a pool, and the file it came from."""

    path: Path
    snapshot: Snapshot

    def refuse_other_pool(self, now: Snapshot) -> None:
        """Raise OptionError if this is not a look at the same pool as `now`."""
        then, there = self.snapshot.pool, now.pool
        if then.uuid != there.uuid:
            reason = f"{self.path} is of another pool: {_called(then)}, not {_called(there)}"
            raise OptionError(_READ, reason)


def _called(pool: object) -> str:
    label, uuid = getattr(pool, "name_label", ""), getattr(pool, "uuid", "")
    return f"{label} ({uuid})" if label else uuid


def baseline_option(config: pytest.Config) -> Baseline | None:
    """Return what `--xsbond-baseline` names; OptionError if that cannot be read."""
    if not (given := options.value(config, "baseline")):
        return None
    path = Path(given)
    try:
        return Baseline(path=path, snapshot=load(path))
    except UnexpectedOutput as error:
        reason = f"{error.source}: {error.reason}"
        raise OptionError(_READ, f"{path} is no baseline: {reason}") from error


def save_baseline_option(config: pytest.Config) -> Path | None:
    """Return where `--xsbond-save-baseline` is to write; OptionError if it could not."""
    if not (given := options.value(config, "save-baseline")):
        return None
    path, compared = Path(given), options.value(config, "baseline")
    if compared and path.resolve() == Path(compared).resolve():
        reason = f"{path} is what this run compares with; save the new baseline to another file"
        raise OptionError(_SAVE, reason)
    if options.flag(config, "plan"):
        raise OptionError(_SAVE, "keeps what a run has judged; --xsbond-plan judges nothing")
    if path.exists() and not path.is_file():
        # It would be replaced, were it a device.
        kind = "directory; name a file in it" if path.is_dir() else "device; name a file"
        raise OptionError(_SAVE, f"{path} is a {kind}")
    if not path.parent.is_dir():
        raise OptionError(_SAVE, f"there is no directory {path.parent}")
    if not os.access(path.parent, os.W_OK):
        raise OptionError(_SAVE, f"directory {path.parent} cannot be written to")
    return path


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

    def _save(self, run: "Run", path: Path, failed: int) -> None:
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


def _why_not(run: "Run", exitstatus: int) -> str:
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
