"""testinfra's `--nagios`: its one line must not say OK where the run does not.

testinfra counts the reports of tests. What fails a run besides them, such as an expired waiver, a
change that stopped half-way or a run in which no test was left, counts as one failure more.
"""

import sys

import pytest

UNKNOWN = 3
"""Exit status of a monitoring plugin that could not look (Monitoring Plugins Guidelines)."""


def is_asked_for(config: pytest.Config) -> bool:
    """Tell whether the run is to answer a monitoring system."""
    return bool(config.getoption("nagios", default=False))


def unknown(reason: str) -> None:
    """End a run that could not look, with the line and the status that say so."""
    sys.stdout.write(f"TESTINFRA UNKNOWN - {reason}\n")
    sys.stdout.flush()
    pytest.exit(reason, returncode=UNKNOWN)


class NagiosStatus:
    """The hook that makes testinfra count what it does not see."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Count one failure if the run has failed without one; testinfra's own hook comes last."""
        reporter = self.config.pluginmanager.getplugin("nagiosreporter")
        if reporter is not None and session.exitstatus and not reporter.failed:
            reporter.failed += 1
