"""Names and answers that mean harm: no terminal obeys them, no browser runs them."""

import html
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.clean import clean, clean_line, clean_lines
from tests.evidence.test_report import blob, rows
from tests.support.build import Draft
from tests.support.spec_run import store

_EVIL = "x\x1b]0;owned\x07\x1b[2J\u202e\x9b31m<img src=x onerror=alert(1)>\x00\x0c&amp;"
_ACTING = "<img"


def evil_pool(recorded: Stages, directory: Path, *, name: str = _EVIL) -> Path:
    """Store a pool in which every name and every answer that is free text is hostile."""
    draft = Draft(recorded.now)
    for host in draft.records["host"].values():
        host["name_label"] += name
        host["software_version"]["product_version"] = name
    for network in draft.records["network"].values():
        if network["name_label"] != "PUB":
            network["name_label"] = name
    next(iter(draft.records["pool"].values()))["name_label"] = name
    uuids = [host["uuid"] for host in draft.records["host"].values()]
    for uuid in uuids:
        label = next(h["name_label"] for h in draft.records["host"].values() if h["uuid"] == uuid)
        draft.answer(label, "ovs-bond-list", name)
        draft.answer(label, "ifconfig-a", name, exit_status=1)
    return store(directory, now=draft.read())


@pytest.fixture
def run(
    pytester: pytest.Pytester, recorded: Stages, tmp_path: Path
) -> tuple[pytest.RunResult, Path]:
    """A verbose run on the hostile pool, with both reports."""
    stored = evil_pool(recorded, tmp_path / "evil")
    reports = tmp_path / "reports"
    result = pytester.runpytest_subprocess(
        "-vv",
        "-rA",
        "-p",
        "no:randomly",
        "--setup-show",
        f"--xsbond-replay={stored}",
        f"--html={reports}/report.html",
        f"--junit-xml={reports}/report.xml",
        "-ojunit_logging=all",
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED, result.stderr.str()
    return result, reports


def test_terminal_shows_and_does_not_obey(run: tuple[pytest.RunResult, Path]) -> None:
    """No escape, no control character and no turned direction reaches the terminal."""
    result, _ = run
    text = result.stdout.str() + result.stderr.str()
    assert "\\x1b]0;owned" in text
    assert {letter for letter in text if not letter.isprintable()} <= {"\n", "\t"}


def test_junit_report_is_well_formed(run: tuple[pytest.RunResult, Path]) -> None:
    """The XML report can be read, whatever characters the pool has sent."""
    _, reports = run
    assert ET.parse(reports / "report.xml").getroot().findall(".//error")  # noqa: S314 - our own


@pytest.mark.slow
def test_page_holds_no_element_of_the_pools(run: tuple[pytest.RunResult, Path]) -> None:
    """Every name and raw answer in the HTML report is text, in cells, logs and environment."""
    _, reports = run
    report = reports / "report.html"
    told = [cell for row in rows(report) for cell in row["resultsTableRow"]]
    told += [row["log"] for row in rows(report)]
    told += [text for name, text in blob(report)["environment"].items() if "xsbond" in name]
    assert any("&lt;img" in each for each in told)
    assert not [each for each in told if _ACTING in each]
    assert not [each for each in told if set(each) & set("\x1b\x9b\u202e\x07\x00")]


def test_stored_answers_stay_as_received(recorded: Stages, tmp_path: Path) -> None:
    """What is stored is what was received; only what is shown is cleaned."""
    stored = json.loads((evil_pool(recorded, tmp_path / "evil") / "now.json").read_text())
    (pool,) = stored["records"]["pool"].values()
    assert pool["name_label"] == _EVIL


@pytest.mark.slow
def test_name_of_a_million_letters_is_cut(
    pytester: pytest.Pytester, recorded: Stages, tmp_path: Path
) -> None:
    """A name as long as a book is cut where it is shown, and the run goes its way."""
    stored = evil_pool(recorded, tmp_path / "evil", name="n" * 1_000_000)
    result = pytester.runpytest_subprocess(
        "-vv", "-p", "no:randomly", f"--xsbond-replay={stored}", "-k", "wanted_mode"
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert max(map(len, result.stdout.lines)) < 10_000


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("PUB", "PUB"),
        ("a\tb", "a\tb"),
        ("Büro 東京", "Büro 東京"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\x9b31m", "\\x9b31m"),
        ("a\rb", "a\\rb"),
        ("\u202eevil", "\\u202eevil"),
        ("\u200b\ufeff", "\\u200b\\ufeff"),
        ("\ud800", "\\ud800"),
        ("n" * 5000, "n" * 4000 + "… (1000 characters more)"),
    ],
)
def test_what_is_not_printable_is_written_out(text: str, shown: str) -> None:
    """Letters of all languages stay; what a terminal obeys is written out."""
    assert clean(text) == shown


def test_line_stays_a_line() -> None:
    """No break of any kind makes two lines of one; several lines stay several."""
    assert clean_line("a\nb\r\nc\u2028d\x85e") == "a b c d e"
    assert clean_lines("a\nb\x1b") == "a\nb\\x1b"


@pytest.mark.slow
def test_escaping_is_undone_by_readers(run: tuple[pytest.RunResult, Path]) -> None:
    """An ampersand in a name is still an ampersand for who reads the page."""
    _, reports = run
    cell = rows(reports / "report.html")[0]["resultsTableRow"][1]
    assert "&amp;" in html.unescape(cell)
