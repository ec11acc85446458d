"""The HTML and JUnit reports: who, what, and the raw answers, with nothing that could act."""

import html
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from pytest_xsbond.claims.stages import Stages
from tests.support.build import Draft
from tests.support.closing_pages import SCENES, snapshot_of
from tests.support.spec_run import run_spec, store


def blob(report: Path) -> dict[str, Any]:
    """Return the data a pytest-html report draws its table from."""
    match = re.search(r'data-jsonblob="([^"]*)"', report.read_text(encoding="utf-8"))
    assert match
    data: dict[str, Any] = json.loads(html.unescape(match[1]))
    return data


def rows(report: Path) -> list[dict[str, Any]]:
    """Return the rows of a report's table."""
    return [row for tests in blob(report)["tests"].values() for row in tests]


@pytest.fixture
def report(pytester: pytest.Pytester, recorded_tutorial: Path) -> Path:
    """The report of the recorded tutorial."""
    path = pytester.path / "report.html"
    run_spec(pytester, "--xsbond-replay", recorded_tutorial, f"--html={path}")
    return path


def test_row_names_host_outcome_and_claim(report: Path) -> None:
    """Host, outcome ids and claim are columns of their own."""
    row = next(r for r in rows(report) if "test_bond_has_the_wanted_mode[xs-2]" in r["testId"])
    assert row["resultsTableRow"][1:4] == [
        '<td class="col-host">xs-2</td>',
        '<td class="col-outcome">M-3.3.2</td>',
        '<td class="col-claim">Bond.mode is the wanted mode.</td>',
    ]


def test_row_shows_the_raw_output_it_rests_on(report: Path) -> None:
    """What Open vSwitch printed stands in the row that rests on it, command and all."""
    row = next(
        r for r in rows(report) if "wanted_mode[xs-2]" in r["testId"] and "switch" in r["testId"]
    )
    assert "<b>xs-2# ovs-appctl bond/list</b>" in row["log"]
    assert "bond1\tbalance-slb\t1\teth1, eth5" in row["log"]


def test_environment_names_the_pool(report: Path) -> None:
    """Pool, hosts, versions, mode and bonds stand in the environment table."""
    environment = blob(report)["environment"]
    assert environment["xsbond hosts"] == "2: xs-1 (master), xs-2"
    assert environment["xsbond versions"] == "XCP-ng 8.3.0, xapi 26.17.0"
    assert environment["xsbond bonds"] == "PUB: eth1+eth5 balance-slb"


def test_row_that_follows_says_from_what(
    pytester: pytest.Pytester, recorded: Stages, tmp_path: Path
) -> None:
    """It is one line; what it follows from has a row that tells all."""
    stored = store(tmp_path / "s", now=snapshot_of(SCENES["network-missing-2"], recorded).read())
    run_spec(pytester, "--xsbond-replay", stored, f"--html={tmp_path / 'r.html'}")
    (row,) = [r for r in rows(tmp_path / "r.html") if "joins_the_wanted_nics[xs-2]" in r["testId"]]
    assert '<b class="follows">follows from PM-1</b>' in row["resultsTableRow"][3]


def test_what_the_pool_says_is_escaped(
    pytester: pytest.Pytester, recorded: Stages, tmp_path: Path
) -> None:
    """A name from the pool cannot put elements into the page."""
    draft = Draft(recorded.now)
    draft.network("PUB")["name_description"] = "<script>alert(1)</script>"
    stages = store(tmp_path / "s", now=draft.read())
    run_spec(pytester, "--xsbond-replay", stages, f"--html={tmp_path / 'r.html'}")
    logs = [row["log"] for row in rows(tmp_path / "r.html")]
    assert not [log for log in logs if "<script>" in log]
    assert [log for log in logs if "&lt;script&gt;alert(1)" in log]


def test_junit_records_have_host_and_outcome(
    pytester: pytest.Pytester, recorded_tutorial: Path, tmp_path: Path
) -> None:
    """Every JUnit test case carries host and outcome as properties."""
    path = tmp_path / "junit.xml"
    run_spec(pytester, "--xsbond-replay", recorded_tutorial, f"--junitxml={path}")
    cases = ET.parse(path).getroot().iter("testcase")  # noqa: S314 - our own file
    properties = [{p.get("name"): p.get("value") for p in case.iter("property")} for case in cases]
    assert {"host": "xs-2", "outcome": "M-2"} in properties
    assert all(set(each) == {"host", "outcome"} for each in properties)


@pytest.mark.slow
def test_results_are_the_same_under_xdist(
    pytester: pytest.Pytester, recorded_tutorial: Path
) -> None:
    """With -n 2 the matrix is that of a run without."""
    replay = ("--xsbond-replay", str(recorded_tutorial), "--xsbond-matrix=all")
    arguments = ("-p", "no:randomly", *replay)
    alone = pytester.runpytest_subprocess(*arguments)
    shared = pytester.runpytest_subprocess(*arguments, "-n", "2")
    matrix = [line for line in alone.outlines if line.startswith(("PM-", "M-"))]
    assert matrix
    assert [line for line in shared.outlines if line.startswith(("PM-", "M-"))] == matrix
