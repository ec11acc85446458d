"""Claims that do not hold and are waived: shown everywhere, and failing no run until they expire.

Only a verdict is waived: what nobody could look at stays an error.
"""

from collections.abc import Generator, Iterator, Sequence

import pytest

from pytest_xsbond.claims import all_claims
from pytest_xsbond.clean import clean_line
from pytest_xsbond.keys import OUTCOMES, RUN
from pytest_xsbond.ordering import subject
from pytest_xsbond.outcomes import applies, outcomes_for
from pytest_xsbond.results import Result, collect_result, first_line
from pytest_xsbond.stages import Stages
from pytest_xsbond.waiver import Waiver

_WAIVED: pytest.StashKey[Waiver] = pytest.StashKey()
_UNSEEN = frozenset({"n/j", "ERROR"})
"""Verdicts of claims that nobody has judged."""


class Waived:
    """Hooks that mark what is waived, and fail a run whose waivers are expired or unused."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.results: list[Result] = []

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

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep results, to know in the end which waivers were of use."""
        if result := collect_result(report):
            self.results.append(result)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run that goes by waivers nobody may go by any more."""
        if session.exitstatus == pytest.ExitCode.OK and any(self._complaints()):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say which waivers are to be taken out of the file, or renewed."""
        for line in self._complaints():
            terminalreporter.line(clean_line(line), red=True, bold=True)

    def _complaints(self) -> Iterator[str]:
        run = self.config.stash.get(RUN, None)
        if run is None or hasattr(self.config, "workerinput") or self.config.option.collectonly:
            return
        stages = run.expected()
        for waiver in stages.waivers:
            if reason := complaint(waiver, stages, self.results):
                yield f"{waiver.where}: {waiver.about} ({waiver.owner}): {reason}"


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


def complaint(waiver: Waiver, stages: Stages, results: Sequence[Result]) -> str:
    """Return why a waiver must not stay as it is; empty if it may.

    One whose claims were not all judged in this run may be of use in another.
    """
    if not waiver.counts_on(stages.day):
        return f"the waiver expired on {waiver.expires}; renew it or take it out"
    if waiver.host not in stages.now.labels.values():
        return f"the waiver is unused: the pool has no host {waiver.host}; take it out"
    networks = [bond.network for bond in stages.desired]
    if waiver.network and waiver.network not in networks:
        return f"the waiver is unused: no bond of network {waiver.network} is wanted; take it out"
    wanted = list(_claims_of(waiver, stages))
    if not wanted:
        return ""
    mine = [each for each in results if (_name(each), each.network) in wanted]
    mine = [each for each in mine if each.host == waiver.host]
    judged = {(_name(each), each.network) for each in mine if each.verdict not in _UNSEEN}
    if any(each.verdict == "waived" for each in mine) or judged != set(wanted):
        return ""
    return "the waiver is unused: what it waives holds; take it out"


def _name(result: Result) -> str:
    return result.test.rpartition("::")[2]


def _claims_of(waiver: Waiver, stages: Stages) -> Iterator[tuple[str, str]]:
    """Yield (test, network) of every claim of the spec that this run can judge and it covers."""
    host = stages.now.host_ref(waiver.host)
    for claim in all_claims():
        own = outcomes_for(claim.outcomes, is_master=host == stages.now.pool.master)
        for network in [""] if claim.is_about_host else [each.network for each in stages.desired]:
            if waiver.covers(claim.outcomes, waiver.host, network) and any(
                applies(each, stages, host, network or None) for each in own
            ):
                yield claim.judge.__name__, network
