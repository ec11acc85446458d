"""The end of a run on the terminal: one page; pytest's own sections where they are asked for."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from pytest_xsbond import PoolWarning, options
from pytest_xsbond.claims.results import BAD, Result
from pytest_xsbond.claims.stash import RESULTS
from pytest_xsbond.clean import clean_line
from pytest_xsbond.own_command import OwnCommand
from pytest_xsbond.runs.run import PoolRun, Run
from pytest_xsbond.runs.stash import RUN
from pytest_xsbond.runs.wanted.first_run import WRITE
from pytest_xsbond.session.representing import tells_failures, wants_frames
from pytest_xsbond.terminal import header
from pytest_xsbond.terminal.changed import change_lines
from pytest_xsbond.terminal.closing import closing_lines
from pytest_xsbond.terminal.layout import Line, command, wrapped
from pytest_xsbond.verdict.page import page_of
from xsbond.plan.plan import plan_for

_USUAL = "fE"
"""What pytest's short summary lists where nobody asks for it."""
_CLAIMS: pytest.StashKey[dict[str, list[Any]]] = pytest.StashKey()
"""What pytest would list of claims."""
_TOLD_APART = ("failed", "error", "warnings")


class ClosingHooks:
    """Hooks that write the closing page, and keep pytest from telling the same once more."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, exitstatus: int
    ) -> Generator[None, None, None]:
        """Leave to pytest's sections what the page does not tell; end with what to type."""
        with _without_claims(terminalreporter, self.config):
            yield
        if exitstatus == pytest.ExitCode.TESTS_FAILED:
            self._say_what_is_next(terminalreporter)

    def _say_what_is_next(self, reporter: pytest.TerminalReporter) -> None:
        """Write the command to type next, exact and alone on its line."""
        run = self.config.stash.get(RUN, None)
        if run is None:
            return
        results = self.config.stash[RESULTS]
        own = own_command(self.config, run, results)
        width = reporter._tw.fullwidth  # noqa: SLF001 - pytest's own
        reporter.line("")
        for line in wrapped("", f"What to do next: {own.says}", width, column=0):
            reporter.line(line, bold=True)
        for line in command(own.to_type(), width if reporter.isatty else None):
            reporter.line(clean_line(line), bold=True)


class ClosingPage:
    """The hook that writes the page, after pytest's own failures."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, exitstatus: int
    ) -> None:
        """Write the page."""
        run = self.config.stash.get(RUN, None)
        if run is None or exitstatus == pytest.ExitCode.USAGE_ERROR:
            return
        terminalreporter.section(clean_line(f"xsbond: {header.pool_name(run)}"))
        for line, style in self._lines(run, terminalreporter):
            terminalreporter.line(clean_line(line), **style)

    def _lines(self, run: Run, reporter: pytest.TerminalReporter) -> Iterator[Line]:
        results = self.config.stash[RESULTS]
        stages, width = run.expected(), reporter._tw.fullwidth  # noqa: SLF001 - pytest's own
        own = own_command(self.config, run, results)
        yield from closing_lines(
            page_of(stages, results),
            own,
            width,
            is_terminal=bool(reporter.isatty),
            whole_matrix=options.value(self.config, "matrix") == "all",
        )
        if isinstance(run, PoolRun):
            yield from change_lines(run, width)


class ShortSummary:
    """The hook that has pytest's short summary list claims where it was asked for."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Change what pytest lists after this hook; the lists are given back when all is over."""
        stats: dict[str, list[Any]] = terminalreporter.stats
        claims = self.config.stash.setdefault(_CLAIMS, {})
        for name in ("failed", "error"):
            others = [each for each in stats.get(name, []) if not _is_claim(each)]
            asked = claims.get(name, []) if self.config.option.reportchars != _USUAL else []
            _replace(stats, name, [*others, *asked])


def own_command(config: pytest.Config, run: Run, results: Sequence[Result]) -> OwnCommand:
    """Return what was typed, and what the state of the pool advises to add to it."""
    words = tuple(config.invocation_params.args)
    if not isinstance(run, PoolRun):
        address = run.expected().now.raw.address
        says = "this asks the pool itself, as it is now."
        return OwnCommand(words=(f"--pool={address}",), says=says)
    if run.first_run.learned:
        says = "this writes what was judged into a bond file: correct it, and judge the pool by it."
        return OwnCommand(words=words, options=(WRITE,), says=says)
    if run.lab or not any(each.verdict in BAD for each in results):
        return OwnCommand(words=words, says="mend what is told above, then check again.")
    stages = run.expected()
    plan = plan_for(stages.desired, stages.now, stages.inherit)
    if not plan.steps:
        return OwnCommand(words=words, says="mend what is told above, then check again.")
    if plan.refusals:
        says = "this tells why --xsbond-apply would refuse to create what is missing."
        return OwnCommand(words=words, options=("--xsbond-plan",), says=says)
    says = (
        "this creates what is missing; with --xsbond-plan instead of --xsbond-apply it only"
        " shows the steps."
    )
    return OwnCommand(words=words, options=("--xsbond-apply",), says=says)


@contextmanager
def _without_claims(reporter: pytest.TerminalReporter, config: pytest.Config) -> Iterator[None]:
    """Take from pytest's lists what the page tells; give everything back at the end."""
    stats: dict[str, list[Any]] = reporter.stats
    kept = {name: stats[name] for name in _TOLD_APART if name in stats}
    follow = [each for each in stats.get("follow", []) if each.failed]
    config.stash[_CLAIMS] = {
        "failed": [*filter(_is_claim, kept.get("failed", [])), *follow],
        "error": list(filter(_is_claim, kept.get("error", []))),
    }
    if not tells_failures(config):
        for name in ("failed", "error"):
            _replace(stats, name, [each for each in kept.get(name, []) if not _is_claim(each)])
    elif wants_frames(config):
        _replace(stats, "failed", [*kept.get("failed", []), *follow])
    if config.option.reportchars == _USUAL:
        _replace(stats, "warnings", [w for w in kept.get("warnings", []) if not _is_ours(w)])
    try:
        yield
    finally:
        for name in _TOLD_APART:
            _replace(stats, name, kept.get(name, []))


def _replace(stats: dict[str, list[Any]], name: str, found: list[Any]) -> None:
    if found:
        stats[name] = found
    else:
        stats.pop(name, None)


def _is_claim(report: Any) -> bool:
    return hasattr(report, "xsbond")


def _is_ours(warning: Any) -> bool:
    return PoolWarning.__name__ in warning.message
