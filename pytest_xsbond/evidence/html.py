"""pytest-html: columns for host, outcome and claim, and the raw answers each claim rests on."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

import pytest

from pytest_xsbond import options
from pytest_xsbond.claims.results import Follows
from pytest_xsbond.claims.stash import RESULTS
from pytest_xsbond.clean import clean_answer, clean_line
from pytest_xsbond.evidence.facts import facts_of
from pytest_xsbond.evidence.report import anchor, report_page, run_page
from pytest_xsbond.runs.stash import RUN
from pytest_xsbond.terminal import header
from pytest_xsbond.verdict.page import page_of
from xsbond.snapshot.snapshot import now

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
    def pytest_html_results_summary(
        self, prefix: list[str], postfix: list[str], session: pytest.Session
    ) -> None:
        """Put what was found above the table, and how it was found below it."""
        run = self._config.stash.get(RUN, None)
        results = self._config.stash.get(RESULTS, [])
        facts = facts_of(
            self._config,
            run,
            results,
            started=self._started,
            ended=now(),
            exit_status=int(session.exitstatus),
        )
        stages = run.expected() if run else None
        page = page_of(stages, results) if stages else None
        prefix.append(report_page(facts, stages, page, results))
        postfix.append(run_page(facts))

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
        texts = (about.get("host", ""), " ".join(about.get("outcomes", [])), about.get("claim", ""))
        values = [escape(clean_line(text)) for text in texts]
        # The word in the first cell is what pytest-html's filters show a row by.
        values[-1] += "".join(f"<br><b>{escape(clean_line(note))}</b>" for note in _notes(about))
        if follows := about.get("follows"):
            says = escape(clean_line(Follows(**follows).says(about["host"])))
            # Its style has no fold below the row: the row it follows from tells all.
            values[-1] += f'<br><b class="follows">{says}</b>'

        # pytest-html takes node ids for HTML, and host names are part of them.
        cells[:] = [_with_escaped_id(cell) for cell in cells]
        cells[0] = cells[0].replace("<td ", f'<td id="{anchor(report.nodeid)}" ', 1)
        cells[1:1] = [
            f'<td class="col-{name.lower()}">{value}</td>'
            for name, value in zip(_COLUMNS, values, strict=True)
        ]

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_html(self, report: pytest.TestReport, data: list[str]) -> None:
        """Put the raw answers inline; a link to a data: URL would not open in every browser."""
        about = getattr(report, "xsbond", {})
        told = {
            title: about[title]
            for title in ("wanted", "seen")
            # A column of the row has the claim already.
            if about.get(title) and about[title] != about["claim"]
        }
        shown = [
            f"<b>{escape(clean_line(title))}</b><pre>{escape(clean_answer(text))}</pre>"
            for title, text in (told | about.get("raw", {})).items()
        ]
        kind = "failed" if report.failed else "passed"
        # pytest-html escapes all of it once more.
        self._raw_left[kind] -= sum(len(escape(text)) for text in shown)
        data += shown if self._raw_left[kind] > 0 else [_LEFT_OUT]


def _notes(about: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is to be known of a claim that fails no run and does not hold."""
    if warning := about.get("warning"):
        yield f"Warning: {warning}"
    if waived := about.get("waived"):
        yield f"Waived: {waived['says']}"


def _with_escaped_id(cell: str) -> str:
    start, end = '<td class="col-testId">', "</td>"
    if not cell.startswith(start):
        return cell
    return f"{start}{escape(cell.removeprefix(start).removesuffix(end))}{end}"
