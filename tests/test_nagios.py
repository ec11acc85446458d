"""testinfra's `--nagios` with a pool: one line first, and never OK where the run is not."""

from pathlib import Path

import pytest

from tests.test_waivers import waiver


def answer(pytester: pytest.Pytester, *words: str | Path) -> tuple[int, str]:
    """Run pytest as a monitoring system does; return the exit status and the first line."""
    result = pytester.runpytest_subprocess("-p", "no:randomly", "--nagios", *words)
    return int(result.ret), result.outlines[0]


def test_pool_that_is_as_wanted_is_ok(pytester: pytest.Pytester, recorded_tutorial: Path) -> None:
    """The line is testinfra's own."""
    status, line = answer(pytester, f"--xsbond-replay={recorded_tutorial}")
    assert status == 0
    assert line.startswith("TESTINFRA OK - ")
    assert " 0 failed, " in line


def test_pool_that_differs_is_critical(pytester: pytest.Pytester) -> None:
    """One claim that does not hold is enough."""
    status, line = answer(pytester, "--pool=lab", "--xsbond-lab-fault=leg-mtu@xs-2", "-k", "mtu")
    assert (status, line.split(" in ")[0]) == (
        2,
        "TESTINFRA CRITICAL - 1 passed, 1 failed, 0 skipped",
    )


def test_expired_waiver_is_critical(pytester: pytest.Pytester, recorded_tutorial: Path) -> None:
    """What fails a run besides its tests counts as one failure."""
    (pytester.path / "w.toml").write_text(waiver("H-mtu", expires="2020-01-01"))
    replay = f"--xsbond-replay={recorded_tutorial}"
    status, line = answer(pytester, replay, "--xsbond-waivers=w.toml")
    assert status == 2
    assert line.startswith("TESTINFRA CRITICAL - ")
    assert " 1 failed, " in line


def test_run_without_any_test_is_critical(
    pytester: pytest.Pytester, recorded_tutorial: Path
) -> None:
    """Nothing was judged, so nothing is all right."""
    replay = f"--xsbond-replay={recorded_tutorial}"
    status, line = answer(pytester, replay, "-k", "nothing_of_the_sort")
    assert (status, line.split(" in ")[0]) == (
        2,
        "TESTINFRA CRITICAL - 0 passed, 1 failed, 0 skipped",
    )


def test_pool_that_cannot_be_asked_is_unknown(pytester: pytest.Pytester) -> None:
    """The status that monitoring systems have for it, and the reason."""
    status, line = answer(pytester, "--pool=127.0.0.1")
    assert (status, line) == (
        3,
        (
            "TESTINFRA UNKNOWN - password: is not given: set XSBOND_PASSWORD, or name a"
            " --xsbond-password-file"
        ),
    )
