"""The hooks that tell a run to programs: `--xsbond-json FILE`, and GitHub Actions."""

import os
from collections.abc import Generator, Iterator
from functools import cached_property
from pathlib import Path

import msgspec
import pytest

from pytest_xsbond import options
from pytest_xsbond.claims.results import Result
from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.claims.stash import RESULTS
from pytest_xsbond.evidence.facts import RunFacts, facts_of
from pytest_xsbond.evidence.github import VARIABLE, annotations, step_summary
from pytest_xsbond.evidence.outcome import outcome_of
from pytest_xsbond.evidence.summary_page import summary_page, verdict
from pytest_xsbond.runs.run import Run
from pytest_xsbond.runs.stash import RUN
from pytest_xsbond.verdict.page import Page, page_of
from xsbond.private import write_private
from xsbond.snapshot.snapshot import now


class TellingMachines:
    """Hooks that write when all claims are judged, or when the run is refused."""

    def __init__(self, config: pytest.Config, file: Path | None, summary: str) -> None:
        self.config, self.file, self.summary = config, file, summary
        self.started = now()
        self._exit_status = int(pytest.ExitCode.INTERNAL_ERROR)
        self._refused = ""
        self._trouble: list[str] = []

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionstart(self) -> Generator[None]:
        """A run that may not begin leaves the reason."""
        try:
            return (yield)
        except (pytest.UsageError, pytest.exit.Exception) as error:
            self._refused = str(error)
            code = getattr(error, "returncode", None)
            self._exit_status = int(pytest.ExitCode.USAGE_ERROR if code is None else code)
            self._write()
            raise

    # The innermost wrapper: after those who change the exit status, before pytest's summary.
    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None]:
        """Write what came of the run."""
        try:
            return (yield)
        finally:
            self._exit_status = int(session.exitstatus)
            self._write()
            if self._trouble and not session.exitstatus:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where the file is, what could not be written, and what GitHub is to point at."""
        for line in self._trouble:
            terminalreporter.line(line, red=True, bold=True)
        if self.file and not self._trouble:
            terminalreporter.line(f"json: {self.file}")
        for line in annotations(self._facts, self._page) if self.summary else ():
            terminalreporter.line(line)

    def _write(self) -> None:
        for write, name in ((self._write_json, "--xsbond-json"), (self._add_summary, VARIABLE)):
            try:
                write()
            except OSError as error:
                self._trouble.append(f"{name}: NOT WRITTEN: {error.filename}: {error.strerror}")

    def _write_json(self) -> None:
        if self.file is None:
            return
        stages, facts = self._stages, self._facts
        found = outcome_of(facts, verdict(facts), stages, self._page, self._results)
        write_private(self.file, msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")

    def _add_summary(self) -> None:
        if not self.summary:
            return
        text = step_summary(summary_page(self._facts, self._page, self._results))
        with Path(self.summary).open("a", encoding="utf-8") as file:
            file.write(text)

    @cached_property
    def _facts(self) -> RunFacts:
        return facts_of(
            self.config,
            self._run,
            self._results,
            started=self.started,
            ended=now(),
            exit_status=self._exit_status,
            refused=self._refused,
        )

    @cached_property
    def _page(self) -> Page | None:
        stages = self._stages
        return page_of(stages, self._results) if stages else None

    @property
    def _stages(self) -> Stages | None:
        return self._run.expected() if self._run else None

    @property
    def _run(self) -> Run | None:
        return self.config.stash.get(RUN, None)

    @property
    def _results(self) -> list[Result]:
        return self.config.stash.get(RESULTS, [])


def wanted_from(config: pytest.Config) -> Iterator[TellingMachines]:
    """Yield the hooks if anything of theirs is wanted. Raises OptionError."""
    file, summary = options.json_file(config), os.environ.get(VARIABLE, "")
    if file or summary:
        yield TellingMachines(config, file, summary)
