"""Warnings are warnings: shown in every report, by pytest's own means, and no reason to fail."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from pytest_xsbond.claims.stages import Stages
from tests.evidence.test_report import rows
from tests.support.build import Draft
from tests.support.illnesses import alert
from tests.support.spec_run import PUB, run_spec, store

BODY = "The status of the eth1+eth5 bond changed: 1/2 up (was 2/2)"
LINE = f"20261122T23:59:59Z BOND_STATUS_CHANGED: {BODY}"
"""What is shown of the alert: when, what, and its text."""


@pytest.fixture
def with_alert(recorded: Stages, tmp_path: Path) -> Path:
    """The recorded pool, whose member has an unanswered alert."""
    draft = Draft(recorded.now)
    alert(BODY)(draft)
    return store(tmp_path / "s", [PUB], now=draft.read())


def test_run_with_a_warning_ends_well(pytester: pytest.Pytester, with_alert: Path) -> None:
    """The exit status is that of a run in which everything holds."""
    run = run_spec(pytester, "--xsbond-replay", with_alert)
    assert (run.not_passed(), run.exit_status) == ({("xs-2", "H-alerts"): "warn"}, 0)


def test_warning_is_no_error_to_a_strict_user(pytester: pytest.Pytester, with_alert: Path) -> None:
    """An ini file that makes errors of warnings does not mean those about the pool."""
    pytester.makeini("[pytest]\nfilterwarnings = error\n")
    result = pytester.runpytest_subprocess(
        "-p", "no:randomly", "--xsbond-replay", str(with_alert), "-c", "tox.ini"
    )
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*1 warned*"])


def test_terminal_shows_the_warning_three_times(
    pytester: pytest.Pytester, with_alert: Path
) -> None:
    """It is on the page and in the matrix, and in pytest's own list if that is asked for."""
    words = ("-rw", "-p", "no:randomly", "--xsbond-replay", str(with_alert))
    result = pytester.runpytest_subprocess(*words)
    result.stdout.fnmatch_lines(
        [
            f"*PoolWarning: test_no_alert_is_unanswered?xs-2?: {LINE}",
            "1. warn: does not hold on 1 of 2 hosts (xs-2): No alert about the bond *",
            "   seen    20261122T23:59:59Z BOND_STATUS_CHANGED: *",
            "H-alerts * pass    warn  No alert about *",
            "*passed*1 warning*1 warned*",
        ]
    )


def test_mark_shows_the_warning_while_the_run_goes(
    pytester: pytest.Pytester, with_alert: Path
) -> None:
    """A verbose run says WARNED where others say PASSED."""
    result = pytester.runpytest_subprocess(
        "-v", "-p", "no:randomly", "--xsbond-replay", str(with_alert)
    )
    result.stdout.fnmatch_lines(["*test_no_alert_is_unanswered?xs-2? WARNED*"])


def test_junit_has_the_warning_as_a_property(
    pytester: pytest.Pytester, with_alert: Path, tmp_path: Path
) -> None:
    """The test case is no failure, and says what it warns of."""
    path = tmp_path / "junit.xml"
    run_spec(pytester, "--xsbond-replay", with_alert, f"--junitxml={path}")
    root = ET.parse(path).getroot()  # noqa: S314 - our own file
    warned = [
        (case.get("name"), [child.tag for child in case], each.get("value"))
        for case in root.iter("testcase")
        for each in case.iter("property")
        if each.get("name") == "warning"
    ]
    assert warned == [("test_no_alert_is_unanswered[xs-2]", ["properties"], LINE)]


def test_html_report_has_the_warning_in_its_row(
    pytester: pytest.Pytester, with_alert: Path, tmp_path: Path
) -> None:
    """The claim passed, so that the row is shown with those that do; the warning stands in it."""
    run_spec(pytester, "--xsbond-replay", with_alert, f"--html={tmp_path / 'r.html'}")
    (row,) = [r for r in rows(tmp_path / "r.html") if "unanswered[xs-2]" in r["testId"]]
    assert row["resultsTableRow"][0].endswith(' class="col-result">Passed</td>')
    assert f"<b>Warning: {LINE}</b>" in row["resultsTableRow"][3]


@pytest.mark.slow
def test_worker_hands_the_warning_on(pytester: pytest.Pytester, with_alert: Path) -> None:
    """With -n 2 the summary is that of a run without."""
    result = pytester.runpytest_subprocess(
        "-p", "no:randomly", "--xsbond-replay", str(with_alert), "-n", "2"
    )
    assert result.ret == 0
    result.stdout.fnmatch_lines(["H-alerts * pass    warn *", "*1 warned*"])


def test_what_cannot_be_judged_is_shown_as_such(
    pytester: pytest.Pytester, recorded: Stages, tmp_path: Path
) -> None:
    """A claim without a verdict has a mark of its own, and a reason."""
    draft = Draft(recorded.now)
    for device in ("eth1", "eth5"):
        draft.metrics("xs-2", device)["speed"] = "0"
    stages = store(tmp_path / "s", [PUB], now=draft.read())
    result = pytester.runpytest_subprocess("-p", "no:randomly", "--xsbond-replay", str(stages))
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        ["xs-2 * 3 n/j", "n/j  H-speed on 1 of 2 hosts (xs-2): no leg reports a speed"]
    )
