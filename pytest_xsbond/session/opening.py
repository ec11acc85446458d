"""The run of a session: opened before any other hook of ours exists, closed when all is over."""

import contextlib
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_xsbond.claims.stages import store_stages
from pytest_xsbond.clean import clean_line, clean_lines
from pytest_xsbond.credentials import read_credentials
from pytest_xsbond.runs.opening import open_run
from pytest_xsbond.runs.replay import ReplayRun
from pytest_xsbond.runs.run import PoolRun, Run
from pytest_xsbond.runs.stash import RUN
from pytest_xsbond.session.choosing import choice_of
from pytest_xsbond.settings import Settings, read_settings, worker_settings
from pytest_xsbond.terminal import header, nagios
from pytest_xsbond.terminal.confirming import confirm
from pytest_xsbond.terminal.progress import say_on_terminal, teller
from xsbond.apply.provisioning import Refused
from xsbond.errors import XsbondError
from xsbond.interrupts import undisturbed


class OpeningHooks:
    """Hooks that open the run, hand it to the workers of xdist, and close it."""

    def __init__(self, config: pytest.Config, joining: Callable[[pytest.Config], None]) -> None:
        """`joining` registers the hooks that need a run."""
        self.config = config
        self._joining = joining
        self._handed_over: tempfile.TemporaryDirectory[str] | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Open the run before other plugins start; whatever is wrong ends the session in one line.

        The hooks that need the run are registered only now, so that none of them can be called
        without one, whatever another plugin calls and when.
        """
        try:
            self.config.stash[RUN] = run = self._open()
            # What selects nothing is refused before anything is changed.
            choice_of(self.config, run.expected())
            confirm(self.config, run)
            if self._hands_over():
                self._hand_over(run)
        except XsbondError as error:
            if nagios.is_asked_for(self.config):
                nagios.unknown(_told(error))
            raise pytest.UsageError(_told(error)) from None
        header.describe(self.config, run)
        self._joining(self.config)

    def _open(self) -> Run:
        stages = getattr(self.config, "workerinput", {}).get("xsbond_stages")
        settings = read_settings(self.config) if not stages else self._of_worker(Path(stages))
        if settings.replay:
            return ReplayRun(settings)
        waiting, say = teller(self.config).waiting, say_on_terminal(self.config)
        return open_run(settings, lambda: read_credentials(self.config), waiting, say)

    def _of_worker(self, stages: Path) -> Settings:
        """Return what a worker of xdist judges, with what was typed for its controller."""
        typed = getattr(self.config, "workerinput", {}).get("xsbond_typed", ())
        return replace(worker_settings(stages), typed=tuple(typed))

    def _hands_over(self) -> bool:
        is_worker = hasattr(self.config, "workerinput")
        distributes = self.config.getoption("dist", "no") != "no"
        return distributes and not is_worker and not self.config.option.collectonly

    def _hand_over(self, run: Run) -> None:
        """Store the look for the workers: none must look for itself."""
        self._handed_over = tempfile.TemporaryDirectory(prefix="xsbond-")
        say = say_on_terminal(self.config)
        with teller(self.config).waiting("looking at the pool"):
            run.stages(say)
        store_stages(run.stages(say), Path(self._handed_over.name))

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Let nobody interrupt the page that tells where the run was interrupted."""
        if isinstance(excinfo.value, KeyboardInterrupt):
            patience = contextlib.ExitStack()
            patience.enter_context(undisturbed())
            self.config.add_cleanup(patience.close)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell an xdist worker where the finished stages are."""
        if self._handed_over:
            node.workerinput["xsbond_stages"] = self._handed_over.name
            node.workerinput["xsbond_typed"] = list(self._typed())

    def _typed(self) -> Sequence[str]:
        run = self.config.stash.get(RUN, None)
        return run.expected().typed if run else ()

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Let no run that stopped half-way count as a success, and store what was asked for."""
        run = self.config.stash.get(RUN, None)
        if run is None:
            return
        if run.stopped and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if isinstance(run, PoolRun) and run.settings.save and run.has_stages:
            self._store(session, run, run.settings.save)

    def _store(self, session: pytest.Session, run: PoolRun, directory: Path) -> None:
        say = say_on_terminal(self.config)
        try:
            store_stages(run.stages(say), directory)
        except OSError as error:
            say(f"the snapshots could not be stored in {directory}: {error.strerror}")
            session.exitstatus = pytest.ExitCode.USAGE_ERROR

    def pytest_unconfigure(self) -> None:
        """Close the run."""
        if run := self.config.stash.get(RUN, None):
            run.close()
        if self._handed_over:
            self._handed_over.cleanup()


def _told(error: XsbondError) -> str:
    """Return an error as one line; only a refusal has several."""
    return (clean_lines if isinstance(error, Refused) else clean_line)(str(error))
