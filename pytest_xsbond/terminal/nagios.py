"""testinfra's `--nagios`: its one line must not say OK where the run does not.

testinfra counts the reports of tests. What fails a run besides them, such as an expired waiver, a
change that stopped half-way or a run in which no test was left, counts as one failure more.
"""

import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from pytest_xsbond.claims.stash import RESULTS
from pytest_xsbond.runs.stash import RUN
from pytest_xsbond.verdict.page import Page, page_of

UNKNOWN = 3
"""Exit status of a monitoring plugin that could not look (Monitoring Plugins Guidelines)."""

_BAR = "\N{BROKEN BAR}".encode()


def is_asked_for(config: pytest.Config) -> bool:
    """Tell whether the run is to answer a monitoring system."""
    return bool(config.getoption("nagios", default=False))


def unknown(reason: str) -> None:
    """End a run that could not look, with the line and the status that say so."""
    sys.stdout.write(f"TESTINFRA UNKNOWN - {reason}\n")
    sys.stdout.flush()
    pytest.exit(reason, returncode=UNKNOWN)


class NagiosStatus:
    """The hook that makes testinfra count what it does not see, and tell figures."""

    def __init__(self, config: pytest.Config) -> None:
        self.config, self._began = config, time.monotonic()

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Count one failure if the run has failed without one; testinfra's own hook comes last."""
        reporter = self.config.pluginmanager.getplugin("nagiosreporter")
        if reporter is None:
            return
        if session.exitstatus and not reporter.failed:
            reporter.failed += 1
        if run := self.config.stash.get(RUN, None):
            results = self.config.stash[RESULTS]
            page = page_of(run.expected(), results)
            figures = " ".join(performance_data(page, time.monotonic() - self._began))
            reporter.report = lambda: _report(reporter, figures)


def performance_data(page: Page, seconds: float) -> Iterator[str]:
    """Yield `label=value;warn;crit;min;max` (Monitoring Plugins Guidelines, performance data).

    What makes a run CRITICAL has the range `0`: any other value is one.
    """
    bad = {host for bond in page.bonds for host in bond.bad}
    unseen = {host for bond in page.bonds for host in bond.unseen} - bad
    counts = page.counts
    yield f"hosts={len(page.hosts)};;;0"
    yield f"hosts_not_as_wanted={len(bad)};;0;0"
    yield f"hosts_not_known={len(unseen)};;0;0"
    yield f"passed={counts.passed};;;0"
    yield f"failed={counts.failed};;0;0"
    yield f"follow={counts.follow};;0;0"
    yield f"errors={counts.errors};;0;0"
    yield f"warned={counts.warned};;;0"
    yield f"waived={counts.waived};;;0"
    yield f"not_judged={counts.unjudged};;;0"
    yield f"time={seconds:.2f}s;;;0"


def _report(reporter: Any, figures: str) -> int:
    """Write what testinfra's reporter writes, with the figures on the first line."""
    word, status = ("CRITICAL", 2) if reporter.failed else ("OK", 0)
    counted = f"{reporter.passed} passed, {reporter.failed} failed, {reporter.skipped} skipped"
    seconds = time.time() - reporter.start_time
    out = sys.stdout.buffer
    out.write(f"TESTINFRA {word} - {counted} in {seconds:.2f} seconds | {figures}\n".encode())
    reporter.out.seek(0)
    # After a bar, a monitoring system reads figures in the lines that follow, too.
    out.writelines(line.replace(b"|", _BAR) for line in reporter.out)
    return status
