"""pytest-html: columns for host, outcome and claim, and the raw answers each claim rests on."""

from html import escape

import pytest

_COLUMNS = ("Host", "Outcome", "Claim")


class HtmlColumns:
    """Hooks of pytest-html; registered only where it is installed."""

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
            cells[0] = f'<td class="col-result">Passed, with a warning: {escape(warning)}</td>'
        if waived := about.get("waived"):
            cells[0] = f'<td class="col-result">Waived: {escape(waived["says"])}</td>'

        cells[1:1] = [
            f'<td class="col-{name.lower()}">{escape(value)}</td>'
            for name, value in zip(_COLUMNS, values, strict=True)
        ]

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_html(self, report: pytest.TestReport, data: list[str]) -> None:
        """Put the raw answers inline; a link to a data: URL would not open in every browser."""
        raw = getattr(report, "xsbond", {}).get("raw", {})
        data += [f"<b>{escape(title)}</b><pre>{escape(text)}</pre>" for title, text in raw.items()]
