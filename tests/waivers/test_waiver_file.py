"""The waiver file: what it says wrongly is told in a line, and nothing is judged by half of it."""

from pathlib import Path

import pytest

from pytest_xsbond.claims.stages import Stages
from tests.support.spec_run import run_spec
from tests.waivers.test_waivers import judged, waiver


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[waiver]\n", "waivers.toml: is no TOML: "),
        (
            "[[wavier]]\n",
            "waivers.toml: wavier: unknown key; a waiver file holds [[waiver]]",
        ),
        ("[waiver]\n", "waivers.toml: waiver: write [[waiver]], in double brackets"),
        (
            waiver("H-mtu") + waiver("H-mtuu"),
            "waivers.toml: waiver[2].outcome: there is no outcome 'H-mtuu'; is it H-mtu",
        ),
        (
            waiver("H-mtu", owner=""),
            "waivers.toml: waiver[1].owner: is missing; every waiver has outcome, host, reason,",
        ),
        (
            waiver("H-mtu", expires='"soon"'),
            "waivers.toml: waiver[1].expires: 'soon' is no date; write one without quotes",
        ),
        (
            waiver("H-mtu", reason='""'),
            "waivers.toml: waiver[1].reason: '' is no line of text; write one in quotes",
        ),
        (
            waiver("H-mtu", reason='"a\\nb"'),
            "waivers.toml: waiver[1].reason: 'a\\nb' is no line of text; write one in quotes",
        ),
        (
            waiver("H-mtu", hosts='"xs-3"'),
            "waivers.toml: waiver[1].hosts: unknown key; a waiver has outcome, host, ",
        ),
        (
            waiver("H-mtu") * 2,
            "waivers.toml: waiver[2]: waives H-mtu on xs-2 once more; waivers.toml: waiver[1] does",
        ),
    ],
    ids=[
        "no-toml",
        "other-table",
        "single-brackets",
        "unknown-outcome",
        "no-owner",
        "no-date",
        "no-reason",
        "two-lines",
        "unknown-key",
        "twice",
    ],
)
def test_bad_file_is_refused_in_a_line(
    pytester: pytest.Pytester,
    recorded: Stages,
    capfd: pytest.CaptureFixture[str],
    text: str,
    words: str,
) -> None:
    """File, key and what to write instead; nothing is judged by half of it."""
    run = judged(pytester, recorded.now, text)
    captured = capfd.readouterr().err
    assert (run.exit_status, run.results) == (4, ())
    assert [line for line in captured.splitlines() if line.startswith(f"ERROR: {words}")], captured
    assert "Traceback" not in captured


def test_file_that_is_not_there_is_refused(
    pytester: pytest.Pytester, recorded_tutorial: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A run without the waivers it was to go by would only confuse."""
    replay = f"--xsbond-replay={recorded_tutorial}"
    run = run_spec(pytester, replay, "--xsbond-waivers=absent.toml")
    assert run.exit_status == 4
    assert "absent.toml: cannot be read: No such file or directory" in capfd.readouterr().err


def test_empty_file_waives_nothing(pytester: pytest.Pytester, recorded: Stages) -> None:
    """All deviations may have been dealt with."""
    assert judged(pytester, recorded.now, "").exit_status == 0
