"""Waivers: known deviations are shown, fail nothing, and are not kept longer than needed."""

import datetime as dt
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_xsbond.claims.outcomes import CATALOGUE
from pytest_xsbond.claims.stages import Stages, store_stages
from pytest_xsbond.waivers.file import read_waivers
from tests.support.build import Draft
from tests.support.labs import pool_arguments, provisioned_lab, verify
from tests.support.spec_run import SpecRun, run_spec, store
from tests.support.verdicts import NOT_ASKED
from xsbond.lab.blueprint import tutorial
from xsbond.lab.faults import strike
from xsbond.snapshot.snapshot import Snapshot

TODAY = dt.date(2026, 11, 22)
"""The day of the recorded look."""


def waiver(outcome: str, host: str = "xs-2", **changed: str) -> str:
    """Return the text of a waiver."""
    keys = {
        "outcome": f'"{outcome}"',
        "host": f'"{host}"',
        "reason": '"the new switch comes in March"',
        "owner": '"alice@example.com"',
        "expires": "2027-03-31",
        **changed,
    }
    return "[[waiver]]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items() if value)


@pytest.fixture
def slow(recorded: Stages) -> Snapshot:
    """The recorded pool, in which a bond's PIF of xs-2 has another MTU than its network."""
    draft = Draft(recorded.now)
    draft.pif("xs-2", "bond1")["MTU"] = "9000"
    return draft.read()


def judged(pytester: pytest.Pytester, look: Snapshot, text: str, *words: str) -> SpecRun:
    """Judge a look by the tutorial's bond, with waivers."""
    (pytester.path / "waivers.toml").write_text(text)
    stored = store(pytester.path / "stored", now=look)
    return run_spec(pytester, f"--xsbond-replay={stored}", "--xsbond-waivers=waivers.toml", *words)


def printed(capsys: pytest.CaptureFixture[str], start: str) -> list[str]:
    """Return the lines of the output that begin with some words."""
    return [line for line in capsys.readouterr().out.splitlines() if line.startswith(start)]


# --- what a waiver does ---


def test_waived_claim_fails_no_run_and_is_shown(
    pytester: pytest.Pytester, slow: Snapshot, capsys: pytest.CaptureFixture[str]
) -> None:
    """Matrix and summary say waived, by whom, until when, and what was seen."""
    run = judged(pytester, slow, waiver("H-mtu"))
    assert (run.not_passed(), run.exit_status) == ({("xs-2", "H-mtu"): "waived"}, 0)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in lines if line.startswith("H-mtu ")] == [
        ["H-mtu", "pass", "waived"]
    ]
    text = " ".join(" ".join(lines).split())
    assert "waived: does not hold on 1 of 2 hosts (xs-2): Network, bond PIF, bridge" in text
    assert "waived: the new switch comes in March (alice@example.com, until 2027-03-31)" in text
    assert "seen PIF bond1: 9000 " in text
    assert lines[-1].endswith("=")
    assert " 1 waived in " in lines[-1]


def test_result_carries_its_waiver(pytester: pytest.Pytester, slow: Snapshot) -> None:
    """Reports show reason, owner and last day."""
    run = judged(pytester, slow, waiver("H-mtu"))
    waived = {result.waived for result in run.results if result.verdict == "waived"}
    assert waived == {"the new switch comes in March (alice@example.com, until 2027-03-31)"}


def test_junit_has_a_property_and_what_was_seen(pytester: pytest.Pytester, slow: Snapshot) -> None:
    """A test that is neither passed nor failed, with the waiver as a property of it."""
    judged(pytester, slow, waiver("H-mtu"), "--junitxml=junit.xml")
    suite = ET.parse(pytester.path / "junit.xml").getroot().find("testsuite")  # noqa: S314
    assert suite is not None
    assert suite.get("failures") == "0"
    (case,) = [
        each
        for each in suite.iter("testcase")
        if (found := each.find("skipped")) is not None
        and not (found.get("message") or "").endswith(NOT_ASKED)
    ]
    properties = {each.get("name"): each.get("value") for each in case.iter("property")}
    reason = "the new switch comes in March (alice@example.com, until 2027-03-31)"
    assert properties == {"host": "xs-2", "outcome": "H-mtu", "waived": reason}
    skipped = case.find("skipped")
    assert skipped is not None
    assert (skipped.get("message") or "").startswith(f"waived: {reason}: ")
    assert "9000" in (skipped.get("message") or "")


