"""Claims that only warn: what does not hold is shown everywhere, and fails no run."""

from collections.abc import Generator

import pytest

from pytest_xsbond import PoolWarning
from pytest_xsbond.clean import clean_line
from pytest_xsbond.keys import OUTCOMES, WARNED
from pytest_xsbond.results import first_line
from pytest_xsbond.waived import waiver_of
from xsbond.errors import XsbondError


class Warned:
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
            item.stash[WARNED] = text = clean_line(first_line(str(error)))
            item.user_properties.append(("warning", text))
            item.warn(PoolWarning(f"{item.name}: {text}"))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Add the warning to what the report says about the claim."""
        report = yield
        if report.when == "call" and WARNED in item.stash:
            report.__dict__["xsbond"]["warning"] = item.stash[WARNED]
        return report

    def pytest_report_teststatus(
        self, report: pytest.TestReport
    ) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
        """Show such a claim as what it is: neither passed nor failed."""
        if report.when == "call" and getattr(report, "xsbond", {}).get("warning"):
            return "warned", "w", ("WARNED", {"yellow": True})
        return None


def _only_warns(item: pytest.Item) -> bool:
    outcomes = item.stash.get(OUTCOMES, ())
    return bool(outcomes) and all(outcome.warns for outcome in outcomes)
