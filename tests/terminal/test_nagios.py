"""testinfra's `--nagios` with a pool: one line first, and never OK where the run is not."""

from pathlib import Path

import pytest

from pytest_xsbond.claims.stages import Stages
from tests.support.build import Draft
from tests.support.closing_pages import SCENES, snapshot_of
from tests.support.spec_run import store
from tests.waivers.test_waivers import waiver


def answer(pytester: pytest.Pytester, *words: str | Path) -> tuple[int, str]:
    """Run pytest as a monitoring system does; return the exit status and the first line."""
    result = pytester.runpytest_subprocess("-p", "no:randomly", "--nagios", *words)
    return int(result.ret), result.outlines[0]


def test_pool_that_is_as_wanted_is_ok(pytester: pytest.Pytester, recorded_tutorial: Path) -> None:
    """The line is in testinfra's words."""
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


@pytest.mark.slow
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


def figures(line: str) -> dict[str, str]:
    """Return label -> value;warn;crit;min of the performance data of a line."""
    data = line.partition(" | ")[2]
    return dict(each.split("=") for each in data.split())


@pytest.mark.slow
def test_line_has_figures(pytester: pytest.Pytester, recorded_tutorial: Path) -> None:
    """A monitoring system draws what follows the bar."""
    status, line = answer(pytester, f"--xsbond-replay={recorded_tutorial}")
    told = figures(line)
    assert (status, told["hosts"], told["failed"]) == (0, "2;;;0", "0;;0;0")
    assert int(told["passed"].split(";")[0]) > 50
    assert told["time"].split(";")[0].endswith("s")


@pytest.mark.slow
def test_figures_tell_causes_from_what_follows(
    pytester: pytest.Pytester, recorded: Stages, tmp_path: Path
) -> None:
    """One network that is missing fails one claim of each host; the others follow."""
    draft = snapshot_of(SCENES["network-missing-16"], recorded)
    status, line = answer(pytester, f"--xsbond-replay={store(tmp_path / 's', now=draft.read())}")
    told = figures(line)
    assert status == 2
    assert told["hosts_not_as_wanted"] == "16;;0;0"
    assert told["failed"] == "16;;0;0"
    assert int(told["follow"].split(";")[0]) > 16


@pytest.mark.slow
def test_what_follows_the_first_line_has_no_bar(
    pytester: pytest.Pytester, recorded: Stages, tmp_path: Path
) -> None:
    """After a bar a monitoring system reads figures, whatever stands there."""
    draft = Draft(recorded.now)
    draft.network("PUB")["name_label"] = "A|B"
    stored = store(tmp_path / "s", now=draft.read())
    (pytester.path / "b.toml").write_text('[[bond]]\nnetwork = "A|B"\nnics = ["eth1", "eth2"]\n')
    words = (f"--xsbond-replay={stored}", "--xsbond-bonds=b.toml")
    done = pytester.runpytest_subprocess("-p", "no:randomly", "--nagios", *words)
    assert any("A¦B" in line for line in done.outlines)
    assert not [line for line in done.outlines[1:] if "|" in line]
