"""Claims that only warn: what does not hold is shown everywhere, and fails no run."""

from collections.abc import Generator

import pytest

from pytest_xsbond import PoolWarning
from pytest_xsbond.claims.results import first_line
from pytest_xsbond.claims.stash import OUTCOMES
from pytest_xsbond.clean import clean_line
from pytest_xsbond.session.following import note_what_it_follows_from
from pytest_xsbond.session.known_deviations import waiver_of
from xsbond.errors import XsbondError

_WARNED: pytest.StashKey[str] = pytest.StashKey()
"""What a test has warned of, in one line."""


class PoolWarningHooks:
    """Hooks that turn the failure of such a claim into a warning of pytest's."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        """Keep what a claim that only warns has failed with."""
        try:
            return (yield)
        except (AssertionError, XsbondError) as error:
            waived = isinstance(error, AssertionError) and waiver_of(item)
            if not _only_warns(item) or waived:
                raise
            item.stash[_WARNED] = text = clean_line(first_line(str(error)))
            item.user_properties.append(("warning", text))
            if not note_what_it_follows_from(item, error):
                item.warn(PoolWarning(f"{item.name}: {text}"))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Add the warning to what the report says about the claim."""
        report = yield
        if report.when == "call" and _WARNED in item.stash:
            report.__dict__["xsbond"]["warning"] = item.stash[_WARNED]
        return report

    def pytest_report_teststatus(
        self, report: pytest.TestReport
    ) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
        """Show such a claim as what it is: neither passed nor failed."""
        about = getattr(report, "xsbond", {})
        if report.when == "call" and about.get("warning") and not about.get("follows"):
            return "warned", "w", ("WARNED", {"yellow": True})
        return None


def _only_warns(item: pytest.Item) -> bool:
    outcomes = item.stash.get(OUTCOMES, ())
    return bool(outcomes) and all(outcome.warns for outcome in outcomes)