def test_html_says_waived(pytester: pytest.Pytester, slow: Snapshot) -> None:
    """The report shows the row as waived, by whom and until when."""
    judged(pytester, slow, waiver("H-mtu"), "--html=report.html")
    text = (pytester.path / "report.html").read_text()
    assert "Waived: the new switch comes in March (alice@example.com, until 2027-03-31)" in text


def test_everything_else_still_fails(pytester: pytest.Pytester, slow: Snapshot) -> None:
    """A waiver is for one outcome on one host."""
    draft = Draft(slow)
    draft.pif("xs-1", "bond1")["MTU"] = "9000"
    draft.bond("xs-2", "bond1")["mode"] = "active-backup"
    run = judged(pytester, draft.read(), waiver("H-mtu"))
    assert run.exit_status == 1
    assert run.not_passed() == {
        ("xs-1", "H-mtu"): "FAIL",
        ("xs-2", "H-mtu"): "waived",
        ("xs-2", "M-3.3.2"): "FAIL",
        ("xs-2", "H-both-views"): "FAIL",
    }


def test_either_id_of_a_claim_will_do(pytester: pytest.Pytester, slow: Snapshot) -> None:
    """A host may become the pool master; the same claim then has another id."""
    draft = Draft(slow)
    draft.pif("xs-2", "bond1")["MTU"] = "1500"
    draft.bond("xs-2", "bond1")["mode"] = "active-backup"
    run = judged(pytester, draft.read(), waiver("PM-4.3.2") + waiver("H-both-views"))
    verdicts = dict.fromkeys([("xs-2", "M-3.3.2"), ("xs-2", "H-both-views")], "waived")
    assert (run.not_passed(), run.exit_status) == (verdicts, 0)


def test_warning_may_be_waived(pytester: pytest.Pytester, recorded: Stages) -> None:
    """What only warns is told as waived, too."""
    draft = Draft(recorded.now)
    draft.pif("xs-2", "bond1")["device"] = "bond7"
    run = judged(pytester, draft.read(), waiver("H-naming"), "-k", "one_name")
    assert run.verdicts("xs-2") == {"H-naming": "waived"}


def test_network_limits_a_waiver(
    pytester: pytest.Pytester, slow: Snapshot, capsys: pytest.CaptureFixture[str]
) -> None:
    """With several bonds one of them may be meant."""
    run = judged(pytester, slow, waiver("H-mtu", network='"PUB"'))
    assert run.not_passed() == {("xs-2", "H-mtu"): "waived"}
    run = judged(pytester, slow, waiver("H-mtu", network='"NAS"'))
    assert run.not_passed() == {("xs-2", "H-mtu"): "FAIL"}
    assert printed(capsys, "waivers.toml: ") == [
        (
            "waivers.toml: waiver[1]: H-mtu on xs-2, network NAS (alice@example.com):"
            " Waiver not needed: no bond of network NAS is wanted. Remove it."
        )
    ]


def test_error_is_never_waived(pytester: pytest.Pytester, slow: Snapshot) -> None:
    """Nobody can answer for what nobody has seen; the waiver is not unused either."""
    draft = Draft(slow)
    draft.unreachable("xs-2", "connection refused")
    run = judged(pytester, draft.read(), waiver("H-mtu"), "-k", "mtu")
    assert run.verdicts("xs-2") == {"H-mtu": "ERROR"}
    assert run.exit_status == 1


def test_warning_that_nobody_could_look_into_is_not_waived(
    pytester: pytest.Pytester, recorded: Stages
) -> None:
    """It warns as it does without a waiver."""
    draft = Draft(recorded.now)
    del draft.records["message"]
    run = judged(pytester, draft.read(), waiver("H-alerts"), "-k", "alert")
    assert run.verdicts("xs-2") == {"H-alerts": "warn"}


# --- waivers that must go ---


