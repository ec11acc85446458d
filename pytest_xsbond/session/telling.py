"""What a run tells while its claims are judged: a line for each host, and that it goes on."""

from collections.abc import Generator

import pytest

from pytest_xsbond.claims.results import BAD, collect_result
from pytest_xsbond.claims.stash import OUTCOMES
from pytest_xsbond.runs.stash import RUN
from pytest_xsbond.session.ordering import subject
from pytest_xsbond.terminal.hosts import HostLines
from pytest_xsbond.terminal.progress import teller
from xsbond.plan.plan import by_name

Status = tuple[str, str, str | tuple[str, dict[str, bool]]]
"""Category, letter and word of a report, as pytest has them."""


class TellingHooks:
    """Hooks that put a line for each host in the place of pytest's dots."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self._hosts = HostLines()
        self._judged = 0
        self._over = False
        """Whether all claims are judged, so that pytest may name what came of each."""
        self._alone = True
        """Whether there are no tests but claims, so that nobody else writes meanwhile."""

    @property
    def _tells(self) -> bool:
        """Whether lines take the place of the dots; `-v` has a line for each claim, `-q` none."""
        is_worker = hasattr(self.config, "workerinput")
        return self.config.get_verbosity() == 0 and not is_worker

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Count the claims of each host."""
        claims = [item for item in session.items if OUTCOMES in item.stash]
        self._hosts = HostLines(subject(item)[0] for item in claims)
        self._alone = len(claims) == len(session.items)
        reporter = self.config.pluginmanager.getplugin("terminalreporter")
        if self._tells and reporter is not None and self._alone:
            reporter.showfspath = False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """Say that claims are judged, while nothing else is said; at the end, what is left."""
        if self._tells and self._alone:
            with teller(self.config).waiting(self._so_far):
                result = yield
        else:
            result = yield
        self._over = True
        run = self.config.stash.get(RUN, None)
        if run is not None and self._tells:
            now = run.expected().now
            for line in self._hosts.rest([now.labels[ref] for ref in by_name(now)]):
                teller(self.config).say(line)
        return result

    def _so_far(self) -> str:
        return f"judging: {self._judged} claims so far"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write the line of a host whose claims are all judged."""
        if (result := collect_result(report)) is None or not self._tells:
            return
        self._judged += 1
        if line := self._hosts.take(result):
            bad = any(f" {word} (" in line for word in ("FAIL", "ERR")) or result.verdict in BAD
            teller(self.config).say(line, red=bad, green=not bad)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_report_teststatus(
        self, report: pytest.TestReport
    ) -> Generator[None, Status | None, Status | None]:
        """Let pytest count a claim, and write no letter for it."""
        status = yield
        if status is None or self._over or not self._tells or not hasattr(report, "xsbond"):
            return status
        return status[0], "", ""
