"""Claims that do not hold and are waived: shown everywhere, and failing no run until they expire.

Only a verdict is waived: what nobody could look at stays an error.
"""

from collections.abc import Generator, Iterator

import pytest

from pytest_xsbond.claims.results import first_line
from pytest_xsbond.claims.stash import OUTCOMES, RESULTS
from pytest_xsbond.runs.stash import RUN
from pytest_xsbond.session.ordering import subject
from pytest_xsbond.verdict.waivers import complaints
from pytest_xsbond.waivers.waiver import Waiver

_WAIVED: pytest.StashKey[Waiver] = pytest.StashKey()
_UNSEEN = frozenset({"n/j", "ERROR"})
"""Verdicts of claims that nobody has judged."""


class KnownDeviationHooks:
    """Hooks that mark what is waived, and fail a run whose waivers are expired or unused."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Make a known deviation of a failure that is waived; its text stays in the report."""
        report = yield
        if report.when != "call" or not report.failed or call.excinfo is None:
            return report
        if not call.excinfo.errisinstance(AssertionError):
            return report
        if waiver := waiver_of(item):
            # What pytest calls an expected failure, in JUnit and in HTML, too.
            seen = first_line(str(call.excinfo.value))
            report.outcome, report.wasxfail = "skipped", f"waived: {waiver.says}: {seen}"
            report.__dict__["xsbond"]["waived"] = _plain(waiver)
            item.user_properties.append(("waived", waiver.says))
            report.user_properties = list(item.user_properties)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(
        self, report: pytest.TestReport
    ) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
        """Show such a claim as what it is."""
        if report.when == "call" and getattr(report, "xsbond", {}).get("waived"):
            return "waived", "W", ("WAIVED", {"yellow": True})
        return None

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run that goes by waivers nobody may go by any more."""
        if session.exitstatus == pytest.ExitCode.OK and any(self._complaints()):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _complaints(self) -> Iterator[str]:
        run = self.config.stash.get(RUN, None)
        if run is None or hasattr(self.config, "workerinput") or self.config.option.collectonly:
            return
        results = self.config.stash[RESULTS]
        yield from complaints(run.expected(), results)


def _plain(waiver: Waiver) -> dict[str, str]:
    """Return a waiver as xdist carries it from a worker, and as reports show it."""
    return {
        "outcome": waiver.outcome,
        "reason": waiver.reason,
        "owner": waiver.owner,
        "expires": waiver.expires.isoformat(),
        "where": waiver.where,
        "says": waiver.says,
    }


def waiver_of(item: pytest.Item) -> Waiver | None:
    """Return the waiver that counts for a claim on its host today, if there is one."""
    run = item.config.stash.get(RUN, None)
    if run is None or OUTCOMES not in item.stash:
        return None
    marker, (host, network) = item.get_closest_marker("outcome"), subject(item)
    return run.expected().waiver_for(marker.args if marker else (), host, network or "")