def test_last_day_still_counts(
    pytester: pytest.Pytester, slow: Snapshot, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the day after it does not: the claim fails, and so does the waiver, in a line."""
    run = judged(pytester, slow, waiver("H-mtu", expires=TODAY.isoformat()))
    assert (run.not_passed(), run.exit_status) == ({("xs-2", "H-mtu"): "waived"}, 0)
    yesterday = (TODAY - dt.timedelta(days=1)).isoformat()
    run = judged(pytester, slow, waiver("H-mtu", expires=yesterday))
    assert (run.not_passed(), run.exit_status) == ({("xs-2", "H-mtu"): "FAIL"}, 1)
    assert printed(capsys, "waivers.toml: ") == [
        (
            "waivers.toml: waiver[1]: H-mtu on xs-2 (alice@example.com):"
            f" Waiver expired on {yesterday}. Renew it or remove it."
        )
    ]


def test_expired_waiver_fails_a_run_in_which_all_holds(
    pytester: pytest.Pytester, recorded: Stages
) -> None:
    """Somebody has to look at it."""
    run = judged(pytester, recorded.now, waiver("H-mtu", expires="2026-01-01"), "-k", "speed")
    assert (run.not_passed(), run.exit_status) == ({}, 1)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (waiver("H-mtu"), "Waiver not needed: H-mtu passes on xs-2 now. Remove it."),
        (
            waiver("H-mtu", host="xs-9"),
            "Waiver not needed: the pool has no host xs-9. Remove it.",
        ),
    ],
    ids=["holds", "no-such-host"],
)
def test_unused_waiver_fails_the_run(
    pytester: pytest.Pytester,
    recorded: Stages,
    capsys: pytest.CaptureFixture[str],
    text: str,
    reason: str,
) -> None:
    """What was repaired may not break again unseen."""
    run = judged(pytester, recorded.now, text)
    assert (run.not_passed(), run.exit_status) == ({}, 1)
    assert [line.partition("): ")[2] for line in printed(capsys, "waivers.toml: ")] == [reason]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (waiver("H-mtu"), ["-k", "speed"]),
        (waiver("M-3.5.2"), ["-k", "one_bond_of_the_wanted"]),
        (waiver("M-1.1"), []),
        (waiver("H-mtu"), ["--deselect", "DESELECTED"]),
        (waiver("D-nics"), []),
    ],
    ids=["other-claim", "one-claim-of-two", "needs-a-change", "deselected", "no-baseline"],
)
def test_waiver_of_what_was_not_judged_may_stay(
    pytester: pytest.Pytester, recorded: Stages, text: str, words: list[str]
) -> None:
    """Another run may need it: this one did not look at all that it is about."""
    ids = "test_health.py::test_mtu_is_the_same_all_the_way[xs-2]"
    words = [word.replace("DESELECTED", ids) for word in words]
    assert judged(pytester, recorded.now, text, *words).exit_status == 0


# --- together with others ---


@pytest.mark.slow
def test_workers_waive_too(pytester: pytest.Pytester) -> None:
    """With xdist one of the workers judges, and the controller counts."""
    with provisioned_lab(tutorial(2)) as lab:
        strike(lab, "leg-mtu@xs-2")
        text = waiver("H-mtu") + waiver("H-speed", host="xs-1")
        (pytester.path / "waivers.toml").write_text(text)
        words = [*pool_arguments(lab), "--xsbond-waivers=waivers.toml", "-n1", "-k", "health"]
        result = pytester.runpytest_subprocess("-p", "no:randomly", *words)
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "1. waived: does not hold on 1 of 2 hosts (xs-2): Network, bond PIF, *",
            "*waivers.toml: waiver?2?: H-speed on xs-1 (*Waiver not needed*",
            "*1 waived*",
        ]
    )


def test_waived_claim_is_not_waited_for(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--xsbond-wait` waits for what is to hold, not for what is known not to."""
    (pytester.path / "waivers.toml").write_text(waiver("H-mtu"))
    with provisioned_lab(tutorial(2)) as lab:
        strike(lab, "leg-mtu@xs-2")
        run = verify(pytester, lab, "--xsbond-waivers=waivers.toml", "--xsbond-wait=120")
    assert (run.not_passed(), run.exit_status) == ({("xs-2", "H-mtu"): "waived"}, 0)
    assert printed(capsys, "everything holds after ")


def test_stored_run_keeps_its_waivers(
    pytester: pytest.Pytester, tmp_path: Path, recorded: Stages, slow: Snapshot
) -> None:
    """A replay gives the same verdicts, whatever day it is."""
    path = tmp_path / "waivers.toml"
    path.write_text(waiver("H-mtu", expires=TODAY.isoformat()))
    stages = replace(
        recorded, before=None, created=None, now=slow, waivers=read_waivers(path, CATALOGUE)
    )
    store_stages(stages, tmp_path / "run")
    run = run_spec(pytester, f"--xsbond-replay={tmp_path / 'run'}")
    assert (run.not_passed(), run.exit_status) == ({("xs-2", "H-mtu"): "waived"}, 0)
