"""pytest-html: columns for host, outcome and claim, and the raw answers each claim rests on."""

from html import escape
from typing import Any

import pytest

from pytest_xsbond import header, options
from pytest_xsbond.clean import clean_answer, clean_line
from pytest_xsbond.evidence.facts import facts_of
from pytest_xsbond.evidence.report import report_page
from pytest_xsbond.keys import RUN
from xsbond.snapshot import now

RAW_SHOWN = {"failed": 1_000_000, "passed": 500_000}
"""Characters: so much of the raw answers that claims rest on a report holds, of those that fail and
of the others; with more, the report of a large pool would be too large to send."""
_LEFT_OUT = (
    "<p>The raw answers are left out here, so that the report stays small; the bundle of evidence"
    " (--xsbond-evidence) has each in a file below raw/.</p>"
)
_COLUMNS = ("Host", "Outcome", "Claim")


class HtmlColumns:
    """Hooks of pytest-html; registered only where it is installed."""

    def __init__(self, config: pytest.Config) -> None:
        self._config, self._started = config, now()
        self._raw_left = dict(RAW_SHOWN)

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_report_title(self, report: Any) -> None:
        """Name the report after the change and the pool."""
        run = self._config.stash.get(RUN, None)
        change = options.value(self._config, "change")
        if run:
            report.title = escape(f"{change or 'Bonds'}: {header.pool_name(run)}")

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_summary(self, prefix: list[str], session: pytest.Session) -> None:
        """Put what reads without JavaScript above the table."""
        run = self._config.stash.get(RUN, None)
        ours = self._config.pluginmanager.getplugin("xsbond-session")
        facts = facts_of(
            self._config,
            run,
            ours.results,
            started=self._started,
            ended=now(),
            exit_status=int(session.exitstatus),
        )
        stages = run.expected() if run else None
        prefix.append(report_page(facts, stages, ours.results))

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_header(self, cells: list[str]) -> None:
        """Add the columns' names after the result."""
        cells[1:1] = [
            f'<th class="sortable" data-column-type="{name.lower()}">{name}</th>'
            for name in _COLUMNS
        ]

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_row(self, report: pytest.TestReport, cells: list[str]) -> None:
        """Add the columns' values; cells are HTML, so that every text is escaped."""
        about = getattr(report, "xsbond", {})
        values = (
            about.get("host", ""),
            " ".join(about.get("outcomes", [])),
            about.get("claim", ""),
        )
        if warning := about.get("warning"):
            cells[0] = (
                f'<td class="col-result">Passed, with a warning: {escape(clean_line(warning))}</td>'
            )
        if waived := about.get("waived"):
            says = escape(clean_line(waived["says"]))
            cells[0] = f'<td class="col-result">Waived: {says}</td>'

        # pytest-html takes node ids for HTML, and host names are part of them.
        cells[:] = [_with_escaped_id(cell) for cell in cells]
        cells[1:1] = [
            f'<td class="col-{name.lower()}">{escape(clean_line(value))}</td>'
            for name, value in zip(_COLUMNS, values, strict=True)
        ]

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_html(self, report: pytest.TestReport, data: list[str]) -> None:
        """Put the raw answers inline; a link to a data: URL would not open in every browser."""
        about = getattr(report, "xsbond", {})
        told = {title: about[title] for title in ("wanted", "seen") if about.get(title)}
        shown = [
            f"<b>{escape(clean_line(title))}</b><pre>{escape(clean_answer(text))}</pre>"
            for title, text in (told | about.get("raw", {})).items()
        ]
        kind = "failed" if report.failed else "passed"
        # pytest-html escapes all of it once more.
        self._raw_left[kind] -= sum(len(escape(text)) for text in shown)
        data += shown if self._raw_left[kind] > 0 else [_LEFT_OUT]


def _with_escaped_id(cell: str) -> str:
    start, end = '<td class="col-testId">', "</td>"
    if not cell.startswith(start):
        return cell
    return f"{start}{escape(cell.removeprefix(start).removesuffix(end))}{end}"
